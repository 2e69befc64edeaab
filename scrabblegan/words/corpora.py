"""Corpora of word images as they are distributed.

A reader yields one WordImage after another and counts what it leaves out. Whole pages
or writers go to one split, before anything is written: `split_of`.
"""

import collections
import csv
import dataclasses
import functools
import hashlib
import io
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from scrabblegan.images import MAX_BYTES
from scribe.foundation.errors import InputError
from scribe.foundation.files import decoded, read_file
from scribe.foundation.names import inside, is_split
from scribe.foundation.npz import DAMAGE, read_npz, reason

GUIDE = "data/README.md says how to obtain the corpora"
IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
SPLITS = ("train", "validation", "test")
_MAX_TABLE_BYTES = 200_000_000  # of a list of words; IAM's has 5 MB
OUTSIDE = "the file lies outside of the corpus"
NO_SPLIT = "the split is not named by letters, digits, - and _ alone"
_SHARES = {"train": 80, "validation": 10, "test": 10}  # per cent
# How split lists and columns call what is `validation` here.
_SPLIT_NAMES = {"valid": "validation", "val": "validation", "dev": "validation"}


@dataclasses.dataclass(frozen=True, eq=False)
class WordImage:
    """One image of a word.

    Attributes:
      name: unique in its corpus.
      text: what is written.
      group: page or writer; all of a group are in one split.
      split: as the corpus has it; None lets the group's hash decide.
      content: callable() -> the image file's bytes, or its pixels uint8 [H, W].
    """

    name: str
    text: str
    group: str
    split: str | None
    content: Callable[[], bytes | np.ndarray]


def split_of(word: WordImage) -> str:
    """The corpus's split, or train, validation or test by the hash of the group.

    A group falls into the same split whatever else the corpus holds.
    """
    if word.split is not None:
        return _SPLIT_NAMES.get(word.split, word.split)
    digest = hashlib.sha256(word.group.encode()).digest()
    draw = int.from_bytes(digest[:8], "big") % 100
    for split, share in _SHARES.items():
        if draw < share:
            return split
        draw -= share
    raise AssertionError("the shares add up to 100")


class Reader:
    """What all readers share: `dropped`, the number of words left out by reason."""

    name = ""

    def __init__(self, source: str | Path):
        self.source = Path(source)
        self.dropped: collections.Counter[str] = collections.Counter()
        if not self.source.exists():
            raise InputError(f"there is no corpus at {source}; {GUIDE}")

    def words(self) -> Iterator[WordImage]:
        """The words of the corpus, in an order of its own."""
        raise NotImplementedError


class IamWords(Reader):
    """The IAM handwriting database's words: `words.txt` and `words/a01/a01-000u/*.png`.

    Lines of words.txt that say `err` (the word was cut out wrongly) are left out, and
    the lists of the official tasks decide the split: of each file the first column,
    which names forms (a01-000u), lines (a01-000u-00), words (a01-000u-00-00) or their
    images. Words in no list are left out, and a form is in one list only. Without lists
    the hash of the form decides, without its last letter: a01-000u and a01-000x have
    one text.
    """

    name = "iam"

    def __init__(
        self,
        source: str | Path,
        split_lists: Mapping[str, Sequence[str | Path]] | None = None,
    ):
        """
        Args:
          source: the folder of words.txt and words/.
          split_lists: files by split.

        Raises:
          InputError: the folder lacks words.txt or words/, or a list cannot be read.
        """
        super().__init__(source)
        tables = [self.source / "words.txt", self.source / "ascii" / "words.txt"]
        self._table = next((path for path in tables if path.is_file()), None)
        if self._table is None or not (self.source / "words").is_dir():
            raise InputError(f"{source} needs words.txt and a folder words/; {GUIDE}")
        self._splits = {
            key: split
            for split, paths in (split_lists or {}).items()
            for path in paths
            for key in _listed(Path(path))
        }

    def words(self) -> Iterator[WordImage]:
        table = decoded(read_file(self._table, _MAX_TABLE_BYTES), self._table)
        for row in table.splitlines():
            if not row.strip() or row.startswith("#"):
                continue
            columns = row.split()
            if len(columns) < 9:  # id, status, grey, x, y, w, h, tag, text
                self.dropped["missing labels"] += 1
                continue
            name, status, text = columns[0], columns[1], " ".join(columns[8:])
            parts = name.split("-")
            form, line = "-".join(parts[:2]), "-".join(parts[:3])
            if status != "ok":
                self.dropped["cut out wrongly, as words.txt says"] += 1
                continue
            split = None
            if self._splits:
                keys = (name, line, form)
                split = next((self._splits[k] for k in keys if k in self._splits), None)
                if split is None:
                    self.dropped["in no split list"] += 1
                    continue
            try:
                path = inside(self.source, f"words/{parts[0]}/{form}/{name}.png")
            except InputError:
                self.dropped[OUTSIDE] += 1
                continue
            group = form if self._splits else form.rstrip(string.ascii_lowercase)
            content = functools.partial(read_file, path, MAX_BYTES)
            yield WordImage(name, text, group, split, content)


def _listed(path: Path) -> Iterator[str]:
    """The first column of a split list, without folders and ending."""
    try:
        rows = decoded(read_file(path, _MAX_TABLE_BYTES), path).splitlines()
    except (OSError, InputError) as error:
        raise InputError(f"the split list {path} cannot be read: {error}") from error
    for row in rows:
        first = row.replace(",", " ").split()
        if first:
            yield first[0].rpartition("/")[2].removesuffix(".png")


class ImageFolder(Reader):
    """A folder of images with a .csv, or with a .txt beside each image.

    The .csv names its columns in the first row: `file` (or path, image, filename),
    `text` (or transcription, label), and if it has them `split` and `form` (or page,
    writer, group). Without such a column each image is a group by itself. Of a folder
    with .txt files, `train/`, `validation/` and `test/` at the top are splits.
    """

    name = "folder"

    _COLUMNS = {
        "file": ("file", "path", "image", "filename"),
        "text": ("text", "transcription", "label"),
        "split": ("split", "set"),
        "group": ("form", "page", "writer", "group"),
    }

    def words(self) -> Iterator[WordImage]:
        tables = sorted(self.source.glob("*.csv"))
        if len(tables) > 1:
            names = ", ".join(path.name for path in tables)
            raise InputError(f"{self.source} has several lists: {names}")
        return self._listed(tables[0]) if tables else self._with_texts()

    def _listed(self, table: Path) -> Iterator[WordImage]:
        try:
            text = decoded(read_file(table, _MAX_TABLE_BYTES), table)
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
        except csv.Error as error:
            raise InputError(f"{table} is no list of words: {error}") from error
        header = rows[0].keys() if rows else []
        columns = {
            meaning: next((name for name in names if name in header), None)
            for meaning, names in self._COLUMNS.items()
        }
        for meaning in ("file", "text"):
            if columns[meaning] is None:
                known = ", ".join(self._COLUMNS[meaning])
                raise InputError(f"{table} has no column for the {meaning}: {known}")
        for row in rows:
            values = {
                meaning: row.get(name) or "" if name else ""
                for meaning, name in columns.items()
            }
            file = Path(values["file"])
            if not file.name:
                self.dropped["damaged, or no image"] += 1
                continue
            try:
                path = inside(self.source, str(file))
            except InputError:
                self.dropped[OUTSIDE] += 1
                continue
            split = values["split"] or None
            if split is not None and not is_split(split):
                self.dropped[NO_SPLIT] += 1
                continue
            name = file.with_suffix("").as_posix()
            yield WordImage(
                name=name,
                text=values["text"],
                group=values["group"] or name,
                split=split,
                content=functools.partial(read_file, path, MAX_BYTES),
            )

    def _with_texts(self) -> Iterator[WordImage]:
        for path in sorted(self.source.rglob("*")):
            if path.suffix.lower() not in IMAGE_ENDINGS or path.name.startswith("."):
                continue
            relative = path.relative_to(self.source)
            try:
                label = path.with_suffix(".txt")
                text = decoded(read_file(label, MAX_BYTES), label)
            except (OSError, InputError):
                text = ""
            name = relative.with_suffix("").as_posix()
            top = relative.parts[0]
            split = top if len(relative.parts) > 1 and top in SPLITS else None
            content = functools.partial(read_file, path, MAX_BYTES)
            yield WordImage(name, text, name, split, content)


class Dhsd(Reader):
    """DHSD, German names of streets and places by 37 writers, as one .npz.

    Arrays: x uint8 [N, 64, 256], text, writer, filename. Writers are not split.
    """

    name = "dhsd"

    def words(self) -> Iterator[WordImage]:
        try:
            columns = ("x", "text", "writer", "filename")
            arrays = read_npz(self.source, columns)
            pixels, texts, writers, names = (arrays[name] for name in columns)
            if pixels.dtype != np.uint8 or pixels.ndim != 3:
                raise ValueError(f"x is {pixels.dtype} {list(pixels.shape)}")
            rows = list(zip(pixels, texts, writers, names, strict=True))
        except (OSError, *DAMAGE) as error:
            raise InputError(
                f"{self.source} is damaged or not DHSD's npz: {reason(error)}"
            ) from error
        for image, text, writer, name in rows:
            stem = str(name).rpartition("/")[2].removesuffix(".png")
            yield WordImage(
                name=f"{writer}/{stem}",
                text=str(text),
                group=f"writer {writer}",
                split=None,
                content=lambda image=image: image,
            )


READERS = {reader.name: reader for reader in (IamWords, ImageFolder, Dhsd)}
