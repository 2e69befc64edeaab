"""What the API does, without HTTP: checks, hands, lines, files."""

import asyncio
import dataclasses
import functools
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from scribe.drawing.page import Look
from scribe.foundation.errors import InputError, WorkFailed
from scribe.reading import load_reader
from scribe.web import drawings, files, hands, messages, sheet
from scribe.web.batching import Batcher, Task, Writing
from scribe.web.limits import Limits
from scribe.web.rates import Rates
from scribe.web.tuning import Tunings
from scribe.writing import (
    Writer,
    WrittenLine,
    adaptation,
    attempts,
    best_of,
    own_hand,
    own_sheet,
    spelling,
    styles,
)
from scribe.writing.limits import MAX_CHARACTERS
from scribe.writing.session import Session
from scribe.writing.writer import FIRST_WORDS

KNOWN_HANDS = 200  # invented ones that are kept


@dataclasses.dataclass(eq=False)
class Order:
    """A request that was understood and stands in the queue.

    Attributes:
      asked: as it came.
      hand: the style, None for a hand of its own for each line.
      numbers: the texts that are not blank.
      candidates: in how many ways each is written at most.
      tasks: the first candidate of each, then others as they are asked for.
      writing: their lines, as they come.
      look: colours and pen of a file.
    """

    asked: messages.WriteRequest
    hand: styles.Style | None
    numbers: list[int]
    candidates: int
    tasks: list[Task]
    writing: Writing
    look: Look


class Service:
    """One model, its queue, and the styles of all visitors."""

    def __init__(
        self,
        writer: Writer,
        limits: Limits,
        own: Sequence[str] = (),
        gin_params: Sequence[str] = (),
    ):
        """
        Args:
          writer: a model that reads text.
          limits: what visitors may ask.
          own: styles that are offered to all beside the model's: names or paths.
          gin_params: bindings by which hands are learnt.
        """
        if not writer.model.reads_text:
            raise InputError(f"{writer.model.folder} is a model without text")
        self.limits = limits
        self._model = writer.model
        # What is asked, and styles; the batcher's thread has engines of its own.
        self._session = writer.session
        self.batcher = Batcher(
            Session(writer.model, "numpy"),
            limits.batch_lines,
            limits.max_waiting_lines,
            limits.remembered_lines,
            limits.kept_for_others,
        )
        self._chooser = best_of.shipped_chooser()
        self._reader = functools.cache(load_reader)  # when the first drawing comes
        self._shipped = hands.shipped(writer.model)
        for name in own:
            style = styles.find_style(name, writer.model)
            self._shipped[name] = hands.Hand(name, Path(name).stem, style)
        self._described = [hands.described(h, False) for h in self._shipped.values()]
        self._leading = hands.Leading(writer.session)
        self.tunings = Tunings(writer.model, limits, gin_params)
        self._visitors = hands.Visitors(limits)
        self._rates = Rates(limits.lines_per_minute)
        self._known: dict[int, hands.Hand] = {}  # invented ones, by number
        self._drawing = asyncio.Semaphore(1)  # a large picture takes 200 MB

    def model(self) -> messages.ModelAnswer:
        return messages.ModelAnswer(
            name=self._model.folder.name,
            characters=spelling.writable(self._model.alphabet),
            max_characters=MAX_CHARACTERS,
            max_lines=self.limits.max_lines,
            max_styles=self.limits.max_styles,
            max_candidates=messages.MAX_CANDIDATES if self._chooser else 1,
            min_tuning_lines=adaptation.MIN_LINES if self.tunings.are_offered else None,
            likeness=adaptation.LIKENESS,
            sheet=own_sheet.sheet_lines(self._model.alphabet),
            formats=files.formats(),
            margin_mm=sheet.MARGIN_MM,
            line_spacing=sheet.LINE_SPACING,
            ascent=sheet.ASCENT,
            below_mm=sheet.BELOW_MM,
            grid_mm=sheet.GRID_MM,
        )

    def styles(self, token: str | None) -> messages.StyleList:
        """The shipped hands, then the visitor's own."""
        own = self._visitors.hands(token).values()
        return messages.StyleList(
            styles=self._described + [self._answer(hand) for hand in own]
        )

    async def add_style(
        self, token: str | None, new: messages.NewStyle, visitor: str = ""
    ) -> tuple[str, messages.StyleAnswer]:
        """Keeps what a visitor drew; returns the visitor's token, too.

        Raises:
          InputError: it cannot be used as a style.
          TooOften: not now.
        """
        lines = [(line.strokes, line.text) for line in (new, *new.more)]
        self._rates.take(visitor, len(lines))
        style = await asyncio.to_thread(hands.spelt, lines, self._model, self._reader())
        name = " ".join(new.name.split()) or "My hand"
        token, hand = self._visitors.add(token, name, style)
        return token, self._answer(hand)

    def _answer(self, hand: hands.Hand) -> messages.StyleAnswer:
        return hands.described(hand, self.tunings.are_offered)

    def own_hand(self, token: str | None, id: str) -> hands.Hand | None:
        """A visitor's own hand; None if there is none of this id."""
        return self._visitors.hands(token).get(id)

    async def read(
        self, line: messages.DrawnLine, visitor: str = ""
    ) -> messages.ReadAnswer:
        """What the shipped reader reads.

        Raises:
          InputError: it is no drawing.
          TooOften: not now.
        """
        self._rates.take(visitor, 1)
        reading, fits = await asyncio.to_thread(
            lambda: own_hand.reading_of(line.strokes, line.text, self._reader())
        )
        return messages.ReadAnswer(reading=reading, fits=fits)

    async def drawing(
        self, file: messages.DrawingFile, visitor: str = ""
    ) -> messages.FoundLines:
        """The lines of a file of strokes, and what they read.

        Raises:
          InputError: it is no such file, or nothing can be read in it.
          files.Unavailable: SVG, without what reads it.
          TooOften: not now.
        """
        self._rates.take(visitor, len(own_hand.TURNS))
        lines = await asyncio.to_thread(drawings.lines_of, file.content, self._reader())
        return messages.FoundLines(
            lines=[
                messages.FoundLine(text=text, strokes=[s.tolist() for s in strokes])
                for strokes, text in lines
            ]
        )

    async def remove_style(self, token: str | None, id: str) -> bool:
        """Forgets a style, and stops the learning of it; False if there is none."""
        hand = self.own_hand(token, id)
        if hand is not None:
            await self.tunings.stop(hand)
        return self._visitors.remove(token, id)

    async def order(
        self, token: str | None, asked: messages.WriteRequest, visitor: str = ""
    ) -> Order:
        """Checks a request and puts its lines into the queue.

        Args:
          token: whose styles may be used.
          asked: what is to be written.
          visitor: whose place in the queue it takes, see `app.visitor_of`.

        Raises:
          InputError: the request cannot be met.
          Busy, TooOften: not now.
          files.Unavailable: the format needs what is not installed.
        """
        if len(asked.texts) > self.limits.max_lines:
            raise InputError(
                f"{len(asked.texts)} lines are more than one request may have "
                f"({self.limits.max_lines}): send them in several"
            )
        files.check(asked.format)
        look = Look(
            ink=asked.ink,
            paper=asked.paper,
            pen_width_mm=asked.pen_width_mm,
            rule_ink=sheet.rule_ink(asked.ink, asked.paper),
        )
        numbers = [n for n, text in enumerate(asked.texts) if text.strip()]
        if not numbers:
            raise InputError("there is nothing to write: all texts are empty")
        texts = self._session.spelled(asked.texts, asked.unknown, may_be_blank=True)
        self._rates.take(visitor, len(numbers))
        hand = await self._hand(token, asked.style, visitor)
        led = hand and await self._leading.into(hand.style, asked.likeness)
        candidates = asked.best_of if self._chooser else 1
        start = (led.primed, led.session) if led else (None, None)
        tasks = [
            Task(texts[n], start[0], asked.bias, asked.seed, n, session=start[1])
            for n in numbers
        ]
        style = hand.style if hand else None
        writing = self.batcher.write(tasks, visitor)
        return Order(asked, style, numbers, candidates, tasks, writing, look)

    async def _hand(
        self, token: str | None, id: str | None, visitor: str
    ) -> hands.Hand | None:
        if id is None:
            return None
        if number := re.fullmatch(r"seed:(\d{1,15})", id):
            return await self._invented(int(number[1]), visitor)
        hand = self._shipped.get(id) or self._visitors.hands(token).get(id)
        if hand is None:
            raise InputError(f"there is no style {id!r}")
        return hand

    async def _invented(self, number: int, visitor: str) -> hands.Hand:
        """The hand that `style="seed:<number>"` is for Writer.write."""
        if number not in self._known:
            (text,) = self._session.spelled([FIRST_WORDS], "refuse")
            task = Task(text, None, 1.0, number, 0)
            async with asyncio.timeout(self.limits.max_seconds):
                async for _, line in self.batcher.write([task], visitor):
                    style = styles.find_style(
                        styles.Style(line.text, line.strokes), self._model
                    )
            self._known[number] = hands.Hand(f"seed:{number}", str(number), style)
            while len(self._known) > KNOWN_HANDS:
                del self._known[next(iter(self._known))]
        return self._known[number]

    async def lines(self, order: Order) -> AsyncIterator[tuple[int, WrittenLine]]:
        """Lines with the number of their text, as they are finished.

        Raises:
          WorkFailed: the time was not enough, or the writing broke down.
        """
        # By text and sample; the verdicts on them; and how many there will be.
        lines = {number: {} for number in order.numbers}
        found = {number: [] for number in order.numbers}
        asked = dict.fromkeys(order.numbers, 1)
        done = 0
        try:
            async with asyncio.timeout(self.limits.max_seconds):
                async for position, line in order.writing:
                    task = order.tasks[position]
                    number = task.number
                    lines[number][task.sample] = line
                    if len(lines[number]) < asked[number]:
                        continue
                    new = range(len(found[number]), asked[number])
                    found[number] += await self._verdicts(
                        order, [lines[number][sample] for sample in new]
                    )
                    if attempts.is_settled(found[number], order.candidates):
                        yield number, lines[number][attempts.best(found[number])]
                        done += 1
                        continue
                    more = attempts.num_next(asked[number], order.candidates)
                    for sample in range(asked[number], asked[number] + more):
                        order.tasks.append(dataclasses.replace(task, sample=sample))
                        order.writing.add(order.tasks[-1])
                    asked[number] += more
        except TimeoutError as error:
            raise WorkFailed(
                f"after {self.limits.max_seconds:g} seconds {done} of "
                f"{len(order.numbers)} lines were written: try again with fewer"
            ) from error
        finally:
            order.writing.close()

    async def _verdicts(
        self, order: Order, lines: list[WrittenLine]
    ) -> list[attempts.Verdict]:
        """Read in a thread of its own while the batcher's goes on writing."""
        if order.candidates == 1:
            return attempts.verdicts(lines, None)
        return await asyncio.to_thread(attempts.verdicts, lines, self._chooser)

    async def all_lines(self, order: Order) -> list[WrittenLine | None]:
        """All lines in order, None for blank ones; raises as `lines`."""
        written: list[WrittenLine | None] = [None] * len(order.asked.texts)
        async for number, line in self.lines(order):
            written[number] = line
        return written

    def placed(self, order: Order, line: WrittenLine) -> sheet.PlacedLine:
        return sheet.place_line(line, order.hand, order.asked.height_mm)

    async def file(self, order: Order) -> tuple[bytes, list[spelling.Substitute]]:
        """All lines as a file of the format that was asked for; raises as `lines`.

        Returns:
          the file, and what of the texts is not written in it as it stands.
        """
        asked = order.asked
        written = await self.all_lines(order)
        lines = [line and self.placed(order, line) for line in written]
        substitutes = [s for line in written if line for s in line.substitutes]
        paper_mm = (asked.width_mm or 0.0, asked.length_mm or 0.0)
        arguments = (lines, asked.height_mm, paper_mm, asked.rule)
        if asked.format in files.PAGED:
            pages = sheet.pages(*arguments, asked.page_length_mm)
        else:
            pages = [sheet.sheet(*arguments)]
        async with self._drawing:
            data = await asyncio.to_thread(
                files.file_of, pages, order.look, asked.format
            )
        return data, substitutes
