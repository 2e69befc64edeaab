"""Scans of words as a network of ink learns from them: 64 rows, ink apart."""

import dataclasses

import cv2
import numpy as np

from scrabblegan.images import Unusable
from scrabblegan.words.normalizer import ink_of, without_debris
from scribe.models.ink_model import ROWS

MIN_COLUMNS = 64
_PAPER_SHARE = 0.07  # of the paper's brightness: darker pixels are ink or its rim
_RIM = 7  # pixels a side, around ink
_SHIFTS = 60
_INK, _DARK = 0.25, 0.16
_LEAST_PIXELS = 30
_SPREADS = (4.0, 26.0)  # pixels: others are no words


@dataclasses.dataclass(frozen=True, eq=False)
class Scan:
    """A scan of a word or a line.

    Attributes:
      image: uint8 [64, W], form lines and specks taken out.
      paper: uint8 [64, W], what would be there without ink.
      figures: float32 [3], see scribe.models.ink_model.FIGURES.
      place: float32 [3], where its ink is: left and right end, mean row.
    """

    image: np.ndarray
    paper: np.ndarray
    figures: np.ndarray
    place: np.ndarray


def scan_of(pixels: np.ndarray, random: np.random.Generator) -> Scan:
    """A scan with what is to be known of it.

    Args:
      pixels: uint8 [H, W] grey, ink darker than paper.
      random: of where the paper under the ink is taken from.

    Raises:
      Unusable: no writing is on it, or it is too narrow.
    """
    found = ink_of(pixels)
    if np.median(pixels[found > 127]) >= np.median(pixels[found <= 127]):
        raise Unusable("bright ink on dark paper")
    debris = cv2.dilate(
        ((found > 0) & (without_debris(found) == 0)).astype(np.uint8),
        np.ones([3, 3], np.uint8),
    )
    columns = round(pixels.shape[1] * ROWS / len(pixels))
    if columns < MIN_COLUMNS:
        raise Unusable(f"less than {MIN_COLUMNS} columns at {ROWS} rows")
    shape = (columns, ROWS)
    shrinks = len(pixels) >= ROWS
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    image = cv2.resize(pixels, shape, interpolation=method)
    debris = cv2.resize(debris, shape, interpolation=cv2.INTER_LINEAR) > 0
    brightness = float(np.median(image))
    marked = image < (1 - _PAPER_SHARE) * brightness
    rim = np.ones([_RIM, _RIM], np.uint8)
    covered = cv2.dilate((marked | debris).astype(np.uint8), rim) > 0
    paper = filled(image, covered, random)
    word = cv2.dilate((marked & ~debris).astype(np.uint8), rim) > 0
    image = np.where(debris & ~word, paper, image)
    ink = np.clip(1.0 - image / np.maximum(paper.astype(np.float32), 1.0), 0.0, 1.0)
    return Scan(image, paper, figures_of(ink), place_of(ink))


def filled(
    image: np.ndarray, covered: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """The image with what is covered taken from elsewhere on the same paper."""
    paper, left = image.copy(), covered.copy()
    rows, columns = image.shape
    for _ in range(_SHIFTS):
        if not left.any():
            return paper
        if random.random() < 0.6:
            shift = (0, int(random.integers(-40, 41)))
        else:
            reach = min(120, columns - 1)
            shift = tuple(int(random.integers(-r, r + 1)) for r in (rows // 3, reach))
        source, taken = (np.roll(a, shift, (0, 1)) for a in (paper, left))
        fits = left & ~taken
        paper[fits] = source[fits]
        left &= taken
    paper[left] = np.median(image[~covered]) if (~covered).any() else np.median(image)
    return paper


def figures_of(ink: np.ndarray) -> np.ndarray:
    """Height of the writing, darkness and breadth of the pen: float32 [3].

    Args:
      ink: float [H, W], 0 to 1.

    Raises:
      Unusable: there is too little of it, or it is no writing.
    """
    rows, _ = np.nonzero(ink > _INK)
    dark = ink[ink > _DARK]
    if len(rows) < _LEAST_PIXELS or len(dark) < _LEAST_PIXELS:
        raise Unusable("blank")
    spread, darkness = 2.0 * rows.std(), float(np.quantile(dark, 0.9))
    if not _SPREADS[0] <= spread <= _SPREADS[1]:
        raise Unusable("no single line of writing")
    mask = (ink > 0.5 * darkness).astype(np.uint8)
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    ridge = (distance >= cv2.dilate(distance, np.ones([3, 3]))) & (mask > 0)
    width = max(2.0 * float(distance[ridge].mean()) - 1.0, 0.3)
    return np.float32([spread, darkness, width])


def place_of(ink: np.ndarray) -> np.ndarray:
    """Where the ink begins and ends, and its mean row: float32 [3]."""
    rows, columns = np.nonzero(ink > _INK)
    left, right = np.quantile(columns, [0.005, 0.995])
    return np.float32([left, right, rows.mean()])
