"""Whether strokes spell a text, as a reader sees them. NumPy only.

The reader's own reading may be wrong in many letters of an untidy hand. How much less
probable than that reading the text is, per character, tells right texts from wrong ones
better than the number of misread letters does (docs/use/OWN_HAND.md has the figures).
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.reading.reader import Reader

# Nats per character: of 295 lines with their own texts the largest was 2.7, of 884 with
# texts of other lines the smallest 5.0.
MAX_GAP = 3.5
# Lines that are upright and spelt like that were below this in 95 of 100, and turned or
# mirrored ones all above 2: it is not worth looking whether others turned read better.
SURE_GAP = 1.2
# Nats per character of its own reading from which on a reader is at a loss, so that it
# vouches for no text: of 885 upright lines the most was 0.5; turned ones have 3 to 18.
MAX_DOUBT = 2.5
# A text is judged if the reader knows so many of its characters.
_MIN_KNOWN = 0.5


@dataclasses.dataclass(frozen=True, eq=False)
class Reading:
    """What a reader makes of a line.

    Attributes:
      text: its own reading.
      doubt: nats per character of it: small where the reader is sure.
      gaps: [texts] how much less probable each text is than the reading, in nats per
        character: infinite for a text that is too long, and where the reader is at a
        loss; 0 for one that the reader cannot judge.
    """

    text: str
    doubt: float
    gaps: np.ndarray


def read_against(
    reader: Reader, lines: Sequence[np.ndarray], texts: Sequence[str]
) -> list[Reading]:
    """Reads lines, and holds each against each text.

    Args:
      reader: any.
      lines: [P, 3] each, as for `Reader.read`.
      texts: in any characters; those that the reader does not know are passed over.
    """
    readings = []
    for logits in reader.scores(lines):
        text = reader.decoded(logits)
        own = reader.text_nats(logits, text)
        doubt = own / max(len(text), 1)
        gaps = np.zeros(len(texts))
        for j, other in enumerate(texts):
            known = reader.alphabet.adapt(other, "skip")
            if len(known) >= _MIN_KNOWN * len(other):
                gaps[j] = np.inf
                if doubt <= MAX_DOUBT:
                    gaps[j] = (reader.text_nats(logits, known) - own) / len(known)
        readings.append(Reading(text, doubt, gaps))
    return readings
