"""Registers what gin files may name of the digits."""

from scrabblegan.digits import classifier_trainer, dataset, networks, trainer
