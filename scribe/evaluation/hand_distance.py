"""How near written lines come to the writer whose hand they are in.

A measure turns each line into a direction: the embedding that a network has learnt
(scribe.reading.hand_embedding) or the roots of the hinge histogram (scribe.strokes.
hinge), whose distance is Hellinger's. A writer is the mean direction of some real lines
of his, and a line is his if no other writer is nearer:

    nearest_share({"a": written_in_a, "b": ...}, {"a": lines_of_a, "b": ..., "c": ...})

Both measures are blind to size, speed and to what is written.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.intervals import bootstrap, ratio_of_sums
from scribe.reading.hand_embedding import load_embedding
from scribe.strokes.hinge import hinge_histogram

# Lines [P, 3] -> float [lines, D], each of length 1.
Measure = Callable[[Sequence[np.ndarray]], np.ndarray]


def network_measure(save_dir: str | None = None) -> Measure:
    """The embedding; of a run folder, or the shipped one."""
    return load_embedding(save_dir).embed


def hinge_measure(lines: Sequence[np.ndarray]) -> np.ndarray:
    """The square roots of the hinge histograms: [lines, 300]."""
    return np.sqrt([hinge_histogram(line) for line in lines])


@dataclasses.dataclass(frozen=True, eq=False)
class Nearness:
    """Where the lines in W hands lie among G writers.

    Attributes:
      ranks: [n_w] of each hand: how many writers are as near to a line as its own or
        nearer, him included; 1 is best.
      own: float [W] distance between the middle of a hand's lines and its writer.
      others: float [W] the mean distance of that middle from the other writers.
    """

    ranks: Sequence[np.ndarray]
    own: np.ndarray
    others: np.ndarray

    def nearest_share(self) -> float:
        """Share of the lines that lie nearest to their own writer."""
        return ratio_of_sums(*self._hits())

    def nearest_interval(self) -> tuple[float, float]:
        """95 %, over writers."""
        return bootstrap(ratio_of_sums, *self._hits())

    def mean_rank(self) -> float:
        """Of the own writer: 1 is best."""
        return ratio_of_sums(*self._sums())

    def mean_rank_interval(self) -> tuple[float, float]:
        """95 %, over writers."""
        return bootstrap(ratio_of_sums, *self._sums())

    def own_distance(self, real: "Nearness") -> float:
        """How far the hands are from their writers: 0 as far as these from themselves,
        1 as far as from each other.

        Args:
          real: of other real lines of the same writers, as many of each.
        """
        return _scaled(self.own, real.own, real.others)

    def own_distance_interval(self, real: "Nearness") -> tuple[float, float]:
        """95 %, over writers."""
        return bootstrap(_scaled, self.own, real.own, real.others)

    def _hits(self) -> tuple[np.ndarray, np.ndarray]:
        hits = [np.count_nonzero(ranks == 1) for ranks in self.ranks]
        return np.array(hits), np.array([len(ranks) for ranks in self.ranks])

    def _sums(self) -> tuple[np.ndarray, np.ndarray]:
        sums = [ranks.sum() for ranks in self.ranks]
        return np.array(sums), np.array([len(ranks) for ranks in self.ranks])


def nearness(
    written: Mapping[str, np.ndarray], writers: Mapping[str, np.ndarray]
) -> Nearness:
    """Compares lines with writers.

    Args:
      written: by the writer whose hand they are in, [n, D] directions of lines.
      writers: [m, D] directions of real lines of each writer; may hold more writers
        than `written`.

    Raises:
      InputError: there are fewer than two writers, one of `written` is not among them,
        or one has no line.
    """
    if len(writers) < 2:
        raise InputError(f"{len(writers)} writers: one is nearest among two or more")
    for name in written:
        if name not in writers:
            raise InputError(f"there is no real line of the writer {name!r}")
    for name, lines in (*written.items(), *writers.items()):
        if not len(lines):
            raise InputError(f"the writer {name!r} has no line")
    names = list(writers)
    centres = np.stack([middle(writers[name]) for name in names])
    ranks, own, others = [], [], []
    for name, lines in written.items():
        place = names.index(name)
        similar = lines @ centres.T  # [n, G]
        ranks.append((similar >= similar[:, place, None]).sum(axis=1))
        distances = np.linalg.norm(middle(lines) - centres, axis=1)
        own.append(distances[place])
        others.append(np.delete(distances, place).mean())
    return Nearness(ranks, np.array(own), np.array(others))


def nearest_share(
    written: Mapping[str, Sequence[np.ndarray]],
    real: Mapping[str, Sequence[np.ndarray]],
    measure: Measure | None = None,
) -> float:
    """Share of the written lines that are nearest to their own writer.

    Args:
      written: strokes [P, 3] of lines by the writer whose hand they are in.
      real: strokes of real lines of each writer, of more writers if you like.
      measure: None for the shipped embedding.
    """
    measure = measure or network_measure()
    placed = [
        {name: measure(lines) for name, lines in by_writer.items()}
        for by_writer in (written, real)
    ]
    return nearness(*placed).nearest_share()


def middle(lines: np.ndarray) -> np.ndarray:
    """The mean direction of directions: [n, D] -> [D] of length 1."""
    mean = lines.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _scaled(own: np.ndarray, same: np.ndarray, other: np.ndarray) -> float:
    return float((own - same).mean() / (other - same).mean())
