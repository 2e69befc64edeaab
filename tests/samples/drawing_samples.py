"""Writing to draw, and readers of the SVG, PDF and G-code that come out."""

import re
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import pytest

from scribe.strokes import arrays as pen

SVG = "{http://www.w3.org/2000/svg}"
# Lines that lift and lower the pen in gin/plotters/.
PEN_COMMANDS = {
    "grbl_servo": ("M3 S250", "M3 S700"),
    "grbl_z": ("G0 Z3", "G1 Z0 F600"),
}


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


def parse_pdf(data: bytes) -> list[list[np.ndarray]]:
    """For each page the control points [3m + 1, 2] of its strokes, in mm, y down."""
    pages = []
    for stream in re.findall(rb"stream\n(.*?)\nendstream", data, re.S):
        operators = zlib.decompress(stream).decode()
        first, *_ = operators.splitlines()
        a, b, c, d, e, f, cm = first.split()
        assert (b, c, e, cm) == ("0", "0", "0", "cm") and float(a) == -float(d)
        assert float(a) * 25.4 == pytest.approx(72, abs=1e-3)
        strokes = []
        for path in re.findall(r"[\d. -]+ m\b[^S]*S", operators):
            numbers = np.array(re.findall(r"-?[\d.]+", path), float).reshape(-1, 2)
            if path.rstrip().endswith("l S"):  # a dot
                numbers = numbers[:1]
            strokes.append(numbers)
        pages.append(strokes)
    return pages


def gcode_strokes(program: str, plotter: str) -> list[np.ndarray]:
    """Polylines that the pen leaves on the bed: a plain reading of each line."""
    up, down = PEN_COMMANDS[plotter]
    at, strokes, pen_is_down = [0.0, 0.0], [], False
    for line in program.splitlines():
        if line == down:
            assert not pen_is_down
            pen_is_down = True
            strokes.append([list(at)])
        elif line == up:
            pen_is_down = False
        elif move := re.fullmatch(r"G([01]) X(\S+) Y(\S+?)( F\d+)?", line):
            assert move[1] == "01"[pen_is_down], "only G1 draws"
            at = [float(move[2]), float(move[3])]
            if pen_is_down:
                strokes[-1].append(at)
    return [np.array(stroke) for stroke in strokes]


def furthest(points: np.ndarray, line: np.ndarray) -> float:
    """How far the farthest of `points` is from the polyline `line`."""
    if len(line) == 1:
        return np.hypot(*(points - line).T).max()
    start, along = line[:-1], np.diff(line, axis=0)
    offset = points[:, None] - start
    share = (offset * along).sum(2) / np.maximum((along**2).sum(1), 1e-12)
    nearest = np.clip(share, 0, 1)[..., None] * along
    return np.hypot(*np.moveaxis(offset - nearest, 2, 0)).min(1).max()
