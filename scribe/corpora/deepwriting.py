"""DeepWriting: IAM-OnDB and 94 more writers, segmented into characters.

Aksan, Pece and Hilliges (2018), "DeepWriting: Making Digital Ink Editable via Deep
Generative Modeling". Read as distributed: `*_training.npz` and `*_validation.npz`, each
a dictionary of parallel lists with one entry per sample of about 300 points.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scribe.corpora.corpus_reader import Reader
from scribe.corpora.prepared import Line
from scribe.corpora.safe_pickle import load_npz
from scribe.foundation.errors import InputError
from scribe.strokes.arrays import strokes_from_points

# A letter may be taken apart by a label that fails, but most samples must agree.
_MIN_AGREEMENT = 0.5
_NUM_COMPARED = 200


class DeepWriting(Reader):
    """Reads the .npz files of DeepWriting and splits them by writer.

    The distributed validation file holds samples of writers, often of lines, that are
    in the training file too; here a writer is in one split only, unless the validation
    file is named, which then is the validation split as it is. Samples are parts of
    lines, while `texts` repeats the whole line for each part, so the text of a part is
    put together from its character labels. The scaling that `preprocessing` lists is
    undone; files without this entry are judged by their data, and the notes say how.
    """

    name = "deepwriting"

    def __init__(self, source, validation=None, progress=None):
        """
        Args:
          source: an .npz file or a folder of them.
          validation: the .npz file of the validation split, which was scaled by the
            numbers that `source`, one file then, carries; None to split by writer.
          progress: see Reader.
        """
        super().__init__(progress)
        self._source = Path(source)
        self._validation = None if validation is None else Path(validation)

    @classmethod
    def add_arguments(cls, parser):
        parser.add_argument(
            "--validation",
            metavar="FILE",
            help="the validation .npz; --source is the training .npz then",
        )

    @classmethod
    def from_arguments(cls, arguments, progress=None):
        return cls(cls.source_of(arguments), arguments.validation, progress)

    def group(self, line: Line) -> str:
        """The writer."""
        return line.form

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        if self._validation is None:
            paths = [self._source]
            if self._source.is_dir():
                paths = sorted(self._source.rglob("*.npz"))
            if not paths:
                raise InputError(f"{self._source} holds no .npz file of DeepWriting")
            self.notes.append("split by writer, not by the distributed files")
            for i, path in enumerate(paths):
                data = load_npz(path)
                share = (i / len(paths), 1 / len(paths))
                for line in self._lines(path, data, data, share):
                    yield None, line
            return
        if not self._source.is_file():
            raise InputError(
                f"--validation needs the training .npz as --source, not {self._source}"
            )
        if self._validation.stem == self._source.stem:
            raise InputError(
                f"{self._source} and {self._validation}: the lines of two files of one "
                "name could not be told apart"
            )
        training = load_npz(self._source)
        writers = set()
        for line in self._lines(self._source, training, training, (0.0, 0.8)):
            writers.add(line.form)
            yield "train", line
        held_out = load_npz(self._validation)
        known, num_lines = 0, 0
        for line in self._lines(self._validation, held_out, training, (0.8, 0.2)):
            known += line.form in writers
            num_lines += 1
            yield "validation", line
        self.notes.append(
            f"split by the distributed files: {known} of {num_lines} lines for "
            "validation are by writers of training lines"
        )

    def _lines(
        self, path: Path, data: dict, scales: dict, share: tuple[float, float]
    ) -> Iterator[Line]:
        """The samples of one file.

        Args:
          path: of the file.
          data: what it holds.
          scales: of the file that carries mean, std, min and max.
          share: what was read before, and what reading this file is of the whole.
        """
        all_points = _first(data, path, "samples", "strokes")
        writers = _first(data, path, "subject_labels")
        texts = self._texts(data, path)
        steps = self._preprocessing(data, scales, path)
        if not len(all_points) == len(writers) == len(texts):
            raise InputError(f"{path}: its lists are of different lengths")
        for index, (sample, text) in enumerate(zip(all_points, texts, strict=True)):
            strokes = _strokes(_points_and_pen(sample, path, index), steps, scales)
            name = f"{path.stem}-{index:06d}"
            writer = f"writer-{writers[index]}"
            yield Line(strokes, text, name, writer, writer)
            start, extent = share
            self.progress(start + extent * (index + 1) / len(texts), index + 1)

    def _preprocessing(self, data: dict, scales: dict, path: Path) -> list[str]:
        """What was done to the samples, in this order."""
        if "preprocessing" in data:
            steps = [str(step) for step in data["preprocessing"]]
        else:
            samples = _first(data, path, "samples", "strokes")[:_NUM_COMPARED]
            samples = [_points_and_pen(x, path, i) for i, x in enumerate(samples)]
            steps = ["relative_representation"] if _is_relative(samples) else []
            steps += ["normalization"] if "mean" in scales else []
            self.notes.append(
                f"{path.name} does not say how it was prepared; judging by its data: "
                + (", ".join(steps) or "absolute positions as recorded")
            )
        needed = {"normalization": ("mean", "std"), "scale": ("min", "max")}
        for step in steps:
            for name in needed.get(step, ()):
                if np.shape(_first(scales, path, name)) != (3,):
                    raise InputError(f"{path}: {name} are not three numbers")
        return steps

    def _texts(self, data: dict, path: Path) -> list[str]:
        """The text of each sample, from its labels."""
        labels = _first(data, path, "char_labels")
        ends = _first(data, path, "eoc_labels")
        words = _first(data, path, "word_labels")
        lines = [str(text) for text in _first(data, path, "texts")]
        if not len(labels) == len(ends) == len(words) == len(lines):
            raise InputError(f"{path}: its lists are of different lengths")
        labels = [np.ravel(of).astype(int) for of in labels]
        ends = [np.ravel(of) > 0.5 for of in ends]
        words = [np.ravel(of).astype(int) for of in words]
        stored = [str(character) for character in _first(data, path, "alphabet")]
        # The labels were made by an encoder that sorts its alphabet, while the file
        # lists it unsorted: the texts tell which of the two the labels mean.
        agreements = [
            (_agreement(alphabet, labels, lines), alphabet)
            for alphabet in (stored, sorted(stored))
        ]
        agreement, alphabet = max(agreements)
        if agreement < _MIN_AGREEMENT:
            raise InputError(f"{path}: its character labels do not fit its texts")
        try:
            return [
                _text(alphabet, *of) for of in zip(labels, ends, words, strict=True)
            ]
        except IndexError as error:
            raise InputError(f"{path}: its labels are damaged: {error}") from error


def _first(data: dict, path: Path, *names: str) -> np.ndarray:
    """The first of `names` that is there: older files use other names."""
    for name in names:
        if name in data:
            return data[name]
    raise InputError(f"{path} lacks {names[0]}: it is no file of DeepWriting")


def _points_and_pen(sample, path: Path, index: int) -> np.ndarray:
    """A sample as float64 [T, 3]: x, y, pen."""
    if not isinstance(sample, np.ndarray) or sample.dtype.kind not in "iuf":
        raise InputError(f"{path}: sample {index} is no array of numbers")
    if sample.ndim != 2 or sample.shape[1] != 3:
        raise InputError(f"{path}: sample {index} is {sample.shape}, not [points, 3]")
    return sample.astype(np.float64)


def _is_relative(samples: list[np.ndarray]) -> bool:
    """Whether x is an offset: positions change little from point to point."""
    ratios = [
        np.abs(np.diff(sample[:, 0])).mean() / max(sample[:, 0].std(), 1e-9)
        for sample in samples
        if len(sample) > 2
    ]
    return bool(ratios) and bool(np.median(ratios) > 0.3)


def _strokes(sample: np.ndarray, steps: list[str], scales: dict) -> np.ndarray:
    """float32 [T, 3] in the unit of the recording, `steps` undone."""
    if not len(sample):
        return np.zeros([0, 3], np.float32)
    points = sample[:, :2]
    for step in reversed(steps):
        if step == "normalization":
            points = points * scales["std"][:2] + scales["mean"][:2]
        elif step == "scale":
            points = points * (scales["max"] - scales["min"])[:2] + scales["min"][:2]
        elif step == "relative_representation":
            points = np.cumsum(points, axis=0)
    end_of_stroke = sample[:, 2] > 0.5
    end_of_stroke[-1] = True
    return strokes_from_points(points, end_of_stroke)


def _agreement(alphabet: list[str], labels: list, lines: list[str]) -> float:
    """Share of samples all of whose characters occur in the line that they are from."""
    fits = [
        {alphabet[label] for label in np.unique(of) if label} <= set(line)
        for of, line in zip(labels[:_NUM_COMPARED], lines, strict=False)
        if np.max(of, initial=0) < len(alphabet)
    ]
    return float(np.mean(fits)) if fits else 0.0


def _text(alphabet: list[str], labels, ends, words) -> str:
    """The characters at whose ends `ends` is set, with a blank between words."""
    text, previous_word = "", None
    for at in np.flatnonzero(ends & (labels != 0)):
        if previous_word not in (None, words[at]):
            text += " "
        text += alphabet[labels[at]]
        previous_word = words[at]
    return text
