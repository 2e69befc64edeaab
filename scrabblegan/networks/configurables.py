"""Registers what gin files may name of the networks."""

from scrabblegan.networks import discriminator, generator, losses, recognizer_network
