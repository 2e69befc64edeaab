"""The grey values of image files."""

import io
import struct
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from scribe.foundation.files import read_file

# What Pillow may open. An EPS, whatever its file is called, would start Ghostscript.
FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
# Of a word or a line. An image says in its first bytes how large it will be.
MAX_PIXELS = 16_000_000
MAX_BYTES = 64_000_000

# What Pillow raises at damaged files.
_DAMAGE = (
    *(OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError),
    *(OverflowError, EOFError, RuntimeError, MemoryError, struct.error, zlib.error),
)


class Unusable(Exception):
    """Why an image is left out, in a few words: reasons are counted."""


def read_image(path: str | Path) -> np.ndarray:
    """The grey values of an image file, as `decode_image` has them.

    Raises:
      Unusable: as there.
      InputError: it is no file, or has more than MAX_BYTES.
      OSError: it cannot be opened.
    """
    return decode_image(read_file(path, MAX_BYTES))


def decode_image(data: bytes, formats: Sequence[str] = FORMATS) -> np.ndarray:
    """The grey values of an image file: uint8 [H, W].

    Transparent ground is laid on white paper: grey = alpha * ink + (1 - alpha) * 255.

    Args:
      data: the file's content.
      formats: Pillow's names of those that may be.

    Raises:
      Unusable: the file is damaged, no image, or has more than MAX_PIXELS.
    """
    try:
        with (
            _without_warnings(),
            Image.open(io.BytesIO(data), formats=formats) as image,
        ):
            if image.width * image.height > MAX_PIXELS:
                raise Unusable("far too large")
            image.load()
            if image.mode.startswith("I"):  # 16 bits of grey
                return np.rint(np.asarray(image, np.float64) / 257.0).astype(np.uint8)
            if image.mode == "L" and "transparency" not in image.info:
                return np.asarray(image)
            grey = np.asarray(image.convert("RGBA").convert("LA"), np.float64)
    except _DAMAGE as error:
        raise Unusable("damaged, or no image") from error
    except Image.DecompressionBombError as error:
        raise Unusable("far too large") from error
    alpha = grey[..., 1] / 255.0
    return np.rint(alpha * grey[..., 0] + (1.0 - alpha) * 255.0).astype(np.uint8)


def _without_warnings():
    # Pillow warns of images that are large or damaged, which are refused here.
    return warnings.catch_warnings(action="ignore")
