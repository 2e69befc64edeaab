"""Registers what gin files may name of the training of word images."""

from scrabblegan.training import print_trainer, recognizer_trainer, scrabble_trainer
