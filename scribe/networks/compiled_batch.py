"""A rolling batch whose steps TensorFlow takes, several at a call.

It does what scribe.models.rolling_batch.RollingBatch does. A line that ends leaves its
row to another, so that no state is put together anew.
"""

import dataclasses
from collections.abc import Hashable, Sequence

import numpy as np

from scribe.models.engine import Answer, Request, Start
from scribe.models.rolling_batch import Line
from scribe.networks.compiled_steps import COUNTS, CompiledSteps

# A line that ends within a call waits for the rest of it: more steps would waste as
# much as the calls cost.
_STEPS = 16
# Rows and characters come in multiples, since oneDNN prepares for each size anew.
_ROWS, _CHARACTERS = 32, 16
# Fewer rows are laid out anew when so large a share of them is free.
_FREE = 0.25


class CompiledBatch:
    """Lines in the making, each known by a ticket that its owner chose.

    Shapes: R rows, U characters, N steps of a call.
    """

    def __init__(self, steps: CompiledSteps):
        self._steps = steps
        self._lines: list[_Row | None] = []  # by row; None is free
        self._state = steps.empty_state()
        self._text = np.zeros([0, 0], np.int32)  # [R, U]
        self._text_mask = np.zeros([0, 0], np.float32)

    def __len__(self) -> int:
        return sum(line is not None for line in self._lines)

    def add(self, tickets: Sequence[Hashable], request: Request) -> None:
        """As RollingBatch.add."""
        free = [row for row, line in enumerate(self._lines) if line is None]
        if len(free) < len(tickets):
            self._lay_out(len(self) + len(tickets))
            free = [row for row, line in enumerate(self._lines) if line is None]
        self._lay_out_text(request.text.shape[1])
        for number, (ticket, row) in enumerate(zip(tickets, free, strict=False)):
            width = int(request.text_mask[number].sum())
            self._lines[row] = _Row(
                ticket,
                request.noise[number],
                width,
                request.trailing,
                bias=float(request.bias[number]),
                max_stall=request.max_stall,
            )
            self._set(row, request.first[number], request.start)
            self._text[row], self._text_mask[row] = 0, 0.0
            self._text[row, :width] = request.text[number, :width]
            self._text_mask[row, :width] = 1.0

    def step(self) -> list[tuple[Hashable, Answer]]:
        """Draws several points of every line; answers as RollingBatch.step."""
        if len(self) <= (1 - _FREE) * len(self._lines) - _ROWS:
            self._lay_out(len(self))
        lines = [line or _FREE_ROW for line in self._lines]
        width = max(line.num_characters for line in lines)
        width = -(-width // _CHARACTERS) * _CHARACTERS
        noise = np.zeros([_STEPS, len(lines), 4], np.float32)
        for row, line in enumerate(lines):
            rows = line.noise[line.steps : line.steps + _STEPS]
            noise[: len(rows), row] = rows
        state, written, lengths, ended = self._steps.run(
            self._state,
            {
                "text": self._text[:, :width],
                "text_mask": self._text_mask[:, :width],
                "bias": np.array([line.bias for line in lines], np.float32),
                "end": np.array([line.end for line in lines], np.int32),
                "max_stall": np.array([line.max_stall for line in lines], np.int32),
                "left": np.array([len(x.noise) - x.steps for x in lines], np.int32),
            },
            noise,
        )
        self._state = {
            name: [x.numpy() for x in value] if name in "hc" else value.numpy()
            for name, value in state.items()
        }
        written = [array.numpy() for array in written]
        lengths, ended = lengths.numpy(), ended.numpy()
        done = []
        for row, line in enumerate(self._lines):
            if line is None:
                continue
            length = lengths[row]
            line.steps += int(length)
            line.parts.append([array[:length, row] for array in written])
            if ended[row] or length < _STEPS or line.steps == len(line.noise):
                answer = line.answer(bool(ended[row]))
                if line.trailing:
                    reached = self._start(row, line)
                    answer = dataclasses.replace(answer, reached=reached)
                done.append((line.ticket, answer))
                self._lines[row] = None
        return done

    def _set(self, row: int, point: np.ndarray, start: Start | None) -> None:
        """Where a line stands before its first step."""
        state = self._state
        state["point"][row] = point
        for name in COUNTS:
            state[name][row] = 0
        for name in ("window", "kappa"):
            state[name][row] = 0.0 if start is None else getattr(start, name)[0]
        for name in ("h", "c"):
            for layer, array in enumerate(state[name]):
                array[row] = 0.0 if start is None else getattr(start, name)[layer][0]

    def _start(self, row: int, line: Line) -> Start:
        """Where a line stands before its last point is read."""
        here, state = slice(row, row + 1), self._state
        return Start(
            [h[here].copy() for h in state["h"]],
            [c[here].copy() for c in state["c"]],
            state["window"][here].copy(),
            state["kappa"][here].copy(),
            line.parts[-1][1][-1:, : line.num_characters].copy(),
        )

    def _lay_out(self, num_lines: int) -> None:
        """Puts the lines into the first rows, with room for so many."""
        rows = [row for row, line in enumerate(self._lines) if line is not None]
        num_rows = -(-num_lines // _ROWS) * _ROWS
        free = num_rows - len(rows)

        def laid_out(array):
            return np.pad(array[rows], [(0, free)] + [(0, 0)] * (array.ndim - 1))

        self._lines = [self._lines[row] for row in rows] + [None] * free
        self._state = {
            name: list(map(laid_out, value)) if name in "hc" else laid_out(value)
            for name, value in self._state.items()
        }
        self._text, self._text_mask = map(laid_out, (self._text, self._text_mask))

    def _lay_out_text(self, num_characters: int) -> None:
        """Makes room for a text."""
        missing = num_characters - self._text.shape[1]
        if missing > 0:
            missing = -(-missing // _CHARACTERS) * _CHARACTERS
            room = [(0, 0), (0, missing)]
            self._text = np.pad(self._text, room)
            self._text_mask = np.pad(self._text_mask, room)


@dataclasses.dataclass(eq=False)
class _Row(Line):
    """A line, and what the graph has to know of it.

    Attributes:
      bias, max_stall: as in Request.
    """

    bias: float = 0.0
    max_stall: int = 0

    @property
    def end(self) -> int:
        """The column at which the text has ended."""
        return max(self.num_characters - 1 - self.trailing, 0)


_FREE_ROW = _Row(None, np.zeros([0, 4], np.float32), 1)
