"""What every reader of a corpus shares."""

import argparse
import collections
import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from scribe.corpora.prepared import Line
from scribe.foundation.errors import InputError

FALLBACK_SHARES = {"train": 80, "validation": 10, "test": 10}  # per cent

# Bounds outside of which text and strokes cannot belong together. A tablet at 60 to 100
# points a second and a hand at 3 to 5 characters a second give 10 to 60.
MIN_POINTS_PER_CHARACTER = 2.0
MAX_POINTS_PER_CHARACTER = 80.0


@dataclasses.dataclass(frozen=True)
class Reading:
    """What came out of a corpus.

    Attributes:
      lines_by_split: the usable lines, ordered by name.
      dropped: number of lines left out, by reason.
      points_per_second: rate of the tablet, 0.0 where the corpus has no times.
      notes: sentences that the user should read: which split, which damaged files.
    """

    lines_by_split: dict[str, list[Line]]
    dropped: dict[str, int]
    points_per_second: float
    notes: Sequence[str]


class Reader:
    """Reads one format of corpus. A subclass says `name` and writes `samples`.

    The base class does what every corpus needs: it drops what cannot be trained on and
    counts why, gives lines without an official split to train, validation and test by
    the hash of their form, refuses duplicate names and orders the lines by name.
    """

    name = ""
    unit = "lines"  # what is counted

    def __init__(self, progress: Callable[[float, int], None] | None = None):
        """
        Args:
          progress: called now and then with the fraction read (0 to 1) and the number
            of lines so far.
        """
        self._progress = progress or (lambda fraction, num_lines: None)
        self._dropped = collections.Counter()
        self.points_per_second = 0.0
        self.notes = []

    @classmethod
    def add_arguments(cls, parser: argparse.ArgumentParser) -> None:
        """Adds the command-line options that only this format has."""

    @classmethod
    def from_arguments(cls, arguments: argparse.Namespace, progress=None) -> "Reader":
        """A reader for the command line's options."""
        return cls(cls.source_of(arguments), progress=progress)

    @classmethod
    def source_of(cls, arguments: argparse.Namespace) -> str:
        """The --source option, which most formats cannot do without."""
        if not arguments.source:
            raise InputError(f"--format={cls.name} needs --source=PATH")
        return arguments.source

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        """Yields (split, line); a split of None lets the form's hash decide."""
        raise NotImplementedError

    def group(self, line: Line) -> str:
        """What must not be torn apart by a split that the hash decides."""
        return line.form

    def drop(self, reason: str, name: str, detail: str = "") -> None:
        """Counts a line that is left out; with a detail it is also named in `notes`."""
        self._dropped[reason] += 1
        if detail:
            self.notes.append(f"skipped {name}: {detail}")

    def progress(self, fraction: float, num_lines: int) -> None:
        """Tells how far reading is."""
        self._progress(fraction, num_lines)

    def read(self) -> Reading:
        """Reads the whole corpus.

        Raises:
          InputError: the source is missing or is no corpus of this format, or two lines
            have one name.
        """
        lines_by_split = {}
        names = set()
        for split, line in self.samples():
            reason = why_unusable(line)
            if reason:
                self.drop(reason, line.name)
                continue
            if line.name in names:
                raise InputError(f"two lines are named {line.name}")
            names.add(line.name)
            split = split or split_by_hash(self.group(line))
            lines_by_split.setdefault(split, []).append(line)
        for lines in lines_by_split.values():
            lines.sort(key=lambda line: line.name)
        return Reading(
            dict(sorted(lines_by_split.items(), key=lambda item: _rank(item[0]))),
            dict(sorted(self._dropped.items())),
            self.points_per_second,
            self.notes,
        )


def why_unusable(line: Line) -> str | None:
    """Why no model should learn from this line; None if nothing is wrong with it."""
    if not line.text.strip():
        return "no transcription"
    if len(line.strokes) == 0:
        return "no points"
    if not np.isfinite(line.strokes).all():
        return "a coordinate is not a number"
    density = len(line.strokes) / len(line.text)
    if density < MIN_POINTS_PER_CHARACTER:
        return f"fewer than {MIN_POINTS_PER_CHARACTER:g} points per character"
    if density > MAX_POINTS_PER_CHARACTER:
        return f"more than {MAX_POINTS_PER_CHARACTER:g} points per character"
    return None


def split_by_hash(key: str) -> str:
    """train, validation or test: 80, 10 and 10 per cent of the keys.

    The same key always falls into the same split, whatever else the corpus holds, so
    that a corpus can grow without a test line becoming a training line.
    """
    draw = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % 100
    for split, share in FALLBACK_SHARES.items():
        if draw < share:
            return split
        draw -= share
    raise AssertionError("the shares add up to 100")


def _rank(split: str) -> tuple[int, str]:
    order = ["train", "validation_large", "validation", "test"]
    return (order.index(split) if split in order else len(order), split)
