"""Pen strokes from InkML (W3C Recommendation of 20 September 2011)."""

import re

import numpy as np

from scribe.foundation.errors import InputError
from scribe.strokes import safe_xml

# A prefix and a number (decimal, or hexadecimal after #), T, F, * or ? (section 3.1).
_VALUE = re.compile(
    r"""([!'"]?)\s*(#[0-9A-Fa-f]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[TF*?])"""
)
_MILLISECONDS = {"ms": 1.0, "s": 1000.0, "us": 0.001, "ns": 1e-6}


def read_inkml(data: bytes) -> tuple[list[np.ndarray], str | None]:
    """The traces of a file, in the order in which they stand.

    Channels other than X, Y and T are passed over; so are traces of the pen above the
    paper. One <traceFormat> counts for the whole file, the first with X and Y; without
    one the values are X and Y. An Y channel with `orientation="-ve"` is turned down.

    Returns:
      strokes, each float64 [P, 2] x, y or [P, 3] x, y, milliseconds, and the text of
      the first annotation of type "truth" or "label", or None.

    Raises:
      InputError: the XML is damaged or declares entities, or a trace is not readable.
    """
    found = _Ink()
    safe_xml.walk_xml(data, found.start, found.end, found.text)
    if not found.is_ink:
        raise InputError("the XML is not InkML: it has no <ink>")
    names = [name for name, _ in found.channels]
    columns = [names.index("X"), names.index("Y")]
    scales = [1.0, -1.0 if found.channels[columns[1]][1]["flipped"] else 1.0]
    if "T" in names:
        columns.append(names.index("T"))
        scales.append(found.channels[columns[2]][1]["milliseconds"])
    strokes = []
    for number, trace in enumerate(found.traces, start=1):
        values = read_trace(trace, len(names), f"trace {number}")
        if len(values):
            strokes.append(values[:, columns] * scales)
    return strokes, found.truth


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
        if not point.strip():
            continue
        found = _VALUE.findall(point)
        if not 2 <= len(found) <= num_channels or _VALUE.sub("", point).strip():
            raise InputError(f"{name} has a point {point.strip()[:40]!r}")
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
    return float(int(token[1:], 16)) if token[0] == "#" else float(token)


class _Ink:
    """What stands in the file, collected while it is walked through."""

    def __init__(self):
        self.is_ink = False
        self.channels = [("X", {"flipped": False}), ("Y", {"flipped": False})]
        self.traces: list[str] = []
        self.truth: str | None = None
        self._format: list | None = None
        self._format_found = False
        self._parts: list[str] | None = None
        self._annotation = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "ink":
            self.is_ink = True
        elif name == "traceFormat":
            self._format = []
        elif name == "channel" and self._format is not None:
            units = attributes.get("units", "ms")
            self._format.append(
                (
                    attributes.get("name", ""),
                    {
                        "flipped": attributes.get("orientation") == "-ve",
                        "milliseconds": _MILLISECONDS.get(units, 1.0),
                    },
                )
            )
        elif name == "trace" and attributes.get("type", "penDown") != "penUp":
            self._parts, self._annotation = [], ""
        elif name == "annotation":
            self._parts, self._annotation = [], attributes.get("type", "annotation")

    def text(self, part: str) -> None:
        if self._parts is not None:
            self._parts.append(part)

    def end(self, name: str) -> None:
        if name == "traceFormat" and self._format is not None:
            if not self._format_found and {"X", "Y"} <= {n for n, _ in self._format}:
                self.channels, self._format_found = self._format, True
            self._format = None
        elif name in ("trace", "annotation") and self._parts is not None:
            content = "".join(self._parts)
            if name == "trace":
                self.traces.append(content)
            elif self._annotation in ("truth", "label") and self.truth is None:
                self.truth = content.strip() or None
            self._parts = None
