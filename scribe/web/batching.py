"""One model for all requests: a queue of lines, and a thread that writes them.

The lines of all requests share one rolling batch. A place in it goes to the requests in
turn, so that a long letter does not keep a single line waiting; a request whose visitor
has gone leaves the queue at once and the batch before its next step.
"""

import asyncio
import collections
import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence

from scribe.foundation.errors import WorkFailed
from scribe.models.engine import Request
from scribe.models.numpy_layers import one_thread
from scribe.web.batches import Batches
from scribe.writing import WrittenLine
from scribe.writing.attempts import Attempt
from scribe.writing.priming import PrimedState
from scribe.writing.session import Session
from scribe.writing.spelling import Spelling

BROKEN = "the writing broke down"
STOPPING = "the server is being stopped"

logger = logging.getLogger(__name__)


class Busy(Exception):
    """The queue is full."""


@dataclasses.dataclass(frozen=True)
class Task:
    """One line to write. Equal tasks are written equally.

    Attributes:
      text: as Session.spelled returns it.
      primed: as Session.primed returns it; compared by identity.
      bias, seed: as in Writer.write.
      number, sample: which text of its request it is, and which way to write it.
      session: of the network that was tuned to the hand; None for the batcher's.
    """

    text: Spelling
    primed: PrimedState | None
    bias: float
    seed: int
    number: int
    sample: int = 0
    session: Session | None = None


@dataclasses.dataclass(eq=False)
class _Job:
    """A request's lines: those that wait as (position, Attempt), and where they go."""

    tasks: list[Task]
    deliver: Callable[[int, WrittenLine | Exception], None]
    waiting: collections.deque
    visitor: str


class Batcher:
    """Writes lines for many requests at a time with one model."""

    def __init__(
        self,
        session: Session,
        batch_lines: int,
        max_waiting_lines: int,
        remembered_lines: int,
        kept_for_others: int = 0,
    ):
        """
        Args:
          session: of a model that reads text, with NumPy's engine; of this batcher
            alone, since it writes in a thread of its own.
          batch_lines: lines that are written together at most.
          max_waiting_lines: of one visitor in the queue; more are turned away.
          remembered_lines: whose tasks need not be done again.
          kept_for_others: lines that may wait beyond max_waiting_lines, of others.
        """
        self._session = session
        self._batch_lines = batch_lines
        self._max_waiting = max_waiting_lines
        self._max_waiting_in_all = max_waiting_lines + kept_for_others
        self._remembered_lines = remembered_lines
        self._wake = threading.Condition()
        # Shared with the thread, under the lock of `_wake`:
        self._jobs: collections.deque[_Job] = collections.deque()
        self._gone: list[_Job] = []
        self._memory: collections.OrderedDict[Task, WrittenLine] = (
            collections.OrderedDict()
        )
        self._stopping = False
        # The thread's own:
        self._batches = Batches()
        self._writing: dict[tuple[_Job, int], tuple[Request, Attempt]] = {}
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Gives up all lines, whose requests are told, and takes no more."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def stop(self) -> None:
        """As `end`, and waits for the thread."""
        self.end()
        self._thread.join()

    def counts(self) -> dict[str, int]:
        """Lines that wait and lines that are being written."""
        with self._wake:
            return {
                "lines_waiting": self._waiting(),
                "lines_writing": len(self._writing),
            }

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def write(self, tasks: Sequence[Task], visitor: str = "") -> "Writing":
        """Puts lines into the queue; call it inside a running event loop.

        Args:
          tasks: the lines.
          visitor: whose they are, by the name of an address.

        Raises:
          Busy: too many lines wait already, of this visitor or in all.
        """
        return Writing(self, tasks, visitor)

    def submit(self, tasks: Sequence[Task], deliver, visitor: str = "") -> _Job:
        """As `write`; `deliver(position, line)` is called in any thread."""
        with self._wake:
            if self._stopping:
                raise WorkFailed(STOPPING)
            known = {}
            for position, task in enumerate(tasks):
                if task in self._memory:
                    self._memory.move_to_end(task)
                    known[position] = self._memory[task]
            new = [
                (i, Attempt(task.seed, task.number, task.sample))
                for i, task in enumerate(tasks)
                if i not in known
            ]
            if new:
                in_all, own = self._waiting(), self._waiting(visitor)
                if (
                    own + len(new) > self._max_waiting
                    or in_all + len(new) > self._max_waiting_in_all
                ):
                    raise Busy
            job = _Job(list(tasks), deliver, collections.deque(new), visitor)
            if new:
                self._jobs.append(job)
                self._wake.notify()
        for position, line in known.items():
            deliver(position, line)
        return job

    def extend(self, job: _Job, task: Task) -> int:
        """Puts one more line of a request into the queue, however long that is.

        Returns:
          its position in the tasks of the request.
        """
        with self._wake:
            if self._stopping:
                raise WorkFailed(STOPPING)
            position = len(job.tasks)
            job.tasks.append(task)
            known = self._memory.get(task)
            if known is None and job not in self._gone:
                attempt = Attempt(task.seed, task.number, task.sample)
                job.waiting.append((position, attempt))
                if job not in self._jobs:
                    self._jobs.appendleft(job)
                self._wake.notify()
        if known is not None:
            job.deliver(position, known)
        return position

    def cancel(self, job: _Job) -> None:
        """Stops the work on lines that nobody waits for any more."""
        with self._wake:
            job.waiting.clear()
            self._gone.append(job)
            self._wake.notify()

    def _waiting(self, visitor: str | None = None) -> int:
        """How many lines wait: in all, or those of a visitor."""
        return sum(
            len(job.waiting)
            for job in self._jobs
            if visitor is None or job.visitor == visitor
        )

    def _run(self) -> None:
        with one_thread():
            while True:
                with self._wake:
                    self._wake.wait_for(self._has_work)
                    if self._stopping:
                        break
                    gone, self._gone = self._gone, []
                    admitted = self._admitted(gone)
                try:
                    self._drop(gone)
                    for job, position, attempt in admitted:
                        self._begin(job, position, attempt)
                    for ticket, answer in self._batches.step():
                        self._end(ticket, answer)
                except Exception:
                    logger.exception(BROKEN)
                    self._give_up([job for job, _, _ in admitted], BROKEN)
        with self._wake:
            waiting = list(self._jobs)
        self._give_up(waiting, STOPPING)

    def _has_work(self) -> bool:
        return bool(self._stopping or self._gone or self._jobs or self._writing)

    def _admitted(self, gone: list[_Job]) -> list[tuple[_Job, int, Attempt]]:
        """Takes what fits into the batch from the queue: one line of each job in turn.

        Returns:
          job, position and attempt of each.
        """
        leaving = sum((job, i) in self._writing for job in gone for i in _all(job))
        free = self._batch_lines - len(self._writing) + leaving
        admitted = []
        while self._jobs and free > 0:
            job = self._jobs.popleft()
            if not job.waiting:
                continue
            admitted.append((job, *job.waiting.popleft()))
            free -= 1
            if job.waiting:
                self._jobs.append(job)
        return admitted

    def _drop(self, gone: list[_Job]) -> None:
        tickets = {(job, i) for job in gone for i in _all(job)} & self._writing.keys()
        if tickets:
            self._batches.drop(tickets)
            for ticket in tickets:
                del self._writing[ticket]

    def _begin(self, job: _Job, position: int, attempt: Attempt) -> None:
        task = job.tasks[position]
        request = self._session.request(
            [task.text.base], [attempt], task.bias, task.primed
        )
        self._writing[job, position] = request, attempt
        self._batches.add(task.session or self._session, (job, position), request)

    def _end(self, ticket: tuple[_Job, int], answer) -> None:
        """Delivers a line that came to its end, or lets it try once more."""
        job, position = ticket
        request, attempt = self._writing.pop(ticket)
        task = job.tasks[position]
        (line,) = self._session.lines(
            [task.text], [attempt], request, answer, task.primed
        )
        line = line.without_window()  # most of its memory
        with self._wake:
            again = attempt.after(line)
            if again is not None:
                if job not in self._gone:
                    job.waiting.append((position, again))
                    if job not in self._jobs:
                        self._jobs.appendleft(job)
                return
            self._memory[task] = line
            while len(self._memory) > self._remembered_lines:
                self._memory.popitem(last=False)
        self._deliver(job, position, line)

    def _give_up(self, others: list[_Job], reason: str) -> None:
        """Tells everyone in the batch, and others, that it failed; empties the batch.

        `reason` is a sentence.
        """
        jobs = {job for job, _ in self._writing} | set(others)
        self._writing.clear()
        self._batches = Batches()
        for job in jobs:
            with self._wake:
                job.waiting.clear()
            self._deliver(job, 0, WorkFailed(reason))

    @staticmethod
    def _deliver(job: _Job, position: int, line: WrittenLine | Exception) -> None:
        try:
            job.deliver(position, line)
        except RuntimeError:  # its event loop has ended
            logger.debug("a line was finished after its request")


class Writing:
    """The lines of one request, to be iterated over: (position in its tasks, line).

    Each comes as soon as it is finished. Whoever stops listening calls `close`.

    Raises:
      Busy: at once; WorkFailed: while iterating, if the writing broke down.
    """

    def __init__(self, batcher: Batcher, tasks: Sequence[Task], visitor: str):
        self._batcher = batcher
        self._left = len(tasks)
        self._written: asyncio.Queue = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def deliver(*found):
            loop.call_soon_threadsafe(self._written.put_nowait, found)

        self._job = batcher.submit(tasks, deliver, visitor)

    def __aiter__(self) -> "Writing":
        return self

    async def __anext__(self) -> tuple[int, WrittenLine]:
        if not self._left:
            raise StopAsyncIteration
        position, line = await self._written.get()
        if isinstance(line, Exception):
            raise line
        self._left -= 1
        return position, line

    def add(self, task: Task) -> int:
        """Asks for one more line; returns its position in the tasks.

        Raises:
          WorkFailed: the server is being stopped.
        """
        self._left += 1
        return self._batcher.extend(self._job, task)

    def close(self) -> None:
        if self._left:
            self._left = 0
            self._batcher.cancel(self._job)


def _all(job: _Job) -> range:
    return range(len(job.tasks))
