"""One shard of a data set: a pure function of the recipe, the seed and its number."""

import dataclasses
import math
from collections.abc import Iterator

import numpy as np

from scribe.factory import amounts
from scribe.factory.hands import Hand
from scribe.factory.ink import Ink, ink_of
from scribe.factory.labels import line_labels, strokes_of
from scribe.factory.lines import CutLine, Job, Penman
from scribe.factory.pens import coverage
from scribe.factory.recipe import Recipe
from scribe.factory.samples import Sample
from scribe.factory.sizes import in_a_row
from scribe.factory.texts import words_of
from scribe.foundation.errors import WorkFailed
from scribe.typesetting.words import Word

# What a stream of random numbers is for; with the seed, the shard and a number it is
# the stream's key.
_HAND, _TEXT, _PICTURE = range(3)
# Lines of a shard have numbers of their own below this.
_LINES_PER_SHARD = 2**22
# Words of a line that are likely to be kept, before the first ones are written.
_WORDS_PER_LINE = 4.0
# So many rounds without a single sample end the work.
_MAX_IDLE_ROUNDS = 3


@dataclasses.dataclass(frozen=True)
class Order:
    """Which samples of a data set are asked for.

    Attributes:
      seed: of the data set.
      shard: number of the shard.
      count: samples in it.
    """

    seed: int
    shard: int
    count: int

    def random(self, purpose: int, number: int) -> np.random.Generator:
        """Random numbers that depend on nothing else."""
        key = np.random.SeedSequence(self.seed, spawn_key=(self.shard, purpose, number))
        return np.random.Generator(np.random.Philox(key))


def samples(recipe: Recipe, penman: Penman, order: Order) -> Iterator[Sample]:
    """The samples of a shard, as many as are asked for.

    Args:
      recipe: what is made.
      penman: that writes; its model and its check are the recipe's.
      order: seed, shard, number of samples.

    Raises:
      WorkFailed: hardly anything that is written can be read.
    """
    made = num_lines = idle = 0
    hands = _Hands(recipe, penman, order)
    while made < order.count:
        missing = order.count - made
        wanted = missing
        if recipe.kind == "words":
            rate = made / num_lines if made else _WORDS_PER_LINE
            wanted = math.ceil(1.03 * missing / max(rate, 0.5))
        jobs = hands.jobs(wanted)
        num_lines += len(jobs)
        before = made
        for line in penman.write(jobs, order.seed):
            for words in _pieces(recipe, penman, line):
                if made == order.count:
                    return
                yield _sample(recipe, order, made, line.job, words)
                made += 1
        idle = idle + 1 if made == before else 0
        if idle == _MAX_IDLE_ROUNDS:
            raise WorkFailed(
                f"shard {order.shard}: of {num_lines} lines none could be used: "
                f"{dict(penman.left_out)}"
            )


class _Hands:
    """Gives out jobs: hands, one after the other, and what each is to write."""

    def __init__(self, recipe: Recipe, penman: Penman, order: Order):
        self._recipe, self._penman, self._order = recipe, penman, order
        self._num_hands = self._num_lines = 0

    def jobs(self, count: int) -> list[Job]:
        """So many lines to write."""
        recipe, jobs = self._recipe, []
        while len(jobs) < count:
            hand = self._hand()
            for _ in range(min(recipe.hands.lines_per_hand, count - len(jobs))):
                jobs.append(self._job(hand))
        return jobs

    def _hand(self) -> Hand:
        order, number = self._order, self._num_hands
        self._num_hands += 1
        return self._recipe.hands.draw(
            order.random(_HAND, number),
            self._penman.writer.style_names(),
            f"hand-{order.shard:05d}-{number:04d}",
        )

    def _job(self, hand: Hand) -> Job:
        order, number = self._order, self._num_lines
        self._num_lines += 1
        random = order.random(_TEXT, number)
        words = words_of(
            self._recipe.texts,
            max(round(amounts.draw(self._recipe.line_characters, random)), 1),
            self._penman.can_write,
            random,
            self._penman.left_out,
        )
        return Job(order.shard * _LINES_PER_SHARD + number, " ".join(words), hand)


def _pieces(recipe: Recipe, penman: Penman, line: CutLine) -> Iterator[list[Word]]:
    """What of a line becomes a picture each: its words that are read, or all of it."""
    if recipe.kind == "words":
        penman.left_out["words that the reader misreads"] += int((~line.passes).sum())
        for word, passes in zip(line.words, line.passes, strict=True):
            if passes:
                yield [word]
    elif line.passes.all():
        yield line.words
    else:
        penman.left_out["lines that the reader misreads"] += 1


def _sample(
    recipe: Recipe, order: Order, number: int, job: Job, words: list[Word]
) -> Sample:
    random = order.random(_PICTURE, number)
    hand = job.hand
    pen = recipe.pens.draw(random, hand.speed)
    operations = recipe.scan.happening(random) if recipe.scan else []

    def bent(ink: Ink) -> Ink:
        for operation in operations:
            ink = operation.move(ink, 1.0, random)
        return ink

    row = in_a_row(words, hand.width)
    ink = bent(ink_of(row, hand.slant, hand.width))
    ink, width = recipe.crop.place(ink, random, hand.size)
    unit = ink.placed[0].unit
    share = coverage(ink, pen, recipe.crop.height, width)
    image = 255 - share
    if recipe.scan:
        image = recipe.scan.picture(share, unit, operations, random)
    lines = line_labels(ink, pen.width * unit)
    return Sample(
        name=f"{order.shard:05d}-{number:06d}",
        image=image,
        text="\n".join(line.text for line in lines),
        hand=hand.name,
        lines=lines,
        strokes=strokes_of(ink),
        facts={
            "bias": round(hand.bias, 3),
            "slant": round(hand.slant, 3),
            "x_height": round(unit, 2),
            "pen_width": round(pen.width * unit, 2),
        },
    )
