"""Lines in many hands, written together, read, and cut into words.

A hand that has a style goes on from it. One that the network invents writes its first
line from nothing, and that line is its style for the others. A network is least sure
where it begins: such a first line gets a word before it that is not kept, so that no
word that is kept has a cold first letter.
"""

import collections
import contextlib
import dataclasses
import functools
from collections.abc import Iterator, Sequence

import numpy as np

from scribe.factory.check import Check
from scribe.factory.hands import Hand
from scribe.foundation.errors import InputError
from scribe.models import NUMPY_ENGINES
from scribe.models.rolling_batch import RollingBatch
from scribe.typesetting.words import Word, cut_words
from scribe.writing import Blend, Style, Writer, WrittenLine
from scribe.writing.attempts import MAX_ATTEMPTS, Attempt
from scribe.writing.letter_ink import owners
from scribe.writing.limits import MAX_CHARACTERS
from scribe.writing.measures import measure_lines
from scribe.writing.priming import PrimedState, mixed, prime_together
from scribe.writing.spelling import places, spell
from scribe.writing.styles import adaptations

# Lines that are written together: more gain no speed. New ones join when so many have
# left, since joining takes time of its own.
_ROWS = 128
_JOIN = 8
# A line that takes more points has lost its way.
_STEPS_PER_CHARACTER, _STEPS = 40, 200
_MAX_STALL = 60
# The word before a first line, if the model can write it; else the line's own first.
_LEAD = "and"


# NumPy, or steps compiled by TensorFlow with products of these operands.
ENGINES = ("numpy", "float32", "bfloat16")


def _network(writer: Writer, engine: str):
    """What runs the model, for a rolling batch."""
    if engine == "numpy":
        return NUMPY_ENGINES[writer.model.kind](writer.model)
    from scribe.networks.compiled_steps import CompiledSteps

    return CompiledSteps(writer.model, engine)


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
        self._primed: dict[str, PrimedState] = {}

    @functools.cached_property
    def _network(self):
        """Made when it is first needed: TensorFlow takes seconds to come."""
        return _network(self.writer, self._engine)

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
        first_of_hand: dict[int, Job] = {}
        for job in jobs:
            first_of_hand.setdefault(id(job.hand), job)
        firsts = list(first_of_hand.values())
        primed = {
            id(job.hand): self._primed_by(job.hand.style)
            for job in firsts
            if job.hand.style is not None
        }
        invented = {job.number for job in firsts if job.hand.style is None}
        early = [j for j in jobs if id(j.hand) in primed or j.number in invented]
        lines = self._attempts(early, primed, seed)
        known = {job.number for job in early}
        late = [job for job in jobs if job.number not in known]
        asked = {id(job.hand) for job in late}
        primed |= self._primed_by_lines(
            {
                id(job.hand): lines[job.number][0]
                for job in firsts
                if id(job.hand) in asked and job.number in lines
            }
        )
        # A hand that wrote no first line would be another one in every line.
        late = [job for job in late if id(job.hand) in primed]
        lines |= self._attempts(late, primed, seed)
        return list(self._cut(jobs, lines))

    def _primed_by(self, style: str | Blend) -> PrimedState:
        """The state of a hand that has a style; kept for the next time."""
        if isinstance(style, Blend):
            first, second = self._primed_by(style.first), self._primed_by(style.second)
            return mixed(first, second, style.share)
        if style not in self._primed:
            found = self.writer.style(style)
            if adaptations(found):
                raise InputError(
                    f"{style!r} is a hand that a model was tuned to; data sets are "
                    "written in styles: keep it as one without tuning"
                )
            self._primed[style] = self.writer.session.primed(found)
        return self._primed[style]

    def _primed_by_lines(self, lines: dict[int, WrittenLine]) -> dict[int, PrimedState]:
        """The states of hands by what they wrote first, by the hand."""
        found: dict[int, Style] = {}
        for hand, line in lines.items():
            plain = line.plain
            # Too short or too large to be a style: the hand is lost.
            with contextlib.suppress(InputError):
                found[hand] = self.writer.style(Style(plain.text, plain.strokes))
        if not found:
            return {}
        states = prime_together(list(found.values()), self.writer.model, self._network)
        return dict(zip(found, states, strict=True))

    def _attempts(self, jobs: Sequence[Job], primed: dict, seed: int) -> dict:
        """Writes each line until all its words are read, or as often as the check says.

        Returns:
          for each number (line, whether its first word is to go, passes of its words);
          of lines that never passed the one with the most legible words.
        """
        found: dict[int, tuple] = {}
        waiting = [(job, 1) for job in jobs]
        for _ in range(self._check.max_attempts):
            asked = []
            for job, number in waiting:
                state = primed.get(id(job.hand))
                text = job.text if state is not None else self._led(job.text)
                asked.append((job, text, state, Attempt(seed, job.number, 0, number)))
            written = self._write(asked)
            finished = [n for n, line in enumerate(written) if line.finished]
            passes = self._check.passes([written[n] for n in finished])
            waiting = []
            for n, passed in zip(finished, passes, strict=True):
                job, _, state, _ = asked[n]
                leads = state is None
                if len(passed) < 1 + leads:
                    continue
                best = found.get(job.number)
                if best is None or passed[leads:].mean() > best[2][leads:].mean():
                    found[job.number] = (written[n], leads, passed)
                if not passed[leads:].all():
                    waiting.append((job, written[n].attempts + 1))
        return found

    def _led(self, text: str) -> str:
        lead = _LEAD if self.can_write(_LEAD) else text.split()[0]
        return f"{lead} {text}"

    def _write(self, asked: Sequence[tuple]) -> list[WrittenLine]:
        """The lines of some jobs: (job, text, state, attempt) each.

        A line that does not come to its end joins again at once, MAX_ATTEMPTS times.
        """
        session, alphabet = self.writer.session, self.writer.model.alphabet
        order = sorted(range(len(asked)), key=lambda n: -len(asked[n][1]))
        attempts = [attempt for _, _, _, attempt in asked]
        last = [attempt.number + MAX_ATTEMPTS - 1 for attempt in attempts]
        spelled = [spell(text, alphabet) for _, text, _, _ in asked]
        batch = RollingBatch(self._network)
        requests, lines = {}, {}
        while order or len(batch):
            room = _ROWS - len(batch)
            if order and (room >= _JOIN or not len(batch)):
                for n in order[:room]:
                    job, text, state, _ = asked[n]
                    requests[n] = session.request(
                        [spelled[n].base],
                        [attempts[n]],
                        bias=job.hand.bias,
                        primed=state,
                        max_steps=_STEPS_PER_CHARACTER * len(text) + _STEPS,
                        max_stall=_MAX_STALL,
                    )
                    batch.add([n], requests[n])
                order = order[room:]
            for n, answer in batch.step():
                state, attempt = asked[n][2], attempts[n]
                (line,) = session.lines(
                    [spelled[n]], [attempt], requests.pop(n), answer, state
                )
                again = attempt.after(line, last[n])
                if again is None:
                    lines[n] = line
                else:
                    attempts[n] = again
                    order.append(n)
        return [lines[n] for n in range(len(asked))]

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
