"""Reads raw images of words: of any size and colour, with any paper around.

Training knows each word's text and brings it to 16 columns a character, with its small
letters at one height (`WordNormalizer`). Here the text is what is sought.
So guesses are tried: with tall letters or without, with hanging ones or without, and as
many letters as the width allows. The likeliest texts that are read in these forms are
then looked for in the form that each of them would have, and there the likeliest wins.
"""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np

from scrabblegan.images import Unusable
from scrabblegan.models.recognizer import Recognizer
from scrabblegan.words.normalizer import (
    WordNormalizer,
    fall_of,
    ink_of,
    rise_of,
    trimmed,
    without_debris,
)

# Letters that stand for all words that reach as high and as low.
_STAND_INS = ("", "i", "h", "p", "ip", "hp")
# Width of a character over the height of small letters: of 95 % of IAM-OnDB's words.
_NARROWEST, _WIDEST = 0.5, 1.8
_MAX_CHARACTERS = 24
_NUM_HYPOTHESES = 8
_MAX_ROWS = 160  # of an image: larger ones are read no better, and take longer


@dataclasses.dataclass(frozen=True)
class Reading:
    """What an image says.

    Attributes:
      text: empty if nothing can be read.
      nats: how unlikely the recognizer finds it, per character.
    """

    text: str
    nats: float


def read_raw_image(
    recognizer: Recognizer,
    pixels: np.ndarray,
    decoder: str = "greedy",
    beam_width: int = 20,
) -> Reading:
    """Reads one word.

    Args:
      recognizer: a trained one.
      pixels: uint8 [H, W] grey, of either polarity.
      decoder, beam_width: as for `Recognizer.read`.

    Raises:
      Unusable: nothing is written there.
    """
    if len(pixels) > _MAX_ROWS:
        columns = max(round(pixels.shape[1] * _MAX_ROWS / len(pixels)), 1)
        pixels = cv2.resize(pixels, (columns, _MAX_ROWS), interpolation=cv2.INTER_AREA)
    guesses = _framed(recognizer.normalizer, pixels, _stand_ins(pixels))
    texts = recognizer.read(guesses, decoder, beam_width)
    likely = _likeliest(recognizer, guesses, texts)[:_NUM_HYPOTHESES]
    own = [(text, _framed(recognizer.normalizer, pixels, [text])) for text in likely]
    own = [(text, images[0]) for text, images in own if images]
    if not own:
        return Reading(likely[0] if likely else "", np.inf)
    texts, images = zip(*own, strict=True)
    nats = recognizer.nats(images, texts)
    best = int(nats.argmin())
    return Reading(texts[best], float(nats[best]))


def _stand_ins(pixels: np.ndarray) -> list[str]:
    """Texts of all forms that the word may have."""
    rows, columns = trimmed(without_debris(ink_of(pixels))).shape
    found = []
    for letters in _STAND_INS:
        rise = max([0.0, *map(rise_of, letters)])
        fall = max([0.0, *map(fall_of, letters)])
        x_height = rows / (rise + 1.0 + fall)
        fewest = max(round(columns / x_height / _WIDEST), len(letters), 1)
        most = min(round(columns / x_height / _NARROWEST), _MAX_CHARACTERS)
        for count in range(fewest, max(most, fewest) + 1):
            found.append(letters + "n" * (count - len(letters)))
    return found


def _framed(
    normalizer: WordNormalizer, pixels: np.ndarray, texts: Sequence[str]
) -> list[np.ndarray]:
    """The image in the form of each text, where it can be brought to it."""
    images = []
    for text in texts:
        try:
            images.append(normalizer(pixels, text))
        except Unusable:
            continue
    return images


def _likeliest(recognizer, images, texts) -> list[str]:
    """The different texts that were read in images, the likeliest first."""
    read = [i for i, text in enumerate(texts) if text]
    if not read:
        return []
    chosen = [texts[i] for i in read]
    nats: dict[str, float] = {}
    for text, found in zip(
        chosen, recognizer.nats([images[i] for i in read], chosen), strict=True
    ):
        nats[text] = min(found, nats.get(text, np.inf))
    return sorted(nats, key=nats.get)
