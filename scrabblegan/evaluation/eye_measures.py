"""What the eye sees at once in images of words, and error rates do not: counted.

All count the same way on real words, whose figures are what to compare with. None needs
a network.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from scrabblegan.images import HEIGHT_PIXELS

# Smudges: pixels with some ink that lie away from all that are mostly ink.
_FAINT, _DARK, _NEAR_PIXELS = 0.08, 0.5, 2
_SMUDGE_PIXELS = 6  # of 32 rows; as many more as there are more rows
# Pieces: connected pixels with so much ink.
_INK, _LEAST_PIXELS = 0.35, 3
# In x-heights, where all small letters stand at one height (WordNormalizer.frame).
_ABOVE_BASELINE, _ALL = 1.9, 2.8
_BELOW = 0.2  # from here on down there are tails only
_TAIL_PIXELS = 4
_TAILED = "fgjpqyzßJQ,;()[]/$&@|"


def eye_figures(
    images: Sequence[np.ndarray], texts: Sequence[str], has_baseline: bool = True
) -> dict:
    """Shares and means over words.

    Args:
      images: uint8 [H, W], ink 0 on paper 255.
      texts: what they say.
      has_baseline: whether all words stand at one height, as frame="text" sets them.

    Returns:
      `smudged`, the share of words with a smudge; `pieces`, of ink per character;
      `loose_tails`, the share of words with a tail that hangs on nothing or that no
      letter has, None without a baseline.
    """
    characters = sum(map(len, texts))
    loose = [has_loose_tail(*pair) for pair in zip(images, texts, strict=True)]
    return {
        "smudged": float(np.mean([is_smudged(image) for image in images])),
        "pieces": sum(map(num_pieces, images)) / characters,
        "loose_tails": float(np.mean(loose)) if has_baseline else None,
    }


def is_smudged(image: np.ndarray) -> bool:
    """Whether there is a grey veil: faint ink away from any stroke."""
    ink = _ink(image)
    size = 2 * _NEAR_PIXELS + 1
    dark = (ink >= _DARK).astype(np.uint8)
    near = cv2.dilate(dark, np.ones([size, size], np.uint8)) > 0
    count = np.count_nonzero((ink > _FAINT) & ~near)
    return bool(count >= _SMUDGE_PIXELS * len(image) / HEIGHT_PIXELS)


def num_pieces(image: np.ndarray) -> int:
    """Connected pieces of ink; letters that are joined are one piece."""
    return len(_pieces(_ink(image) > _INK, _LEAST_PIXELS))


def has_loose_tail(image: np.ndarray, text: str) -> bool:
    """Whether ink below the baseline hangs on nothing, or has no letter to belong to.

    A word of 32 rows has its baseline where WordNormalizer sets it. Real words may
    stand a little lower: compare with their share.
    """
    rows = len(image)
    x_height = rows / _ALL
    baseline = round(_ABOVE_BASELINE * x_height)
    mask = _ink(image) > _INK
    tops = _pieces(mask, _TAIL_PIXELS)
    marks = sum(character in ",;" for character in text)
    if np.count_nonzero(tops >= baseline) > marks:
        return True
    tails = _pieces(mask[baseline + round(_BELOW * x_height) :], _TAIL_PIXELS)
    return len(tails) > sum(character in _TAILED for character in text)


def _pieces(mask: np.ndarray, least: int) -> np.ndarray:
    """The top row of each connected piece with `least` pixels and more."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=8
    )
    large = stats[1:, cv2.CC_STAT_AREA] >= least
    return stats[1:, cv2.CC_STAT_TOP][large]


def _ink(image: np.ndarray) -> np.ndarray:
    return 1.0 - image.astype(np.float32) / 255.0
