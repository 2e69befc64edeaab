"""Where a page of pen strokes goes on to its next line. NumPy only."""

from collections.abc import Sequence

import numpy as np

# In heights of the line so far: a stroke whose middle lies so much further down belongs
# to the next line, if the pen also went back to the left. Descenders, commas and
# crossed t's stay within.
LINE_DISTANCE = 0.9


def split_lines(paths: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """Cuts strokes into lines of writing.

    Args:
      paths: [P, 2] x, y of each stroke in the order of writing, y down, level lines
        below each other.

    Returns:
      the strokes of each line; one line where nothing starts a second.
    """
    lines: list[list[np.ndarray]] = []
    for path in paths:
        if lines and not _starts_line(lines[-1], path):
            lines[-1].append(path)
        else:
            lines.append([path])
    return lines


def _starts_line(line: list[np.ndarray], path: np.ndarray) -> bool:
    points = np.concatenate(line)
    low, middle, high = np.quantile(points[:, 1], (0.05, 0.5, 0.95))
    down = np.median(path[:, 1]) - middle
    back = path[0, 0] < line[-1][-1, 0]
    return bool(back and high > low and down > LINE_DISTANCE * (high - low))
