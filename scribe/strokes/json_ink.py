"""Pen strokes from JSON, as pads, boards and recognizers write it.

The form of this project is {"text": "...", "strokes": [[[x, y, t], ...], ...]}. Others
name the same things otherwise: points may be objects, a stroke may be a list of all x,
one of all y and one of all times, and the list of strokes may stand alone or deeper.
None of these has a reader of its own that is kept up; `json` reads them all.
"""

import math
from collections.abc import Callable

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.json_files import parse_json

_TIMES = ("t", "time", "timestamp")
_TEXTS = ("text", "label", "word")
# Rows of a point have at most so many numbers: x, y, time and pressure.
_MAX_ROW = 4
_POINT = 'each point must be [x, y], [x, y, t] or {"x": .., "y": .., "t": ..}'


def read_json(data: bytes) -> tuple[list, str | None]:
    """The strokes of a file, and what it says that they spell.

    Returns:
      for each stroke rows of x, y or x, y, milliseconds, perhaps with pressure, which
      nobody has checked yet; and the text, or None.

    Raises:
      InputError: the JSON is damaged, has no strokes, or more than one drawing.
    """
    content = _content(data)
    text = None
    if isinstance(content, dict):
        texts = (content.get(name) for name in _TEXTS)
        text = next((t for t in texts if isinstance(t, str) and t.strip()), None)
    return _strokes(content), text


def _content(data: bytes):
    """One document, or the only line of a file that has one a line."""
    try:
        return parse_json(data)
    except ValueError as error:
        lines = [line for line in data.split(b"\n") if line.strip()]
        if len(lines) < 2:
            raise InputError(f"the JSON is damaged ({error})") from error
        try:
            drawings = [parse_json(line) for line in lines]
        except ValueError:
            raise InputError(f"the JSON is damaged ({error})") from error
    raise InputError(f"the file has {len(drawings)} drawings, one a line: keep one")


def _strokes(content, levels: int = 4) -> list:
    """The strokes in a list, in one of the forms of FORMS, or further in."""
    if isinstance(content, list):
        return _of_list(content)
    if not isinstance(content, dict) or not levels:
        raise InputError('the JSON has no list of "strokes"')
    for key, read in FORMS.items():
        if key in content:
            return read(content)
    for key in ("strokes", "ink"):
        if key in content:
            inner = content[key]
            columns = _columns(inner) if isinstance(inner, dict) else None
            if columns is None:
                return _strokes(inner, levels - 1)
            return [_stacked(stroke) for stroke in _parted(columns)]
    raise InputError('the JSON has no list of "strokes"')


def _of_list(strokes: list) -> list:
    """Strokes one by one: in rows, in columns, or as objects."""
    in_columns = _are_columns(strokes)
    return [_stroke(stroke, in_columns) for stroke in strokes]


def _are_columns(strokes: list) -> bool:
    """Whether lists of numbers are all x, all y, ... and not points.

    A stroke of 2 to 4 lists with more numbers than a point can have is in columns. The
    whole drawing decides, since short strokes fit both.
    """
    lists = [s for s in strokes if isinstance(s, list) and s and _is_row(s[0])]
    return any(len(s[0]) > _MAX_ROW for s in lists) and all(
        2 <= len(s) <= _MAX_ROW and all(_is_row(row) for row in s) for s in lists
    )


def _is_row(values) -> bool:
    return isinstance(values, list) and all(isinstance(v, int | float) for v in values)


def _stroke(stroke, in_columns: bool):
    """A stroke as rows; what is none is left to whoever checks it."""
    if isinstance(stroke, dict):
        if "points" in stroke:
            return _stroke(stroke["points"], False)
        columns = _columns(stroke)
        if columns is None:
            raise InputError(
                f"a stroke of the JSON has neither points nor x and y: "
                f"{', '.join(map(str, list(stroke)[:6]))}"
            )
        return _stacked(columns)
    if in_columns and isinstance(stroke, list):
        return _stacked(stroke[:3])
    if not isinstance(stroke, list) or not stroke or not isinstance(stroke[0], dict):
        return stroke
    time = next((key for key in _TIMES if key in stroke[0]), None)
    keys = ("x", "y") if time is None else ("x", "y", time)
    try:
        return np.array([[float(point[key]) for key in keys] for point in stroke])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(_POINT) from error


def _columns(stroke: dict) -> list | None:
    """The lists of x, y and, if there is one, of times; None if they are missing."""
    by_name = {
        str(name).lower(): values
        for name, values in stroke.items()
        if isinstance(values, list)
    }
    if not {"x", "y"} <= set(by_name):
        return None
    time = next((by_name[key] for key in _TIMES if by_name.get(key)), None)
    return [by_name["x"], by_name["y"], *([] if time is None else [time])]


def _parted(columns: list) -> list:
    """Columns of all strokes as those of each."""
    try:
        return list(zip(*columns, strict=True))
    except (ValueError, TypeError) as error:
        raise InputError("the JSON has not as many strokes of x as of y") from error


def _stacked(columns) -> np.ndarray:
    values = [_numbers(column) for column in columns]
    if len({len(column) for column in values}) > 1:
        counts = ", ".join(str(len(column)) for column in values)
        raise InputError(f"a stroke of the JSON has columns of {counts} numbers")
    return np.stack(values, axis=1)


def _numbers(values) -> np.ndarray:
    try:
        found = np.array(values, np.float64)
        if found.ndim == 1:
            return found
    except (ValueError, TypeError):
        pass
    raise InputError("a stroke of the JSON has x or y that are no list of numbers")


def _of_groups(content: dict) -> list:
    """MyScript's requests: groups of strokes, one for each kind of pen."""
    groups = content["strokeGroups"]
    if not isinstance(groups, list):
        raise InputError('the JSON has "strokeGroups" that are no list')
    return [stroke for group in groups for stroke in _strokes(group)]


def _of_quickdraw(content: dict) -> list:
    """[[x, ..], [y, ..], ..]: github.com/googlecreativelab/quickdraw-dataset."""
    drawing = content["drawing"]
    if not isinstance(drawing, list) or not all(
        isinstance(stroke, list) and 2 <= len(stroke) <= _MAX_ROW for stroke in drawing
    ):
        raise InputError('the "drawing" must be a list of [[x, ..], [y, ..], [t, ..]]')
    return [_stacked(stroke[:3]) for stroke in drawing]


def _of_elements(content: dict) -> list:
    """A board of Excalidraw, or the elements of MyScript's JIIX."""
    elements = content["elements"]
    if not isinstance(elements, list) or not all(isinstance(e, dict) for e in elements):
        raise InputError('the JSON has "elements" that are no list of objects')
    if not str(content.get("type", "")).startswith("excalidraw"):
        return _in_order([item for e in elements for item in _jiix_items(e)])
    drawn = [e for e in elements if e.get("type") == "freedraw"]
    return [_freedraw(e) for e in drawn if not e.get("isDeleted")]


def _freedraw(element: dict) -> np.ndarray:
    """Points from the element's corner; turned by `angle` about the middle."""
    x, y, angle = (element.get(key, 0.0) for key in ("x", "y", "angle"))
    try:
        points = np.array(element["points"], np.float64)[:, :2]
        middle = 0.5 * (points.min(axis=0) + points.max(axis=0))
        cos, sin = math.cos(angle), math.sin(angle)
        turned = (points - middle) @ np.array([[cos, sin], [-sin, cos]])
        return turned + middle + [x, y]
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise InputError("a stroke of the Excalidraw file cannot be read") from error


def _of_jiix(content: dict) -> list:
    return _in_order(_jiix_items(content))


def _jiix_items(block: dict) -> list[dict]:
    """Strokes of a JIIX block, of its words, or else of its characters.

    https://developer.myscript.com/docs/interactive-ink/latest/reference/jiix
    """
    for key in ("words", "chars", "items"):
        parts = block.get(key)
        if isinstance(parts, list) and all(isinstance(part, dict) for part in parts):
            if key == "items":
                return [part for part in parts if part.get("type") == "stroke"]
            found = [item for part in parts for item in _jiix_items(part)]
            if found:
                return found
    return []


def _in_order(items: list[dict]) -> list:
    """Each stroke once, in the order of their `timestamp`, if all have one."""
    once = {str(item.get("id", number)): item for number, item in enumerate(items)}
    items = list(once.values())
    if all(isinstance(item.get("timestamp"), str) for item in items):
        items.sort(key=lambda item: item["timestamp"])
    if not items or any(_columns(item) is None for item in items):
        raise InputError("the JIIX has no strokes with X and Y: export it with strokes")
    return [_stroke(item, False) for item in items]


# By the member that tells them.
FORMS: dict[str, Callable[[dict], list]] = {
    "strokeGroups": _of_groups,
    "drawing": _of_quickdraw,
    "elements": _of_elements,
    "words": _of_jiix,
    "items": _of_jiix,
}
