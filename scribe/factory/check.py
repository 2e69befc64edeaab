"""Whether a line says what it should: the shipped reader reads each of its words.

The best path of the text through the reader's frames (scribe.reading.ctc) says which
frames fall to which word; what the reader sees there, unprompted, is its reading of
that word.
"""

from collections.abc import Sequence

import gin
import numpy as np

from scribe.foundation.alphabet import TERMINATOR_ID
from scribe.foundation.errors import InputError
from scribe.reading import Reader, load_reader
from scribe.reading.ctc import best_path
from scribe.reading.look_alikes import LOOK_ALIKES
from scribe.writing import WrittenLine

# What readers take for one another though the ink is right: besides what a pen writes
# alike, marks of one height.
_ALIKE = str.maketrans({**LOOK_ALIKES, "!": "l", '"': "'", **dict.fromkeys(",;:", ".")})


@gin.register(module="scribe")
class Check:
    """Reads what was written.

    Attributes:
      max_attempts: how often a line is written until all its words are read rightly.
        With 1, what is misread of it is left out.
    """

    def __init__(self, reader: str | None, max_cer: float, max_attempts: int):
        """
        Args:
          reader: name of a reader; None lets everything pass.
          max_cer: share of the characters of a word that may be misread, left out or
            put in; those that look alike count as one.
          max_attempts: 1 or more.

        Raises:
          InputError: there is no such reader, or a number is out of its range.
        """
        if not 0.0 <= max_cer <= 1.0 or max_attempts < 1:
            raise InputError(
                f"max_cer={max_cer}, max_attempts={max_attempts}: use a share from 0 "
                "to 1, and 1 attempt or more"
            )
        self.reader = None if reader is None else load_reader(reader)
        self.max_cer = max_cer
        self.max_attempts = max_attempts

    def passes(self, lines: Sequence[WrittenLine], scorer=None) -> list[np.ndarray]:
        """For each line whether each of its words is read well enough: bool [words].

        Args:
          lines: that were written.
          scorer: what scores them as the reader does; None for the reader.
        """
        found = [np.ones(line.text.count(" ") + 1, bool) for line in lines]
        if self.reader is None:
            return found
        for passes, line in zip(found, lines, strict=True):
            passes[_written_words(line)] = False
        # Two points or fewer are no line to read.
        readable = [n for n, line in enumerate(lines) if len(line.plain.strokes) > 2]
        read_as = [lines[n].read_as(self.reader.alphabet) for n in readable]
        scores = (scorer or self.reader).scores([line.strokes for line in read_as])
        for n, line, logits in zip(readable, read_as, scores, strict=True):
            words = _written_words(lines[n])
            if line is lines[n]:
                words = np.arange(len(found[n]))
            if len(words) == line.text.count(" ") + 1:
                found[n][words] = self._passes(line.text, logits)
        return found

    def _passes(self, text: str, scores: np.ndarray) -> np.ndarray:
        from rapidfuzz.distance import Levenshtein

        words = text.split()
        readings = word_readings(scores, self.reader, text)
        if readings is None:
            return np.zeros(len(words), bool)
        passes = []
        for word, reading in zip(words, readings, strict=True):
            plain = _plain(word, self.reader)
            errors = 0
            if plain:
                errors = Levenshtein.distance(
                    plain.translate(_ALIKE), reading.translate(_ALIKE)
                )
            # What the reader has no character for is read as something.
            strange = max(len(word) - len(plain), 0)
            passes.append(errors <= self.max_cer * len(word) + strange)
        return np.array(passes)


def _written_words(line: WrittenLine) -> np.ndarray:
    """The numbers of the words of which the network wrote something: int [n].

    What is drawn, as the sign of the euro, no reader has learnt.
    """
    word_of_letter = np.cumsum([character == " " for character in line.text])
    if line.composed is None:
        return np.unique(word_of_letter)
    own = np.array(line.composed.owners)
    letters = np.array([character != " " for character in line.plain.text])
    return np.unique(word_of_letter[own[(own >= 0) & letters]])


def word_readings(scores: np.ndarray, reader: Reader, text: str) -> list[str] | None:
    """What a reader sees of each word of a line.

    Args:
      scores: [T', V] of the line.
      reader: whose scores they are.
      text: words with one space between; characters that the reader lacks are taken
        for those that look like them, or none.

    Returns:
      a reading for each word, empty where the reader knows no character of it; None if
      the line has too few frames for its text.
    """
    plain = [_plain(word, reader) for word in text.split()]
    known = [number for number, word in enumerate(plain) if word]
    readings = [""] * len(plain)
    spelt = " ".join(plain[number] for number in known)
    if not spelt:
        return readings
    found = best_path(scores, reader.alphabet.encode(spelt)[:-1])
    if found is None:
        return None
    entries, _ = found
    # Entry 2 u + 1 is character u of the label; a blank falls to the one before it.
    character_of_frame = np.maximum(entries - 1, 0) // 2
    is_space = np.array([character == " " for character in spelt])
    word_of_frame = np.cumsum(is_space)[character_of_frame]
    path = scores.argmax(axis=1)
    seen = (path != TERMINATOR_ID) & (np.diff(path, prepend=TERMINATOR_ID) != 0)
    for frame in np.flatnonzero(seen):
        symbol = reader.alphabet.characters[path[frame] - 1]
        if symbol != " " or not is_space[character_of_frame[frame]]:
            readings[known[word_of_frame[frame]]] += symbol
    return [reading.strip() for reading in readings]


def _plain(word: str, reader: Reader) -> str:
    """A word in characters that the reader knows; letters without their accents."""
    return "".join(reader.alphabet.adapt(word, "replace").split())
