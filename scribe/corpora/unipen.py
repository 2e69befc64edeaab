"""UNIPEN train_r01_v07: words, lines and sentences by some four hundred writers.

Guyon et al. (1994), see scribe.corpora.unipen_files for the format. Read as
distributed, from the folder that holds `data` and `include` or from one archive of it.
Of those of its contributors that are worth having, a table (`unipen_sources`) says what
to take of each:

- tier "a": real lines (categories 7 and 8) and words of clean tablets;
- tier "b": lines of coarse tablets and screens, smoothed, for the symbols that are rare
  elsewhere.

Every writer is brought to the unit and the point rate of IAM-OnDB's tablet, so that
both corpora mix: he is scaled as a whole, to a height drawn for him from the heights of
that corpus, and keeps his slant, his slope and his changes of size. Writers have real
names in the files; they are kept as a hash. Splits are by writer: one in twenty is for
validation, one in twenty and one whole contributor for tests.
"""

import collections
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.corpora import unipen_lines
from scribe.corpora.corpus_reader import Reader
from scribe.corpora.prepared import Line
from scribe.corpora.transcription import tidy
from scribe.corpora.unipen_files import Page, Pages, Segment
from scribe.corpora.unipen_ink import as_recorded, ink_of, recorded_heights
from scribe.corpora.unipen_lines import Ink
from scribe.corpora.unipen_sources import SOURCES, Source, split_of, unpacked, writer_of
from scribe.foundation.errors import InputError
from scribe.strokes import foreign
from scribe.strokes.arrays import strokes_from_paths
from scribe.strokes.measures import written_height

TIERS = ("a", "b")
MAX_CHARACTERS = 45  # of a line that is made of words or cut out of a sentence
MIN_CHARACTERS = 3
MAX_WORD_CHARACTERS = 12  # of what is joined to others
# Outside of this many times the writer's usual width per character, ink and label do
# not belong together.
MAX_WIDTH_RATIO = 2.2
# Some writers wrote a thousand words of two hundred kinds.
MAX_WORD_LINES_PER_WRITER = 150


# Towns whose ink has the marks that their ASCII labels lack.
_MARKED_INK = re.compile(
    r"Z[uü]rich|N[uü]rnberg|D[uü]sseldorf|M[uü]nchen|K[oö]ln|Malm[oö]|G[oö]teborg"
    r"|B[oö]blingen|[OÖ]ster[aå]s"
)
_UNREADABLE = re.compile(r"XXX")
_SPACED_OUT = re.compile(r"(\S )+\S")


class Unipen(Reader):
    """Reads UNIPEN with splits by writer; see the module."""

    name = "unipen"

    def __init__(self, source, tiers: Sequence[str] = ("a",), progress=None):
        """
        Args:
          source: the folder with `data` and `include`, or an archive of it.
          tiers: of TIERS.
          progress: see Reader.
        """
        super().__init__(progress)
        unknown = sorted(set(tiers) - set(TIERS))
        if unknown:
            raise InputError(f"--tiers={unknown[0]}: use {' or '.join(TIERS)}")
        self._source = Path(source)
        self._tiers = tuple(tiers)
        self.points_per_second = foreign.POINTS_PER_SECOND

    @classmethod
    def add_arguments(cls, parser):
        parser.add_argument(
            "--tiers",
            default="a",
            help="a (clean tablets), or a,b (coarse ones, too, rich in symbols)",
        )

    @classmethod
    def from_arguments(cls, arguments, progress=None):
        return cls(cls.source_of(arguments), arguments.tiers.split(","), progress)

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        with unpacked(self._source) as root:
            pages = Pages(root, ("7", "8", "2"))
            contributors = [name for name in pages.contributors() if name in SOURCES]
            if not contributors:
                raise InputError(
                    f"{self._source} holds no contributor of UNIPEN such as "
                    "data/8/lex/ (data/README.md says how to obtain UNIPEN)"
                )
            num_lines = 0
            for i, contributor in enumerate(contributors):
                for line in self._lines(contributor, pages):
                    num_lines += 1
                    yield split_of(contributor, line.form), line
                self.progress((i + 1) / len(contributors), num_lines)
            for reason, count in sorted(pages.failed.items()):
                self._dropped[reason] += count

    def _lines(self, contributor: str, pages: Pages) -> Iterator[Line]:
        lines = collections.defaultdict(list)
        words = collections.defaultdict(list)
        for page in pages.of(contributor):
            for source in SOURCES[contributor]:
                if source.tier in self._tiers and page.source.startswith(source.folder):
                    self._read_page(page, source, lines, words)
        for writer in sorted({*lines, *words}):
            random = np.random.default_rng(int(writer, 16))
            usual = self._usual(lines[writer])
            isolated = self._usual(words[writer])
            short = [ink for ink in usual if _is_word(ink)]
            letters = unipen_lines.letters_of([*isolated, *short])
            if letters is None:  # nobody knows where they would stand
                self._dropped["too few words to know the letters"] += len(isolated)
                written = usual
            else:
                written = [ink for ink in usual if not _is_word(ink)]
                written += _joined([*isolated, *short], letters, random)
            yield from self._recorded(written, f"{contributor}-{writer}", random)

    def _read_page(self, page: Page, source: Source, lines, words) -> None:
        """Sorts what is on a page into `lines` and `words` by writer."""
        texts = page.segments.get("8", []) if source.texts else []
        page_words, characters = page.segments.get("7", []), page.segments.get("2", [])
        for segment in texts:
            if text := self._label(segment, source):
                writer = writer_of(page, segment)
                ink = ink_of(segment, text, source)
                parts = unipen_lines.parts_of(segment, page_words)
                parts = parts or unipen_lines.parts_of(segment, characters)
                lines[writer].extend(self._parted(ink, segment, parts, source))
        if not source.words:
            return
        spans = [(text.first, text.last) for text in page.segments.get("8", [])]
        for segment in page_words:
            in_text = any(a <= segment.first and segment.last <= b for a, b in spans)
            if not in_text and (text := self._label(segment, source)):
                writer = writer_of(page, segment)
                words[writer].append(ink_of(segment, text, source))

    def _label(self, segment: Segment, source: Source) -> str:
        """The text of a segment; "" if it is not to be read."""
        text = segment.label
        if source.ligatures:  # "@" joins letters
            text = text.replace("@", "")
        if _UNREADABLE.search(text) or segment.quality == "BAD":
            self.drop("marked as unreadable", "")
            return ""
        if _MARKED_INK.search(text):
            self.drop("the ink has marks that the label lacks", "")
            return ""
        if not text.isascii():
            self.drop("the label is not ASCII", "")
            return ""
        text = " ".join(text.split())
        if source.typed_blanks:
            if _SPACED_OUT.fullmatch(text) and any(c.isdigit() for c in text):
                text = text.replace(" ", "")
            text = tidy(text)
        return text

    def _parted(self, ink: Ink, text: Segment, parts, source: Source) -> Iterator[Ink]:
        """A text as lines."""
        if parts:
            inks = [ink_of(part, part.label, source) for part in parts]
            breaks = unipen_lines.line_breaks([part.box() for part in inks])
            if breaks:
                yield from _torn(ink.text, inks, breaks)
                return
        elif unipen_lines.runs_over_lines(ink):
            self.drop("a text of several lines without marks of its words", "")
            return
        if len(ink.text) <= MAX_CHARACTERS:
            yield ink
            return
        pieces, cost = unipen_lines.cut_at_words(ink, MAX_CHARACTERS)
        if cost > unipen_lines.MAX_CUT_COST:
            self.drop("a sentence that cannot be cut for sure", "")
            return
        yield from pieces

    def _usual(self, inks: Sequence[Ink]) -> list[Ink]:
        """Those that are about as wide per character as the writer's others."""
        if not inks:
            return []
        boxes = [ink.box() for ink in inks]
        widths = np.array([high[0] - low[0] for low, high in boxes])
        ratio = widths / [unipen_lines.usual_width(ink.text) for ink in inks]
        ratio = ratio / np.median(ratio)
        kept = []
        for ink, off in zip(inks, ratio, strict=True):
            bound = MAX_WIDTH_RATIO * (1.0 if len(ink.text) >= 5 else 2.0)
            if 1.0 / bound <= off <= bound:
                kept.append(ink)
            else:
                self.drop("width of the ink does not fit the text", "")
        return kept

    def _recorded(self, inks: Sequence[Ink], name: str, random) -> Iterator[Line]:
        """A writer's lines as IAM-OnDB's tablet would have recorded them."""
        if not inks:
            return
        heights = [
            written_height(strokes_from_paths([s[:, :2] for s in ink.strokes]))
            for ink in inks
        ]
        (height,) = recorded_heights(random, 1)
        scale = height / float(np.median(heights))
        for number, ink in enumerate(inks):
            if len(ink.text) < MIN_CHARACTERS:
                self.drop(f"shorter than {MIN_CHARACTERS} characters", "")
                continue
            strokes = as_recorded(ink, scale)
            yield Line(strokes, ink.text, f"{name}-{number:04d}", name, name)


def _torn(text: str, parts: Sequence[Ink], breaks: Sequence[int]) -> Iterator[Ink]:
    """Lines of a text whose parts go on in a new line at these numbers."""
    ends = np.cumsum([len("".join(part.text.split())) for part in parts])
    words = text.split(" ")
    word_ends = np.cumsum([len(word) for word in words])
    begin = first_word = 0
    for end in [*breaks, len(parts)]:
        last_word = int(np.searchsorted(word_ends, ends[end - 1]))
        if word_ends[last_word] != ends[end - 1]:
            return  # a word that was broken at the end of a line
        strokes = [stroke for part in parts[begin:end] for stroke in part.strokes]
        yield Ink(" ".join(words[first_word : last_word + 1]), strokes)
        begin, first_word = end, last_word + 1


def _joined(words: list[Ink], letters, random: np.random.Generator) -> list[Ink]:
    """Words set in lines of 15 to 40 characters, each used once."""
    lines, line = [], []
    wanted = random.integers(15, 40)
    for i in random.permutation(len(words)):
        line.append(words[i])
        length = sum(len(word.text) + 1 for word in line) - 1
        if length >= wanted:
            if length <= MAX_CHARACTERS:
                lines.append(unipen_lines.set_in_line(line, letters, random))
            line, wanted = [], random.integers(15, 40)
    return lines[:MAX_WORD_LINES_PER_WRITER]


def _is_word(ink: Ink) -> bool:
    """Whether a line is so short that it says more beside others."""
    return " " not in ink.text and len(ink.text) < MAX_WORD_CHARACTERS
