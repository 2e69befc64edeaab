"""Pen strokes from InkML (W3C Recommendation of 20 September 2011)."""

import dataclasses
import re
from xml.etree.ElementTree import Element

import numpy as np

from scribe.foundation.errors import InputError

# A prefix and a number (decimal, or hexadecimal after #), T, F, * or ? (section 3.1).
_VALUE = re.compile(
    r"""([!'"]?) ?(#[0-9A-Fa-f]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[TF*?])"""
)
_MAX_DIGITS = 100  # of a number
_MILLISECONDS = {"ms": 1.0, "s": 1000.0, "us": 0.001, "ns": 1e-6}
_TRUTHS = ("truth", "label", "transcription")
_ID = "{http://www.w3.org/XML/1998/namespace}id"


@dataclasses.dataclass(frozen=True)
class _Format:
    """What the values of a point are.

    Attributes:
      names: of the channels.
      scales: by name, what makes y grow downwards and times milliseconds.
    """

    names: tuple[str, ...] = ("X", "Y")
    scales: tuple[float, ...] = (1.0, 1.0)


@dataclasses.dataclass(frozen=True, eq=False)
class _Context:
    """What holds for a trace (section 4.2): its format and its transform.

    Attributes:
      format: of its points.
      transform: [n, n + 1] onto the canvas, see `_transform`; None leaves the points
        where they are.
    """

    format: _Format | None = None
    transform: np.ndarray | None = None


def read_inkml(root: Element) -> tuple[list[np.ndarray], str | None]:
    """The traces of a file on their canvas, in the order in which they stand.

    Each trace counts once. Those in <definitions> count where a <traceView> shows them,
    the whole or a range of points; views of other traces only group them. Channels
    other than X, Y and T are passed over; so are traces of the pen above the paper. A
    trace without a context has the first <traceFormat> with X and Y, or else X and Y. A
    Y channel with `orientation="-ve"` is turned down, and transforms of the canvas are
    applied if they are affine.

    Returns:
      strokes, each float64 [P, 2] x, y or [P, 3] x, y, milliseconds, and the text: the
      annotation of type "truth", "label" or "transcription" of the whole, or else those
      of its groups as lines, or None.

    Raises:
      InputError: a trace is not readable, or something is referred to that is not
        there.
    """
    if root.tag != "ink":
        raise InputError("the XML is not InkML: it has no <ink>")
    return _Ink(root).strokes, _truth(root)


def read_trace(trace: str, num_channels: int, name: str = "trace") -> np.ndarray:
    """The points of one <trace>: explicit values, first and second differences.

    A prefix holds for its channel until the next one: ! explicit, ' first difference,
    " second difference (section 3.1). `*` repeats, `?` repeats for want of better.

    Args:
      trace: points parted by commas.
      num_channels: values that a point has; optional ones at the end may be missing.
      name: of the trace, for the error.

    Returns:
      float64 [P, num_channels].
    """
    modes = ["!"] * num_channels
    value = np.zeros(num_channels)
    speed = np.zeros(num_channels)
    rows = []
    for point in trace.split(","):
        point = " ".join(point.split())  # so that no row of blanks is read twice
        if not point:
            continue
        found = _VALUE.findall(point)
        if not 2 <= len(found) <= num_channels or _VALUE.sub("", point).strip():
            raise InputError(f"{name} has a point {point[:40]!r}")
        for channel, (prefix, token) in enumerate(found):
            modes[channel] = prefix or modes[channel]
            if token in "*?":
                continue
            number = _number(token)
            if modes[channel] == "!":
                speed[channel], value[channel] = number - value[channel], number
                continue
            if modes[channel] == '"':
                number += speed[channel]
            speed[channel] = number
            value[channel] += number
        rows.append(value.copy())
    return np.array(rows).reshape(-1, num_channels)


def _number(token: str) -> float:
    if token in "TF":
        return float(token == "T")
    if len(token) > _MAX_DIGITS:
        raise InputError(f"the number {token[:20]}... is too long")
    return float(int(token[1:], 16)) if token[0] == "#" else float(token)


class _Ink:
    """A document being read; ids may stand behind what refers to them.

    Attributes:
      strokes: as `read_inkml` returns them.
    """

    def __init__(self, root: Element):
        self.strokes: list[np.ndarray] = []
        self._by_id = {_id(element): element for element in root.iter()}
        formats = map(_format, root.iter("traceFormat"))
        self._format = next((f for f in formats if f is not None), _Format())
        self._number = 0
        self._defined = {
            id(element)
            for definitions in root.iter("definitions")
            for element in definitions.iter()
        }
        self._walk(root, _Context())

    def _walk(self, parent: Element, context: _Context) -> None:
        for element in parent:
            if element.tag == "context":  # holds for what follows (section 4.4)
                context = self._context(element, context)
            elif element.tag == "traceGroup":
                self._walk(element, self._referred(element, context))
            elif element.tag == "trace":
                self._add(element, context)
            elif element.tag == "traceView":
                self._view(element, context)

    def _view(self, view: Element, context: _Context) -> None:
        """Ranges count from 1: points of a trace, parts of a group (section 5.3)."""
        context = self._referred(view, context)
        reference = view.get("traceDataRef")
        if reference is None:
            return self._walk(view, context)
        target = self._by_id.get(reference.removeprefix("#"))
        if target is None:
            raise InputError(f"a view shows {reference!r}, which is not in the InkML")
        if id(target) not in self._defined:
            return None  # drawn where it stands
        if target.tag == "trace":
            return self._add(target, context, view)
        shown = Element("traceGroup", target.attrib)
        parts = [part for part in target if part.tag in ("trace", "traceGroup")]
        shown.extend(parts[slice(*_range(view, len(parts)))])
        return self._walk(shown, self._referred(target, context))

    def _add(self, trace: Element, context: _Context, view: Element | None = None):
        self._number += 1
        if trace.get("type", "penDown") == "penUp":
            return
        context = self._referred(trace, context)
        format = context.format or self._format
        content = "".join(trace.itertext())
        values = read_trace(content, len(format.names), f"trace {self._number}")
        if view is not None:
            values = values[slice(*_range(view, len(values)))]
        if len(values):
            self.strokes.append(_on_canvas(values, format, context.transform))

    def _referred(self, element: Element, context: _Context) -> _Context:
        """The context that an element names, or else the one around it."""
        reference = element.get("contextRef")
        if reference is None:
            return context
        return self._context(self._found(reference), context)

    def _context(self, element: Element, outer: _Context, levels: int = 8) -> _Context:
        """What a <context> says, and where it is silent what it refers to or `outer`.

        Raises:
          InputError: its transform is not affine, or it refers to what is not there, or
            to itself.
        """
        if not levels:
            raise InputError("a context of the InkML refers to itself")
        if reference := element.get("contextRef"):
            outer = self._context(self._found(reference), outer, levels - 1)
        format, transform = outer.format, outer.transform
        for name in ("inkSource", "traceFormat"):
            for found in self._parts(element, name):
                inner = found if name == "traceFormat" else found.find("traceFormat")
                if inner is not None:
                    format = _format(inner) or format
        for found in self._parts(element, "canvasTransform"):
            transform = _transform(found)
        return _Context(format, transform)

    def _parts(self, context: Element, name: str) -> list[Element]:
        """What a context refers to as `name`, and what of it stands in the context."""
        reference = context.get(f"{name}Ref")
        found = [] if reference is None else [self._found(reference)]
        return found + context.findall(name)

    def _found(self, reference: str) -> Element:
        name = reference.removeprefix("#")
        if name in self._by_id:
            return self._by_id[name]
        if name == "DefaultCanvasTransform":
            return Element("canvasTransform")
        if name.startswith("Default"):  # defined by the recommendation
            return Element("context")
        raise InputError(f"{reference!r} is referred to, which is not in the InkML")


def _id(element: Element) -> str | None:
    return element.get("xml:id", element.get("id", element.get(_ID)))


def _format(element: Element) -> _Format | None:
    """A <traceFormat>; None if it has no X and Y."""
    names, scales = [], []
    for channel in element.iter("channel"):
        names.append(channel.get("name", ""))
        scale = -1.0 if channel.get("orientation") == "-ve" else 1.0
        if names[-1] == "T":
            scale = _MILLISECONDS.get(channel.get("units", "ms"), 1.0)
        scales.append(scale if names[-1] in ("Y", "T") else 1.0)
    return _Format(tuple(names), tuple(scales)) if {"X", "Y"} <= set(names) else None


def _transform(element: Element) -> np.ndarray | None:
    """A <canvasTransform>; of two mappings the first leads to the canvas.

    Section 6.1.2: the rows of an affine mapping are parted by commas, and each ends
    with what is added.

    Returns:
      [n, n + 1] for n channels, X and Y alone if n is 2; None for the identity.
    """
    mapping = element.find("mapping")
    kind = "identity" if mapping is None else mapping.get("type", "unknown")
    if kind == "identity":
        return None
    rows = "".join(mapping.itertext()).split(",")
    try:
        matrix = np.array([row.split() for row in rows if row.strip()], np.float64)
    except ValueError:
        matrix = np.empty(0)
    square = matrix.ndim == 2 and 2 <= len(matrix) == matrix.shape[1] - 1
    if kind != "affine" or not square or not np.isfinite(matrix).all():
        raise InputError(
            f"the InkML places its traces by a mapping of type {kind!r} that is not "
            "affine with a row for each channel, which is not read"
        )
    return matrix


def _on_canvas(
    values: np.ndarray, format: _Format, transform: np.ndarray | None
) -> np.ndarray:
    """[P, C] values of the channels as [P, 2] x, y or [P, 3] x, y, milliseconds."""
    columns = [
        format.names.index(name) for name in ("X", "Y", "T") if name in format.names
    ]
    points = values[:, columns] * np.array(format.scales)[columns]
    if transform is not None:  # says itself which way y grows
        xy = columns[:2]
        if len(transform) == 2:
            source, rows = values[:, xy], transform
        elif len(transform) == values.shape[1]:
            source, rows = values, transform[xy]
        else:
            raise InputError(
                f"the InkML has a transform of {len(transform)} channels for traces of "
                f"{values.shape[1]}"
            )
        points[:, :2] = source @ rows[:, :-1].T + rows[:, -1]
    return points


def _range(view: Element, length: int) -> tuple[int, int]:
    """`from` and `to` of a view as indices: from the first, to behind the last."""
    try:
        start = int(view.get("from", "1").partition(":")[0])
        stop = int(view.get("to", str(length)).partition(":")[0])
    except ValueError as error:
        raise InputError(
            f"a view shows from {view.get('from')!r} to {view.get('to')!r}"
        ) from error
    return max(start, 1) - 1, stop


def _truth(root: Element) -> str | None:
    """The text of the whole, or those of the groups as lines."""

    def of(element: Element) -> str | None:
        for annotation in element.findall("annotation"):
            text = "".join(annotation.itertext()).strip()
            if annotation.get("type", "annotation").lower() in _TRUTHS and text:
                return text
        return None

    whole = of(root)
    groups = [of(e) for e in root.iter() if e.tag in ("traceGroup", "traceView")]
    lines = [line for line in groups if line is not None]
    return whole or "\n".join(lines) or None
