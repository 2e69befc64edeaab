"""What a style leaves in a network: the state from which new text is written.

Graves (2013), section 5.5: the network is led through strokes and their text, and goes
on with text of ours in that hand. The state is found once and serves any number of
lines. Two such states can be mixed. NumPy only.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models.engine import Start
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.numpy_layers import one_thread
from scribe.models.stroke_model import StrokeModel
from scribe.strokes.arrays import rescale
from scribe.writing import styles

# Letters by which the window may be ahead of the pen at the end of a style.
MAX_LEAD = 6


@dataclasses.dataclass(frozen=True, eq=False)
class PrimedState:
    """A network that was led through a style.

    Attributes:
      text: the style's text and the spaces on which the window stands at its end.
      point: float32 [1, 3], the style's last point in the network's unit: next input.
      start: the state before it is read.
      lead: letters by which the window was ahead of the end of the style's text;
        negative if it had not come there.
    """

    text: str
    point: np.ndarray
    start: Start
    lead: int


def prime(style: styles.Style, model: StrokeModel, engine: NumpyEngine) -> PrimedState:
    """Leads a network through a style.

    At the last point of a style the window may already be a letter or two ahead; these
    would be missing from the new text, so that many more spaces take their place.

    Args:
      style: as `styles.find_style` returns it.
      model: the network.
      engine: that runs it.
    """
    ids = model.alphabet.encode(style.text + " " * (1 + MAX_LEAD))[None]
    strokes = rescale(style.strokes, 1.0 / model.offset_scale)
    if model.variant.starts_lifted:
        strokes[0, 2] = 1.0
    mask = np.ones(ids.shape, np.float32)
    start, phi = engine.lead(strokes[None], ids, mask)
    lead = int(phi.argmax()) - len(style.text)
    spaces = 1 + min(max(lead, 0), MAX_LEAD)
    return PrimedState(style.text + " " * spaces, strokes[-1:], start, lead)


def prime_together(
    own_styles: Sequence[styles.Style], model: StrokeModel, engine: NumpyEngine
) -> list[PrimedState]:
    """As `prime`, of several styles in one batch: a step of many lines takes little
    longer than one of a single line.

    Args:
      own_styles: as `styles.find_style` returns them, one or more.
      model, engine: as for `prime`.
    """
    rows = [model.alphabet.encode(s.text + " " * (1 + MAX_LEAD)) for s in own_styles]
    ids = np.zeros([len(rows), max(map(len, rows))], np.int32)
    mask = np.zeros(ids.shape, np.float32)
    for row, encoded in enumerate(rows):
        ids[row, : len(encoded)], mask[row, : len(encoded)] = encoded, 1.0
    lines = [rescale(s.strokes, 1.0 / model.offset_scale) for s in own_styles]
    lengths = np.array([len(line) for line in lines])
    points = np.zeros([lengths.max(), len(lines), 3], np.float32)
    for row, line in enumerate(lines):
        points[: len(line), row] = line
    if model.variant.starts_lifted:
        points[0, :, 2] = 1.0
    state = engine.start(ids, mask, len(lines))
    found: list[PrimedState | None] = [None] * len(lines)
    with one_thread():
        for t, point in enumerate(points):
            last = np.flatnonzero(lengths == t + 1)
            starts = {row: _start_of(state, row, len(rows[row])) for row in last}
            engine.step(point, state)
            for row, start in starts.items():
                text = own_styles[row].text
                lead = int(state.phi[row].argmax()) - len(text)
                text += " " * (1 + min(max(lead, 0), MAX_LEAD))
                found[row] = PrimedState(text, lines[row][-1:], start, lead)
    return found


def _start_of(state, row: int, num_characters: int) -> Start:
    """Where one line of a batch stands."""
    here = slice(row, row + 1)
    return Start(
        [h[here].copy() for h in state.h],
        [c[here].copy() for c in state.c],
        state.window[here].copy(),
        state.kappa[here].copy(),
        state.phi[here, :num_characters].copy(),
    )


def mixed(first: PrimedState, second: PrimedState, share: float) -> PrimedState:
    """A hand between two: their states, mixed in proportion.

    The windows stand on texts of different lengths. They are laid upon each other where
    the new text begins: kappa is counted from there, mixed, and put back onto the text
    of the hand that has the larger share.

    Args:
      first, second: of the same network.
      share: of the second, from 0 (all first) to 1.
    """
    if not 0.0 <= share <= 1.0:
        raise InputError(f"mix={share}: must be from 0 (the first hand) to 1")
    nearer = first if share < 0.5 else second

    def between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return ((1.0 - share) * a + share * b).astype(np.float32)

    ours, theirs = first.start, second.start
    kappa = between(ours.kappa - len(first.text), theirs.kappa - len(second.text))
    start = Start(
        [between(a, b) for a, b in zip(ours.h, theirs.h, strict=True)],
        [between(a, b) for a, b in zip(ours.c, theirs.c, strict=True)],
        between(ours.window, theirs.window),
        kappa + np.float32(len(nearer.text)),
        nearer.start.phi,
    )
    point = between(first.point, second.point)
    return PrimedState(nearer.text, point, start, nearer.lead)
