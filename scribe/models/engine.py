"""What a sampling engine is asked and what it answers. NumPy only.

The two engines (scribe.models.numpy_engine, scribe.networks.tensorflow_engine) run the
same loop on the same random numbers, so that a line depends neither on the engine nor
on the other lines of its batch.

Shapes: B lines, T steps, U characters with the terminator, K window
components, M mixture components.
"""

import dataclasses
from collections.abc import Callable
from typing import Protocol

import numpy as np

# After the window has passed the last character, the pen gets so many steps to end its
# stroke (a half-rate step is some 30 ms).
MAX_STEPS_AFTER_TEXT = 40


@dataclasses.dataclass(frozen=True, eq=False)
class Start:
    """Where a network stands after it was led through a style; of one line.

    Attributes:
      h, c: float32 [1, H] of each layer.
      window: float32 [1, V].
      kappa: float64 [1, K].
      phi: float32 [1, U] of the text that it was led through.
    """

    h: list[np.ndarray]
    c: list[np.ndarray]
    window: np.ndarray
    kappa: np.ndarray
    phi: np.ndarray


@dataclasses.dataclass(frozen=True)
class Request:
    """Lines to write in one batch, in the network's unit.

    Attributes:
      text: int32 [B, U] ids, one terminator each, then padding; None without text.
      text_mask: float32 [B, U]; None without text.
      first: float32 [B, 3] the first input: the point before the first that is drawn.
      bias: float32 [B].
      noise: float32 [B, T, 4]: uniform for the component, two normals for the offset,
        uniform for the pen.
      max_stall: a line is given up when the window's focus has rested on a character
        for more steps.
      start: where every line stands before its first step; None for the beginning.
      writer: int32 [B] whose hand: numbers in StrokeModel.writers, from 1; 0 for no
        one's. None for no one's in all lines.
      trailing: characters at the end of the texts that are not written: a line ends
        when the window comes to the first of them.
      watch: told from time to time which share of its texts the window has read; an
        engine that cannot look on tells it at the end.
    """

    text: np.ndarray | None
    text_mask: np.ndarray | None
    first: np.ndarray
    bias: np.ndarray
    noise: np.ndarray
    max_stall: int
    start: Start | None = None
    writer: np.ndarray | None = None
    trailing: int = 0
    watch: Callable[[float], None] | None = None


@dataclasses.dataclass(frozen=True)
class Answer:
    """What was written; row t of each array belongs to step t.

    Attributes:
      strokes: float32 [B, T', 3], row t is the point that follows the t-th input.
      phi: float32 [B, T', U]; None without text.
      kappa: float32 [B, T', K]; None without text.
      lengths: int32 [B], rows that count.
      finished: bool [B], whether the line came to its end (always, without text).
      reached: where the line stands before its last point is read; only in answers of
        one line whose text has trailing characters.
    """

    strokes: np.ndarray
    phi: np.ndarray | None
    kappa: np.ndarray | None
    lengths: np.ndarray
    finished: np.ndarray
    reached: Start | None = None


class Engine(Protocol):
    """Both engines."""

    def write(self, request: Request) -> Answer:
        """Samples until every line has ended, stalled, or used up its noise."""

    def activations(
        self, strokes: np.ndarray, text: np.ndarray | None, text_mask: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """The network led through given strokes (teacher forcing).

        Args:
          strokes: [B, T, 3] in the network's unit.
          text, text_mask: [B, U].

        Returns:
          [B, T, 6 M + 1] activations, phi [B, T, U].
        """


def random_numbers(
    seed: int, text: int, sample: int, num_steps: int, attempt: int = 0
) -> np.ndarray:
    """The noise of one line, float32 [num_steps, 4].

    Philox keyed by (seed, text, sample, attempt); a longer request begins with the
    numbers of a shorter one. Normals by Box and Muller's formula.

    Args:
      seed: 0 or more.
      text, sample: which text of a request, and which of its samples.
      num_steps: rows.
      attempt: 0, 1, ... at the same line.
    """
    # As a spawn key: a list would be padded with zeros and meet that of a larger seed.
    key = np.random.SeedSequence(seed, spawn_key=(text, sample, attempt))
    uniform = np.random.Generator(np.random.Philox(key)).random([num_steps, 4])
    radius = np.sqrt(-2.0 * np.log1p(-uniform[:, 1]))
    angle = 2.0 * np.pi * uniform[:, 2]
    return np.stack(
        [
            uniform[:, 0],
            radius * np.cos(angle),
            radius * np.sin(angle),
            uniform[:, 3],
        ],
        axis=1,
    ).astype(np.float32)
