"""Cuts a prepared corpus of lines into a prepared corpus of words.

  python -m scribe.prepare_data --format=words --source=data/iam_ondb \\
      --output=data/iam_ondb_words

Lines are levelled and cut between strokes at their widest gaps. A word is kept if a
reader of strokes sees the spaces on both sides of it where it was cut, if the narrowest
gap of the line between words is wider than the widest inside a word (--gap_ratio), and
if it has about as many points per character as its line. Splits and forms stay; a word
is named after its line and its place in it, from 1 on: a01-000u-03-02.
"""

import collections
import dataclasses
import functools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.corpora import corpus_reader
from scribe.corpora.prepared import Line, load_description, load_lines
from scribe.foundation.errors import InputError
from scribe.reading import word_cuts
from scribe.reading.reader import CHOOSING, Reader, load_reader
from scribe.strokes.cleaning import deskew

# Measured on 2,700 words of IAM-OnDB. Where the reader that chooses confirms both cuts,
# the other reader reads 73 % of the words without a fault, and hardly fewer (66 %) at a
# ratio of 1 to 1.1; where it does not, 0.4 %.
GAP_RATIO = 1.0
# Without a reader: of the words over this ratio it would have confirmed 97 %.
GAP_RATIO_WITHOUT_READER = 1.25
# Points per character, over those of the line. 99 % of the words that a reader
# confirmed lie between; "I" and "-" have as few as they like.
_PLAUSIBLE = (0.6, 2.2)
# Lines that are read together.
_CHUNK = 256


class Words(corpus_reader.Reader):
    """Cuts the lines of a prepared corpus; what comes out is named after it."""

    name = "words"
    unit = "words"

    def __init__(self, source, reader=CHOOSING, gap_ratio=None, progress=None):
        """
        Args:
          source: folder of a prepared corpus of lines.
          reader: run folder or shipped reader that confirms the cuts, or "none".
          gap_ratio: least `Cuts.gap_ratio` of a line; None for GAP_RATIO, or
            GAP_RATIO_WITHOUT_READER.
          progress: see Reader.
        """
        super().__init__(progress)
        confirming = None if reader == "none" else load_reader(reader)
        if gap_ratio is None:
            gap_ratio = GAP_RATIO if confirming else GAP_RATIO_WITHOUT_READER
        if not (math.isfinite(gap_ratio) and gap_ratio >= 0.0):
            raise InputError(f"--gap_ratio={gap_ratio}: must be a number from 0 on")
        self._corpus = load_description(source)
        self._source = source
        self._cutter = WordCutter(gap_ratio, confirming)
        self._num_words = 0
        self.name = f"{self._corpus.name}_words"
        self.points_per_second = self._corpus.points_per_second

    @classmethod
    def add_arguments(cls, parser):
        parser.add_argument(
            "--reader",
            default=CHOOSING,
            help="run folder or shipped reader that confirms the cuts, or none "
            f"({CHOOSING}, so that the other one can judge the words)",
        )
        parser.add_argument(
            "--gap_ratio",
            type=float,
            help="leaves out lines whose narrowest gap between words is not so many "
            "times as wide as the widest inside a word (default "
            f"{GAP_RATIO:g}; {GAP_RATIO_WITHOUT_READER:g} without a reader)",
        )

    @classmethod
    def from_arguments(cls, arguments, progress=None):
        source = cls.source_of(arguments)
        return cls(source, arguments.reader, arguments.gap_ratio, progress)

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        before = 0
        for split in self._corpus.splits:
            lines = load_lines(self._source, [split])
            report = functools.partial(self._report, before)
            for word in self._cutter.words(lines, report):
                self._num_words += 1
                yield split, word
            before += len(lines)
        self._dropped.update(self._cutter.dropped)

    def _report(self, before: int, done: int) -> None:
        num_lines = sum(self._corpus.splits.values())
        self.progress((before + done) / num_lines, self._num_words)


class WordCutter:
    """Cuts lines into words and counts those that are left out.

    Attributes:
      dropped: number of words left out, by reason.
    """

    def __init__(self, gap_ratio: float, reader: Reader | None):
        """
        Args:
          gap_ratio: least `Cuts.gap_ratio` of a line.
          reader: that has to confirm the cuts; None to trust the gaps.
        """
        self._gap_ratio = gap_ratio
        self._reader = reader
        self.dropped: collections.Counter[str] = collections.Counter()

    def words(self, lines: Sequence[Line], report=lambda *_: None) -> Iterator[Line]:
        """The words of `lines` in order.

        Args:
          lines: at the tablet's rate and in its unit.
          report: called with the number of lines so far.
        """
        for start in range(0, len(lines), _CHUNK):
            chunk = [
                dataclasses.replace(
                    line,
                    strokes=deskew(line.strokes),
                    text=" ".join(line.text.split()),
                )
                for line in lines[start : start + _CHUNK]
            ]
            readable = [line.strokes for line in chunk if len(line.strokes) > 1]
            scores = iter(self._reader.scores(readable) if self._reader else ())
            for line in chunk:
                is_read = self._reader is not None and len(line.strokes) > 1
                yield from self._cut(line, next(scores) if is_read else None)
            report(start + len(chunk))

    def _cut(self, line: Line, scores: np.ndarray | None) -> Iterator[Line]:
        texts = line.text.split()
        cuts = word_cuts.cut_at_widest_gaps(line.strokes, len(texts)) if texts else None
        if cuts is None:
            self.dropped["a line has fewer pen lifts than spaces"] += len(texts)
            return
        if cuts.gap_ratio < self._gap_ratio:
            self.dropped["a gap inside a word may be a space"] += len(texts)
            return
        safe = np.ones(len(texts) + 1, bool)
        if self._reader is not None:
            safe[1:-1] = scores is not None and word_cuts.confirmed_by_reader(
                cuts.lifts, line.strokes, line.text, scores, self._reader
            )
        usual = len(line.strokes) / len(line.text)
        for i, (text, numbers) in enumerate(zip(texts, cuts.words, strict=True)):
            strokes = word_cuts.pick_strokes(line.strokes, numbers)
            name = f"{line.name}-{i + 1:02d}"
            word = dataclasses.replace(line, strokes=strokes, text=text, name=name)
            reason = None if safe[i : i + 2].all() else "the reader sees another cut"
            reason = reason or _implausible(word, usual)
            reason = reason or corpus_reader.why_unusable(word)
            if reason:
                self.dropped[reason] += 1
            else:
                yield word


def _implausible(word: Line, usual: float) -> str | None:
    """Why a word cannot be all of its text and nothing else, by its number of points.

    Args:
      word: cut out of a line.
      usual: points per character of the line.
    """
    low, high = _PLAUSIBLE
    share = len(word.strokes) / len(word.text) / usual
    if len(word.text) > 1 and not low <= share <= high:
        return f"not {low:g} to {high:g} times the line's points per character"
    return None
