"""A written line, and how it is cut out of what an engine answers. NumPy only."""

import dataclasses
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.models.engine import Answer, Request
from scribe.models.stroke_model import StrokeModel
from scribe.strokes.arrays import rescale
from scribe.writing import styles, window_path
from scribe.writing.spelling import Substitute


@dataclasses.dataclass(frozen=True, eq=False)
class Composed:
    """What of a line the network wrote, where marks or drawn characters came to it.

    Attributes:
      plain: the line as it was written.
      owners: for each character of its text the number of its letter in the text that
        was asked for; -1 for none.
      source: int [P] for each point of the composed line that of `plain`; -1 for what
        was added.
    """

    plain: "WrittenLine"
    owners: tuple[int, ...]
    source: np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class WrittenLine:
    """One line that a network wrote.

    Attributes:
      strokes: float32 [P, 3] (dx, dy, end_of_stroke) in pen units, y down.
      text: what was to be written; "" without text.
      finished: whether the line came to its end without leaving letters out; False if
        no attempt did.
      attempts: how many were needed.
      phi: float32 [P, U] the window's weight on each character (and the terminator in
        the last column) when the point was drawn; None without text.
      kappa: float32 [P, K] the window's centres; None without text.
      composed: what the network wrote of it; None if that is all.
      substitutes: what of the text that was given is not written as it stands.
    """

    strokes: np.ndarray
    text: str
    finished: bool
    attempts: int
    phi: np.ndarray | None
    kappa: np.ndarray | None
    composed: Composed | None = None
    substitutes: tuple[Substitute, ...] = ()

    @property
    def plain(self) -> "WrittenLine":
        """What the network wrote, without what came to it."""
        return self if self.composed is None else self.composed.plain

    def read_as(self, alphabet: Alphabet) -> "WrittenLine":
        """The line for a reader of an alphabet: plain if it lacks the marks."""
        return self.plain if alphabet.unknown(self.text) else self

    def without_window(self) -> "WrittenLine":
        """The line without phi and kappa."""
        composed = self.composed
        if composed is not None:
            plain = composed.plain.without_window()
            composed = dataclasses.replace(composed, plain=plain)
        return dataclasses.replace(self, phi=None, kappa=None, composed=composed)

    def save(self, path: str | Path, **look) -> None:
        """Draws the line into an .svg, .png, .gif or .pdf, or keeps it as a style.

        Args:
          path: a drawing (see scribe.drawing.save), or a .json file that `style=`
            accepts.
          **look: fields of scribe.drawing.Look.
        """
        if Path(path).suffix == ".json":
            styles.save_style(path, styles.Style(self.text, self.strokes))
            return
        from scribe import drawing

        drawing.save(self.strokes, path, **look)


def cut_out(
    request: Request,
    answer: Answer,
    row: int,
    text: str,
    prefix: str,
    attempts: int,
    model: StrokeModel,
) -> WrittenLine:
    """One line of a batch: without what still belongs to its style, in pen units.

    Args:
      request, answer: what the engine was asked and what it wrote.
      row: of the line in both.
      text: what was to be written; "" without text.
      prefix: the text of its style, which stands before `text` in the request; "" for a
        line that goes on from nothing.
      attempts: how many there were, with this one.
      model: that wrote.
    """
    stop = _end(request, answer, row) if text else answer.lengths[row]
    start = 0
    if prefix:
        start = window_path.rest_of_style(
            answer.strokes[row, :stop], answer.phi[row, :stop], len(prefix)
        )
    strokes = answer.strokes[row, start:stop]
    finished = bool(answer.finished[row])
    # The pen starts on the paper: the first input is the first point.
    starts_down = not prefix and not model.variant.starts_lifted
    if starts_down:
        strokes = np.concatenate([request.first[row : row + 1], strokes])
    strokes = rescale(strokes, model.offset_scale)
    strokes[0, :2] = 0.0
    strokes[-1, 2] = 1.0
    phi = kappa = None
    if text:
        columns = slice(len(prefix), len(prefix) + len(text) + 1)
        phi = answer.phi[row, start:stop, columns].copy()  # not the whole batch
        kappa = answer.kappa[row, start:stop] - len(prefix)
        if starts_down:  # nothing was looked at when the first point was set
            phi = np.concatenate([np.zeros_like(phi[:1]), phi])
            kappa = np.concatenate([np.zeros_like(kappa[:1]), kappa])
        finished = finished and not window_path.leaps(phi[:, :-1])
    return WrittenLine(strokes, text, finished, attempts, phi, kappa)


def _end(request: Request, answer: Answer, row: int) -> int:
    """How many points of a line with text count: all but those that spell nothing."""
    stop = answer.lengths[row]
    if not answer.finished[row]:
        return stop
    end = int(request.text_mask[row].sum()) - 1 - request.trailing
    return stop - window_path.surplus_stroke(
        answer.strokes[row, :stop], answer.phi[row, :stop], end
    )
