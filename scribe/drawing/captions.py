"""Captions as outlines, for the formats that have no fonts of their own."""

import functools

import numpy as np


@functools.lru_cache(maxsize=256)
def outlines(text: str) -> tuple[np.ndarray, ...]:
    """Contours of a text in DejaVu Sans, which comes with Matplotlib.

    Returns:
      Polygons [n, 2] in units of the type's size, the baseline at y = 0, y downwards.
      Areas inside an odd number of polygons are ink.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans")
    vertices, codes = text_to_path.get_text_path(font, text, ismath=False)
    if not len(vertices):
        return ()
    size = text_to_path.FONT_SCALE
    polygons = Path(vertices, codes).to_polygons()
    return tuple(np.asarray(p) * [1 / size, -1 / size] for p in polygons if len(p) > 2)
