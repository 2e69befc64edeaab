"""Pen strokes from SVG: what is drawn with a pen, not what is filled.

Reads what this project and plotter programs write: <path>, <polyline>, <polygon> and
<line>, with transforms of groups. Path data is parsed by svgelements (the extra `svg`).
"""

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes import safe_xml

# What stands in these is drawn elsewhere, or not at all.
_NOT_DRAWN = ("defs", "clipPath", "mask", "marker", "pattern", "symbol", "title")
_SHAPES = ("path", "polyline", "polygon", "line")
MAX_SEGMENTS = 20_000
# Chords of a curve are that share of the drawing's larger side, and so many at most.
_CHORD = 0.001
_MAX_CHORDS = 64
# What svgelements raises at numbers that are missing or no numbers.
_DAMAGE = (ValueError, TypeError, IndexError, AttributeError, ArithmeticError)


def read_svg(data: bytes) -> list[np.ndarray]:
    """The stroked paths, in the order in which they stand; curves as short chords.

    Returns:
      one float64 [P, 2] for each subpath, y down.

    Raises:
      InputError: the XML is damaged or declares entities, nothing in it is drawn with a
        stroke, a path cannot be read, or there are too many.
      ModuleNotFoundError: svgelements is not installed.
    """
    found = _Drawing()
    safe_xml.walk_xml(data, found.start, found.end)
    if not found.is_svg:
        raise InputError("the XML is not SVG: it has no <svg>")
    if not found.paths:
        raise InputError(
            "the SVG has no path with a stroke"
            + (": outlines of letters are no pen strokes" if found.outlines else "")
        )
    segments = [segment for path in found.paths for segment in path]
    # Twice: what is drawn has no size before its points are known.
    ends = _points([s.end for s in segments if s.end is not None])
    if not np.isfinite(ends).all():
        raise InputError("the SVG has a coordinate that is not finite")
    chord = _CHORD * float(np.ptp(ends, axis=0).max())
    strokes = []
    for path in found.paths:
        strokes.extend(_chords(path, chord))
    return strokes


def _chords(path, chord: float) -> list[np.ndarray]:
    """The subpaths of a svgelements Path as points."""
    strokes: list[list[np.ndarray]] = []
    for segment in path:
        if type(segment).__name__ == "Move" or not strokes:
            if segment.end is not None:
                strokes.append([_points([segment.end])])
            continue
        if type(segment).__name__ in ("Line", "Close"):
            if segment.end is not None:
                strokes[-1].append(_points([segment.end]))
            continue
        rough = np.asarray(segment.npoint(np.linspace(0.0, 1.0, 9)), np.float64)
        length = np.hypot(*np.diff(rough, axis=0).T).sum()
        count = int(np.clip(np.ceil(length / chord), 1, _MAX_CHORDS)) if chord else 1
        along = np.linspace(0.0, 1.0, count + 1)[1:]
        strokes[-1].append(np.asarray(segment.npoint(along), np.float64))
    return [np.concatenate(parts) for parts in strokes]


def _points(points) -> np.ndarray:
    return np.array([[point.x, point.y] for point in points], np.float64)


class _Drawing:
    """The paths of a file, collected while it is walked through."""

    def __init__(self):
        from svgelements import Matrix

        self.is_svg = False
        self.paths = []
        self.outlines = 0
        self._num_segments = 0
        self._transforms = [Matrix()]
        self._stroked = [False]
        self._hidden = 0  # depth inside of what is not drawn

    def start(self, name: str, attributes: dict[str, str]) -> None:
        from svgelements import Matrix

        self.is_svg = self.is_svg or name == "svg"
        if self._hidden or name in _NOT_DRAWN:
            self._hidden += 1
            return
        matrix = Matrix(attributes.get("transform", "")) * self._transforms[-1]
        stroked = self._is_stroked(attributes)
        self._transforms.append(matrix)
        self._stroked.append(stroked)
        if name in _SHAPES:
            if stroked:
                self._add(_path_data(name, attributes), matrix)
            else:
                self.outlines += 1

    def end(self, name: str) -> None:
        if self._hidden:
            self._hidden -= 1
        else:
            self._transforms.pop()
            self._stroked.pop()

    def _is_stroked(self, attributes: dict[str, str]) -> bool:
        """Whether a pen draws it: by attribute, by style, by a class, or inherited."""
        properties = dict(attributes)
        for declaration in attributes.get("style", "").split(";"):
            name, _, value = declaration.partition(":")
            properties[name.strip()] = value.strip()
        if "stroke" in properties:
            return properties["stroke"] not in ("none", "transparent")
        return "class" in attributes or self._stroked[-1]

    def _add(self, data: str, matrix) -> None:
        from svgelements import Path

        if len(data) > 50 * MAX_SEGMENTS:
            raise InputError(f"the SVG has a path of {len(data)} characters: too long")
        if not data.strip() or data.strip() == "none":
            return
        try:
            if data.strip()[0] not in "Mm":
                raise ValueError("a path begins with a move")
            path = Path(data)
            matrix.render(ppi=96.0)
            path = (path * matrix).reify()
        except _DAMAGE as error:
            raise InputError(
                f"the SVG has a path that cannot be read: {data[:40]!r}"
            ) from error
        self._num_segments += len(path)
        if self._num_segments > MAX_SEGMENTS:
            raise InputError(
                f"the SVG has more than {MAX_SEGMENTS} segments: too many for one line "
                "of writing"
            )
        if len(path):
            self.paths.append(path)


def _path_data(name: str, attributes: dict[str, str]) -> str:
    if name == "path":
        return attributes.get("d", "")
    if name == "line":
        x1, y1, x2, y2 = (attributes.get(key, "0") for key in ("x1", "y1", "x2", "y2"))
        return f"M{x1} {y1}L{x2} {y2}"
    return f"M{attributes.get('points', '')}" + ("z" if name == "polygon" else "")
