"""Lines in many hands, written together, read, and cut into words.

A hand that has a style goes on from it. One that the network invents writes its first
line from nothing, and the others go on from where that ended. A network is least sure
where it begins: such a first line gets a word before it that is not kept, so that no
word that is kept has a cold first letter.
"""

import collections
import dataclasses
import functools
import heapq
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.factory.check import Check
from scribe.factory.hands import Hand
from scribe.foundation.errors import InputError
from scribe.models import NUMPY_ENGINES, StrokeModel
from scribe.models.engine import Answer, Request
from scribe.models.rolling_batch import RollingBatch
from scribe.typesetting.words import Word, cut_words
from scribe.writing import Blend, Writer, WrittenLine, adaptation
from scribe.writing.adaptation import Adaptation
from scribe.writing.attempts import MAX_ATTEMPTS, Attempt
from scribe.writing.letter_ink import owners
from scribe.writing.limits import MAX_CHARACTERS
from scribe.writing.measures import measure_lines
from scribe.writing.priming import TRAILING, PrimedState, gone_on, mixed
from scribe.writing.spelling import Spelling, places, spell
from scribe.writing.styles import adaptations

# Lines that are written together: more gain no speed. New ones join when so many have
# left, since joining takes time of its own.
_ROWS = 256
_JOIN = 8
# Networks that were tuned to a hand and are kept, some 15 MB each.
_MAX_TUNED = 8
# A line that takes more points has lost its way.
_STEPS_PER_CHARACTER, _STEPS = 40, 200
_MAX_STALL = 60
# The word before a first line, if the model can write it; else the line's own first.
_LEAD = "and"


# NumPy, or steps compiled by TensorFlow with products of these operands.
ENGINES = ("numpy", "float32", "bfloat16")


@dataclasses.dataclass(frozen=True, eq=False)
class Job:
    """A line to write.

    Attributes:
      number: of the line, unique under a seed: it decides the random numbers.
      text: words with one space between.
      hand: that writes it.
    """

    number: int
    text: str
    hand: Hand


@dataclasses.dataclass(frozen=True, eq=False)
class CutLine:
    """A line that was written and cut.

    Attributes:
      job: that asked for it.
      words: from left to right; those of a first line without the word before it.
      passes: for each word whether the reader reads it.
    """

    job: Job
    words: list[Word]
    passes: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class _Led:
    """A network that was led into a hand: where its lines begin, and what the network
    has learnt of the hand, with how much of that it uses.
    """

    state: PrimedState
    learnt: tuple[tuple[Adaptation, float], ...] = ()

    @property
    def network(self) -> tuple:
        """Tells its network from others."""
        return tuple((adaptation.digest, share) for adaptation, share in self.learnt)


@dataclasses.dataclass(eq=False)
class _Task:
    """A line in the making.

    Attributes:
      job: that asked for it.
      attempt: at it.
      leads: whether it is the first of a hand, with a word before it.
      text: with that word.
      led: into the hand; None for a first line.
      last: number of the last attempt.
      spelled, request: how it was asked for.
      line: that came of it; None if it was not written.
    """

    job: Job
    attempt: Attempt
    leads: bool = False
    text: str = ""
    led: _Led | None = None
    last: int = 1
    spelled: Spelling | None = None
    request: Request | None = None
    line: WrittenLine | None = None

    @property
    def state(self) -> PrimedState | None:
        return self.led and self.led.state


class Penman:
    """A model with everything that writing many lines takes, made once per process.

    Attributes:
      writer: the model.
      left_out: number of lines or words that were given up, by reason.
    """

    def __init__(self, writer: Writer, check: Check, engine: str = "numpy"):
        """
        Args:
          writer: that writes.
          check: that reads.
          engine: of ENGINES.

        Raises:
          InputError: the model has no text, or the engine cannot run it.
        """
        if not writer.model.reads_text:
            raise InputError(f"{writer.model.folder} is a model without text")
        self.writer = writer
        self.left_out: collections.Counter[str] = collections.Counter()
        self._check = check
        self._engine = engine
        self._known: dict[str, _Led] = {}
        self._networks: dict[tuple, object] = {}  # as _Led.network names them

    def _new_batch(self, led: _Led | None):
        """An empty rolling batch of a hand's network; None is what ships."""
        name = led.network if led else ()
        if name not in self._networks:
            if len(self._networks) > _MAX_TUNED:
                self._networks.pop(next(each for each in self._networks if each))
            model = self.writer.model
            if name:
                model = adaptation.applied(model, led.learnt)
            self._networks[name] = self._network(model)
        if self._engine == "numpy":
            return RollingBatch(self._networks[name])
        from scribe.networks.compiled_batch import CompiledBatch

        return CompiledBatch(self._networks[name])

    def _network(self, model: StrokeModel):
        """Made when it is first needed: TensorFlow takes seconds to come."""
        if self._engine == "numpy":
            return NUMPY_ENGINES[model.kind](model)
        from scribe.networks.compiled_steps import CompiledSteps

        return CompiledSteps(model, self._engine)

    @functools.cached_property
    def _scorer(self):
        """The check's reader, run as the writer is."""
        reader = self._check.reader
        if self._engine == "numpy" or reader is None:
            return reader
        from scribe.networks.compiled_reader import CompiledReader

        return CompiledReader(reader, self._engine)

    def can_write(self, word: str) -> bool:
        """Whether a word can be written as it stands."""
        alphabet = self.writer.model.alphabet
        if not alphabet.unknown(word):
            return len(word) <= MAX_CHARACTERS - len(_LEAD) - 1
        if places([word], alphabet):
            return False
        spelled = spell(word, alphabet)
        return spelled.text == word and len(spelled.base) <= MAX_CHARACTERS / 2

    def write(self, jobs: Sequence[Job], seed: int) -> list[CutLine]:
        """Writes lines and cuts them; those that fail every time are left out, counted.

        Args:
          jobs: the lines of each hand in a row.
          seed: of the random numbers.

        Returns:
          the lines that came to their end, in the order of the jobs.
        """
        hands: dict[int, _Led] = {}  # by the hand, as far as they are known
        for job in jobs:
            if id(job.hand) not in hands and job.hand.style is not None:
                hands[id(job.hand)] = self._led_into(job.hand.style)
        return list(self._cut(jobs, self._attempts(jobs, hands, seed)))

    def _led_into(self, style: str | Blend) -> _Led:
        """The network led into a hand that has a style; kept for the next time."""
        if isinstance(style, Blend):
            first, second = self._led_into(style.first), self._led_into(style.second)
            if not first.learnt and not second.learnt:
                return _Led(mixed(first.state, second.state, style.share))
            return self._newly_led(style)
        if style not in self._known:
            self._known[style] = self._newly_led(style)
        return self._known[style]

    def _newly_led(self, style: str | Blend) -> _Led:
        found = self.writer.style(style)
        state = self.writer.session_of(found).primed(found)
        return _Led(state, tuple(adaptations(found)))

    def _attempts(self, jobs: Sequence[Job], hands: dict, seed: int) -> dict:
        """Writes each line until all its words are read, or as often as the check says.

        Returns:
          for each number (line, whether its first word is to go, passes of its words);
          of lines that never passed the one with the most legible words.
        """
        found: dict[int, tuple] = {}
        waiting = [_Task(job, Attempt(seed, job.number)) for job in jobs]
        for _ in range(self._check.max_attempts):
            self._write(waiting, hands)
            finished = [t for t in waiting if t.line is not None and t.line.finished]
            passes = self._check.passes([task.line for task in finished], self._scorer)
            waiting = []
            for task, passed in zip(finished, passes, strict=True):
                number, leads = task.job.number, task.leads
                if len(passed) < 1 + leads:
                    continue
                best = found.get(number)
                if best is None or passed[leads:].mean() > best[2][best[1] :].mean():
                    found[number] = (task.line, leads, passed)
                if not passed[leads:].all():
                    attempt = Attempt(seed, number, 0, task.line.attempts + 1)
                    waiting.append(_Task(task.job, attempt))
        return found

    def _write(self, tasks: Sequence["_Task"], hands: dict[int, _Led]) -> None:
        """Writes the lines of tasks, and finds the hands that are not known yet.

        The first line of such a hand is written from nothing, and the others go on from
        where it ended. A line that does not come to its end joins again at once,
        MAX_ATTEMPTS times; the others of a hand whose first line never does are not
        written: each would be in another hand.
        """
        ready: list[tuple] = []  # the first lines of hands first, then long ones
        blocked: dict[int, list[_Task]] = {}
        batches: dict[tuple, RollingBatch] = {}  # by the network

        def push(task: _Task) -> None:
            row = (not task.leads, -len(task.text), task.job.number, task)
            heapq.heappush(ready, row)

        for task in tasks:
            hand = id(task.job.hand)
            task.last = task.attempt.number + MAX_ATTEMPTS - 1
            task.text, task.led = task.job.text, hands.get(hand)
            if hand in blocked:
                blocked[hand].append(task)
                continue
            if task.led is None:
                blocked[hand] = []
                task.leads, task.text = True, self._led(task.job.text)
            push(task)
        while ready or any(map(len, batches.values())):
            room = _ROWS - sum(map(len, batches.values()))
            if room >= _JOIN:
                for _ in range(min(room, len(ready))):
                    self._add(heapq.heappop(ready)[-1], batches)
            for batch in [batch for batch in batches.values() if len(batch)]:
                for task, answer in batch.step():
                    if not self._is_over(task, answer):
                        push(task)
                    elif task.leads and task.line.finished:
                        hand = id(task.job.hand)
                        hands[hand] = _Led(gone_on(task.spelled.base, answer))
                        for other in blocked.pop(hand):
                            other.led = hands[hand]
                            push(other)

    def _add(self, task: "_Task", batches: dict) -> None:
        session = self.writer.session
        task.spelled = spell(task.text, self.writer.model.alphabet)
        task.request = session.request(
            [task.spelled.base],
            [task.attempt],
            bias=task.job.hand.bias,
            primed=task.state,
            max_steps=_STEPS_PER_CHARACTER * len(task.text) + _STEPS,
            max_stall=_MAX_STALL,
            trailing=TRAILING if task.leads else 0,
        )
        name = task.led.network if task.led else ()
        if name not in batches:
            batches[name] = self._new_batch(task.led)
        batches[name].add([task], task.request)

    def _is_over(self, task: "_Task", answer: Answer) -> bool:
        """Takes a line out of the batch; False if it is to be written again."""
        (task.line,) = self.writer.session.lines(
            [task.spelled], [task.attempt], task.request, answer, task.state
        )
        again = task.attempt.after(task.line, task.last)
        task.request, task.attempt = None, again or task.attempt
        return again is None

    def _led(self, text: str) -> str:
        lead = _LEAD if self.can_write(_LEAD) else text.split()[0]
        return f"{lead} {text}"

    def _cut(self, jobs: Sequence[Job], lines: dict) -> Iterator[CutLine]:
        """Cuts the lines of each hand, whose x-height all of them share."""
        by_hand: dict[int, list[Job]] = {}
        for job in jobs:
            if job.number in lines:
                by_hand.setdefault(id(job.hand), []).append(job)
            else:
                self.left_out["lines that never came to their end"] += 1
        for own in by_hand.values():
            written = [lines[job.number] for job in own]
            measures = measure_lines([line for line, _, _ in written])
            for job, (line, leads, passes), measure in zip(
                own, written, measures, strict=True
            ):
                letters = owners(line, measure.points(line.strokes))
                words = cut_words(line, measure, letters)
                if len(words) != len(passes):
                    self.left_out["lines that do not come apart into words"] += 1
                    continue
                yield CutLine(job, words[leads:], passes[leads:])
