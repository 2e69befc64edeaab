"""Decoding with several hypotheses: Keras' prefix beam search on a reader's scores.

Without a language model it finds a little more probable texts than the best path does;
it needs TensorFlow, which the best path does not.
"""

from collections.abc import Sequence

import numpy as np

from scribe.foundation.alphabet import TERMINATOR_ID
from scribe.reading.reader import Reader


def read_with_beam(
    reader: Reader, strokes: Sequence[np.ndarray], beam_width: int
) -> list[str]:
    """The most probable texts among those that the beam holds.

    Args:
      reader: a trained reader.
      strokes: lines, as for `Reader.read`.
      beam_width: texts that are kept from frame to frame.
    """
    import keras

    scores = reader.scores(strokes)
    lengths = np.array([len(frames) for frames in scores])
    padded = np.zeros([len(scores), lengths.max(), scores[0].shape[1]], np.float32)
    for row, frames in zip(padded, scores, strict=True):
        row[: len(frames)] = frames
    (best,), _ = keras.ops.ctc_decode(
        padded,
        lengths,
        strategy="beam_search",
        beam_width=beam_width,
        top_paths=1,
        mask_index=TERMINATOR_ID,
    )
    characters = reader.alphabet.characters
    return [
        "".join(characters[i - 1] for i in ids if i > 0) for ids in np.asarray(best)
    ]
