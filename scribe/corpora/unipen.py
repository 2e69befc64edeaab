"""UNIPEN train_r01_v07: words, lines and sentences by some four hundred writers.

Guyon et al. (1994), see scribe.corpora.unipen_files for the format. Read as
distributed, from the folder that holds `data` and `include` or from one archive of it.
Of its 48 contributors that are worth having, a table here says what to take of each:

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
import dataclasses
import hashlib
import re
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.corpora import unipen_lines
from scribe.corpora.corpus_reader import Reader
from scribe.corpora.prepared import Line
from scribe.corpora.transcription import tidy
from scribe.corpora.unipen_files import Page, Pages, Segment
from scribe.corpora.unipen_lines import Ink
from scribe.foundation.errors import InputError
from scribe.strokes import foreign, pen_motion
from scribe.strokes.arrays import strokes_from_paths, strokes_from_points
from scribe.strokes.measures import written_height

TIERS = ("a", "b")
MAX_CHARACTERS = 45  # of a line that is made of words or cut out of a sentence
MIN_CHARACTERS = 3
MAX_WORD_CHARACTERS = 12  # of what is joined to others
# Median height of the forms of IAM-OnDB's training set in its unit, and the deviation
# of its logarithm.
HEIGHT = (400.0, 0.27)
HEIGHT_RANGE = (250.0, 640.0)
# A tablet's rates that can be right; others are not believed.
RATES = (40.0, 250.0)
# A Gaussian of so many seconds along a stroke takes a tablet's grid out.
SMOOTHING_SECONDS = 0.012
COARSE_SMOOTHING_SECONDS = 0.017
# Outside of this many times the writer's usual width per character, ink and label do
# not belong together.
MAX_WIDTH_RATIO = 2.2
# Some writers wrote a thousand words of two hundred kinds.
MAX_WORD_LINES_PER_WRITER = 150
HELD_OUT_CONTRIBUTOR = "art"
VALIDATION_PERCENT, TEST_PERCENT = 5, 5


@dataclasses.dataclass(frozen=True)
class Source:
    """What to take of a contributor.

    Attributes:
      tier: "a" or "b".
      texts, words: whether its texts and its isolated words are read.
      folder: only files whose path begins so.
      has_rate: whether the file's points per second are right.
      is_coarse: whether its ink shows the grid of a screen.
      typed_blanks: whether labels have blanks before punctuation.
      ligatures: whether labels mark joined letters by "@".
    """

    tier: str
    texts: bool = False
    words: bool = False
    folder: str = ""
    has_rate: bool = True
    is_coarse: bool = False
    typed_blanks: bool = False
    ligatures: bool = False


_TEXTS, _WORDS, _BOTH = {"texts": True}, {"words": True}, {"texts": True, "words": True}
SOURCES = {
    **{name: [Source("a", **_TEXTS)] for name in ("aga", "bba", "bbb", "bbc", "bbd")},
    **{name: [Source("a", **_TEXTS)] for name in ("apb", "scr")},
    **{name: [Source("a", **_BOTH)] for name in ("abm", "apc", "apd", "ape", "lex")},
    **{name: [Source("a", **_BOTH)] for name in ("phi", "pri")},
    **{name: [Source("a", **_WORDS)] for name in ("cee", "huj", "imp", "kar", "lav")},
    **{name: [Source("a", **_WORDS)] for name in ("nic", "pap", "par", "sie")},
    # Their points lie evenly along the path.
    "int": [Source("a", **_WORDS, has_rate=False)],
    "kai": [Source("a", **_WORDS, has_rate=False, ligatures=True)],
    **{
        name: [Source("a", **_BOTH, typed_blanks=True)]
        for name in ("cea", "ceb", "cec", "sta")
    },
    "art": [Source("a", **_TEXTS, has_rate=False)],
    "hpb": [Source("a", **_TEXTS, folder="hpb5", is_coarse=True, typed_blanks=True)],
    "hpp": [
        Source("a", **_BOTH, folder="hpp2", is_coarse=True, typed_blanks=True),
        Source("b", **_BOTH, folder="hpp3", is_coarse=True, typed_blanks=True),
    ],
    "ibm": [Source("a", **_WORDS, folder="ibm1")],
    "apa": [Source("b", **_TEXTS, is_coarse=True)],
    "app": [Source("b", **_TEXTS, is_coarse=True)],
    "ced": [Source("b", **_TEXTS, has_rate=False, typed_blanks=True)],
}
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
                writer = hashed(segment.writer or f"{page.contributor} {page.source}")
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
                writer = hashed(segment.writer or f"{page.contributor} {page.source}")
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
            yield Line(strokes, ink.text, f"{name}-{number:04d}", name)


def split_of(contributor: str, form: str) -> str:
    """train, validation or test, by the writer: the same for all of his lines.

    Args:
      contributor: three letters.
      form: ends with the hash of the writer, who may have written for others, too.
    """
    if contributor == HELD_OUT_CONTRIBUTOR:
        return "test"
    draw = int(form.rpartition("-")[2], 16) % 100
    if draw < VALIDATION_PERCENT:
        return "validation"
    return "test" if draw < VALIDATION_PERCENT + TEST_PERCENT else "train"


def recorded_heights(random: np.random.Generator, count: int) -> np.ndarray:
    """[count] heights of forms of IAM-OnDB, from ascenders to descenders."""
    drawn = HEIGHT[0] * np.exp(HEIGHT[1] * random.normal(size=count))
    return np.clip(drawn, *HEIGHT_RANGE)


def as_recorded(ink: Ink, scale: float) -> np.ndarray:
    """Ink at the point rate of IAM-OnDB's tablet: float32 [P, 3], y down.

    By its times, if they agree with how many points that tablet takes for such a line;
    else by the law of motion (scribe.strokes.pen_motion).

    Args:
      ink: in any unit.
      scale: of the result.
    """
    paths = [stroke[:, :2] * scale for stroke in ink.strokes]
    height = written_height(strokes_from_paths(paths))
    timed = all(np.isfinite(stroke[:, 2]).all() for stroke in ink.strokes)
    curves = [
        pen_motion.smooth_path(path, stroke[:, 2] if timed else None, height)
        for path, stroke in zip(paths, ink.strokes, strict=True)
    ]
    paths = [path for path, _ in curves]
    num_points = foreign.usual_points(paths, len(ink.text))
    seconds = [t for _, t in curves]
    told = sum(t[-1] for t in seconds) * foreign.POINTS_PER_SECOND if timed else 0.0
    pace = foreign.MAX_PACE
    if num_points / pace <= told <= num_points * pace:
        num_points = told
    elif not timed:
        seconds = [pen_motion.seconds_by_law(path, height) for path in paths]
    return strokes_from_points(*pen_motion.at_equal_times(paths, seconds, num_points))


def ink_of(segment: Segment, text: str, source: Source) -> Ink:
    """A segment's ink: y down, true aspect, smoothed, with times if they are known."""
    rate = segment.points_per_second if source.has_rate else 0.0
    if not RATES[0] <= rate <= RATES[1]:
        rate = 0.0
    blur = COARSE_SMOOTHING_SECONDS if source.is_coarse else SMOOTHING_SECONDS
    strokes = []
    for points in segment.strokes:
        moved = np.ones(len(points), bool)
        moved[1:] = np.any(points[1:] != points[:-1], axis=1)
        steps = np.flatnonzero(moved) / (rate or np.nan)
        pauses = np.minimum(np.diff(steps, prepend=steps[0]), foreign.MAX_PAUSE_SECONDS)
        path = points[moved] * [1.0, -segment.aspect]
        path = smoothed(path, blur * (rate or 80.0))
        strokes.append(np.column_stack([path, np.cumsum(pauses)]))
    return Ink(text, strokes)


def smoothed(path: np.ndarray, deviation: float) -> np.ndarray:
    """A path [n, 2] after a Gaussian of so many points; its ends stay."""
    reach = min(int(np.ceil(2.5 * deviation)), len(path) - 1)
    if reach < 1:
        return path
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    kernel /= kernel.sum()
    # Turned about the ends, so that these do not move.
    before = 2 * path[0] - path[reach:0:-1]
    after = 2 * path[-1] - path[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, path, after])
    return np.stack(
        [np.convolve(padded[:, k], kernel, mode="valid") for k in (0, 1)], axis=1
    )


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


def hashed(writer: str) -> str:
    """Sixteen hexadecimal digits for a writer's name."""
    return hashlib.sha256(writer.strip().lower().encode()).hexdigest()[:16]


class unpacked:
    """The corpus as a folder: the source itself, or an archive unpacked for a while."""

    def __init__(self, source: Path):
        self._source = source
        self._temporary: tempfile.TemporaryDirectory | None = None

    def __enter__(self) -> Path:
        if self._source.is_file():
            self._temporary = tempfile.TemporaryDirectory()
            try:
                with tarfile.open(self._source) as archive:
                    archive.extractall(self._temporary.name, filter="data")
            except (tarfile.TarError, EOFError, OSError) as error:
                self._temporary.cleanup()
                raise InputError(
                    f"{self._source} is no tar archive, or is damaged ({error})"
                ) from error
            root = Path(self._temporary.name)
        else:
            root = self._source
        if (root / "data").is_dir() and (root / "include").is_dir():
            return root
        raise InputError(
            f"{self._source} holds no folders data and include: it is no UNIPEN"
        )

    def __exit__(self, *_) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()
