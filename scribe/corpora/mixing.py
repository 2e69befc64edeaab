"""Corpora that are trained on together."""

import dataclasses
from collections.abc import Sequence

import gin
import numpy as np


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class OtherCorpus:
    """Training lines beside those of the corpus itself, in the same unit and rate.

    Attributes:
      data_dir: folder made by `python -m scribe.prepare_data`.
      splits: names of splits in it.
      times: how often each of its lines comes in an epoch on average; 0.5 for every
        second epoch.
      begins_lifted: whether its lines begin with the input (0, 0, 1), a pen that has
        just been lifted, where others begin with (0, 0, 0). The network learns from
        both, and tells them apart: begun as others, it writes no hand of this corpus.
    """

    data_dir: str
    splits: Sequence[str]
    times: float
    begins_lifted: bool = False

    def begun(self, strokes: np.ndarray) -> np.ndarray:
        """A line of it, cleaned, as training shows it: [P, 3] -> [P, 3]."""
        if self.begins_lifted:
            strokes = strokes.copy()
            strokes[0, 2] = 1.0
        return strokes
