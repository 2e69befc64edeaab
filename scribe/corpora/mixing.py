"""Corpora that are trained on together."""

import dataclasses
from collections.abc import Sequence

import gin


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True)
class OtherCorpus:
    """Training lines beside those of the corpus itself, in the same unit and rate.

    Attributes:
      data_dir: folder made by `python -m scribe.prepare_data`.
      splits: names of splits in it.
      times: how often each of its lines comes in an epoch on average; 0.5 for every
        second epoch.
    """

    data_dir: str
    splits: Sequence[str]
    times: float
