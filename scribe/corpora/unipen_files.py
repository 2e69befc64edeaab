"""Files of the UNIPEN format: streams of pen movements, and labelled segments of them.

I. Guyon, L. Schomaker, R. Plamondon, M. Liberman and S. Janet (1994), "UNIPEN project
of on-line data exchange and recognizer benchmarks", ICPR. A data file under `data/`
includes pen files under `include/` and labels ranges of their components:

    .INCLUDE lex/lex0.dat
    .SEGMENT WORD 12-14 ? "hello"

What the corpus train_r01_v07 adds to the definition, each rule verified on its files:

- A component is a .PEN_DOWN or a .PEN_UP *with coordinates*; empty ones do not count.
- A range is `5`, `5-9` or `5:12-9:3` (component:point, from 0, both ends included), or
  several of these joined by commas.
- A declaration such as .WRITER_ID holds until the next. Pen files may include others.
- Keywords stand in column 0. Labels escape quotes and backslashes. Latin-1.
- y grows upwards. Withheld material is replaced by components of one point, `0 0`.

NumPy only.
"""

import collections
import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import read_file
from scribe.foundation.names import inside

Place = tuple[int, int]  # component and point

# Files that include each other may not go round in circles.
_MAX_DEPTH = 5
_MAX_FILES = 1000  # of a page; the corpus has 3 at most
_MAX_STROKES = 100_000  # of a segment
_MAX_BYTES = 200_000_000  # of a file
_KEYWORD = re.compile(r"^\.([A-Z_]+)[ \t]*", re.MULTILINE)
_SEGMENT = re.compile(r'\s*(\S+)\s+(\S+)\s+(\S+)(?:\s+"(.*)")?', re.DOTALL)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_RANGE = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LAST_POINT = 2**31
_STATE = (
    "COORD",
    "WRITER_ID",
    "POINTS_PER_SECOND",
    *(f"{axis}_POINTS_PER_{unit}" for axis in "XY" for unit in ("INCH", "MM")),
)


@dataclasses.dataclass(frozen=True, eq=False)
class Segment:
    """A labelled piece of a pen stream.

    Attributes:
      kind: "TEXT", "WORD" or "CHARACTER".
      label: what was written, as the file says.
      quality: "OK", "GOOD", "BAD" or "?".
      ranges: pairs of the first and the last place, in the order of writing.
      strokes: [n, 2] x, y in the file's unit, y up, one array for each time that the
        pen was down.
      writer: the file's .WRITER_ID; "" if it has none.
      points_per_second: as the file says; 0 if it does not.
      aspect: x points per inch over y points per inch; 1 if not both are known.
    """

    kind: str
    label: str
    quality: str
    ranges: Sequence[tuple[Place, Place]]
    strokes: Sequence[np.ndarray]
    writer: str
    points_per_second: float
    aspect: float

    @property
    def first(self) -> Place:
        return self.ranges[0][0]

    @property
    def last(self) -> Place:
        return self.ranges[-1][1]


@dataclasses.dataclass(frozen=True, eq=False)
class Page:
    """A pen stream and what is labelled in it.

    Attributes:
      contributor: three letters, the folder that the files lie in.
      source: its data files' common name.
      segments: by category ("7" words, "8" texts, ...), in the files' order.
    """

    contributor: str
    source: str
    segments: dict[str, list[Segment]]


class Pages:
    """The pages of a corpus in the UNIPEN format, folder by folder.

    Attributes:
      failed: segments that could not be read, by reason.
    """

    def __init__(self, root: Path, categories: Sequence[str]):
        """
        Args:
          root: the folder that holds `data` and `include`.
          categories: folders of `data`; read only those, since some hold the same ink
            twice (6 is contained in 7, 3 in 2, and 1a to 1d together are 2).
        """
        self._root = root
        self._categories = categories
        self.failed: collections.Counter[str] = collections.Counter()

    def contributors(self) -> list[str]:
        folders = (self._root / "data" / category for category in self._categories)
        found = {path.name for folder in folders for path in folder.glob("*/")}
        return sorted(found)

    def of(self, contributor: str) -> Iterator[Page]:
        """The pages of one contributor, by the names of their pen files."""
        by_ink: dict[tuple[str, ...], dict[str, list[str]]] = {}
        sources = {}
        for category in self._categories:
            folder = self._root / "data" / category / contributor
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                includes, bodies = [], []
                for keyword, body in _blocks(path):
                    if keyword == "INCLUDE":
                        includes.append(body.strip())
                    elif keyword == "SEGMENT":
                        bodies.append(body)
                ink = tuple(includes)
                by_ink.setdefault(ink, {}).setdefault(category, []).extend(bodies)
                sources.setdefault(ink, path.relative_to(folder).as_posix())
        for includes, bodies_by_category in sorted(by_ink.items()):
            ink = _Ink()
            for name in includes:
                self._run(name, ink)
            segments = {
                category: list(self._segments(bodies, ink))
                for category, bodies in bodies_by_category.items()
            }
            yield Page(contributor, sources[includes], segments)

    def _run(self, name: str, ink: "_Ink", depth: int = 0) -> None:
        """Goes through a pen file and what it includes."""
        try:
            path = inside(self._root / "include", name)
        except InputError:
            self.failed["a pen file lies outside of the corpus"] += 1
            return
        try:
            is_file = path.is_file()
        except OSError:  # no file can be called so
            is_file = False
        if not is_file:
            self.failed["a pen file is missing"] += 1
            return
        ink.num_files += 1
        if ink.num_files > _MAX_FILES:
            self.failed["pen files include each other without end"] += 1
            return
        for keyword, body in _blocks(path):
            if keyword in ("PEN_DOWN", "PEN_UP"):
                ink.add(body, keyword == "PEN_DOWN")
            elif keyword == "INCLUDE" and depth < _MAX_DEPTH:
                self._run(body.strip(), ink, depth + 1)
            elif keyword in _STATE:
                ink.declare(keyword, " ".join(body.split()))

    def _segments(self, bodies: Iterable[str], ink: "_Ink") -> Iterator[Segment]:
        for body in bodies:
            match = _SEGMENT.match(body)
            if match is None or match[4] is None:
                self.failed["a segment has no label"] += 1
                continue
            try:
                ranges = [_range(text) for text in match[2].split(",")]
                strokes = []
                for stroke in (s for span in ranges for s in ink.strokes(*span)):
                    strokes.append(stroke)
                    if len(strokes) > _MAX_STROKES:
                        raise ValueError("it repeats its ink")
            except (ValueError, IndexError):
                self.failed["a segment lies outside of its pen file"] += 1
                continue
            if not any(stroke.any() for stroke in strokes):
                self.failed["the ink is withheld"] += 1
                continue
            state = ink.state_at(ranges[0][0][0])
            yield Segment(
                match[1],
                _ESCAPED.sub(r"\1", match[4]),
                match[3],
                ranges,
                strokes,
                state.get("WRITER_ID", ""),
                _number(state.get("POINTS_PER_SECOND", "")),
                _aspect(state),
            )


class _Ink:
    """Components of a pen stream, with the declarations that hold at each."""

    def __init__(self):
        self._components: list[np.ndarray] = []
        self._is_down: list[bool] = []
        self._states: list[dict[str, str]] = []
        self._state: dict[str, str] = {}
        self.num_files = 0

    def declare(self, keyword: str, value: str) -> None:
        self._state = {**self._state, keyword: value}

    def add(self, body: str, is_down: bool) -> None:
        """A component; without coordinates it is none."""
        points = _points(body, len(self._state.get("COORD", "X Y").split()))
        if len(points):
            self._components.append(points)
            self._is_down.append(is_down)
            self._states.append(self._state)

    def state_at(self, component: int) -> dict[str, str]:
        return self._states[component]

    def strokes(self, first: Place, last: Place) -> Iterator[np.ndarray]:
        """What the pen drew from one place to another, [n, 2] each.

        Raises:
          IndexError: there is no such place.
        """
        for number in range(first[0], last[0] + 1):
            component = self._components[number]
            begin = first[1] if number == first[0] else 0
            end = last[1] + 1 if number == last[0] else len(component)
            if begin >= len(component):
                raise IndexError(f"component {number} has {len(component)} points")
            if self._is_down[number]:
                yield component[begin:end]


def _blocks(path: Path) -> Iterator[tuple[str, str]]:
    """(keyword, what follows it) of a file."""
    text = (
        read_file(path, _MAX_BYTES)
        .decode("latin-1")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
    )
    found = list(_KEYWORD.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=False):  # without one, no end counts
        yield match[1], text[match.end() : end]


def _points(body: str, num_columns: int) -> np.ndarray:
    """float32 [n, 2] x, y of a component; odd rows lose what is not a number."""
    words = body.split()
    try:
        if len(words) % num_columns == 0:
            numbers = np.array(words, np.float64)
            with np.errstate(over="ignore"):  # what is not finite is left out later
                return numbers.reshape(-1, num_columns)[:, :2].astype(np.float32)
    except ValueError:  # remarks between the rows
        pass
    rows = (_NUMBER.findall(row)[:2] for row in body.split("\n"))
    whole = [row for row in rows if len(row) == 2]
    return np.array(whole, np.float32).reshape(-1, 2)


def _range(text: str) -> tuple[Place, Place]:
    match = _RANGE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no range of components")
    first, first_point, last, last_point = match.groups()
    if last is None:  # one component, or one point of it
        last, last_point = first, first_point
    end = _LAST_POINT if last_point is None else int(last_point)
    return (int(first), int(first_point or 0)), (int(last), end)


def _number(text: str) -> float:
    found = _NUMBER.search(text)
    return float(found[0]) if found else 0.0


def _aspect(state: dict[str, str]) -> float:
    x, y = (
        _number(state.get(f"{axis}_POINTS_PER_INCH", ""))
        or 25.4 * _number(state.get(f"{axis}_POINTS_PER_MM", ""))
        for axis in "XY"
    )
    return x / y if x > 0 and y > 0 else 1.0
