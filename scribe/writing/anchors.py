"""Lines in a person's style that keep a network legible while it learns the hand.

The network writes them itself, before it learns: of characters that the person's own
lines have seldom or not at all, in the style that they prime it with. What a reader
reads without a mistake shows those characters in the person's slant and size, in shapes
that can be read. NumPy only.
"""

import collections
from collections.abc import Sequence

import numpy as np

from scribe.corpora.tokens import Tokens
from scribe.reading.reader import Reader
from scribe.writing.styles import Style
from scribe.writing.writer import Writer

# What is drawn before the rarest are taken.
_DRAWN = 400


def anchor_lines(
    writer: Writer,
    reader: Reader,
    lines: Sequence[Style],
    count: int,
    seed: int = 0,
) -> list[Style]:
    """Writes lines of rare characters.

    Args:
      writer: of the network that is to learn.
      reader: that checks them.
      lines: the person's, the style first.
      count: how many are tried; those that are misread are left out.
      seed: of the texts and the strokes.

    Returns:
      at most `count` lines, in the model's pen unit.
    """
    texts = rare_texts(writer, [line.text for line in lines], count, seed)
    written = writer.write(texts, style=lines[0], seed=seed)
    finished = [line for line in written if line.finished]
    readings = reader.read([line.strokes for line in finished])
    return [
        Style(line.text, line.strokes)
        for line, reading in zip(finished, readings, strict=True)
        if reading == line.text
    ]


def rare_texts(
    writer: Writer, texts: Sequence[str], count: int, seed: int
) -> list[str]:
    """Texts of a grammar with the characters that other texts show least.

    Args:
      writer: whose alphabet they keep to.
      texts: what the person wrote.
      count: how many.
      seed: of the grammar.
    """
    shown = collections.Counter("".join(texts))
    tokens = Tokens(np.random.default_rng(seed))
    drawn = list(dict.fromkeys(tokens.draw() for _ in range(_DRAWN)))
    alphabet = writer.model.alphabet
    waiting = [text for text in drawn if not alphabet.unknown(text)]
    found: list[str] = []
    while waiting and len(found) < count:
        # The mean over its characters of how rare each still is.
        best = max(
            waiting, key=lambda text: np.mean([1.0 / (1 + shown[c]) for c in text])
        )
        waiting.remove(best)
        shown.update(best)
        found.append(best)
    return found
