"""Registers what gin files may name of the corpora."""

from scribe.corpora import dataset, hand_batches
