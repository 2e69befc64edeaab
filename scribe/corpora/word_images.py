"""Words of a prepared corpus as images, drawn with pens that differ from page to page.

Pen paths stand in for scans where there are none. Each page has one scale and one pen,
chosen by a hash of its name: finer or bolder, and more or less wider where it was slow.
"""

import contextlib
import csv
import dataclasses
import hashlib
import io
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.corpora.prepared import Line, load_description, load_lines
from scribe.drawing.page import Look, lay_out
from scribe.foundation.errors import InputError
from scribe.strokes.measures import vertical_spread

# The deviation of y along the ink is about half the height of a small letter.
_X_HEIGHT_IN_SPREADS = 2.0
_DPI = 254.0  # so that 10 pixels are a millimetre of the drawing's page
_MARGIN_PIXELS = 4
# Of the height of a small letter: a fine liner to a felt tip.
_PEN_WIDTHS = (0.09, 0.17)
_PRESSURES = (0.3, 1.0)
# Averaged over 2 x 2 finer pixels: what comes next makes them smaller still.
_FINEST = 2
# A lone dash has no height; a page of nothing else would be drawn metres long.
_LONGEST_SIDE_PIXELS = 4000


@dataclasses.dataclass(frozen=True)
class Pen:
    """What the words of one page are drawn with.

    Attributes:
      pixels_per_unit: scale.
      width_pixels: of its line at usual speed.
      pressure: 0 for a line of one width to 1.
    """

    pixels_per_unit: float
    width_pixels: float
    pressure: float


def pen_of(form: str, words: Sequence[Line], x_height_pixels: float) -> Pen:
    """The pen of a page: its scale is that of the median word."""
    draws = hashlib.sha256(form.encode()).digest()
    width, pressure = (
        low + (high - low) * int.from_bytes(part, "big") / 2**64
        for (low, high), part in (
            (_PEN_WIDTHS, draws[:8]),
            (_PRESSURES, draws[8:16]),
        )
    )
    spread = float(np.median([vertical_spread(word.strokes) for word in words]))
    return Pen(
        pixels_per_unit=x_height_pixels / (_X_HEIGHT_IN_SPREADS * spread),
        width_pixels=width * x_height_pixels,
        pressure=pressure,
    )


def draw(strokes: np.ndarray, with_pen: Pen) -> np.ndarray:
    """One word: uint8 [H, W], ink 0 on paper 255, as large as it needs to be.

    Raises:
      InputError: it is longer than any word.
    """
    from scribe.drawing.pixels import coverage

    mm_per_pixel = 25.4 / _DPI
    look = Look(
        mm_per_unit=with_pen.pixels_per_unit * mm_per_pixel,
        pen_width_mm=with_pen.width_pixels * mm_per_pixel,
        pressure=with_pen.pressure,
        margin_mm=_MARGIN_PIXELS * mm_per_pixel,
    )
    page = lay_out(strokes, look)
    if max(page.width, page.height) > _LONGEST_SIDE_PIXELS * mm_per_pixel:
        raise InputError("the strokes are longer than any word")
    return 255 - coverage(page, look, _DPI, finest=_FINEST)


def images(
    words: Iterable[Line], x_height_pixels: float
) -> Iterator[tuple[Line, np.ndarray]]:
    """Each word with its image; those that cannot be drawn are left out."""
    by_form: dict[str, list[Line]] = {}
    for word in words:
        by_form.setdefault(word.form, []).append(word)
    for form, of_form in by_form.items():
        with_pen = pen_of(form, of_form, x_height_pixels)
        for word in of_form:
            with contextlib.suppress(InputError):
                yield word, draw(word.strokes, with_pen)


def save_images(
    folder: Path,
    data_dir: str | Path,
    x_height_pixels: float,
    progress: Callable[[int], None] = lambda num_drawn: None,
) -> int:
    """Writes an image of each word that can be drawn, and the list words.csv.

    Args:
      folder: that they are written into.
      data_dir: prepared corpus of words.
      x_height_pixels: height of a small letter.
      progress: called with the number of images so far.

    Returns:
      how many there are.
    """
    import cv2

    table = io.StringIO(newline="")
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["file", "text", "split", "form"])
    num_drawn = 0
    for split in load_description(data_dir).splits:
        lines = load_lines(data_dir, [split])
        for word, image in images(lines, x_height_pixels):
            form, name = map(_file_name, (word.form, word.name))
            path = folder / split / form / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
            rows.writerow(
                [path.relative_to(folder).as_posix(), word.text, split, word.form]
            )
            num_drawn += 1
            progress(num_drawn)
    (folder / "words.csv").write_text(table.getvalue(), encoding="utf-8")
    return num_drawn


def _file_name(name: str) -> str:
    """A name as a part of a path: it may hold what none can, or be `..`."""
    quoted = urllib.parse.quote(name, safe=" ")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E") or "%"
