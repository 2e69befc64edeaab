"""How training lines differ between epochs: in shape, and in how often they come."""

import collections
import dataclasses
from collections.abc import Sequence

import gin
import numpy as np

from scribe.strokes.arrays import rescale, slant


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class Augmentation:
    """Random small changes of each training line, drawn anew each epoch.

    Attributes:
      slant_std: deviation of the shear (0.1 leans by 6 degrees).
      scale_std: deviation of the logarithm of the size, for x and y apart.
    """

    slant_std: float
    scale_std: float

    def __call__(self, strokes: np.ndarray, random: np.random.Generator) -> np.ndarray:
        shear = random.normal(0.0, self.slant_std)
        scale = np.exp(random.normal(0.0, self.scale_std, 2))
        return rescale(slant(strokes, shear), scale)


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class RareCharacters:
    """How often each training line comes in an epoch, by its rarest character.

    A capital X stands in one line of IAM-OnDB among hundreds, and what is seen so
    rarely is written badly. A line whose rarest character is in n lines comes
    (common_lines / n) ** exponent times.

    Attributes:
      common_lines: characters that are in so many lines or more are not rare.
      exponent: 0 repeats nothing; 1 shows every character equally often.
      max_repeats: no line comes more often in one epoch.
    """

    common_lines: int
    exponent: float
    max_repeats: float

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """Mean number of times per epoch for each text: float64 [lines], 1 or more."""
        counts: collections.Counter[str] = collections.Counter()
        for text in texts:
            counts.update(set(text))
        rarest = np.array([min(counts[c] for c in text) for text in texts])
        repeats = (self.common_lines / rarest) ** self.exponent
        return np.clip(repeats, 1.0, self.max_repeats)
