"""Writing to draw, and a reader of the SVG that comes out."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np

from scribe import strokes as pen

SVG = "{http://www.w3.org/2000/svg}"


def loops(points: int = 200, seed: int = 0) -> np.ndarray:
    """A line that looks like joined-up writing: loops going right, a few lifts."""
    random = np.random.default_rng(seed)
    t = np.linspace(0, points / 8, points)
    xy = np.stack([3 * t + 4 * np.cos(t), 5 * np.sin(t) + np.sin(0.37 * t)], axis=1)
    xy += random.normal(0, 0.1, xy.shape)
    ends = np.zeros(points)
    ends[[points // 3, points // 2, -1]] = 1
    return pen.strokes_from_points(xy, ends)


def parse_path(data: str) -> np.ndarray:
    """Absolute control points [3m + 1, 2] of M, then one run of c or a lone h0."""
    start, letter, rest = re.fullmatch(r"M([^ch]*)([ch])(.*)", data).groups()
    numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
    at = np.array([float(n) for n in start.split()])
    if letter == "h":
        assert numbers == [0.0]
        return at[None]
    points = [at]
    for piece in np.array(numbers).reshape(-1, 3, 2):
        points.extend(at + piece)
        at = points[-1]
    return np.array(points)


def parse_svg(text: str) -> tuple[ElementTree.Element, list[np.ndarray]]:
    root = ElementTree.fromstring(text)
    strokes = [
        parse_path(path.get("d"))
        for group in root.iter(f"{SVG}g")
        if group.get("class") == "scribe"
        for path in group
    ]
    return root, strokes
