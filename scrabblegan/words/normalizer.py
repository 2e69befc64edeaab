"""One image of a word in the form that the networks take: 32 rows, 16 columns a letter.

Fogel et al. (2020), section 4.1, bring every word to 32 rows and 16 columns for each
character. What is done before that decides how well it can still be read; see
`WordNormalizer`.
"""

import dataclasses
from collections.abc import Mapping

import cv2
import gin
import numpy as np

from scrabblegan.images import HEIGHT_PIXELS, PIXELS_PER_CHARACTER, Unusable
from scribe.foundation.errors import InputError

PREPROCESSES = ("normal", "morphology")
FRAMES = ("text", "tight")

# Levels of grey between paper and ink below which nothing can be told apart.
_LEAST_CONTRAST = 16
# Paper is not even: so much of the contrast is taken for paper.
_PAPER_SHARE = 0.12
_INK_SHARE = 0.35  # from here on a pixel counts as ink where outlines are sought

# How far letters reach above the small ones and below the baseline, in x-heights.
_RISE, _FALL = 0.9, 0.9
_LOW_RISE, _LOW_FALL = 0.6, 0.3
_DOTTED, _TALL = "ijtäöüáéíóúš", "bdfhklßÄÖÜ\"'()[]!?&/£$%"
_HANGING, _COMMAS = "gjpqy", ",;"
_SIDE = 0.15  # free paper on either side of a word, in x-heights


@gin.register(module="scrabblegan")
@dataclasses.dataclass(frozen=True)
class WordNormalizer:
    """What is done to every image of a corpus; bound in gin/datasets/word_images.gin.

    Attributes:
      preprocess: "morphology" closes gaps in the ink before anything is resized;
        "normal" does not.
      kernel_pixels: side of the closing's square, in pixels of the scan.
      frame: what becomes the 32 rows. "tight" is the bounding box of the ink, as in the
        paper, so that an `a` stands as tall as an `h`. "text" adds the paper that the
        letters of the text leave free: above a word without tall letters, below one
        without tails. All words then have their small letters at one height.
      max_stretch: images that would be made wider or narrower by more than this factor
        against their height are left out.
    """

    preprocess: str
    kernel_pixels: int
    frame: str
    max_stretch: float

    def __post_init__(self):
        for name, known in (("preprocess", PREPROCESSES), ("frame", FRAMES)):
            if getattr(self, name) not in known:
                raise InputError(
                    f"WordNormalizer.{name} is {getattr(self, name)!r}: "
                    f"use {' or '.join(known)}"
                )
        if self.kernel_pixels < 1 or not self.max_stretch >= 1:
            raise InputError(
                f"WordNormalizer.kernel_pixels={self.kernel_pixels}, max_stretch="
                f"{self.max_stretch}: both must be 1 or more"
            )

    def __call__(self, pixels: np.ndarray, text: str) -> np.ndarray:
        """One word as the networks take it.

        Args:
          pixels: uint8 [H, W] grey, of either polarity.
          text: what is written.

        Returns:
          uint8 [32, 16 len(text)], ink 0 on paper 255.

        Raises:
          Unusable: nothing is written, or the text cannot be what is written.
        """
        if not any(character.isalnum() for character in text):
            raise Unusable("neither letter nor digit in the text")
        ink = without_debris(ink_of(pixels))
        if self.preprocess == "morphology":
            ink = closed(ink, self.kernel_pixels)
        ink = self._framed(trimmed(ink), text)
        rows, columns = ink.shape
        width = PIXELS_PER_CHARACTER * len(text)
        stretch = (width / columns) / (HEIGHT_PIXELS / rows)
        if not 1 / self.max_stretch <= stretch <= self.max_stretch:
            raise Unusable(f"more than {self.max_stretch:g} times too wide or narrow")
        return 255 - resized(ink, HEIGHT_PIXELS, width)

    def _framed(self, ink: np.ndarray, text: str) -> np.ndarray:
        """The ink with the free paper that belongs around it."""
        rise = max(rise_of(character) for character in text)
        fall = max(fall_of(character) for character in text)
        x_height = len(ink) / (rise + 1.0 + fall)
        side = round(_SIDE * x_height)
        above = below = 0
        if self.frame == "text":
            above = round((_RISE - rise) * x_height)
            below = round((_FALL - fall) * x_height)
        return np.pad(ink, [(above, below), (side, side)])


def normalizer_of(description: Mapping) -> WordNormalizer:
    """What was done to prepared words, by what their words.json says.

    Folders without one are taken for those of gin/datasets/word_images.gin.
    """
    usual = {
        "preprocess": "normal",
        "kernel_pixels": 3,
        "frame": "text",
        "max_stretch": 3.0,
    }
    return WordNormalizer(**{k: description.get(k, v) for k, v in usual.items()})


def rise_of(character: str) -> float:
    """How far a character reaches above the small letters, in x-heights."""
    if character.isupper() or character.isdigit() or character in _TALL:
        return _RISE
    return _LOW_RISE if character in _DOTTED else 0.0


def fall_of(character: str) -> float:
    """How far a character reaches below the baseline, in x-heights."""
    if character in _HANGING:
        return _FALL
    return _LOW_FALL if character in _COMMAS else 0.0


def ink_of(pixels: np.ndarray) -> np.ndarray:
    """How much ink is on each pixel, by the levels of grey of this image.

    Otsu's threshold parts ink from paper; the larger part is paper, whichever is the
    brighter. Pencil, pen and grey paper come out alike.

    Args:
      pixels: uint8 [H, W].

    Returns:
      uint8 [H, W], 0 on paper to 255.

    Raises:
      Unusable: paper and ink cannot be told apart.
    """
    if pixels.size == 0:
        raise Unusable("blank")
    threshold, _ = cv2.threshold(pixels, 0, 255, cv2.THRESH_OTSU)
    dark = pixels <= threshold
    if dark.all() or not dark.any():
        raise Unusable("blank")
    ink_is_dark = 2 * np.count_nonzero(dark) <= pixels.size
    ink_level = float(np.median(pixels[dark == ink_is_dark]))
    paper_level = float(np.median(pixels[dark != ink_is_dark]))
    contrast = ink_level - paper_level
    if abs(contrast) < _LEAST_CONTRAST:
        raise Unusable("blank")
    share = (pixels - paper_level) / contrast
    share = (share - _PAPER_SHARE) / (1.0 - _PAPER_SHARE)
    return np.rint(255.0 * share.clip(0.0, 1.0)).astype(np.uint8)


def closed(ink: np.ndarray, kernel_pixels: int) -> np.ndarray:
    """Morphological closing: fills gaps and holes narrower than the kernel with ink.

    cv2 takes the bright for the foreground. On dark ink over white paper the same call
    would erase thin strokes, so `ink` must be bright where ink is.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (kernel_pixels, kernel_pixels))
    return cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel)


def without_debris(ink: np.ndarray) -> np.ndarray:
    """Takes out what scans of forms have beside the word.

    Specks: pieces smaller than a thousandth of the image's height squared; the dot of
    an i has ten times that. Black corners of scans that were turned. The form's lines:
    flat and thin below the word, above it if they are longer than the image is high
    (else it may be the bar of a T), and upright ones that stand apart on either side.
    """
    mask = (ink > 255 * _INK_SHARE).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    rows, columns = ink.shape
    left, top, width, height, area = stats.T
    right = left + width
    thin, apart = 0.08 * rows, 0.25 * rows
    corners = np.isin(np.arange(count), labels[[0, 0, -1, -1], [0, -1, 0, -1]])
    flat = (width > 4 * height) & (height < thin)
    upright = (height > 4 * width) & (width < thin)
    small = area < 0.001 * rows**2
    corner = corners & (area < 0.05 * mask.sum())
    if _num_borders((mask > 0) & ~(small | corner)[labels]) > 1:
        corner[:] = False  # a word that was cut out tightly begins in its corner
    below = flat & (top > 0.85 * rows)
    above = flat & (top < 0.05 * rows) & (width > rows)
    debris = small | corner | below | above
    word = ~debris & ~upright
    word[0] = False  # the paper
    if not word.any():
        return ink
    beside = (right < left[word].min() - apart) | (left > right[word].max() + apart)
    debris |= upright & beside
    debris[0] = False
    # Its grey rim goes too, which is below the share that counts as ink.
    rim = cv2.dilate(debris[labels].astype(np.uint8), np.ones([3, 3], np.uint8)) > 0
    return np.where(rim & (debris[labels] | (mask == 0)), 0, ink).astype(np.uint8)


def _num_borders(mask: np.ndarray) -> int:
    """How many of an image's four borders have a pixel of `mask`."""
    return sum(
        bool(edge.any()) for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    )


def trimmed(ink: np.ndarray) -> np.ndarray:
    """The bounding box of the ink.

    Raises:
      Unusable: there is none.
    """
    mask = ink > 255 * _INK_SHARE
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        raise Unusable("blank")
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def resized(ink: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """uint8 [rows, columns]; each direction averages where it shrinks."""
    for axis, size in ((0, rows), (1, columns)):
        shape = (ink.shape[1], size) if axis == 0 else (size, ink.shape[0])
        shrinks = size <= ink.shape[axis]
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        ink = cv2.resize(ink, shape, interpolation=method)
    return ink
