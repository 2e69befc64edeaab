"""What an engine remembers of the lines of a batch, from step to step.

Row b of every array belongs to line b. Lines can leave between steps (`keep`) and
others can join them (`join`). NumPy only.
"""

import dataclasses

import numpy as np

from scribe.models.engine import MAX_STEPS_AFTER_TEXT, Request, Start

_BY_CHARACTER = ("text", "text_mask", "phi")


@dataclasses.dataclass(eq=False)
class State:
    """Where the network stands in each line, after the last step.

    Shapes: B lines, H units, K window components, U characters of the longest text, V
    numbers that stand for a character. Without text only h and c exist.

    Attributes:
      h, c: [B, H] of each layer.
      window: [B, V] what the window shows.
      kappa: float64 [B, K] where its components stand. They are sums of hundreds of
        steps: in float32 their rounding would be the largest of all, since the
        window of a sharp component turns 1e-6 of a character into 1e-3 of a point.
      text: [B, U, V] what it moves over.
      text_mask: [B, U].
      phi: [B, U] its weight on each character.
    """

    h: list[np.ndarray]
    c: list[np.ndarray]
    window: np.ndarray | None = None
    kappa: np.ndarray | None = None
    text: np.ndarray | None = None
    text_mask: np.ndarray | None = None
    phi: np.ndarray | None = None

    @property
    def characters(self) -> np.ndarray:
        """The numbers of the characters, float32 [U]."""
        return np.arange(self.text_mask.shape[1], dtype=np.float32)

    def start_of(self, row: int, num_characters: int) -> Start:
        """Where one line stands, whose text has so many characters."""
        here = slice(row, row + 1)
        return Start(
            [h[here].copy() for h in self.h],
            [c[here].copy() for c in self.c],
            self.window[here].copy(),
            self.kappa[here].copy(),
            self.phi[here, :num_characters].copy(),
        )

    def keep(self, rows: np.ndarray) -> None:
        """Lets only the lines of these row numbers go on."""
        self.h = [h[rows] for h in self.h]
        self.c = [c[rows] for c in self.c]
        if self.text is None:
            return
        self.window, self.kappa = self.window[rows], self.kappa[rows]
        mask = self.text_mask[rows]
        longest = int(mask.sum(axis=1).max()) if len(mask) else 0
        for name in _BY_CHARACTER:
            setattr(self, name, getattr(self, name)[rows, :longest])

    def join(self, other: "State") -> None:
        """Takes in the lines of `other`, below its own."""
        self.h = [np.concatenate(pair) for pair in zip(self.h, other.h, strict=True)]
        self.c = [np.concatenate(pair) for pair in zip(self.c, other.c, strict=True)]
        if self.text is None:
            return
        self.window = np.concatenate([self.window, other.window])
        self.kappa = np.concatenate([self.kappa, other.kappa])
        longest = max(self.text_mask.shape[1], other.text_mask.shape[1])
        for name in _BY_CHARACTER:
            pair = (getattr(state, name) for state in (self, other))
            padded = [
                np.pad(x, [(0, 0), (0, longest - x.shape[1])] + [(0, 0)] * (x.ndim - 2))
                for x in pair
            ]
            setattr(self, name, np.concatenate(padded))


class Ending:
    """Watches where each line is: past its text, or not moving any more."""

    def __init__(self, request: Request):
        self._max_stall = np.full(len(request.bias), request.max_stall, np.int32)
        length = request.text_mask.sum(axis=1).astype(np.int32)
        self._end = length - 1 - request.trailing
        self._focus = np.zeros(len(request.bias), np.int32)
        self._stalled_for = np.zeros(len(request.bias), np.int32)
        self._past_for = np.zeros(len(request.bias), np.int32)

    def keep(self, rows: np.ndarray) -> None:
        """As State.keep."""
        vars(self).update({name: value[rows] for name, value in vars(self).items()})

    def join(self, other: "Ending") -> None:
        """As State.join."""
        vars(self).update(
            {n: np.concatenate([v, vars(other)[n]]) for n, v in vars(self).items()}
        )

    def shares_read(self) -> np.ndarray:
        """How much of each text the window has passed over, [B] from 0 to 1."""
        return self._focus / np.maximum(self._end, 1)

    def update(self, phi: np.ndarray, end_of_stroke: np.ndarray):
        """bool [B] twice: ended at this step, stalled at this step.

        A line ends with the stroke that is being written when phi of the terminator, or
        of a trailing character, exceeds phi of the others (Graves 2013, section 5.3),
        or MAX_STEPS_AFTER_TEXT later. It stalls when the focus, the character with the
        largest phi, rests for more than max_stall steps before that.
        """
        focus = phi.argmax(axis=1).astype(np.int32)
        moved = focus > self._focus
        self._focus = np.maximum(self._focus, focus)
        self._stalled_for = np.where(moved, 0, self._stalled_for + 1)
        past = focus >= self._end
        self._past_for = np.where(past, self._past_for + 1, 0)
        ended = past & ((end_of_stroke > 0.5) | (self._past_for > MAX_STEPS_AFTER_TEXT))
        return ended, ~past & (self._stalled_for > self._max_stall)
