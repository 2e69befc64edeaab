"""Grey images as arrays, whatever is on them. NumPy and Pillow only.

How bytes become the networks' numbers and what size words have (`pixels`), what image
files hold (`decoding`), images side by side, as files and as films (`pictures`), and
how far sets of images are from each other (`distances`). Imports no other room.
"""

from scrabblegan.images.decoding import MAX_BYTES, Unusable, decode_image, read_image
from scrabblegan.images.pixels import (
    HEIGHT_PIXELS,
    PIXELS_PER_CHARACTER,
    to_network,
    to_pixels,
)

__all__ = [
    "HEIGHT_PIXELS",
    "MAX_BYTES",
    "PIXELS_PER_CHARACTER",
    "Unusable",
    "decode_image",
    "read_image",
    "to_network",
    "to_pixels",
]
