"""Measures writers of words and sets them beside each other and real words.

A writer is whatever has `write(words, seed)`, which returns an image of each word,
uint8 [32, 16 len(word)], each in a hand of its own, and an `alphabet`.
"""

import collections
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from scrabblegan.evaluation.honest_figures import (
    HONEST_LEGEND,
    hands_of_words,
    hands_of_writer,
    honest_figures,
    honest_table,
)
from scrabblegan.evaluation.reading_figures import rate_cell, reading_figures
from scrabblegan.images.distances import (
    frechet_distance,
    kernel_distance,
    nearest_images,
    variation,
)
from scrabblegan.models.recognizer import Recognizer
from scrabblegan.words import Words, load_facts, load_words
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.reading import error_rates

REAL = "real"
_NUM_NEAREST = 300  # words whose nearest training images are looked for
_NUM_REPEATED = 20  # words that are written in several hands ...
_NUM_HANDS = 10  # ... of so many
_PICTURE_ROWS = 12
_FAINT = 85  # of 255: ink that is lighter is faint


class Writer(Protocol):
    """What can be measured."""

    alphabet: Alphabet

    def write(self, words: list[str], seed: int) -> list[np.ndarray]:
        """Images of words, each in a hand of its own."""


def measure_writers(
    writers: dict[str, Writer],
    judge: Recognizer,
    data_dir: str,
    num_samples: int,
    seed: int,
    others: Mapping[str, Words] | None = None,
    featurist: Recognizer | None = None,
) -> dict:
    """Figures of each writer and, under `REAL`, of real words.

    Reading: the judge reads held-out words, and what the writers make of their texts;
    and all once more without faint ink, in which a writer may have hidden what only
    recognizers see.

    Distances: of images to held-out words, in the judge's features. Writers write the
    texts of as many training words; the training words themselves are the floor: what a
    writer would reach that had learnt their distribution, and nothing else.

    What the eye sees: `honest_figures`, against the same held-out words.

    Args:
      writers: by name.
      judge: a recognizer that no writer was trained with.
      data_dir: prepared words with the splits train and validation.
      num_samples: words at most.
      seed: of the choice of words and of the hands.
      others: words by name that something else wrote, each with its own texts.
      featurist: the recognizer whose features the distances are of; None for the judge.

    Returns:
      what `writers_report` prints, as numbers.
    """
    featurist = featurist or judge
    alphabets = [judge.alphabet, *(writer.alphabet for writer in writers.values())]
    train, held_out = (
        _known(load_words(data_dir, split), alphabets)
        for split in ("train", "validation")
    )
    random = np.random.default_rng(seed)
    count = min(num_samples, len(train), len(held_out))
    train_words = train.chosen(random.permutation(len(train))[:count])
    words = held_out.chosen(random.permutation(len(held_out))[:count])
    held_out_features = featurist.features(words.images)
    repeated = _repeated_texts(train)
    has_baseline = load_facts(data_dir).get("frame", "text") == "text"

    def figures(read, made, sets) -> dict:
        """Of (images, texts) to read, of others to look at, and of one text each."""
        images, texts = read
        features = featurist.features(made[0])
        found, errors = reading_figures(texts, judge.read(images))
        wiped = judge.read([without_faint_ink(image) for image in images])
        wiped_rates = error_rates.count_errors(texts, wiped).rates()
        distances, _ = nearest_as_wide(images[:_NUM_NEAREST], train)
        return {
            **found,
            **honest_figures(words.images, *made, has_baseline),
            "wiped_wer": wiped_rates["wer"],
            "wiped_wer_interval": wiped_rates["wer_interval"],
            "errors": errors,
            "frechet": frechet_distance(features, held_out_features),
            "kernel": kernel_distance(features, held_out_features),
            "variation": _mean_variation(sets),
            "nearest": float(np.median(distances)),
            "nearest_tenth": float(np.quantile(distances, 0.1)),
        }

    rows = {
        REAL: figures(
            (words.images, words.texts),
            (train_words.images, train_words.texts),
            [_images_of(train, text) for text in repeated],
        )
        | {"hands": hands_of_words(held_out)}
    }
    for name, writer in writers.items():
        row = figures(
            (writer.write(words.texts, seed), words.texts),
            (writer.write(train_words.texts, seed + 1), train_words.texts),
            [writer.write([text] * _NUM_HANDS, seed + 2) for text in repeated],
        )
        row |= error_rates.compare_errors(row["errors"], rows[REAL]["errors"])
        row["hands"] = hands_of_writer(writer, train.texts, seed)
        row["parameters"] = getattr(writer, "num_parameters", None)
        rows[name] = row
    for name, other in (others or {}).items():
        known = _known(other, alphabets)
        known = known.chosen(random.permutation(len(known))[:count])
        made = known.images, known.texts
        rows[name] = figures(made, made, []) | {"hands": hands_of_words(known)}
    for row in rows.values():
        for distance in ("frechet", "kernel"):
            floor = rows[REAL][distance]
            row[f"{distance}_over_floor"] = row[distance] / floor if floor > 0 else None
        del row["errors"]
    return {
        "corpus": load_facts(data_dir).get("name", data_dir),
        "num_samples": count,
        "num_features": held_out_features.shape[1],
        "num_nearest": min(count, _NUM_NEAREST),
        "judge": judge.facts.get("validation", {}),
        "rows": rows,
    }


def without_faint_ink(image: np.ndarray) -> np.ndarray:
    """A uint8 image whose pixels with less than a third of the ink are paper."""
    return np.where(image > 255 - _FAINT, 255, image).astype(np.uint8)


def _known(words: Words, alphabets: list[Alphabet]) -> Words:
    """The words of characters that all know."""
    known = words.spelt_by(alphabets)
    if len(known) < 2:
        raise InputError(
            "the corpus has fewer than two words that judge and writers know"
        )
    return known


def _repeated_texts(words: Words) -> list[str]:
    """The most frequent texts of three characters and more."""
    counts = collections.Counter(text for text in words.texts if len(text) >= 3)
    return [
        text
        for text, count in counts.most_common(_NUM_REPEATED)
        if count >= min(_NUM_HANDS, 2)
    ]


def _images_of(words: Words, text: str) -> list[np.ndarray]:
    """Images of one text, evenly spread over the corpus, hence over its writers."""
    indices = [i for i, found in enumerate(words.texts) if found == text]
    spread = np.unique(np.linspace(0, len(indices) - 1, _NUM_HANDS).round().astype(int))
    return [words.images[indices[i]] for i in spread]


def _mean_variation(sets: list[list[np.ndarray]]) -> float | None:
    """How much images of one text differ, over texts; None without any."""
    if not sets:
        return None
    return float(np.mean([variation(np.stack(images)) for images in sets]))


def nearest_as_wide(
    images: list[np.ndarray], words: Words
) -> tuple[np.ndarray, np.ndarray]:
    """Distance of each image to the nearest one of `words` as wide, and its index.

    Infinite where there is none as wide.
    """
    distances, indices = np.full(len(images), np.inf), np.zeros(len(images), int)
    for width in {image.shape[1] for image in images}:
        own = [i for i, image in enumerate(images) if image.shape[1] == width]
        others = [i for i, image in enumerate(words.images) if image.shape[1] == width]
        if others:
            found, places = nearest_images(
                np.stack([images[i] for i in own]),
                np.stack([words.images[i] for i in others]),
            )
            distances[own], indices[own] = found, np.array(others)[places]
    return distances, indices


def nearest_picture(writer: Writer, data_dir: str, seed: int) -> np.ndarray:
    """Written words, each beside the training image that is nearest: uint8 [H, W].

    Two columns of words and their neighbours; the texts are those of held-out words.
    """
    train, held_out = (
        _known(load_words(data_dir, split), [writer.alphabet])
        for split in ("train", "validation")
    )
    random = np.random.default_rng(seed)
    order = random.permutation(len(held_out))[: 2 * _PICTURE_ROWS]
    images = writer.write([held_out.texts[i] for i in order], seed)
    _, nearest = nearest_as_wide(images, train)
    width = max(image.shape[1] for image in images)
    cells = [
        np.hstack([_on_paper(image, width), _on_paper(train.images[i], width)])
        for image, i in zip(images, nearest, strict=True)
    ]
    blank = np.full_like(cells[0], 255)
    cells += [blank] * (len(cells) % 2)
    return np.vstack([np.hstack(cells[i : i + 2]) for i in range(0, len(cells), 2)])


def _on_paper(image: np.ndarray, width: int) -> np.ndarray:
    """An image with paper around it: [H, W] -> [H + 8, width + 24]."""
    right = width + 16 - image.shape[1]
    return np.pad(image, [(4, 4), (8, right)], constant_values=255)


def writers_report(result: dict) -> str:
    """The figures as a Markdown table with what they mean."""
    lines = [
        f"{result['num_samples']:,} words each; {result['corpus']}.",
        "",
        "| | CER | WER | WER - real | WER, no faint ink | Frechet distance "
        "| over floor | kernel distance | over floor | variation | nearest, median "
        "| 10 % |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in result["rows"].items():
        is_real = name == REAL
        cells = [
            _title(name),
            rate_cell(row, "cer"),
            rate_cell(row, "wer"),
            rate_cell(row, "wer_difference") if "wer_difference" in row else "",
            rate_cell(row, "wiped_wer"),
            f"{row['frechet']:.3f}",
            "1" if is_real else _times(row["frechet_over_floor"]),
            f"{row['kernel']:.4f}",
            "1" if is_real else _times(row["kernel_over_floor"]),
            "-" if row["variation"] is None else f"{row['variation']:.2f}",
            f"{row['nearest']:.2f}",
            f"{row['nearest_tenth']:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    seen = honest_table({_title(name): row for name, row in result["rows"].items()})
    legend = f"{_LEGEND.format(**result)}\n\n{HONEST_LEGEND}"
    return "\n".join([*lines, "", seen, "", legend])


def _title(name: str) -> str:
    return "real words (floor)" if name == REAL else name


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


_LEGEND = (
    "CER, WER: characters and words that the judge reads wrongly, in brackets 95 % "
    "intervals over words; writers wrote the texts of the first row, words of a folder "
    "have texts of their own. "
    "No faint ink: pixels with less than a third of it made paper. "
    "Frechet and kernel distance: to held-out words, on the {num_features} features of "
    "the project's own recognizer and {num_samples:,} words of each; the floor is as "
    "many training words, whose texts the others wrote. Values on other features or "
    "numbers of words do not compare. Variation: mean distance of two images of one "
    "text, by different hands. Nearest: distance to the nearest training image that is "
    "as wide, of {num_nearest} words. Distances of images are in pixels of ink."
)
