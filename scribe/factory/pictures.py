"""Pictures as files."""

import numpy as np

from scribe.foundation.errors import InputError

ENDINGS = ("png", "jpg")
# Of zlib, 1 to 9: pictures of noise gain nothing by more.
_PNG_COMPRESSION = 1


def encoded(image: np.ndarray, ending: str, quality: int = 90) -> bytes:
    """An image file.

    Args:
      image: uint8 [H, W], or [H, W, 3] red, green, blue.
      ending: "png" or "jpg".
      quality: of a JPEG, 1 to 100.
    """
    import cv2

    if ending not in ENDINGS:
        raise InputError(f"{ending!r} is no kind of picture: use png or jpg")
    options = [cv2.IMWRITE_PNG_COMPRESSION, _PNG_COMPRESSION]
    if ending == "jpg":
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    if image.ndim == 3:
        image = image[:, :, ::-1]
    return cv2.imencode(f".{ending}", image, options)[1].tobytes()
