"""A small house of its own: digits of 28x28 pixels by a Wasserstein GAN.

Corpus and batches (`dataset`), networks, losses and trainers, the trained `generator`
and the `judge`, and how they are measured (`evaluation`, `benchmark`). It takes from
other rooms how images and networks are kept in files, and nothing of words.
"""

from scrabblegan.digits.dataset import read_digits
from scrabblegan.digits.generator import DigitGenerator
from scrabblegan.digits.judge import Judge

__all__ = ["DigitGenerator", "Judge", "read_digits"]
