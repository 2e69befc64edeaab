"""Lines that a network wrote itself, to be learnt from like those of a corpus.

Hardly anyone writes dates and addresses in the corpora, and those who do write them in
their own hands. A network that has learnt them from few writers is made to write them
in the hands of all; what a reader reads without a mistake is kept. To learn from one's
own accepted answers is self-training by rejection (expert iteration: Anthony, Tian and
Barber, NeurIPS 2017). The reader is the one that chooses, never the one that measures.

    python -m scribe.prepare_data --format=scribe.training.own_lines:OwnLines \\
      --source=data/iam_ondb --output=data/own_strings --strings=1 --led=0.25 \\
      --bias 0.2 1
  python -m scribe.prepare_data --format=scribe.training.own_lines:OwnLines \\
      --source=data/iam_ondb --output=data/own_prose --strings=0 --led=0 \\
      --bias 0 0.7 --num_lines=2500

gin/datasets/own_lines.gin trains on both.
"""

import collections
import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from scribe.corpora import corpus_reader
from scribe.corpora.composed import line_text
from scribe.corpora.prepared import Line, load_lines
from scribe.corpora.tokens import Tokens
from scribe.foundation.errors import InputError
from scribe.reading.reader import CHOOSING, load_reader
from scribe.strokes.arrays import points_from_strokes, strokes_from_points
from scribe.writing import load, styles

BATCH = 128
# So many texts are written in the hand of one line.
TEXTS_PER_HAND = 24
# A line that leads the network into its hand.
LEADING_CHARACTERS = (12, 40)
LEADING_POINTS = (50, 900)
# So many batches without one line that can be read are enough.
MAX_IDLE = 20
TRAINING_SPLITS = ("train", "validation_large", "test")


@dataclasses.dataclass(frozen=True)
class Plan:
    """What is written, and how.

    Attributes:
      num_lines: how many lines are kept.
      strings: share of the lines that are strings of the grammar (corpora.tokens); the
        others are texts of the corpus.
      led: share of the lines that go on from a line of the corpus, in its hand; the
        others are in hands of chance.
      bias: least and most bias, drawn anew for each batch.
      tries: how often a text is written until it is read rightly; hard texts would be
        rare among the kept ones with one try alone.
      seed: of all that is drawn.
    """

    num_lines: int
    strings: float = 0.7
    led: float = 0.5
    bias: tuple[float, float] = (0.5, 1.0)
    tries: int = 4
    seed: int = 0

    def __post_init__(self):
        for name in ("strings", "led"):
            share = getattr(self, name)
            if not 0.0 <= share <= 1.0:
                raise InputError(f"--{name}={share}: must be between 0 and 1")
        for name in ("num_lines", "tries"):
            number = getattr(self, name)
            if number < 1:
                raise InputError(f"--{name}={number}: must be 1 or more")
        if not 0.0 <= self.bias[0] <= self.bias[1]:
            least, most = self.bias
            raise InputError(
                f"--bias {least:g} {most:g}: must be two numbers from 0 on, the lesser "
                "one first"
            )


class OwnLines(corpus_reader.Reader):
    """Writes texts in the hands of a prepared corpus of lines."""

    name = "own_lines"

    def __init__(
        self, source, plan, splits, model=None, reader=CHOOSING, progress=None
    ):
        """
        Args:
          source: folder of a prepared corpus: its texts and hands.
          plan: see Plan.
          splits: names of its splits; never one that measures.
          model: run folder or shipped model that writes; None for the default one.
          reader: run folder or shipped reader that chooses.
          progress: see Reader.
        """
        super().__init__(progress)
        self._plan = plan
        self._corpus = load_lines(source, splits)
        self._writer = load(model, engine="tensorflow")
        self._reader = load_reader(reader)

    @classmethod
    def add_arguments(cls, parser):
        # fmt: off
        add = parser.add_argument
        add("--model", metavar="FOLDER", help="writer (default: the shipped one)")
        add("--reader", default=CHOOSING, metavar="FOLDER",
            help=f"reader that chooses (default {CHOOSING})")
        add("--splits", nargs="+", default=TRAINING_SPLITS, metavar="NAME",
            help=f"splits of the source (default {' '.join(TRAINING_SPLITS)}); never "
            "one that measures")
        add("--num_lines", type=int, default=6000, metavar="N",
            help="lines to keep (default 6000)")
        add("--strings", type=float, default=0.7, metavar="SHARE",
            help="of the lines, from a grammar; others are texts of the source (0.7)")
        add("--led", type=float, default=0.5, metavar="SHARE",
            help="of the lines, in the hand of a line of the source (0.5)")
        add("--bias", type=float, nargs=2, default=(0.5, 1.0),
            metavar=("LEAST", "MOST"), help="drawn anew for each batch (0.5 1)")
        add("--tries", type=int, default=4, metavar="N",
            help="how often a text is written until it is read rightly (4)")
        add("--seed", type=int, default=0, metavar="N", help="default 0")
        # fmt: on

    @classmethod
    def from_arguments(cls, arguments, progress=None):
        options = vars(arguments)
        fields = {field.name for field in dataclasses.fields(Plan)}
        plan = Plan(**{name: options[name] for name in fields})
        source = cls.source_of(arguments)
        return cls(
            source, plan, arguments.splits, arguments.model, arguments.reader, progress
        )

    def samples(self):
        total = self._plan.num_lines
        lines, misread = write_lines(
            self._writer,
            self._reader,
            self._corpus,
            self._plan,
            lambda done: self.progress(done / total, done),
        )
        self._dropped["misread or not finished"] = misread
        for line in lines:
            yield "train", line


def write_lines(
    writer,
    reader,
    corpus: Sequence[Line],
    plan: Plan,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[list[Line], int]:
    """Writes lines until enough of them are read without a mistake.

    Args:
      writer: a scribe.writing.Writer.
      reader: the scribe.reading.Reader that chooses.
      corpus: lines whose texts are written and whose hands are gone on from.
      plan: see Plan.
      progress: called with the number of lines kept.

    Returns:
      the lines, at the corpus's point rate, and how many others were misread.

    Raises:
      InputError: MAX_IDLE batches had no line that was read without a mistake.
    """
    random = np.random.default_rng(plan.seed)
    texts = _texts(writer.model.alphabet, corpus, plan, random)
    hands = _hands(writer.model, corpus, random)
    keep_every = _keep_every(writer.model)
    # Of batches, which are smaller in the hand of a line.
    led_batches = plan.led / (plan.led + (1.0 - plan.led) * TEXTS_PER_HAND / BATCH)
    kept: list[Line] = []
    again = collections.deque()  # (text, tries left)
    misread = idle = 0
    while len(kept) < plan.num_lines:
        is_led = hands is not None and random.random() < led_batches
        count = TEXTS_PER_HAND if is_led else BATCH
        drawn = [again.popleft() for _ in range(min(len(again), count // 2))]
        drawn += [(next(texts), plan.tries) for _ in range(count - len(drawn))]
        wanted = [text for text, _ in drawn]
        lines = writer.write(
            wanted,
            bias=float(random.uniform(*plan.bias)),
            style=next(hands) if is_led else None,
            seed=int(random.integers(2**31)),
            max_attempts=1,
        )
        read = _read(reader, lines)
        good = [t == r for t, r in zip(wanted, read, strict=True)]
        for line, text, is_good in zip(lines, wanted, good, strict=True):
            if is_good and len(kept) < plan.num_lines:
                name = f"own-{plan.seed}-{len(kept):06d}"
                strokes = at_full_rate(line.strokes, keep_every)
                kept.append(Line(strokes, text, name, name))
        again.extend(
            (text, tries - 1)
            for (text, tries), is_good in zip(drawn, good, strict=True)
            if not is_good and tries > 1
        )
        misread += count - sum(good)
        idle = 0 if any(good) else idle + 1
        if idle == MAX_IDLE:
            raise InputError(
                f"of the last {idle} batches the reader could not read a single line: "
                "the model does not write well enough to learn from itself"
            )
        progress(len(kept))
    return kept, misread


def at_full_rate(strokes: np.ndarray, keep_every: int) -> np.ndarray:
    """Strokes [P, 3] of which `decimate` would make the same again, [P', 3].

    Between two points of a stroke come `keep_every - 1` on the straight line, since
    what training learns from is stored before it is decimated.
    """
    points = points_from_strokes(strokes)
    ends = strokes[:, 2] > 0.5
    follows = np.concatenate([[False], ~ends[:-1]])
    repeats = np.where(follows, keep_every, 1)
    index = np.repeat(np.arange(len(points)), repeats)
    last = np.cumsum(repeats)[index] - 1
    back = (last - np.arange(len(index)))[:, None] / keep_every
    before = points[np.maximum(index - 1, 0)]
    full = points[index] + back * (before - points[index])
    return strokes_from_points(full, ends[index] & (back[:, 0] == 0.0))


def _texts(alphabet, corpus, plan: Plan, random) -> Iterator[str]:
    """Texts without end, in characters that the network knows."""
    tokens = Tokens(random)
    while True:
        if random.random() < plan.strings:
            text = line_text(tokens, random)
        else:
            text = corpus[random.integers(len(corpus))].text
        if not alphabet.unknown(text):
            yield text


def _hands(model, corpus, random) -> Iterator[styles.Style] | None:
    """Lines of the corpus to go on from, without end; None if there is none."""
    usable = [
        line
        for line in corpus
        if _is_between(len(line.text), LEADING_CHARACTERS)
        and _is_between(len(line.strokes), LEADING_POINTS)
        and not model.alphabet.unknown(line.text)
    ]
    if not usable:
        return None
    return _drawn(usable, model, random)


def _is_between(count: int, bounds: tuple[int, int]) -> bool:
    return bounds[0] <= count <= bounds[1]


def _drawn(lines, model, random):
    while True:
        line = lines[random.integers(len(lines))]
        yield styles.cleaned(styles.Style(line.text, line.strokes), model)


def _read(reader, lines) -> list[str | None]:
    finished = [line for line in lines if line.finished]
    read = iter(reader.read([line.strokes for line in finished]))
    return [next(read) if line.finished else None for line in lines]


def _keep_every(model) -> int:
    """How many points of the corpus make one of the network's."""
    factor = 1
    for step in model.cleaning:
        factor *= step.get("keep_every", 1)
    return factor
