"""What a model writes on one sheet, to be looked at: texts by bias, then styles.

One row per text and one column per bias; below, each style that comes with the model
writes the same sentence. The texts are the first of those that legibility is measured
on, the hands are those of the seed: nothing is chosen. Lines that left letters out, or
did not end, are marked. The other sheet, of `WeakestLines`, shows what was misread
most.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

BIASES = (0.5, 1.0, 1.5)
NUM_TEXTS = 24
STYLE_TEXT = "Every hand has a rhythm of its own, 24 hours a day."
STYLES_PER_ROW = 2
NUM_WEAKEST = 25
# Every printable character of ASCII, and the letters and signs of European languages.
CHARACTERS = Path(__file__).with_name("character_texts.txt")
NUM_SEEDS = 8
FAILED = "not finished: "
_LINE = {"height_mm": 5.0, "margin_mm": 1.0, "caption_mm": 1.8, "pen_width_mm": 0.25}
_DPI = 130.0
# Enough for anti-aliased ink, and a third of the file.
_GREYS = 16


def save(
    writer,
    path: str | Path,
    biases: Sequence[float] = BIASES,
    num_texts: int = NUM_TEXTS,
    seed: int = 0,
) -> None:
    """Draws the sheet of a writer.

    Args:
      writer: of a model that reads text.
      path: the picture, see `check_path`.
      biases: a column for each.
      num_texts: rows of texts.
      seed: of the hands.

    Raises:
      InputError: the model reads no text, or a number is out of its range.
    """
    from scribe.evaluation.sample_texts import sample_texts

    if not writer.model.reads_text:
        raise InputError(f"{writer.model.folder} is a model without text")
    texts = sample_texts(writer.model.alphabet, num_texts).texts
    rows = text_rows(writer, texts, biases, seed) + style_rows(writer, seed)
    write_whole(path, png(sheet(rows)))


def save_characters(
    writer, path: str | Path, bias: float = 1.0, num_seeds: int = NUM_SEEDS
) -> None:
    """Draws short texts of all characters, a row for each, a column for each seed.

    Args:
      writer: of a model that reads text.
      path: the picture, see `check_path`.
      bias: as for `Writer.write`.
      num_seeds: 0, 1, ... so many.
    """
    texts = CHARACTERS.read_text("utf-8").splitlines()
    columns = []
    for seed in range(num_seeds):
        lines = writer.write(texts, bias=bias, seed=seed)
        captions = texts if seed == 0 else [f"seed {seed}"] * len(texts)
        columns.append(list(map(cell, lines, captions)))
    rows = [list(row) for row in zip(*columns, strict=True)]
    write_whole(path, png(sheet(rows)))


class WeakestLines:
    """The lines of each pass of a measurement that were misread most, to be looked at.

    A reader may be wrong where the eye is not, and the other way round.
    """

    def __init__(self):
        self._rows = []

    def watch(self, title: str, lines: Sequence, figures: dict) -> None:
        """Keeps the weakest lines of a pass, see `scribe.evaluation.legibility`."""
        ranked = sorted(
            zip(lines, figures["lines"], strict=True),
            key=lambda pair: -pair[1]["errors"] / len(pair[1]["text"]),
        )
        for line, judged in ranked[:NUM_WEAKEST]:
            reading = next(iter(judged["readings"].values()))
            caption = f"{title}   {judged['text']}   read as   {reading}"
            self._rows.append([cell(line, caption)])

    def save(self, path: str | Path) -> None:
        """Draws them, a row for each."""
        write_whole(path, png(sheet(self._rows)))


def check_path(path: str | Path) -> None:
    """Refuses a file that is not .png."""
    if Path(path).suffix.lower() != ".png":
        raise InputError(f"--sheet={path}: a contact sheet is a .png")


def text_rows(
    writer, texts: Sequence[str], biases: Sequence[float], seed: int
) -> list[list[np.ndarray]]:
    """A row of cells for each text, a column for each bias."""
    columns = []
    for bias in biases:
        lines = writer.write(texts, bias=bias, seed=seed)
        captions = [f"bias {bias:g}"] * len(lines)
        if not columns:
            captions = [f"bias {bias:g}   {line.text}" for line in lines]
        columns.append(list(map(cell, lines, captions)))
    return [list(row) for row in zip(*columns, strict=True)]


def style_rows(writer, seed: int) -> list[list[np.ndarray]]:
    """The same sentence in each style of the model, some in a row."""
    text = writer.model.alphabet.adapt(STYLE_TEXT, "replace")
    cells = []
    for style in writer.style_names():
        (line,) = writer.write([text], style=style, seed=seed)
        cells.append(cell(line, f"style {style}"))
    return [cells[i : i + STYLES_PER_ROW] for i in range(0, len(cells), STYLES_PER_ROW)]


def cell(line, caption: str) -> np.ndarray:
    """A written line with its caption: uint8 [H, W], 255 is paper."""
    from scribe import drawing

    if not line.finished:
        caption = FAILED + caption
    try:
        picture = drawing.raster([line.strokes], captions=[caption], dpi=_DPI, **_LINE)
    except InputError:  # a pen that ran for metres
        empty = line.strokes[:1].copy()
        picture = drawing.raster([empty], captions=[caption], dpi=_DPI, **_LINE)
    return picture.mean(axis=2).astype(np.uint8)


def sheet(rows: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Puts rows of cells below each other, each row's columns flush with the next.

    Args:
      rows: of pictures [H, W]; successive rows with the same number of cells share the
        widths of their columns.

    Returns:
      uint8 [height, width].
    """
    blocks: list[list[Sequence[np.ndarray]]] = []
    for row in rows:
        if not blocks or len(blocks[-1][0]) != len(row):
            blocks.append([])
        blocks[-1].append(row)
    strips = []
    for block in blocks:
        columns = zip(*block, strict=True)
        widths = [max(c.shape[1] for c in column) for column in columns]
        for row in block:
            strip = np.full([max(c.shape[0] for c in row), sum(widths)], 255, np.uint8)
            lefts = np.cumsum([0, *widths[:-1]])
            for left, picture in zip(lefts, row, strict=True):
                strip[: picture.shape[0], left : left + picture.shape[1]] = picture
            strips.append(strip)
    width = max(strip.shape[1] for strip in strips)
    return np.concatenate(
        [
            np.pad(s, [(0, 0), (0, width - s.shape[1])], constant_values=255)
            for s in strips
        ]
    )


def png(picture: np.ndarray) -> bytes:
    """A PNG file of few greys: [H, W] -> bytes."""
    from PIL import Image

    levels = np.rint(picture / 255.0 * (_GREYS - 1)).astype(np.uint8)
    image = Image.fromarray(levels).convert("P")
    greys = np.rint(np.arange(_GREYS) * 255.0 / (_GREYS - 1)).astype(int)
    image.putpalette([int(grey) for grey in greys for _ in range(3)])
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True, bits=4, dpi=(_DPI, _DPI))
    return file.getvalue()
