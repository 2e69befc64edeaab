"""When the pen draws what: the clock of the pictures that write themselves."""

import numpy as np

from scribe.drawing.page import Look, Page

# Tablets record about 60 points a second and models are trained on all or half of them;
# a little faster than life is pleasant to watch.
_POINTS_PER_SECOND = 100.0
_SHORTEST_SECONDS, _LONGEST_SECONDS = 2.0, 8.0


def schedule(page: Page, look: Look) -> np.ndarray:
    """Start and end of each stroke.

    Every point takes the same time, as on a tablet, and so does a lift of the pen. A
    dot is there at once.

    Returns:
      [number of strokes, 2] seconds from the start.
    """
    num_points = np.array(page.num_points)
    last = np.cumsum(num_points) - 1
    spans = np.stack([last - num_points + 1, last], axis=1).astype(float)
    seconds = look.seconds
    if seconds is None:
        seconds = np.clip(
            num_points.sum() / _POINTS_PER_SECOND, _SHORTEST_SECONDS, _LONGEST_SECONDS
        )
    return spans * (seconds / max(last[-1], 1))
