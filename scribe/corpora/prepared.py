"""A prepared corpus: the one form that readers write and training reads.

A folder with `corpus.json` and one `<split>.npz` per split. Strokes are stored as the
tablet recorded them (offsets in the corpus's own unit, full point rate); deskewing,
decimation and normalisation are the dataset's choice, made when training starts.
"""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.foundation.files import check_new_folder, whole_folder
from scribe.foundation.json_files import read_json
from scribe.foundation.names import check_split
from scribe.foundation.npz import DAMAGE, read_npz, reason

FORMAT_VERSION = 1


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of handwriting.

    Attributes:
      strokes: float32 [P, 3] (dx, dy, end_of_stroke), see scribe.strokes.
      text: what was written.
      name: unique name of the line, e.g. "a01-000u-01".
      form: name of the page it stands on; a form is never split between sets.
      writer: who wrote it, by a name that says nothing of the person; "" if unknown.
    """

    strokes: np.ndarray
    text: str
    name: str
    form: str
    writer: str = ""


@dataclasses.dataclass(frozen=True)
class Corpus:
    """What `corpus.json` says.

    Attributes:
      name: format it was read from, e.g. "iam_ondb".
      alphabet: every character of the texts.
      splits: number of lines by split.
      points: number of points by split.
      dropped: number of lines left out, by reason.
      points_per_second: the tablet's mean rate, 0.0 where the corpus has no times.
    """

    name: str
    alphabet: Alphabet
    splits: dict[str, int]
    points: dict[str, int]
    dropped: dict[str, int]
    points_per_second: float


def save_corpus(
    folder: str | Path,
    name: str,
    lines_by_split: dict[str, Sequence[Line]],
    dropped: dict[str, int],
    points_per_second: float = 0.0,
) -> Corpus:
    """Writes a prepared corpus; the folder appears whole or not at all.

    Raises:
      InputError: the folder exists and is not empty, there is no line at all, or a
        split has a name that no file should have.
    """
    folder = Path(folder)
    check_new_folder(folder)
    for split in lines_by_split:
        check_split(split, f"the {name} corpus")
    texts = [line.text for lines in lines_by_split.values() for line in lines]
    if not texts:
        raise InputError(f"no usable line was found in the {name} corpus")
    corpus = Corpus(
        name=name,
        alphabet=Alphabet.of(texts),
        splits={split: len(lines) for split, lines in lines_by_split.items()},
        points={
            split: sum(len(line.strokes) for line in lines)
            for split, lines in lines_by_split.items()
        },
        dropped=dict(dropped),
        points_per_second=points_per_second,
    )
    with whole_folder(folder) as part:
        for split, lines in lines_by_split.items():
            if lines:
                _save_split(part / f"{split}.npz", lines)
        description = dataclasses.asdict(corpus) | {
            "format_version": FORMAT_VERSION,
            "alphabet": corpus.alphabet.characters,
        }
        (part / "corpus.json").write_text(json.dumps(description, indent=2) + "\n")
    return corpus


def _save_split(path: Path, lines: Sequence[Line]) -> None:
    np.savez(
        path,
        strokes=np.concatenate([line.strokes for line in lines]).astype(np.float32),
        lengths=np.array([len(line.strokes) for line in lines], np.int32),
        texts=np.array([line.text for line in lines]),
        names=np.array([line.name for line in lines]),
        forms=np.array([line.form for line in lines]),
        writers=np.array([line.writer for line in lines]),
    )


def load_description(folder: str | Path) -> Corpus:
    """Reads `corpus.json`.

    Raises:
      InputError: the folder holds no prepared corpus.
    """
    path = Path(folder) / "corpus.json"
    if not path.is_file():
        raise InputError(
            f"{folder} holds no prepared corpus (no corpus.json); make one with "
            "'python -m scribe.prepare_data' (see data/README.md)"
        )
    description = read_json(path)
    try:
        version = description.pop("format_version")
        description["alphabet"] = Alphabet(description["alphabet"])
        description["splits"] = dict(description["splits"])
        corpus = Corpus(**description)
        numbers = [*corpus.splits.values(), *dict(corpus.points).values()]
        if not all(isinstance(number, int) and number >= 0 for number in numbers):
            raise TypeError("numbers of lines and points must be whole")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if version != FORMAT_VERSION:
        raise InputError(
            f"{path} has format {version}, this version reads {FORMAT_VERSION}: "
            "prepare the corpus again"
        )
    for split in corpus.splits:
        check_split(split, path)
    return corpus


def load_lines(folder: str | Path, splits: Iterable[str]) -> list[Line]:
    """All lines of the named splits, in stored order.

    Raises:
      InputError: the corpus lacks a split, or a file is damaged.
    """
    corpus = load_description(folder)
    lines = []
    for split in splits:
        if split not in corpus.splits:
            known = ", ".join(corpus.splits)
            raise InputError(f"{folder} has no split {split!r}, only {known}")
        if corpus.splits[split]:
            lines.extend(_load_split(Path(folder) / f"{split}.npz"))
    return lines


def _load_split(path: Path) -> list[Line]:
    try:
        keys = ("texts", "names", "forms", "writers")
        arrays = read_npz(path, ("strokes", "lengths", *keys))
        strokes, lengths = arrays["strokes"], arrays["lengths"]
        # What was prepared before did not name the writers.
        columns = [
            arrays[key].astype(str).tolist()
            for key in keys
            if key != "writers" or key in arrays
        ]
        if strokes.ndim != 2 or strokes.shape[1] != 3:
            raise ValueError(f"strokes are {strokes.shape}, not [points, 3]")
        if strokes.dtype.kind != "f" or lengths.dtype.kind not in "iu":
            raise ValueError(f"strokes are {strokes.dtype}, lengths {lengths.dtype}")
        if lengths.min(initial=0) < 0 or int(lengths.sum()) != len(strokes):
            raise ValueError(f"{lengths.sum()} points by line, but {len(strokes)}")
        split_strokes = np.split(strokes, np.cumsum(lengths)[:-1])
        return [Line(*line) for line in zip(split_strokes, *columns, strict=True)]
    except InputError:
        raise
    except (OSError, *DAMAGE) as error:
        raise InputError(f"{path} is missing or damaged: {reason(error)}") from error
