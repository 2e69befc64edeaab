"""Drawn words: images as scans have them, and folders of prepared ones."""

import csv
import io

import cv2
import numpy as np
from PIL import Image


def drawn_word(
    text: str = "ham",
    ink: int = 40,
    paper: int = 220,
    margin: int = 20,
    noise: float = 0.0,
) -> np.ndarray:
    """uint8 [H, W]: a word in printed letters of 20 pixels' height."""
    font, scale, thickness = cv2.FONT_HERSHEY_SIMPLEX, 0.9, 2
    (width, height), below = cv2.getTextSize(text, font, scale, thickness)
    shape = [height + below + 2 * margin, width + 2 * margin]
    image = np.full(shape, paper, np.uint8)
    at = (margin, margin + height)
    cv2.putText(image, text, at, font, scale, ink, thickness, cv2.LINE_AA)
    random = np.random.default_rng(0)
    noisy = image + random.normal(0.0, noise, shape)
    return noisy.round().clip(0, 255).astype(np.uint8)


def png(pixels: np.ndarray, mode: str = "L") -> bytes:
    """A PNG of uint8 [H, W], as grey or converted to another mode."""
    image = Image.fromarray(pixels)
    if mode == "alpha":  # black ink on transparent ground
        black = Image.new("L", image.size, 0)
        image = Image.merge("RGBA", [black] * 3 + [Image.fromarray(255 - pixels)])
    elif mode == "I;16":
        image = Image.fromarray(pixels.astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    file = io.BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def write_listed(folder, words: list[tuple[str, str, str, str]]):
    """A folder of images with words.csv; (file, text, page, split) each."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "words.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "text", "page", "split"])
        rows.writerows(words)
    for name, text, *_ in words:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(drawn_word(text or "x")))
    return folder


def write_iam(folder):
    """Three forms in the layout of the IAM database; one word is marked as wrong."""
    rows = [
        "#--- words.txt ---",
        "a01-000u-00-00 ok 154 408 768 27 51 AT A",
        "a01-000u-00-01 ok 154 507 766 213 48 NN MOVE",
        "a01-000u-01-00 err 154 507 766 213 48 NN badly",
        "a01-000x-00-00 ok 154 408 768 27 51 AT A",
        "b02-035-07-03 ok 182 1 2 3 4 NPT B B C",
        "b02-035-07-04 ok 182 1 2 3 4 NPT",
    ]
    (folder / "words.txt").write_text("\n".join(rows) + "\n")
    for name in ("a01-000u-00-00", "a01-000u-00-01", "a01-000x-00-00", "b02-035-07-03"):
        place = folder / "words" / name[:3] / name[:-6]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.png").write_bytes(png(drawn_word()))
    return folder


def prepared_words(
    folder,
    texts_by_split: dict[str, list[str]],
    buckets: bool = False,
    description: dict | None = None,
):
    """Prepared words whose images are noise, a level of grey for each character."""
    from scrabblegan.words import prepared
    from scrabblegan.words.prepared import Words

    random = np.random.default_rng(0)
    words_by_split = {}
    for split, texts in texts_by_split.items():
        images = [
            np.concatenate(
                [
                    random.integers(0, 2, [32, 16]) * (255 - ord(character))
                    for character in text
                ],
                axis=1,
            ).astype(np.uint8)
            for text in texts
        ]
        names = [f"{split}/{i}" for i in range(len(texts))]
        words_by_split[split] = Words(images, texts, names)
    facts = {"name": "noise"} | (description or {})
    prepared.save_words(folder, words_by_split, facts, buckets)
    return folder


def tiny_word_dataset(data_dir, **changes):
    """Words of 1 to 5 letters in batches of 4."""
    from scrabblegan.words.dataset import WordDataset

    options = {
        "data_dir": str(data_dir),
        "train_splits": ["train"],
        "validation_splits": ["validation"],
        "alphabet": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "lengths": (1, 5),
        "batch_size": 4,
        "lexicon": None,
        "seed": 1,
    }
    return WordDataset(**(options | changes))
