"""How a network's weights change to write one person's hand. NumPy only.

A style primes a network: its state remembers the hand for a while. An adaptation goes
further: it is a difference of the weights, learnt from the person's own lines
(scribe.training.hand_tuning), of low rank as in Hu et al. (2022), "LoRA", though cut to
it after training. So much of it is applied as the user likes, from 0 (the network as it
ships) to 1 (all that was learnt): weights in between write hands in between.
"""

import dataclasses
import functools
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays, save_arrays
from scribe.models.stroke_model import StrokeModel

# How much of what was learnt is applied if nobody says.
LIKENESS = 0.7
RANK = 16
# One line to prime with, one to learn from, one to judge by.
MIN_LINES = 3
_FINGERPRINT = "fingerprint"
_LEFT, _RIGHT = ":left", ":right"


@dataclasses.dataclass(frozen=True, eq=False)
class Adaptation:
    """A difference of weights.

    Attributes:
      fingerprint: of the network that it belongs to, see `fingerprint`.
      changes: float32 arrays by the names of the weights; a matrix [N, M] may instead
        be two factors, "name:left" [N, R] and "name:right" [R, M].
    """

    fingerprint: bytes
    changes: dict[str, np.ndarray]

    @functools.cached_property
    def digest(self) -> bytes:
        """Tells it from any other."""
        return _digest(self.changes) + self.fingerprint

    def change(self, name: str) -> np.ndarray | np.float32:
        """Of a weight of that name."""
        if name in self.changes:
            return self.changes[name]
        if name + _LEFT in self.changes:
            return self.changes[name + _LEFT] @ self.changes[name + _RIGHT]
        return np.float32(0.0)

    def save(self, path: str | Path) -> None:
        """Writes it as float16, whole or not at all."""
        number = np.frombuffer(self.fingerprint, np.uint8)
        save_arrays(path, {**self.changes, _FINGERPRINT: number}, "float16")


def applied(
    model: StrokeModel, adaptations: Sequence[tuple[Adaptation, float]]
) -> StrokeModel:
    """The network with shares of some adaptations.

    Args:
      model: that they were learnt for.
      adaptations: and how much of each is applied, from 0 to 1.

    Raises:
      InputError: one was learnt for another model, or a share is out of its range.
    """
    own = fingerprint(model)
    weights = dict(model.weights)
    for adaptation, share in adaptations:
        check_likeness(share)
        if adaptation.fingerprint != own:
            raise InputError(
                f"the hand was tuned for another model than {model.folder.name}: tune "
                "it again (scribe style tune)"
            )
        for name, value in weights.items():
            weights[name] = value + np.float32(share) * adaptation.change(name)
    return dataclasses.replace(model, weights=weights)


def check_likeness(likeness: float) -> None:
    """Raises InputError unless it is a share."""
    if not 0.0 <= likeness <= 1.0:
        raise InputError(
            f"likeness={likeness}: must be from 0 (the model's own shapes) to 1"
        )


def load_adaptation(path: str | Path) -> Adaptation:
    """Reads an adaptation.

    Raises:
      InputError: the file is damaged.
    """
    changes = load_arrays(path)
    try:
        number = changes.pop(_FINGERPRINT).astype(np.uint8).tobytes()
    except KeyError as error:
        raise InputError(f"{path} is no hand that was tuned") from error
    return Adaptation(number, changes)


def fingerprint(model: StrokeModel) -> bytes:
    """Tells a network's weights from any others: 16 bytes."""
    return _digest(model.weights)


def _digest(arrays: dict[str, np.ndarray]) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name], np.float32).tobytes())
    return digest.digest()[:16]


def learnt(
    model: StrokeModel, weights: dict[str, np.ndarray], rank: int = RANK
) -> Adaptation:
    """What training has changed, matrices cut to a rank.

    Args:
      model: before training.
      weights: after it.
      rank: most of a matrix; the truncated singular value decomposition is the nearest
        of its rank (Eckart and Young 1936).
    """
    changes = {}
    for name, before in model.weights.items():
        change = weights[name] - before
        if change.ndim == 2 and min(change.shape) > rank:
            left, values, right = np.linalg.svd(change, full_matrices=False)
            changes[name + _LEFT] = left[:, :rank] * values[:rank]
            changes[name + _RIGHT] = right[:rank]
        else:
            changes[name] = change
    return Adaptation(fingerprint(model), changes)
