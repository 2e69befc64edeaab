"""Words in printed letters whose style follows z, one letter in each 16 columns.

They are what a generator learns first, see print_trainer: drawn from text and z alone,
they leave nothing to guess, so a squared error soon makes them sharp.
"""

import functools
import unicodedata

import cv2
import numpy as np

from scrabblegan.images import HEIGHT_PIXELS, PIXELS_PER_CHARACTER

# As WordNormalizer places the small letters of every word.
_X_HEIGHT = HEIGHT_PIXELS / 2.8  # pixels
_BASELINE = 1.9 * _X_HEIGHT  # pixels from above
_SCALE = 4  # pixels of the drawing for each of the image
_SPILL = PIXELS_PER_CHARACTER // 2  # pixels into either neighbour
_FONT, _FONT_SCALE = cv2.FONT_HERSHEY_SIMPLEX, 4.0
_SQUARE, _LEFT, _BOTTOM = 320, 80, 200  # where a letter is drawn at first
_LOOK_ALIKES = {"ß": "B"}
_WIDENING = 0.62  # letters are made so much narrower, to fit their columns
# Mean and range of thickness (pixels), slant, width and height: numbers 0 to 3 of z.
_THICKNESS, _SLANT, _WIDTH, _HEIGHT = (1.0, 0.6), (0.25, 0.35), (1.0, 0.15), (1.0, 0.12)


def printed(text: str, z: np.ndarray) -> np.ndarray:
    """Draws a word.

    Args:
      text: its characters.
      z: [Z] style, of which the first four numbers count.

    Returns:
      float32 [32, 16 len(text)], ink -1 on paper +1.
    """
    thickness, slant, width, height = (
        mean + span * np.tanh(number)
        for (mean, span), number in zip(
            (_THICKNESS, _SLANT, _WIDTH, _HEIGHT), z[:4], strict=True
        )
    )
    ink = np.zeros(
        [HEIGHT_PIXELS, PIXELS_PER_CHARACTER * len(text) + 2 * _SPILL], np.float32
    )
    for i, character in enumerate(text):
        letter = _letter(character, max(1, round(thickness * _SCALE)))
        columns = slice(
            i * PIXELS_PER_CHARACTER, (i + 1) * PIXELS_PER_CHARACTER + 2 * _SPILL
        )
        placed = _placed(*letter, slant, width, height)
        ink[:, columns] = np.maximum(ink[:, columns], placed)
    return 1.0 - 2.0 * ink[:, _SPILL:-_SPILL] / 255.0


@functools.cache
def _letter(character: str, thickness: int) -> tuple[np.ndarray, int, float]:
    """A large drawing, the letter's width in it, and the height of an x, in pixels."""
    square = np.zeros([_SQUARE, _SQUARE], np.uint8)
    at = (_LEFT, _BOTTOM)
    # cv2 draws ASCII only.
    plain, *marks = unicodedata.normalize("NFD", _LOOK_ALIKES.get(character, character))
    cv2.putText(square, plain, at, _FONT, _FONT_SCALE, 255, thickness, cv2.LINE_AA)
    (width, _), _ = cv2.getTextSize(plain, _FONT, _FONT_SCALE, 1)
    if marks:  # whichever they are: two dots
        top = int(np.flatnonzero(square.any(axis=1))[0])
        for share in (0.3, 0.7):
            dot = (round(_LEFT + share * width), round(top - 0.3 * _x_height()))
            cv2.circle(
                square, dot, round(1.2 * thickness), 255, cv2.FILLED, cv2.LINE_AA
            )
    return square, width, _x_height()


@functools.cache
def _x_height() -> float:
    """Pixels of a small x in the large drawing; it differs between versions of cv2."""
    square = np.zeros([_SQUARE, _SQUARE], np.uint8)
    cv2.putText(square, "x", (_LEFT, _BOTTOM), _FONT, _FONT_SCALE, 255, 1)
    return float(np.count_nonzero(square.any(axis=1)))


def _placed(
    square: np.ndarray,
    letter_width: int,
    x_height: float,
    slant: float,
    width: float,
    height: float,
) -> np.ndarray:
    """Slants and resizes a letter: float32 [32, 16 + 2 * spill], ink 255."""
    shape = (PIXELS_PER_CHARACTER + 2 * _SPILL, HEIGHT_PIXELS)
    down = height * _SCALE * _X_HEIGHT / x_height
    across = width * _WIDENING * _SCALE * _X_HEIGHT / x_height
    lean = slant * down
    centre = _SCALE * shape[0] / 2.0 - across * (_LEFT + letter_width / 2.0)
    # The middle of a small letter, not its foot, stays in the middle of its columns.
    centre += lean * (_BOTTOM - x_height / 2.0)
    lowered = _SCALE * _BASELINE - down * _BOTTOM
    matrix = np.array([[across, -lean, centre], [0.0, down, lowered]])
    large = cv2.warpAffine(square, matrix, [_SCALE * n for n in shape])
    return cv2.resize(large, shape, interpolation=cv2.INTER_AREA).astype(np.float32)
