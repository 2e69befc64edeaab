"""Images side by side, as PNG files and as a film of a training."""

import io
import logging
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from scrabblegan.images.decoding import Unusable, read_image
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

logger = logging.getLogger(__name__)

_FRAME_MILLISECONDS = 400
_LAST_FRAME_MILLISECONDS = 2500
_WORD_GAP_PIXELS = 10


def grid(images: np.ndarray, num_columns: int | None = None) -> np.ndarray:
    """Lays images out in rows, about as many as columns.

    Args:
      images: uint8 [N, H, W].
      num_columns: None for the root of N, rounded up.

    Returns:
      uint8 [rows H, columns W]; cells without an image are paper.
    """
    columns = num_columns or math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    height, width = images.shape[1:]
    cells = np.full([rows * columns, height, width], 255, np.uint8)
    cells[: len(images)] = images
    cells = cells.reshape(rows, columns, height, width)
    return cells.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)


def stack(rows: list[np.ndarray]) -> np.ndarray:
    """Lays pictures of equal width below each other: [H, W] each -> [sum of H, W]."""
    return np.concatenate(rows)


def line(words: list[np.ndarray]) -> np.ndarray:
    """Words [H, W] beside each other, with a gap of paper: [H, sum of W and gaps]."""
    gap = np.full([len(words[0]), _WORD_GAP_PIXELS], 255, np.uint8)
    pieces = [piece for word in words for piece in (gap, word)]
    return np.concatenate(pieces[1:], axis=1)


def save_png(pixels: np.ndarray, path: Path, scale: int = 1) -> None:
    """Writes uint8 [H, W] as a PNG, each pixel a square of `scale`."""
    picture = Image.fromarray(pixels).resize(
        (pixels.shape[1] * scale, pixels.shape[0] * scale), Image.Resampling.NEAREST
    )
    _write_whole(path, lambda file: picture.save(file, format="PNG"))


def check_png(path: str) -> Path:
    """The path, if a PNG can be written there.

    Raises:
      InputError: it has another ending, or is or lies in what is no place for it.
    """
    checked = Path(path)
    if checked.suffix.lower() != ".png":
        raise InputError(f"cannot draw into {path!r}: its ending must be .png")
    if checked.is_dir():
        raise InputError(f"{path} is a folder: name a file")
    return checked


def add_to_film(picture: np.ndarray, folder: Path, step: int) -> None:
    """Keeps a picture uint8 [H, W] of a step, and renews the film of all of them.

    They are `pictures/samples_*.png` and `samples.gif` of the run folder.
    """
    frame = folder / "pictures" / f"samples_{step:07d}.png"
    save_png(picture, frame)
    save_film(sorted(frame.parent.glob("samples_*.png")), folder)


def save_film(frames: list[Path], folder: Path) -> None:
    """Writes `samples.gif` of PNG files of one size, the last one longest."""
    images = []
    for frame in frames:
        try:
            images.append(Image.fromarray(read_image(frame)))
        except (Unusable, InputError) as error:
            logger.warning("%s is left out of the film: %s", frame, error)
    durations = [_FRAME_MILLISECONDS] * (len(images) - 1) + [_LAST_FRAME_MILLISECONDS]

    def write(file):
        images[0].save(
            file,
            format="GIF",
            save_all=True,
            append_images=images[1:],
            duration=durations,
            loop=0,
        )

    _write_whole(folder / "samples.gif", write)


def _write_whole(path: Path, write: Callable) -> None:
    """Gives `write` a file in memory and puts it to `path`, whole or not at all."""
    data = io.BytesIO()
    write(data)
    write_whole(path, data.getvalue())
