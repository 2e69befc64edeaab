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
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from scribe import command_line
from scribe import strokes as pen
from scribe.corpus import Line, load_description, load_lines
from scribe.drawing.page import Style, lay_out
from scribe.errors import InputError
from scribe.files import check_new_folder, whole_folder

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
    spread = float(np.median([pen.vertical_spread(word.strokes) for word in words]))
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
    style = Style(
        mm_per_unit=with_pen.pixels_per_unit * mm_per_pixel,
        pen_width_mm=with_pen.width_pixels * mm_per_pixel,
        pressure=with_pen.pressure,
        margin_mm=_MARGIN_PIXELS * mm_per_pixel,
    )
    page = lay_out(strokes, style)
    if max(page.width, page.height) > _LONGEST_SIDE_PIXELS * mm_per_pixel:
        raise InputError("the strokes are longer than any word")
    return 255 - coverage(page, style, _DPI, finest=_FINEST)


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
        help="prepared corpus of words, as scribe.cut_words makes it",
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
    import cv2

    started = reported = time.monotonic()
    table = io.StringIO(newline="")
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["file", "text", "split", "form"])
    num_words = sum(corpus.splits.values())
    num_drawn = 0
    with whole_folder(options.output) as folder:
        for split in corpus.splits:
            lines = load_lines(options.data_dir, [split])
            for word, image in images(lines, options.x_height):
                place = folder / split / _file_name(word.form)
                place.mkdir(parents=True, exist_ok=True)
                path = place / f"{_file_name(word.name)}.png"
                path.write_bytes(cv2.imencode(".png", image)[1].tobytes())
                relative = path.relative_to(folder).as_posix()
                rows.writerow([relative, word.text, split, word.form])
                num_drawn += 1
                if time.monotonic() - reported > _SECONDS_BETWEEN_REPORTS:
                    reported = time.monotonic()
                    rate = num_drawn / (reported - started)
                    print(
                        f"{num_drawn / num_words:4.0%}  {rate:.0f} words a second, "
                        f"{(num_words - num_drawn) / rate:.0f} s left",
                        file=sys.stderr,
                    )
        if num_drawn == 0:
            raise InputError(f"no word of {options.data_dir} could be drawn")
        (folder / "words.csv").write_text(table.getvalue(), encoding="utf-8")
    print(f"{num_drawn} words in {options.output}")
    if num_drawn < num_words:
        print(f"{num_words - num_drawn} could not be drawn: longer than any word")
    return 0


def _file_name(name: str) -> str:
    """A name of the corpus as a file's."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in name)


if __name__ == "__main__":
    command_line.run(main)
