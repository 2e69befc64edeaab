"""What a style leaves in a network: the state from which new text is written.

Graves (2013), section 5.5: the network is led through strokes and their text, and goes
on with text of ours in that hand. The state is found once and serves any number of
lines. Two such states can be mixed. NumPy only.
"""

import dataclasses

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models.engine import Answer, Start
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.stroke_model import StrokeModel
from scribe.strokes.arrays import rescale
from scribe.writing import styles

# Letters by which the window may be ahead of the pen at the end of a style.
MAX_LEAD = 6
# Spaces behind a line that another is to go on from.
TRAILING = 1 + MAX_LEAD
# Of the text of such a line so many characters stay: the window is past the others.
_KEPT = 12


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
    ids = model.alphabet.encode(style.text + " " * TRAILING)[None]
    strokes = rescale(style.strokes, 1.0 / model.offset_scale)
    if model.variant.starts_lifted:
        strokes[0, 2] = 1.0
    mask = np.ones(ids.shape, np.float32)
    start, phi = engine.lead(strokes[None], ids, mask)
    lead = int(phi.argmax()) - len(style.text)
    spaces = 1 + min(max(lead, 0), MAX_LEAD)
    return PrimedState(style.text + " " * spaces, strokes[-1:], start, lead)


def gone_on(text: str, answer: Answer) -> PrimedState:
    """The hand of a line that was just written, without leading a network through it.

    Args:
      text: of the line, without its TRAILING spaces.
      answer: of that line alone; what it reached is known.
    """
    reached = answer.reached
    lead = int(reached.phi[0].argmax()) - len(text)
    # The window is past what came before.
    dropped = max(len(text) - _KEPT, 0)
    start = dataclasses.replace(
        reached,
        kappa=reached.kappa - dropped,
        phi=reached.phi[:, dropped:],
    )
    spaces = 1 + min(max(lead, 0), MAX_LEAD)
    point = answer.strokes[:, answer.lengths[0] - 1]
    return PrimedState(text[dropped:] + " " * spaces, point, start, lead)


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
        return ((1.0 - share) * a + share * b).astype(a.dtype)

    ours, theirs = first.start, second.start
    kappa = between(ours.kappa - len(first.text), theirs.kappa - len(second.text))
    start = Start(
        [between(a, b) for a, b in zip(ours.h, theirs.h, strict=True)],
        [between(a, b) for a, b in zip(ours.c, theirs.c, strict=True)],
        between(ours.window, theirs.window),
        kappa + len(nearer.text),
        nearer.start.phi,
    )
    point = between(first.point, second.point)
    return PrimedState(nearer.text, point, start, nearer.lead)
