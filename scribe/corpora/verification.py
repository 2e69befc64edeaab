"""What training relies on in a prepared corpus, as checks, and a look at its lines."""

import collections
import zlib
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np

from scribe.corpora.corpus_reader import (
    MAX_POINTS_PER_CHARACTER,
    MIN_POINTS_PER_CHARACTER,
)
from scribe.corpora.prepared import Corpus, Line, load_description, load_lines
from scribe.foundation.errors import InputError

LinesBySplit = dict[str, list[Line]]


def verify(
    folder: Path, report: Callable[[str], None], left_out: Collection[str] = ()
) -> int:
    """Runs every check but those `left_out`; `report` gets a sentence for each.

    Returns:
      The number of checks that failed. Without readable files there is only one.
    """
    try:
        corpus = load_description(folder)
        lines_by_split = {split: load_lines(folder, [split]) for split in corpus.splits}
    except InputError as error:
        report(f"FAILED  the files can be read: {error}")
        return 1
    report("ok      the files can be read")
    failures = 0
    for sentence, check in CHECKS.items():
        if sentence in left_out:
            continue
        failure = check(corpus, lines_by_split)
        failures += failure is not None
        report(f"FAILED  {sentence}: {failure}" if failure else f"ok      {sentence}")
    return failures


def draw_some(folder: Path, output, num_lines: int) -> None:
    """Draws lines from all over the corpus with their names and texts."""
    from scribe import drawing

    lines = load_lines(folder, load_description(folder).splits)
    # By a checksum of the name: neighbours in a corpus are lines of one writer.
    chosen = sorted(lines, key=lambda line: zlib.crc32(line.name.encode()))[:num_lines]
    drawing.save(
        [line.strokes for line in chosen],
        output,
        captions=[f"{line.name}   {line.text}" for line in chosen],
    )


def _counts(corpus: Corpus, lines_by_split: LinesBySplit) -> str | None:
    for split, lines in lines_by_split.items():
        num_points = sum(len(line.strokes) for line in lines)
        if (len(lines), num_points) != (corpus.splits[split], corpus.points.get(split)):
            return (
                f"{split} has {len(lines)} lines of {num_points} points, corpus.json "
                f"says {corpus.splits[split]} of {corpus.points.get(split)}"
            )
    return None if any(lines_by_split.values()) else "there is no line at all"


def _each(is_wrong: Callable[[Line], bool]) -> Callable:
    """A check of every line by itself; the failure names the first lines."""

    def check(corpus: Corpus, lines_by_split: LinesBySplit) -> str | None:
        lines = [line for lines in lines_by_split.values() for line in lines]
        return _listing([line.name for line in lines if is_wrong(line)])

    return check


def _listing(names: list[str]) -> str | None:
    if not names:
        return None
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"not so for {', '.join(names[:3])}{more}"


def _has_other_pen_values(line: Line) -> bool:
    return not np.isin(line.strokes[:, 2], (0.0, 1.0)).all()


def _has_odd_density(line: Line) -> bool:
    density = len(line.strokes) / max(1, len(line.text))
    return not MIN_POINTS_PER_CHARACTER <= density <= MAX_POINTS_PER_CHARACTER


def _alphabet(corpus: Corpus, lines_by_split: LinesBySplit) -> str | None:
    return _each(lambda line: bool(corpus.alphabet.unknown(line.text)))(
        corpus, lines_by_split
    )


def _unique_names(corpus: Corpus, lines_by_split: LinesBySplit) -> str | None:
    uses = collections.Counter(
        line.name for lines in lines_by_split.values() for line in lines
    )
    return _listing([name for name, count in uses.items() if count > 1])


def _forms_apart(corpus: Corpus, lines_by_split: LinesBySplit) -> str | None:
    splits_of_form = collections.defaultdict(set)
    for split, lines in lines_by_split.items():
        for line in lines:
            splits_of_form[line.form].add(split)
    return _listing([form for form, of in splits_of_form.items() if len(of) > 1])


FORMS_APART = "no form is in two splits"
# What is checked after the files were read, in this order.
CHECKS = {
    "the numbers of lines and points are those of corpus.json": _counts,
    "each line has points": _each(lambda line: len(line.strokes) == 0),
    "all offsets are finite": _each(lambda line: not np.isfinite(line.strokes).all()),
    "end_of_stroke is 0 or 1": _each(_has_other_pen_values),
    "each line ends with the end of a stroke": _each(
        lambda line: not (line.strokes[-1:, 2] == 1.0).all()
    ),
    "the first offset is zero": _each(lambda line: line.strokes[:1, :2].any()),
    "no text is empty": _each(lambda line: not line.text.strip()),
    "all characters are in the alphabet": _alphabet,
    "names are unique": _unique_names,
    FORMS_APART: _forms_apart,
    f"there are {MIN_POINTS_PER_CHARACTER:g} to {MAX_POINTS_PER_CHARACTER:g} points "
    "per character": _each(_has_odd_density),
}
