"""The pickled corpora that programs of the Scribe family make from IAM-OnDB.

`strokes_training_data.cpkl` (greydanus/scribe and its descendants) and `styles.p` hold
`[strokes, texts]`: [T, 3] arrays (dx, dy, end_of_stroke) in tablet units, y downwards,
and as many texts. An older form is `[metadata, strokes, texts]` with all strokes padded
to one length by zeros and all texts by underscores.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scribe.corpora.corpus_reader import Reader
from scribe.corpora.prepared import Line
from scribe.corpora.safe_pickle import load_arrays
from scribe.corpora.transcription import ILLEGIBLE, tidy
from scribe.foundation.errors import InputError

FILE_NAME = "strokes_training_data.cpkl"


class ScribePickle(Reader):
    """Reads `[strokes, texts]`; the split is by the hash of a line's index.

    The file does not say which lines stand on one form, so that lines of one writer
    fall into different splits and a validation loss comes out too low. The texts are
    cleaned as those of IAM-OnDB, whose transcriptions they are.
    """

    name = "scribe_pickle"

    def __init__(self, source, progress=None):
        """
        Args:
          source: the file, or a folder with strokes_training_data.cpkl.
          progress: see Reader.
        """
        super().__init__(progress)
        path = Path(source)
        self._path = path / FILE_NAME if path.is_dir() else path

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        with open(self._path, "rb") as file:
            content = load_arrays(file, str(self._path))
        all_strokes, texts = self._columns(content)
        self.notes.append(
            "split by the hash of the line's index: the file does not say which lines "
            "are of one writer, so validation losses come out too low"
        )
        for index, (array, text) in enumerate(zip(all_strokes, texts, strict=True)):
            name = f"{index:05d}"
            strokes = self._strokes(array, index)
            self.progress((index + 1) / len(texts), index + 1)
            if ILLEGIBLE.search(text):
                self.drop("a word is marked as illegible", name)
            else:
                yield None, Line(strokes, tidy(text), name, name)

    def _columns(self, content) -> tuple[list[np.ndarray], list[str]]:
        """Arrays and texts, or InputError."""
        if not isinstance(content, list | tuple):
            raise InputError(f"{self._path} is not a pickled [strokes, texts]")
        columns = [column for column in content if not isinstance(column, dict)]
        if len(columns) != 2 or not all(
            isinstance(column, list | tuple | np.ndarray) for column in columns
        ):
            raise InputError(f"{self._path} is not a pickled [strokes, texts]")
        strokes, texts = map(list, columns)
        if len(strokes) != len(texts):
            raise InputError(
                f"{self._path} has {len(strokes)} strokes but {len(texts)} texts"
            )
        for index, text in enumerate(texts):
            if not isinstance(text, str):
                raise InputError(f"{self._path}: text {index} is {type(text).__name__}")
        if len(content) == 3:
            texts = [text.rstrip("_") for text in texts]
        return strokes, [str(text) for text in texts]

    def _strokes(self, array, index: int) -> np.ndarray:
        """float32 [T, 3] as scribe.strokes has it."""
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf":
            raise InputError(f"{self._path}: strokes {index} are no array of numbers")
        if array.ndim != 2 or array.shape[1] != 3:
            raise InputError(
                f"{self._path}: strokes {index} are {array.shape}, not [points, 3]"
            )
        used = np.flatnonzero((array != 0).any(axis=1))
        strokes = array[: used[-1] + 1 if len(used) else 0].astype(np.float32)
        if len(strokes):
            strokes[0, :2] = 0.0  # here the position on the whiteboard
            strokes[:, 2] = strokes[:, 2] > 0.5
            strokes[-1, 2] = 1.0
        return strokes
