"""From a corpus of scans and a folder of strokes to what a training of ink reads.

ink.json                    what was prepared, and what was left out
train.npz, validation.npz   scans, their paper and their figures
strokes.npz                 words as pen strokes
"""

import collections
import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from scrabblegan.images import MAX_BYTES, Unusable, decode_image
from scrabblegan.ink.scans import Scan, scan_of
from scrabblegan.ink.written_strokes import WrittenWord, read_strokes
from scrabblegan.words.corpora import Reader, split_of
from scribe.foundation.errors import InputError
from scribe.foundation.files import whole_folder
from scribe.foundation.json_files import read_json
from scribe.foundation.npz import DAMAGE, read_npz

GUIDE = "make one with 'python -m scrabblegan.prepare_ink'"
_TEXT_SPLITS = ("train", "validation")


def prepare(
    reader: Reader,
    strokes: str | Path,
    output: str | Path,
    progress: Callable[[int], None] = lambda count: None,
) -> dict:
    """Writes a prepared folder; it appears whole or not at all.

    A tenth of the scans is `validation`, by the hash of their names: a pen has no text
    to give away, so writers need not be kept apart.

    Args:
      reader: of the corpus of scans.
      strokes: folder that scribe.dataset made.
      output: new folder.
      progress: called with the number of images.

    Returns:
      what ink.json says.
    """
    words = read_strokes(strokes)
    scans: dict[str, list[Scan]] = {split: [] for split in _TEXT_SPLITS}
    dropped = collections.Counter()
    for count, word in enumerate(reader.words(), 1):
        progress(count)
        alone = dataclasses.replace(word, split=None, group=word.name)
        split = "validation" if split_of(alone) == "validation" else "train"
        random = np.random.default_rng(count)
        try:
            content = word.content()
            pixels = content if isinstance(content, np.ndarray) else _pixels(content)
            scans[split].append(scan_of(pixels, random))
        except (OSError, InputError):
            dropped["cannot be read"] += 1
        except Unusable as reason:
            dropped[str(reason)] += 1
    dropped += reader.dropped
    if not all(scans.values()):
        raise InputError(f"{reader.source} has too few scans that can be used")
    facts = {
        "corpus": reader.name,
        "splits": {split: len(own) for split, own in scans.items()},
        "strokes": len(words),
        "dropped": dict(dropped),
    }
    with whole_folder(output) as part:
        for split, own in scans.items():
            np.savez_compressed(part / f"{split}.npz", **_packed_scans(own))
        np.savez_compressed(part / "strokes.npz", **_packed_words(words))
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (part / "ink.json").write_text(text + "\n", encoding="utf-8")
    return facts


def _pixels(content: bytes) -> np.ndarray:
    if len(content) > MAX_BYTES:
        raise Unusable("far too large")
    return decode_image(content)


def _packed_scans(scans: Sequence[Scan]) -> dict[str, np.ndarray]:
    return {
        # Column by column, so that images of any width stand one after another.
        "images": np.concatenate([scan.image.T for scan in scans]),
        "papers": np.concatenate([scan.paper.T for scan in scans]),
        "widths": np.array([scan.image.shape[1] for scan in scans]),
        "figures": np.stack([scan.figures for scan in scans]),
        "places": np.stack([scan.place for scan in scans]),
    }


def _packed_words(words: Sequence[WrittenWord]) -> dict[str, np.ndarray]:
    return {
        "points": np.concatenate([word.points for word in words]).astype(np.float16),
        "ends": np.concatenate([word.ends for word in words]),
        "lengths": np.array([len(word.points) for word in words]),
        "texts": np.array([word.text for word in words]),
    }


def load_scans(folder: str | Path, split: str) -> list[Scan]:
    """The scans of a split.

    Raises:
      InputError: there is no such file, or it is damaged.
    """
    path = Path(folder) / f"{split}.npz"
    columns = ("images", "papers", "widths", "figures", "places")
    images, papers, widths, figures, places = _arrays(path, columns)
    ends = np.cumsum(widths)[:-1]
    parts = (np.split(array, ends) for array in (images, papers))
    return [
        Scan(image.T, paper.T, figure, place)
        for image, paper, figure, place in zip(*parts, figures, places, strict=True)
    ]


def load_strokes(folder: str | Path) -> list[WrittenWord]:
    """The words; raises as `load_scans`."""
    columns = ("points", "ends", "lengths", "texts")
    points, ends, lengths, texts = _arrays(Path(folder) / "strokes.npz", columns)
    cuts = np.cumsum(lengths)[:-1]
    return [
        WrittenWord(own.astype(np.float32), last, str(text))
        for own, last, text in zip(
            np.split(points, cuts), np.split(ends, cuts), texts, strict=True
        )
    ]


def load_facts(folder: str | Path) -> dict:
    """What ink.json says; raises InputError where there is none."""
    path = Path(folder) / "ink.json"
    if not path.is_file():
        raise InputError(f"{folder} is no prepared folder of ink; {GUIDE}")
    return read_json(path)


def _arrays(path: Path, names: Sequence[str]) -> list[np.ndarray]:
    if not path.is_file():
        raise InputError(f"there is no {path}; {GUIDE}")
    try:
        arrays = read_npz(path, names)
        return [arrays[name] for name in names]
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(f"{path} is damaged: {error!r}") from error
