"""What a model is made to write when it is judged."""

import dataclasses
from pathlib import Path

import numpy as np

from scribe.corpora.prepared import load_lines
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.writing import limits

SENTENCES = Path(__file__).with_name("legibility_texts.txt")
# Kind and string, in the twelve kinds of what people write that is no prose.
STRINGS = Path(__file__).with_name("strings.txt")


@dataclasses.dataclass(frozen=True, eq=False)
class Sample:
    """What is to be written.

    Attributes:
      source: where the texts are from.
      texts: with single spaces, in characters that the model knows.
      real: lines of a corpus with these texts, [P, 3] as recorded; None without one.
      left_out: texts that the model cannot write, or that are too long for a line.
      kinds: of each text, in the list of strings; None for others.
    """

    source: str
    texts: list[str]
    real: list[np.ndarray] | None
    left_out: int
    kinds: list[str] | None = None


def sample_texts(
    alphabet: Alphabet,
    num_texts: int,
    data_dir: str | None = None,
    split: str = "validation",
    seed: int = 0,
    strings: bool = False,
) -> Sample:
    """The texts that a model is judged by.

    Args:
      alphabet: of the model; texts with other characters are left out.
      num_texts: at most so many.
      data_dir: a corpus, of whose lines some are drawn by chance; None for the list
        that comes with the project, from its beginning.
      split: of that corpus.
      seed: of the draw.
      strings: the list of dates, amounts, addresses and the like in place of sentences.

    Raises:
      InputError: there is no text that the model can write, or a corpus was named
        beside the list of strings.
    """
    if strings and data_dir is not None:
        raise InputError("the list of strings has no data_dir: leave one of them out")
    if num_texts < 1:
        raise InputError(f"num_texts={num_texts}: must be 1 or more")
    if data_dir is None:
        path = STRINGS if strings else SENTENCES
        source = path.name
        rows = [row.rpartition("\t") for row in path.read_text("utf-8").splitlines()]
        found = [(text, kind) for kind, _, text in rows]
    else:
        source = f"the split {split} of {Path(data_dir).name}"
        lines = load_lines(data_dir, [split])
        order = np.random.default_rng(seed).permutation(len(lines))
        found = [(" ".join(lines[i].text.split()), lines[i].strokes) for i in order]
    kept = [
        (text, more)
        for text, more in found
        if text and len(text) <= limits.MAX_CHARACTERS and not alphabet.unknown(text)
    ]
    if not kept:
        raise InputError(f"the model cannot write any text of {source}")
    left_out = len(found) - len(kept)
    kept = kept[:num_texts]
    written, more = ([*column] for column in zip(*kept, strict=True))
    real = None if data_dir is None else more
    return Sample(source, written, real, left_out, more if strings else None)
