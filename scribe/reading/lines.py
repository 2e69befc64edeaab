"""Lines of strokes as the networks that read them take them. NumPy only."""

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models import StrokeModel


def cleaned_line(
    strokes: np.ndarray, model: StrokeModel, what_for: str, most_points: int
) -> np.ndarray:
    """A line as a network saw lines in training, in the corpus's unit.

    Args:
      strokes: [P, 3].
      model: the network.
      what_for: a verb, for the sentences.
      most_points: along the path.

    Returns:
      [P', 3].

    Raises:
      InputError: the line has another shape, numbers that are not finite, or more than
        `most_points` points.
    """
    strokes = np.asarray(strokes, np.float32)
    if strokes.ndim != 2 or strokes.shape[1] != 3 or len(strokes) < 2:
        raise InputError(
            f"a line to {what_for} must be [P, 3] with 2 points or more, not "
            f"{list(strokes.shape)}"
        )
    if not np.isfinite(strokes).all():
        raise InputError(f"a line to {what_for} has numbers that are not finite")
    cleaned = model.clean(strokes)
    if len(cleaned) > most_points:
        raise InputError(
            f"a line of {len(cleaned):,} points along its path is too long to "
            f"{what_for} (at most {most_points:,})"
        )
    return cleaned
