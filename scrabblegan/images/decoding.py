"""The grey values of image files."""

import io
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image


class Unusable(Exception):
    """Why an image is left out, in a few words: reasons are counted."""


def decode_image(data: bytes, formats: Sequence[str] | None = None) -> np.ndarray:
    """The grey values of an image file: uint8 [H, W].

    Transparent ground is laid on white paper: grey = alpha * ink + (1 - alpha) * 255.

    Args:
      data: the file's content.
      formats: Pillow's names of those that may be; None for all that it knows.

    Raises:
      Unusable: the file is damaged or no image.
    """
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            image.load()
            if image.mode.startswith("I"):  # 16 bits of grey
                return np.rint(np.asarray(image, np.float64) / 257.0).astype(np.uint8)
            if image.mode == "L" and "transparency" not in image.info:
                return np.asarray(image)
            grey = np.asarray(image.convert("RGBA").convert("LA"), np.float64)
    except (OSError, ValueError, SyntaxError, zlib.error) as error:  # as PIL raises
        raise Unusable("damaged, or no image") from error
    except Image.DecompressionBombError as error:
        raise Unusable("far too large") from error
    alpha = grey[..., 1] / 255.0
    return np.rint(alpha * grey[..., 0] + (1.0 - alpha) * 255.0).astype(np.uint8)
