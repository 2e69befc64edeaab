"""Lines that join a batch while it is being written, and leave it as they end.

`Writer.write` takes its lines at once and returns when the last has ended. A server has
lines come at any time: here one joins the others at their next step, wherever they are,
and is handed out at the step that ends it. What it holds does not depend on the others:
every line has random numbers of its own (scribe.models.engine). NumPy only.
"""

from collections.abc import Container, Hashable

import numpy as np

from scribe.models.engine import Answer, Request
from scribe.models.numpy_engine import Ending, NumpyEngine, State


class RollingBatch:
    """Lines in the making, each known by a ticket that its owner chose."""

    def __init__(self, engine: NumpyEngine):
        self._engine = engine
        self._rows: list[_Row] = []
        self._state: State | None = None
        self._ending: Ending | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, ticket: Hashable, request: Request) -> None:
        """Lets the one line of `request` join at the next step."""
        state = self._engine.start(
            request.text, request.text_mask, 1, request.start, request.writer
        )
        ending = Ending(request)
        if self._rows:
            self._state.join(state)
            self._ending.join(ending)
        else:
            self._state, self._ending = state, ending
        self._rows.append(_Row(ticket, request))

    def drop(self, tickets: Container) -> None:
        """Throws lines away; tickets that are not here are passed over."""
        self._keep([i for i, r in enumerate(self._rows) if r.ticket not in tickets])

    def step(self) -> list[tuple[Hashable, Answer]]:
        """Draws the next point of every line.

        Returns:
          the tickets of the lines that this step ended, with answers of one line each.
        """
        rows, state = self._rows, self._state
        activations = self._engine.step(np.stack([r.point for r in rows]), state)
        bias = np.array([r.bias for r in rows], np.float32)
        noise = np.stack([r.noise[r.steps] for r in rows])
        points = self._engine.sample(activations, bias, noise)
        ended, stalled = self._ending.update(state.phi, points[:, 2])
        for i, row in enumerate(rows):
            row.write(points[i], state.phi[i], state.kappa[i])
        full = np.array([r.steps == len(r.noise) for r in rows])
        over = ended | stalled | full
        done = [(rows[i], ended[i]) for i in np.flatnonzero(over)]
        self._keep(np.flatnonzero(~over))
        return [(row.ticket, row.answer(at_end)) for row, at_end in done]

    def _keep(self, numbers) -> None:
        if len(numbers) < len(self._rows):
            self._rows = [self._rows[i] for i in numbers]
            numbers = np.array(numbers, np.intp)
            self._state.keep(numbers)
            self._ending.keep(numbers)


class _Row:
    """One line: where it is, and what was written of it."""

    def __init__(self, ticket: Hashable, request: Request):
        self.ticket = ticket
        self.bias = request.bias[0]
        self.noise = request.noise[0]  # [T, 4]
        self.point = request.first[0]  # the next input
        self.steps = 0
        self._num_characters = request.text.shape[1]
        self._points: list[np.ndarray] = []
        self._phis: list[np.ndarray] = []
        self._kappas: list[np.ndarray] = []

    def write(self, point: np.ndarray, phi: np.ndarray, kappa: np.ndarray) -> None:
        self._points.append(point)
        self._phis.append(phi[: self._num_characters])  # the batch may be wider
        self._kappas.append(kappa)
        self.steps += 1
        self.point = point

    def answer(self, ended: bool) -> Answer:
        return Answer(
            strokes=np.stack(self._points)[None],
            phi=np.stack(self._phis)[None],
            kappa=np.stack(self._kappas)[None],
            lengths=np.array([self.steps], np.int32),
            finished=np.array([ended]),
        )
