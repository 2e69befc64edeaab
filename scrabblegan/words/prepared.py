"""Prepared words: a folder of images by split and length, and the same packed.

    words.json                what was prepared, how, and what was left out
    train/5/a01-000u-03.png   32 rows, 16 columns for each of 5 characters
    train/5/a01-000u-03.txt   its text
    train.npz                 all images of the split in one file

Training reads the .npz: for 28,000 words 0.2 s of one core, against 2.9 s for the
single files, and much more where each file has to come over a network. A split without
one is read from its images, so that folders which other programs made, or in which an
image was changed and the .npz removed, do as well.
"""

import dataclasses
import json
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from scrabblegan.images import (
    HEIGHT_PIXELS,
    PIXELS_PER_CHARACTER,
    Unusable,
    read_image,
)
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.foundation.files import whole_folder
from scribe.foundation.json_files import read_json
from scribe.foundation.names import check_split
from scribe.foundation.npz import DAMAGE, read_npz

FORMAT_VERSION = 1
GUIDE = "make one with 'python -m scrabblegan.prepare_data' (see data/README.md)"


@dataclasses.dataclass(frozen=True, eq=False)
class Words:
    """Images of words and their texts.

    Attributes:
      images: uint8 [32, 16 * characters] each, ink 0 on paper 255.
      texts: one for each image.
      names: unique ones.
    """

    images: Sequence[np.ndarray]
    texts: Sequence[str]
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.texts)

    def chosen(self, indices: Iterable[int]) -> "Words":
        """Some of the words, in the order of their indices."""
        indices = [int(i) for i in indices]
        columns = (self.images, self.texts, self.names)
        return Words(*([column[i] for i in indices] for column in columns))

    def spelt_by(self, alphabets: Iterable[Alphabet]) -> "Words":
        """Those words whose characters all the alphabets have."""
        alphabets = list(alphabets)
        return self.chosen(
            i
            for i, text in enumerate(self.texts)
            if not any(alphabet.unknown(text) for alphabet in alphabets)
        )


def save_words(
    folder: str | Path,
    words_by_split: Mapping[str, Words],
    description: Mapping,
    buckets: bool = True,
) -> None:
    """Writes prepared words; the folder appears whole or not at all.

    Args:
      folder: new or empty.
      words_by_split: at least one word.
      description: what words.json says beside the numbers of words.
      buckets: whether to write the single images beside the packed ones.

    Raises:
      InputError: the folder holds something already, there is no word, or a split has a
        name that no file should have.
    """
    for split in words_by_split:
        check_split(split, "the corpus")
    if not any(len(words) for words in words_by_split.values()):
        raise InputError("no image of a word can be used")
    with whole_folder(folder) as part:
        for split, words in words_by_split.items():
            if len(words):
                _save_pack(part / f"{split}.npz", words)
            if buckets:
                _save_buckets(part / split, words)
        facts = {
            "format_version": FORMAT_VERSION,
            **description,
            "splits": {split: len(words) for split, words in words_by_split.items()},
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (part / "words.json").write_text(text + "\n", encoding="utf-8")


def _save_pack(path: Path, words: Words) -> None:
    np.savez_compressed(
        path,
        # Column by column, so that images of any width stand one after another.
        columns=np.concatenate([image.T for image in words.images]),
        texts=np.array(words.texts),
        names=np.array(words.names),
    )


def _save_buckets(folder: Path, words: Words) -> None:
    import cv2

    for length in sorted({len(text) for text in words.texts}):
        (folder / str(length)).mkdir(parents=True)
    for image, text, name in zip(words.images, words.texts, words.names, strict=True):
        # Names may hold what no file name can: "n/a" becomes n%2Fa.
        path = folder / str(len(text)) / urllib.parse.quote(name, safe=" ,()+=")
        _, png = cv2.imencode(".png", image)
        path.with_name(f"{path.name}.png").write_bytes(png.tobytes())
        path.with_name(f"{path.name}.txt").write_text(text, encoding="utf-8")


def load_facts(folder: str | Path) -> dict:
    """What words.json says; empty for a folder of buckets that has none.

    Raises:
      InputError: there is no such folder, or the file is damaged or of a newer version.
    """
    path = Path(folder) / "words.json"
    if not Path(folder).is_dir():
        raise InputError(f"there are no prepared words at {folder}; {GUIDE}")
    if not path.is_file():
        return {}
    facts = read_json(path)
    try:
        version = facts["format_version"]
        splits = dict(facts.get("splits", {}))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    if version != FORMAT_VERSION:
        raise InputError(
            f"{path} has format {version}, this version reads {FORMAT_VERSION}: "
            "prepare the words again"
        )
    for split in splits:
        check_split(split, path)
    return facts


def load_words(folder: str | Path, split: str) -> Words:
    """The words of a split, from its packed file or from its buckets.

    Raises:
      InputError: there is neither, or something in them is damaged.
    """
    folder = Path(folder)
    known = load_facts(folder).get("splits", {})
    check_split(split, "the configuration")
    pack, buckets = folder / f"{split}.npz", folder / split
    if pack.is_file():
        return _load_pack(pack)
    if buckets.is_dir():
        return _load_buckets(buckets)
    splits = f", only {', '.join(known)}" if known else ""
    raise InputError(f"{folder} has no prepared words {split!r}{splits}; {GUIDE}")


def _load_pack(path: Path) -> Words:
    try:
        arrays = read_npz(path, ("columns", "texts", "names"))
        columns = arrays["columns"]
        texts, names = (arrays[n].astype(str).tolist() for n in ("texts", "names"))
        widths = [PIXELS_PER_CHARACTER * len(text) for text in texts]
        if columns.dtype != np.uint8 or columns.shape != (sum(widths), HEIGHT_PIXELS):
            raise ValueError(f"columns are {columns.dtype} {list(columns.shape)}")
        images = [part.T for part in np.split(columns, np.cumsum(widths)[:-1])]
        if len(names) != len(texts):
            raise ValueError(f"{len(names)} names of {len(texts)} words")
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
    return Words(images, texts, names)


def _load_buckets(folder: Path) -> Words:
    images, texts, names = [], [], []
    for path in sorted(folder.glob("*/*.png")):
        label = path.with_suffix(".txt")
        try:
            text = label.read_text(encoding="utf-8").removesuffix("\n")
            image = read_image(path)
        except (FileNotFoundError, UnicodeDecodeError, Unusable) as error:
            raise InputError(f"{path} or its .txt is damaged: {error}") from error
        if str(len(text)) != path.parent.name:
            raise InputError(f"{path} has {len(text)} characters: {text!r}")
        if image.shape != (HEIGHT_PIXELS, PIXELS_PER_CHARACTER * len(text)):
            raise InputError(
                f"{path} has {image.shape[1]} x {image.shape[0]} pixels, not "
                f"{PIXELS_PER_CHARACTER * len(text)} x {HEIGHT_PIXELS}"
            )
        images.append(image)
        texts.append(text)
        names.append(urllib.parse.unquote(path.stem))
    if not images:
        raise InputError(f"{folder} has no images of words in it; {GUIDE}")
    return Words(images, texts, names)
