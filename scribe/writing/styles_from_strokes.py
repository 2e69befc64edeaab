"""Styles from strokes that anybody drew, and whether a model can read them.

A drawing becomes what the tablet of the corpus would have recorded (scribe.strokes.
foreign), and that a style like any other.
"""

from collections.abc import Sequence

from scribe.foundation.errors import InputError
from scribe.models import NUMPY_ENGINES
from scribe.models.stroke_model import StrokeModel
from scribe.strokes import foreign
from scribe.writing import priming, styles

# When a style ends, the model's window stands at the end of its text: without times at
# most 5 letters before it and 4 behind it in 144 of 148 validation lines; with times
# and a mouse's shaking in all. It stands elsewhere if the text is another one.
MAX_LETTERS_BEHIND = 6
MAX_SHARE_BEHIND = 0.25
MAX_LETTERS_AHEAD = 4


def to_style(strokes: Sequence, text: str, model: StrokeModel) -> styles.Style:
    """Foreign strokes as a style that `Writer.write` takes.

    Args:
      strokes, text: as for `to_recorded_style`.
      model: that is to write.

    Raises:
      InputError: the strokes or the text cannot be used; the sentence says why. Whether
        the strokes spell the text is another question: `check_reading`.
    """
    recorded = to_recorded_style(strokes, text)
    style = styles.Style(recorded.text, model.clean(recorded.strokes))
    return styles.find_style(style, model)


def to_recorded_style(strokes: Sequence, text: str) -> styles.Style:
    """Foreign strokes as a style of the corpus's tablet, the same for every model.

    Args:
      strokes: in the order of writing, each [P, 2] x, y or [P, 3] x, y, milliseconds
        from any start; about one line of writing in any unit, y down.
      text: what they spell.

    Returns:
      a Style before any cleaning; `styles.save_style` keeps it with `recorded=True`.

    Raises:
      InputError: see `to_style`.
    """
    strokes = foreign.to_recorded(strokes, text)
    return styles.Style(foreign.checked_text(text), strokes)


def check_reading(style: styles.Style, model: StrokeModel) -> None:
    """Refuses a style whose strokes do not seem to spell its text.

    Args:
      style: as `styles.find_style` returns it.
      model: that looks at it.

    Raises:
      InputError: when the strokes end, the model's window is far from the text's end.
    """
    engine = NUMPY_ENGINES[model.kind](model)
    lead = priming.prime(style, model, engine).lead
    behind = max(MAX_LETTERS_BEHIND, MAX_SHARE_BEHIND * len(style.text))
    if -behind <= lead <= MAX_LETTERS_AHEAD:
        return
    where = (
        f"only {style.text[: len(style.text) + lead]!r} is read"
        if lead < 0
        else "there is more to read"
    )
    raise InputError(
        f"the strokes do not seem to spell {style.text!r}: {where} when they end; is "
        "the text right, and does y grow downwards?"
    )
