"""One shard of a data set: a pure function of the recipe, the seed and its number."""

import dataclasses
import itertools
import math
from collections.abc import Iterator

import numpy as np

from scribe.factory import amounts
from scribe.factory.hands import Hand
from scribe.factory.lines import CutLine, Job, Penman
from scribe.factory.picturing import pictured
from scribe.factory.recipe import Recipe
from scribe.factory.samples import Sample
from scribe.factory.sheets import Sheet
from scribe.factory.texts import words_of
from scribe.foundation.errors import WorkFailed
from scribe.typesetting.words import Word

# What a stream of random numbers is for; with the seed, the shard and a number it is
# the stream's key.
_HAND, _TEXT, _PICTURE, _SHEET = range(4)
# Lines of a shard have numbers of their own below this.
_LINES_PER_SHARD = 2**22
# Words of a line that are likely to be kept, before the first ones are written.
_WORDS_PER_LINE = 4.0
# Pages that are written together.
_PAGES_AT_ONCE = 16
# Characters of a long word, which may not fit into the end of a line.
_WORD = 12
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
        if recipe.sheets:
            jobs, sheets = hands.pages(min(missing, _PAGES_AT_ONCE))
        else:
            wanted = missing
            if recipe.kind == "words":
                rate = made / num_lines if made else _WORDS_PER_LINE
                wanted = math.ceil(1.03 * missing / max(rate, 0.5))
            jobs, sheets = hands.jobs(wanted), {}
        num_lines += len(jobs)
        before = made
        for hand, words in _pieces(recipe, penman, penman.write(jobs, order.seed)):
            if made == order.count:
                return
            name = f"{order.shard:05d}-{made:06d}"
            random = order.random(_PICTURE, made)
            yield pictured(recipe, name, hand, words, sheets.get(id(hand)), random)
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

    def pages(self, count: int) -> tuple[list[Job], dict[int, Sheet]]:
        """The lines of so many pages, each in a hand of its own, and their sheets."""
        jobs, sheets = [], {}
        for _ in range(count):
            hand = self._hand()
            random = self._order.random(_SHEET, self._num_hands)
            sheets[id(hand)] = sheet = self._recipe.sheets.draw(random, hand.size)
            # Some more than will fit, since words that are misread are left out.
            missing = 1.1 * sheet.num_characters + _WORD
            while missing > 0:
                jobs.append(self._job(hand))
                missing -= len(jobs[-1].text) + 1
        return jobs, sheets

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


def _pieces(
    recipe: Recipe, penman: Penman, lines: list[CutLine]
) -> Iterator[tuple[Hand, list[Word]]]:
    """What becomes a picture each: a word that is read, a line, the words of a page."""
    misread = "words that the reader misreads"
    if recipe.sheets:
        pages: dict[int, tuple[Hand, list[Word]]] = {}
        for line in lines:
            _, words = pages.setdefault(id(line.job.hand), (line.job.hand, []))
            words += itertools.compress(line.words, line.passes)
            penman.left_out[misread] += int((~line.passes).sum())
        yield from (page for page in pages.values() if page[1])
        return
    for line in lines:
        if recipe.kind == "words":
            penman.left_out[misread] += int((~line.passes).sum())
            for word in itertools.compress(line.words, line.passes):
                yield line.job.hand, [word]
        elif line.passes.all():
            yield line.job.hand, line.words
        else:
            penman.left_out["lines that the reader misreads"] += 1
