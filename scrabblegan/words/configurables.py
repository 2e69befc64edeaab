"""Registers what gin files may name of the images of words."""

from scrabblegan.words import dataset, normalizer, preparation
