"""Draws a corpus of words as images, with a list of what is written on each.

  python -m scribe.render_words --data_dir=data/iam_ondb_words --output=data/iam_images
  python -m scrabblegan.prepare_data --format=folder --source=data/iam_images \\
      --output=data/iam_words

Pen paths stand in for scans where there are none. Each page has one scale and one pen,
chosen by a hash of its name: finer or bolder, and more or less wider where it was
slow. `words.csv` gives the text, the split and the page of each image.
"""

import contextlib
import csv
import dataclasses
import hashlib
import io
import sys
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from scribe.corpora.prepared import Corpus, Line, load_description, load_lines
from scribe.drawing.page import Look, lay_out
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import check_new_folder, whole_folder
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
_SECONDS_BETWEEN_REPORTS = 5.0


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


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.render_words")
    parser.add_argument(
        "--data_dir", required=True, metavar="FOLDER",
        help="prepared corpus of words, of scribe.prepare_data --format=words",
    )  # fmt: skip
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="new folder to write"
    )
    parser.add_argument(
        "--x_height", type=float, default=24.0, metavar="PIXELS",
        help="height of a small letter (default: %(default)g)",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if not 2.0 <= options.x_height <= 200.0:
        raise InputError(f"--x_height={options.x_height:g}: must be from 2 to 200")
    corpus = load_description(options.data_dir)
    check_new_folder(options.output)
    with command_line.removing_halves(), whole_folder(options.output) as folder:
        num_drawn = _save(folder, options.data_dir, corpus, options.x_height)
        if num_drawn == 0:
            raise InputError(f"no word of {options.data_dir} could be drawn")
    print(f"{num_drawn} words in {options.output}")
    num_missing = sum(corpus.splits.values()) - num_drawn
    if num_missing:
        print(f"{num_missing} could not be drawn: longer than any word")
    return 0


def _save(folder: Path, data_dir: str, corpus: Corpus, x_height_pixels: float) -> int:
    """Writes the images and the list; returns how many there are."""
    import cv2

    table = io.StringIO(newline="")
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["file", "text", "split", "form"])
    report = _Report(sum(corpus.splits.values()))
    for split in corpus.splits:
        lines = load_lines(data_dir, [split])
        for word, image in images(lines, x_height_pixels):
            # Names may hold what no file name can.
            form, name = (
                urllib.parse.quote(x, safe=" ") for x in (word.form, word.name)
            )
            path = folder / split / form / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
            rows.writerow(
                [path.relative_to(folder).as_posix(), word.text, split, word.form]
            )
            report.add()
    (folder / "words.csv").write_text(table.getvalue(), encoding="utf-8")
    return report.num_drawn


class _Report:
    """Shows on stderr how far drawing is, its rate and the time left."""

    def __init__(self, num_words: int):
        self.num_drawn = 0
        self._num_words = num_words
        self._started = self._reported = time.monotonic()

    def add(self) -> None:
        self.num_drawn += 1
        now = time.monotonic()
        if now - self._reported < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported = now
        rate = self.num_drawn / (now - self._started)
        print(
            f"{self.num_drawn / self._num_words:4.0%}  {rate:.0f} words a second, "
            f"{(self._num_words - self.num_drawn) / rate:.0f} s left",
            file=sys.stderr,
            flush=True,
        )


if __name__ == "__main__":
    command_line.run(main)
