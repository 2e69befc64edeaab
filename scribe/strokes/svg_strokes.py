"""Pen strokes from SVG: what is drawn with a pen, not what is filled.

Reads what this project, plotter programs and pads write: <path>, <polyline>, <polygon>
and <line>, with transforms of groups and <use>, and small filled circles as dots.
Hidden layers and the rules of paper are left out. Path data is parsed by svgelements
(the extra `svg`); its own reader of documents knows neither bounds nor `visibility`.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes import svg_pieces
from scribe.strokes.svg_properties import (
    Stylesheet,
    is_shown,
    is_stroked,
    is_visible,
)

# What stands in these is drawn elsewhere, or not at all.
_NOT_DRAWN = ("defs", "clipPath", "mask", "marker", "pattern", "symbol", "title")
_SHAPES = ("path", "polyline", "polygon", "line")
_DOTS = ("circle", "ellipse")
MAX_SEGMENTS = 50_000
# Elements that are drawn, each as often as a <use> draws it, and <use> within <use>.
MAX_DRAWN = 50_000
_MAX_USES = 20
# Chords of a curve are that share of the drawing's larger side, and so many at most.
_CHORD = 0.001
_MAX_CHORDS = 64
# A circle is a dot of the pen up to that share of the drawing's larger side.
_DOT = 0.02
# What svgelements raises at numbers that are missing or no numbers.
_DAMAGE = (ValueError, TypeError, IndexError, AttributeError, ArithmeticError)


def read_svg(root: Element) -> list[np.ndarray]:
    """The strokes, in the order in which they stand; curves as short chords.

    Returns:
      one float64 [P, 2] for each stroke, y down: subpaths, of which pieces that meet
      are joined, and dots [1, 2].

    Raises:
      InputError: it is no SVG, nothing in it is drawn with a stroke, a path cannot be
        read, or there are too many.
      ModuleNotFoundError: svgelements is not installed.
    """
    if root.tag != "svg":
        raise InputError("the XML is not SVG: it has no <svg>")
    found = _Drawing(root)
    if not any(radius is None for _, radius in found.shapes):
        raise InputError(
            "the SVG has no path with a stroke"
            + (": outlines of letters are no pen strokes" if found.outlines else "")
        )
    paths = [path for path, radius in found.shapes if radius is None]
    # Twice: what is drawn has no size before its points are known.
    ends = np.concatenate([path.ends() for path in paths])
    if not np.isfinite(ends).all():
        raise InputError("the SVG has a coordinate that is not finite")
    size = float(np.ptp(ends, axis=0).max())
    strokes: list[np.ndarray] = []
    for shape, radius in found.shapes:
        if radius is None:
            strokes.extend(shape.chords(_CHORD * size))
        elif radius <= _DOT * size and np.isfinite(shape).all():
            strokes.append(shape)
    return svg_pieces.joined(svg_pieces.without_rules(strokes, found.paper))


@dataclasses.dataclass(frozen=True, eq=False)
class _Path:
    """Path data where it is drawn.

    Its points are moved, not the path: an ellipse that is slanted has other axes, which
    svgelements does not look for.

    Attributes:
      segments: a svgelements Path.
      matrix: [2, 3] from its coordinates to those of the document.
    """

    segments: Sequence
    matrix: np.ndarray

    def ends(self) -> np.ndarray:
        """[n, 2] where its segments end."""
        return self._placed([s.end for s in self.segments if s.end is not None])

    def chords(self, chord: float) -> list[np.ndarray]:
        """Its subpaths as points, about `chord` apart."""
        strokes: list[list[np.ndarray]] = []
        for segment in self.segments:
            kind = type(segment).__name__
            if kind in ("Move", "Line", "Close") or not strokes:
                if segment.end is None:
                    continue
                if kind == "Move" or not strokes:
                    strokes.append([])
                strokes[-1].append(self._placed([segment.end]))
                continue
            with np.errstate(over="ignore", invalid="ignore"):
                rough = self._along(segment, np.linspace(0.0, 1.0, 9))
                length = np.hypot(*np.diff(rough, axis=0).T).sum()
            if not np.isfinite(length):
                raise InputError("the SVG has a curve that is not finite")
            count = np.clip(np.ceil(length / chord), 1, _MAX_CHORDS) if chord else 1
            along = np.linspace(0.0, 1.0, int(count) + 1)[1:]
            strokes[-1].append(self._along(segment, along))
        return [np.concatenate(parts) for parts in strokes]

    def _along(self, segment, shares: np.ndarray) -> np.ndarray:
        return self._moved(np.asarray(segment.npoint(shares), np.float64))

    def _placed(self, points) -> np.ndarray:
        return self._moved(_points(points).reshape(-1, 2))

    def _moved(self, points: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            return points @ self.matrix[:, :2].T + self.matrix[:, 2]


def _points(points) -> np.ndarray:
    return np.array([[point.x, point.y] for point in points], np.float64)


class _Drawing:
    """What a document draws, collected while it is walked through.

    Attributes:
      shapes: in the order of drawing, a _Path and None, or the place [1, 2] of a circle
        and its radius.
      outlines: number of shapes that are filled alone.
      paper: width and height of the `viewBox`, or None.
    """

    def __init__(self, root: Element):
        from svgelements import Matrix

        self.shapes: list[tuple] = []
        self.outlines = 0
        self._num_segments = 0
        self._num_drawn = 0
        self._sheet = Stylesheet(root)
        self._by_id = {e.get("id"): e for e in root.iter() if e.get("id")}
        box = _numbers(root.get("viewBox", ""))
        self.paper = (box[2], box[3]) if len(box) == 4 else None
        self._draw(root, Matrix(), {}, 0)

    def _draw(
        self, element: Element, outer, inherited: Mapping[str, str], uses: int
    ) -> None:
        """Draws an element and what is in it.

        Args:
          element: any.
          outer: matrix of its parent.
          inherited: properties of its parent.
          uses: how many <use> it stands in.
        """
        self._num_drawn += 1
        if self._num_drawn > MAX_DRAWN:
            raise InputError(f"the SVG draws more than {MAX_DRAWN:,} elements")
        properties = self._sheet.properties(element, inherited)
        if not is_shown(properties):
            return
        matrix = self._matrix(element.get("transform", "")) * outer
        if element.tag == "use":
            return self._use(element, matrix, properties, uses)
        if element.tag in (*_SHAPES, *_DOTS) and is_visible(properties):
            self._shape(element, matrix, properties)
        for child in element:
            if child.tag not in _NOT_DRAWN:
                self._draw(child, matrix, properties, uses)

    def _use(self, element: Element, matrix, properties, uses: int) -> None:
        reference = element.get("href", element.get("xlink:href", ""))
        target = self._by_id.get(reference.removeprefix("#"))
        if target is None:
            raise InputError(f"the SVG uses {reference!r}, which is not in it")
        if uses == _MAX_USES:
            raise InputError(
                f"the SVG uses {reference!r} within itself, or too many levels deep"
            )
        x, y = (_number(element, name) for name in ("x", "y"))
        moved = self._matrix(f"translate({x},{y})") * matrix
        self._draw(target, moved, properties, uses + 1)

    def _shape(self, element: Element, matrix, properties: Mapping[str, str]) -> None:
        if element.tag in _DOTS:
            self._dot(element, matrix, properties)
        elif is_stroked(properties):
            self._path(_path_data(element), matrix)
        else:
            self.outlines += 1

    def _dot(self, element: Element, matrix, properties: Mapping[str, str]) -> None:
        if properties.get("fill") in ("none", "transparent"):
            return
        x, y = (_number(element, name) for name in ("cx", "cy"))
        radius = max(_number(element, name) for name in ("r", "rx", "ry"))
        at = _points([matrix.point_in_matrix_space((x, y))])
        self.shapes.append((at, radius * abs(matrix.determinant) ** 0.5))

    def _path(self, data: str, matrix) -> None:
        from svgelements import Path

        if len(data) > 40 * MAX_SEGMENTS:
            raise InputError(f"the SVG has a path of {len(data)} characters: too long")
        if not data.strip() or data.strip() == "none":
            return
        try:
            if data.strip()[0] not in "Mm":
                raise ValueError("a path begins with a move")
            path = Path(data)
        except _DAMAGE as error:
            raise InputError(
                f"the SVG has a path that cannot be read: {data[:40]!r}"
            ) from error
        self._num_segments += len(path)
        if self._num_segments > MAX_SEGMENTS:
            raise InputError(
                f"the SVG has more than {MAX_SEGMENTS} segments: too many for a page "
                "of writing"
            )
        if len(path):
            m = matrix
            placed = np.array([[m.a, m.c, m.e], [m.b, m.d, m.f]], np.float64)
            self.shapes.append((_Path(path, placed), None))

    def _matrix(self, transform: str):
        from svgelements import Matrix

        try:
            matrix = Matrix(transform)
            matrix.render(ppi=96.0)
            return matrix
        except _DAMAGE as error:
            raise InputError(
                f"the SVG has a transform that cannot be read: {transform[:40]!r}"
            ) from error


def _path_data(element: Element) -> str:
    if element.tag == "path":
        return element.get("d", "")
    if element.tag == "line":
        x1, y1, x2, y2 = (element.get(key, "0") for key in ("x1", "y1", "x2", "y2"))
        return f"M{x1} {y1}L{x2} {y2}"
    return f"M{element.get('points', '')}" + ("z" if element.tag == "polygon" else "")


def _number(element: Element, name: str) -> float:
    """A coordinate in pixels, 0 where there is none."""
    found = _numbers(element.get(name, "0").removesuffix("px"))
    if len(found) != 1:
        raise InputError(f"the SVG has {name}={element.get(name)!r}, no number")
    return found[0]


def _numbers(text: str) -> list[float]:
    """Numbers parted by blanks and commas; none if one cannot be read."""
    try:
        return [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        return []
