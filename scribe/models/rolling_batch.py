"""Lines that join a batch while it is being written, and leave it as they end.

This is the one loop of the NumPy engines. `NumpyEngine.write` feeds a batch at once and
steps until it is empty. A server has lines come at any time: each joins the others at
their next step, wherever they are, and is handed out at the step that ends it. What a
line holds does not depend on the others: it has random numbers of its own
(scribe.models.engine).
"""

import dataclasses
from collections.abc import Container, Hashable, Sequence
from typing import Protocol

import numpy as np

from scribe.models.batch_state import Ending, State
from scribe.models.engine import Answer, Request, Start

_NOISE_STEPS = 50  # whose noise is put side by side at a time


class Network(Protocol):
    """What a rolling batch runs: scribe.models.numpy_engine.NumpyEngine."""

    def start(
        self, text, text_mask, batch: int, start: Start | None, writer
    ) -> State: ...

    def step(self, point: np.ndarray, state: State) -> np.ndarray: ...

    def sample(self, activations, bias, noise) -> np.ndarray: ...


class RollingBatch:
    """Lines in the making, each known by a ticket that its owner chose.

    Shapes: B lines that are in the batch, U characters, K window components.

    As long as no line joins or leaves, the batch only collects what its steps write, in
    arrays of all lines; then these are divided.
    """

    def __init__(self, network: Network):
        self._network = network
        self._lines: list[Line] = []
        self._state: State | None = None
        self._ending: Ending | None = None  # None without text, too
        self._points: np.ndarray | None = None  # [B, 3] the next inputs
        self._bias: np.ndarray | None = None  # [B]
        # Of each step that is not divided yet: points [B, 3], phi [B, U], kappa [B, K].
        self._written: list[tuple] = []
        self._noise = np.zeros([0, 0, 4], np.float32)  # [steps, B, 4], as yet unused
        self._used = 0  # steps of it

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, tickets: Sequence[Hashable], request: Request) -> None:
        """Lets the lines of `request` join at the next step, a ticket for each."""
        self._divide()
        widths = np.zeros(len(tickets), int)
        ending = None
        if request.text is not None:
            widths = request.text_mask.sum(axis=1).astype(int)
            ending = Ending(request)
        state = self._network.start(
            request.text, request.text_mask, len(tickets), request.start, request.writer
        )
        points, bias = request.first, request.bias
        if self._lines:
            self._state.join(state)
            if ending is not None:
                self._ending.join(ending)
            points = np.concatenate([self._points, points])
            bias = np.concatenate([self._bias, bias])
        else:
            self._state, self._ending = state, ending
        self._points, self._bias = points, bias
        self._lines += [
            Line(ticket, noise, width, request.trailing)
            for ticket, noise, width in zip(tickets, request.noise, widths, strict=True)
        ]

    def drop(self, tickets: Container[Hashable]) -> None:
        """Throws lines away; tickets that are not here are passed over."""
        self._divide()
        self._keep(np.array([line.ticket not in tickets for line in self._lines]))

    def step(self) -> list[tuple[Hashable, Answer]]:
        """Draws the next point of every line.

        Returns:
          the tickets of the lines that this step ended, with answers of one line each.
        """
        if self._used == len(self._noise):
            self._noise, self._used = self._next_noise(), 0
        state, noise = self._state, self._noise[self._used]
        activations = self._network.step(self._points, state)
        self._points = self._network.sample(activations, self._bias, noise)
        self._written.append((self._points, state.phi, state.kappa))
        self._used += 1
        over = np.False_
        if self._used == len(self._noise):
            t = len(self._written)
            over = np.array([line.steps + t == len(line.noise) for line in self._lines])
        ended = over
        if self._ending is not None:
            ended, stalled = self._ending.update(state.phi, self._points[:, 2])
            over = over | ended | stalled
        if not over.any():
            return []
        self._divide()
        done = [
            (self._lines[row].ticket, self._answer(row, bool(ended[row])))
            for row in np.flatnonzero(over)
        ]
        self._keep(~over)
        return done

    def _answer(self, row: int, ended: bool) -> Answer:
        """Of a line that is over."""
        line = self._lines[row]
        answer = line.answer(ended)
        if not line.trailing:
            return answer
        start = self._state.start_of(row, line.num_characters)
        return dataclasses.replace(answer, reached=start)

    def shares_read(self) -> np.ndarray:
        """How much of each text the window has passed over, [B] from 0 to 1."""
        return self._ending.shares_read()

    def _next_noise(self) -> np.ndarray:
        """Of as many steps as every line still has, _NOISE_STEPS at most: [.., B, 4]"""
        t = len(self._written)
        noise = [line.noise[line.steps + t :][:_NOISE_STEPS] for line in self._lines]
        count = min(map(len, noise))
        return np.stack([rows[:count] for rows in noise], axis=1)

    def _divide(self) -> None:
        """Gives every line what was written of it since the last time."""
        if self._written:
            arrays = [
                None if steps[0] is None else _stacked(steps)
                for steps in zip(*self._written, strict=True)
            ]
            for row, line in enumerate(self._lines):
                line.steps += len(self._written)
                line.parts.append([a if a is None else a[:, row] for a in arrays])
            self._written = []
        self._noise, self._used = self._noise[:0], 0

    def _keep(self, staying: np.ndarray) -> None:
        """Lets only these lines go on: bool [B]."""
        if staying.all():
            return
        rows = np.flatnonzero(staying)
        self._lines = [self._lines[row] for row in rows]
        self._points, self._bias = self._points[rows], self._bias[rows]
        self._state.keep(rows)
        if self._ending is not None:
            self._ending.keep(rows)


@dataclasses.dataclass(eq=False)
class Line:
    """One line: its random numbers, and what was written of it.

    Attributes:
      ticket: the owner's.
      noise: [T, 4].
      num_characters: U of its text; 0 without text.
      trailing: as in Request.
      steps: how many are in `parts`.
      parts: strokes [.., 3], phi [.., U or more], kappa [.., K] of successive steps.
    """

    ticket: Hashable
    noise: np.ndarray
    num_characters: int
    trailing: int = 0
    steps: int = 0
    parts: list = dataclasses.field(default_factory=list)

    def answer(self, ended: bool) -> Answer:
        strokes, phi, kappa = zip(*self.parts, strict=True)
        reads_text = phi[0] is not None
        if reads_text:
            phi = [part[:, : self.num_characters] for part in phi]
        return Answer(
            strokes=np.concatenate(strokes)[None],
            phi=np.concatenate(phi)[None] if reads_text else None,
            kappa=np.float32(np.concatenate(kappa))[None] if reads_text else None,
            lengths=np.array([self.steps], np.int32),
            finished=np.array([ended]),
        )


def _stacked(steps: Sequence[np.ndarray]) -> np.ndarray:
    """As np.stack, which takes twice as long for many small arrays."""
    return np.concatenate(steps).reshape(len(steps), *steps[0].shape)
