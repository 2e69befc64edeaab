"""Registers what gin files may name of networks of ink."""

from scrabblegan.ink import dataset, network, patch_discriminator, trainer
