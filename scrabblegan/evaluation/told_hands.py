"""How many hands can be told apart by what they wrote.

The writer embedding that ships (`hand_embedding`) reads pen strokes, which images do
not have. So the hands are compared by the directions and bends of their outlines
(Bulacu and Schomaker 2007, the hinge feature, coarser), by slant and by darkness, all
of which depend little on the text.
"""

from collections.abc import Sequence

import cv2
import numpy as np

NUM_HANDS = 16
_BINS = 12  # of 360 degrees
_LEG = 4  # pixels along the outline, at 32 rows
_MIDDLE = 128
# The two halves of what a hand writes have no word in common.
FIRST_WORDS = "the motion was given over and signed by Harold"
OTHER_WORDS = "he said people might find him quite lucky today"


def num_told_apart(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> int:
    """How many hands are nearest to themselves by other words of theirs.

    Args:
      first, second: uint8 [H, W] of what each hand wrote, in the same order.
    """
    features = np.stack([hand_features(image) for image in (*first, *second)])
    spread = features.std(axis=0)
    features = features / np.where(spread > 1e-9, spread, 1.0)
    one, other = features[: len(first)], features[len(first) :]
    distances = np.square(one[:, None] - other[None]).sum(axis=2)
    nearest = distances.argmin(axis=1)
    # Hands that all look alike are all nearest to one of them.
    return int(np.count_nonzero(nearest == np.arange(len(first))))


def hand_features(image: np.ndarray) -> np.ndarray:
    """What a line says of its hand: the hinge's histogram and how dark the ink is.

    Args:
      image: uint8 [H, W], ink 0 on paper 255.
    """
    mask = (image < _MIDDLE).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    leg = max(round(_LEG * len(image) / 32), 1)
    histogram = np.zeros([_BINS, _BINS])
    for outline in outlines:
        points = outline[:, 0].astype(float)
        if len(points) < 2 * leg + 1:
            continue
        ahead = np.roll(points, -leg, axis=0) - points
        behind = np.roll(points, leg, axis=0) - points
        np.add.at(histogram, (_bin(ahead), _bin(behind)), 1)
    histogram /= max(histogram.sum(), 1.0)
    ink = image[mask > 0]
    dark = [ink.mean() / 255, len(ink) / image.size] if len(ink) else [1.0, 0.0]
    # The root makes rare bends count beside frequent ones.
    return np.concatenate([np.sqrt(histogram).ravel(), dark])


def _bin(directions: np.ndarray) -> np.ndarray:
    angle = np.arctan2(directions[:, 1], directions[:, 0])
    return (np.floor((angle / (2 * np.pi) + 0.5) * _BINS)).astype(int) % _BINS
