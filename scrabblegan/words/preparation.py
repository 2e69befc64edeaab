"""From a corpus of word images to the prepared words that training reads."""

import collections
import dataclasses
import os
from collections.abc import Callable
from pathlib import Path

import gin
import numpy as np

from scrabblegan.images import Unusable, decode_image
from scrabblegan.words.corpora import Reader, WordImage, split_of
from scrabblegan.words.normalizer import WordNormalizer
from scrabblegan.words.prepared import Words, save_words
from scribe.foundation.errors import InputError
from scribe.foundation.files import check_new_folder


@dataclasses.dataclass(frozen=True)
class Preparation:
    """What was kept and what was not.

    Attributes:
      kept: number of words by split.
      dropped: number of images left out, by reason.
      characters: all that occur in the texts, sorted.
    """

    kept: dict[str, int]
    dropped: dict[str, int]
    characters: str


@gin.configurable(module="scrabblegan")
def convert_to_gan_reading_format_save(
    reader: Reader,
    output: str | Path,
    normalizer: WordNormalizer,
    max_characters: int,
    buckets: bool = True,
    progress: Callable[[float, int], None] | None = None,
) -> Preparation:
    """Brings images to 32 rows and 16 columns a character and saves them by length.

    Each page or writer is given to a split first, so that none is torn apart. Images
    that are damaged, blank, without text, too long, or out of proportion are left out
    and counted.

    Args:
      reader: of the corpus.
      output: new folder; scrabblegan.words.prepared says what is in it.
      normalizer: what is done to every image.
      max_characters: longer texts are left out: they are lines.
      buckets: whether to write single images beside the packed ones.
      progress: called with the share of the images that was read, and their number.

    Raises:
      InputError: the folder is not empty, the corpus cannot be read, two images have
        one name, a page is in two splits, or no image can be used.
    """
    check_new_folder(output)
    words = list(reader.words())
    splits = _splits(words)
    dropped = collections.Counter()
    kept = {split: ([], [], []) for split in sorted(set(splits), key=_rank)}
    for count, (word, split) in enumerate(zip(words, splits, strict=True), start=1):
        text = " ".join(word.text.split())
        try:
            image = _image(word, text, normalizer, max_characters)
        except Unusable as reason:
            dropped[str(reason)] += 1
        else:
            for column, value in zip(
                kept[split], (image, text, word.name), strict=True
            ):
                column.append(value)
        if progress is not None:
            progress(count / len(words), count)
    dropped.update(reader.dropped)
    words_by_split = {split: Words(*columns) for split, columns in kept.items()}
    preparation = Preparation(
        kept={split: len(of_split) for split, of_split in words_by_split.items()},
        dropped=dict(dropped.most_common()),
        characters="".join(
            sorted({c for w in words_by_split.values() for t in w.texts for c in t})
        ),
    )
    if not preparation.characters:
        raise InputError(
            f"no image of {reader.source} can be used: {preparation.dropped}"
        )
    save_words(
        output,
        words_by_split,
        {
            "name": f"{reader.name} {os.path.basename(reader.source)}",
            **dataclasses.asdict(normalizer),
            "characters": preparation.characters,
            "dropped": preparation.dropped,
        },
        buckets,
    )
    return preparation


def _splits(words: list[WordImage]) -> list[str]:
    """The split of each word.

    Raises:
      InputError: two words have one name, or a page or writer is in two splits.
    """
    splits, by_group, names = [], {}, set()
    for word in words:
        split = split_of(word)
        if word.name in names:
            raise InputError(f"two images are named {word.name}")
        names.add(word.name)
        if by_group.setdefault(word.group, split) != split:
            raise InputError(
                f"{word.group} is in two splits, {by_group[word.group]} and {split}: "
                "a page or a writer belongs to one"
            )
        splits.append(split)
    return splits


def _rank(split: str) -> tuple[int, str]:
    order = ["train", "validation_large", "validation", "test"]
    return (order.index(split) if split in order else len(order), split)


def _image(
    word: WordImage, text: str, normalizer: WordNormalizer, max_characters: int
) -> np.ndarray:
    if not text:
        raise Unusable("missing labels")
    if len(text) > max_characters:
        raise Unusable(f"more than {max_characters} characters")
    try:
        content = word.content()
    except FileNotFoundError as error:
        raise Unusable("missing image") from error
    except (OSError, InputError) as error:
        raise Unusable("damaged, or no image") from error
    pixels = decode_image(content) if isinstance(content, bytes) else content
    return normalizer(pixels, text)
