"""From what somebody drew to a hand: lines parted, turned upright, matched and read.

A reader reads each line and holds it against the texts (scribe.reading.agreement). What
reads as something else is no style of its text: the network would be led astray.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.reading import Reader, agreement, load_reader
from scribe.strokes import foreign, line_breaks, stroke_files
from scribe.writing import styles, styles_from_strokes

# Ways in which a drawing may lie, the usual one first: what makes it upright.
TURNS = {
    "": [[1, 0], [0, 1]],
    "upside down": [[-1, 0], [0, -1]],
    "with y upwards": [[1, 0], [0, -1]],
    "mirrored": [[-1, 0], [0, 1]],
    "on its right side": [[0, -1], [1, 0]],
    "on its left side": [[0, 1], [-1, 0]],
}
MAX_LINES = 100
# Nats per character that a line counts with in which nothing can be read.
UNREAD_DOUBT = 2 * agreement.MAX_GAP
_FEW_LINES = 3


@dataclasses.dataclass(frozen=True, eq=False)
class OwnHand:
    """A hand as it was drawn.

    Attributes:
      style: its lines as the corpus's tablet would have recorded them, those that the
        reader reads best first.
      notes: sentences for whoever drew it: what was turned or left out.
      gap: of a single line, see `agreement.Reading.gaps`.
    """

    style: styles.Style
    notes: list[str]
    gap: float = 0.0


@dataclasses.dataclass(frozen=True, eq=False)
class _DrawnLine:
    """Strokes of a line, and what the reader makes of them."""

    strokes: list
    reading: agreement.Reading


def from_line(
    strokes: Sequence, text: str, model: StrokeModel, reader: Reader | None = None
) -> OwnHand:
    """The hand of one line.

    Args:
      strokes, text: as for `styles_from_strokes.to_style`, but in any of TURNS.
      model: that is to write in it.
      reader: that reads it; None for the shipped one.

    Raises:
      InputError: the strokes or the text cannot be used, or they read as another text.
    """
    reader = reader or load_reader()
    text = foreign.checked_text(text)
    styles.check_text(text, model)
    way, line = _upright(strokes, [text], reader, parted=False)
    if line[0].reading.gaps[0] > agreement.MAX_GAP:
        raise InputError(_reads(line[0].reading.text, text))
    style = styles_from_strokes.to_recorded_style(line[0].strokes, text)
    _check(style, model)
    return OwnHand(style, _notes(way, "your drawing"), float(line[0].reading.gaps[0]))


def reading_of(strokes: Sequence, text: str, reader: Reader) -> tuple[str, bool]:
    """What a drawing reads, turned if need be, and whether that can be the text.

    Raises:
      InputError: the strokes or the text cannot be used.
    """
    _, (line,) = _upright(strokes, [foreign.checked_text(text)], reader, parted=False)
    return line.reading.text, bool(line.reading.gaps[0] <= agreement.MAX_GAP)


def lines_of(strokes: Sequence, reader: Reader) -> list[tuple[list, str]]:
    """The lines of a drawing of which nobody says what it spells.

    Of all ways to turn it and to part it the one that the reader doubts least.

    Args:
      strokes: of a page or of a line, in any of TURNS.
      reader: that reads it.

    Returns:
      for each line its strokes, upright, and what they read: "" if nothing.

    Raises:
      InputError: there are too many strokes or lines, or nothing can be read at all.
    """
    upright = _turned(strokes, TURNS[""])
    if not all(np.isfinite(stroke).all() for stroke in upright):
        raise InputError("the drawing has a number that is not finite")
    if len(upright) > foreign.MAX_STROKES:
        raise InputError(
            f"{len(upright)} strokes are too many (at most {foreign.MAX_STROKES})"
        )
    best, least = [], UNREAD_DOUBT
    for turn in TURNS.values():
        for lines in _partings(_turned(strokes, turn), parted=True):
            if len(lines) > MAX_LINES:
                raise InputError(
                    f"{len(lines)} lines are too many (at most {MAX_LINES})"
                )
            drawn = _read(lines, [], reader, strict=False)
            doubts = [
                line.reading.doubt if line.reading.text.strip() else UNREAD_DOUBT
                for line in drawn
            ]
            if doubts and np.mean(doubts) < least:
                best, least = drawn, float(np.mean(doubts))
    if not best:
        raise InputError("nothing can be read in this drawing")
    return [(line.strokes, line.reading.text.strip()) for line in best]


def from_lines(
    lines: Sequence[tuple[Sequence, str]],
    model: StrokeModel,
    reader: Reader | None = None,
) -> OwnHand:
    """The hand of lines whose texts are known, each the strokes and their text.

    Raises:
      InputError: there are too many, or as `from_line`; it says which line.
    """
    if not 1 <= len(lines) <= MAX_LINES:
        raise InputError(f"{len(lines)} lines: must be from 1 to {MAX_LINES}")
    reader = reader or load_reader()
    if len(lines) == 1:
        return from_line(*lines[0], model, reader)
    hands = []
    for number, (strokes, text) in enumerate(lines, start=1):
        try:
            hands.append(from_line(strokes, text, model, reader))
        except InputError as error:
            raise InputError(f"line {number}: {error}") from error
    hands.sort(key=lambda hand: hand.gap)
    notes = [note for hand in hands for note in hand.notes]
    return OwnHand(styles.of_lines([hand.style for hand in hands]), notes)


def from_pages(
    pages: Sequence[Sequence],
    texts: Sequence[str],
    model: StrokeModel,
    reader: Reader | None = None,
) -> OwnHand:
    """The hand of pages of lines, whose texts may be in any order.

    Args:
      pages: strokes of each, lines below each other.
      texts: of the lines.
      model, reader: as for `from_line`.

    Raises:
      InputError: there are too many lines or texts, or no line reads as one of them.
    """
    reader = reader or load_reader()
    texts = [foreign.checked_text(text) for text in texts]
    lines, notes = [], []
    for number, page in enumerate(pages, start=1):
        way, found = _upright(page, texts, reader, parted=True)
        name = "your page" if len(pages) == 1 else f"page {number}"
        notes += _notes(way, name)
        lines += [(f"line {i} of {name}", line) for i, line in enumerate(found, 1)]
    for what in (lines, texts):
        if len(what) > MAX_LINES:
            raise InputError(f"{len(what)} lines are too many (at most {MAX_LINES})")
    found, left = _matched(lines, texts)
    if not found:
        first = (
            f"the first line reads {lines[0][1].reading.text!r}"
            if lines
            else "no lines"
        )
        raise InputError(f"no line of yours reads as one of the texts: {first}")
    usable, worse, refused = [], [], ""
    for name, line, text in found:
        try:
            style = styles_from_strokes.to_recorded_style(line.strokes, text)
            (usable if _leads(style, model) else worse).append(style)
        except InputError as error:
            refused = refused or str(error)
            left.append(f"{name} was left out: {error}")
    if not usable and not worse:
        raise InputError(refused)
    return OwnHand(styles.of_lines(usable + worse), notes + left)


def from_files(
    paths: Sequence[str], texts: Sequence[str], model: StrokeModel, y_up: bool = False
) -> tuple[styles.Style, bool, list[str]]:
    """The hand in some files.

    Args:
      paths: strokes that programs saved, or one style file.
      texts: what their lines spell, in any order; empty for what the files say.
      model: that is to write in it.
      y_up: whether y grows upwards in files that are no style files.

    Returns:
      the style, whether it still has to be cleaned, and sentences for the user.

    Raises:
      InputError: a file is damaged, nobody says what is written, or as `from_line` and
        `from_pages`.
    """
    if any(stroke_files.is_style(path) for path in paths):
        if len(paths) > 1 or len(texts) > 1:
            raise InputError("a style file is added alone, with one text or none")
        style, recorded = styles.read_style(Path(paths[0]))
        if texts:
            style = styles.Style(texts[0], style.strokes)
        cleaned = styles.cleaned(style, model) if recorded else style
        styles_from_strokes.check_reading(styles.find_style(cleaned, model), model)
        return style, recorded, []
    drawings = [stroke_files.read_drawing(path) for path in paths]
    if not texts:
        for path, drawing in zip(paths, drawings, strict=True):
            if not drawing.text:
                raise InputError(f"{path} does not say what it spells: --text")
        texts = [line for drawing in drawings for line in drawing.text.splitlines()]
    pages = [drawing.strokes for drawing in drawings]
    if y_up:
        pages = [_turned(page, TURNS["with y upwards"]) for page in pages]
    if len(pages) == len(texts) == 1 and len(_parted(_turned(*pages, TURNS[""]))) < 2:
        hand = from_line(pages[0], texts[0], model)
    else:
        hand = from_pages(pages, texts, model)
    return hand.style, True, hand.notes


def _upright(
    strokes: Sequence, texts: list[str], reader: Reader, parted: bool
) -> tuple[str, list[_DrawnLine]]:
    """A drawing turned so that it reads best, and its lines.

    Args:
      strokes: of a page or of a line.
      texts: against which its lines are held.
      reader: that reads them.
      parted: whether it is a page, to be parted into lines.

    Returns:
      the way of TURNS in which it lies, and the lines.
    """
    found: list[tuple[str, list[_DrawnLine]]] = []
    costs, doubts = [], []
    for way, turn in TURNS.items():
        for lines in _partings(_turned(strokes, turn), parted):
            drawn = _read(lines, texts, reader, strict=not parted and not way)
            readings = [line.reading for line in drawn]
            nearest = sorted(min(r.gaps.min(), 2 * agreement.MAX_GAP) for r in readings)
            cost = float(np.mean(nearest[: len(texts)] or [np.inf]))
            if not way and cost <= agreement.SURE_GAP:
                return way, drawn
            found.append((way, drawn))
            costs.append(cost)
            doubts.append(float(np.mean([r.doubt for r in readings] or [np.inf])))
    best = int(np.argmin(costs))
    if costs[best] > agreement.MAX_GAP:
        best = int(np.argmin(doubts))
    return found[best]


def _partings(strokes: list[np.ndarray], parted: bool) -> list[list[list[np.ndarray]]]:
    """Ways to part a drawing into lines: the strokes of each.

    What looks like few lines may be one, with quotation marks above it.
    """
    if not parted:
        return [[strokes]]
    lines = _parted(strokes)
    return [lines, [strokes]] if 1 < len(lines) <= _FEW_LINES else [lines]


def _read(
    lines: list, texts: list[str], reader: Reader, strict: bool
) -> list[_DrawnLine]:
    """The lines with their readings; one that nobody could read is "".

    Raises:
      InputError: if `strict`, there is such a line.
    """
    drawn, there = [], []
    for number, strokes in enumerate(lines):
        try:
            drawn.append(foreign.as_drawn(strokes))
            there.append(number)
        except InputError:
            if strict:
                raise
    readings = agreement.read_against(reader, drawn, texts) if drawn else []
    nothing = agreement.Reading("", np.inf, np.full(len(texts), np.inf))
    of = dict(zip(there, readings, strict=True))
    return [
        _DrawnLine(strokes, of.get(number, nothing))
        for number, strokes in enumerate(lines)
    ]


def _matched(
    lines: list[tuple[str, _DrawnLine]], texts: list[str]
) -> tuple[list[tuple[str, _DrawnLine, str]], list[str]]:
    """Each line with its text, the best first, and sentences about the others.

    Of all ways to give each line another text the one with the smallest sum of gaps.
    """
    from scipy.optimize import linear_sum_assignment

    if not lines:
        return [], []
    gaps = np.array([line.reading.gaps for _, line in lines])
    costs = np.minimum(gaps, 2 * agreement.MAX_GAP)
    pairs = [
        (gaps[i, j], i, j)
        for i, j in zip(*linear_sum_assignment(costs), strict=True)
        if gaps[i, j] <= agreement.MAX_GAP
    ]
    found = [(*lines[i], texts[j]) for _, i, j in sorted(pairs)]
    read, meant = {i for _, i, _ in pairs}, {j for _, _, j in pairs}
    left = [
        f"{name} was left out: it reads {line.reading.text!r}, none of the texts"
        for i, (name, line) in enumerate(lines)
        if i not in read
    ]
    left += [
        f"no line reads {text!r}" for j, text in enumerate(texts) if j not in meant
    ]
    return found, left


def _parted(strokes: list[np.ndarray]) -> list[list[np.ndarray]]:
    """The strokes of a page, with whatever columns they have, line by line."""
    paths = [stroke[:, :2] for stroke in strokes]
    whole = {id(path): stroke for path, stroke in zip(paths, strokes, strict=True)}
    return [[whole[id(p)] for p in line] for line in line_breaks.split_lines(paths)]


def _turned(strokes: Sequence, turn: list) -> list[np.ndarray]:
    """Strokes with x and y turned."""
    try:
        arrays = [np.array(stroke, np.float64) for stroke in strokes]
        arrays = [array for array in arrays if array.size]
        for array in arrays:
            array[:, :2] = array[:, :2] @ np.array(turn, np.float64).T
    except (ValueError, TypeError, IndexError) as error:
        raise InputError("each stroke must be rows of x, y or x, y, time") from error
    return arrays


def _leads(style: styles.Style, model: StrokeModel) -> bool:
    """Whether a model that is led through the line comes to its end."""
    try:
        _check(style, model)
    except InputError:
        return False
    return True


def _check(style: styles.Style, model: StrokeModel) -> None:
    cleaned = styles.find_style(styles.cleaned(style, model), model)
    styles_from_strokes.check_reading(cleaned, model)


def _reads(reading: str, text: str) -> str:
    if not reading.strip():
        return f"nothing can be read in your drawing, and {text!r} should be there"
    return f"your drawing reads {reading!r}, not {text!r}"


def _notes(way: str, name: str) -> list[str]:
    return [f"{name} was {way} and has been turned"] if way else []
