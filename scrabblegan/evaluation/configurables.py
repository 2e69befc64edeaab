"""Registers what gin files may name of the evaluation."""

from scrabblegan.evaluation import htr_gain_experiment, preprocessing
