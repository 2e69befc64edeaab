"""Measures networks of ink beside real scans, hand-made ink and a plain pen.

All draw the same held-out strokes. Two questions: does a fresh classifier tell what
they draw from held-out scans, and can what was written still be read?
"""

from collections.abc import Callable

import cv2
import numpy as np

from scrabblegan.evaluation.eye_measures import eye_figures
from scrabblegan.evaluation.reading_figures import rate_cell, reading_figures
from scrabblegan.evaluation.real_or_not import SEEDS, fresh_auc
from scrabblegan.images import Unusable
from scrabblegan.ink.dataset import Strip, units_like
from scrabblegan.ink.preparation import load_facts, load_scans, load_strokes
from scrabblegan.models.recognizer import Recognizer
from scribe.foundation.errors import InputError
from scribe.models.ink_model import ROWS, InkModel
from scribe.models.pen_maps import drawn_pen
from scribe.reading import error_rates

REAL, PLAIN, BY_HAND = "real scans (floor)", "plain pen", "hand-made ink"
_CROPS_PER_SCAN = 3
_FADE = 0.1  # of the darkness of hand-made ink
_SMOOTH_PIXELS = 2.5
_BLURS = (0.45, 0.9)  # pixels
_PICTURE_ROWS, _CELL, _SQUARE = 10, 264, 8
_MARGIN = 8  # pixels beside a word that is to be read


def measure_inks(
    models: dict[str, InkModel],
    judge: Recognizer,
    data_dir: str,
    num_samples: int,
    seed: int,
) -> dict:
    """Figures of real scans, of a plain pen, of hand-made ink and of each model.

    Args:
      models: by name.
      judge: reads words.
      data_dir: made by scrabblegan.prepare_ink.
      num_samples: strips of words, and words to read, at most.
      seed: of all draws.

    Returns:
      what `inks_report` prints, as numbers.
    """
    facts = load_facts(data_dir)
    train, held_out = (load_scans(data_dir, s) for s in ("train", "validation"))
    every_word = load_strokes(data_dir)
    words = every_word[: max(len(every_word) // 10, 1)]  # no model has seen these
    random = np.random.default_rng(seed)
    units = units_like(
        np.array([scan.figures[0] for scan in held_out]),
        np.array([word.spread for word in words]),
    )
    chosen = random.integers(len(held_out), size=min(num_samples, 4 * len(held_out)))
    strips = [Strip(held_out[i], units[i], words, random) for i in chosen]
    # Held-out ones first; the others are there for narrower intervals.
    readable = _readable(every_word, judge, units, random)[:num_samples]
    if not readable:
        raise InputError(f"{data_dir} has no words whose characters the judge knows")
    sources: dict[str, Callable] = {
        PLAIN: _plain,
        BY_HAND: _by_hand(models, train, seed),
    }
    sources |= {name: _scanning(model, seed) for name, model in models.items()}
    real = [scan.image for scan in held_out]
    rows = {REAL: {"auc_by_seed": _auc(real, [scan.image for scan in train])}}
    plain = None
    for name, draw in sources.items():
        drawn = [draw(s.points, s.ends, ROWS, s.maps.shape[1]) for s in strips]
        row = {"auc_by_seed": _auc(real, drawn)}
        row |= _reading(draw, readable, judge)
        plain = plain or row["errors"]
        row |= error_rates.compare_errors(row.pop("errors"), plain)
        rows[name] = row
    for row in rows.values():
        by_seed = row["auc_by_seed"]
        row["auc"] = None if by_seed is None else float(np.mean(by_seed))
    return {
        "corpus": facts.get("corpus", data_dir),
        "num_scans": len(held_out),
        "num_strips": len(strips),
        "num_words": len(readable),
        "rows": rows,
    }


def _auc(real, drawn) -> list[float] | None:
    return fresh_auc(real, drawn, per_image=_CROPS_PER_SCAN)


def _readable(words, judge: Recognizer, units: np.ndarray, random) -> list[tuple]:
    """Words that the judge knows and can take, with their points on a picture."""
    found = []
    for word in words:
        if judge.alphabet.unknown(word.text) or len(word.text) < 2:
            continue
        points = word.points * units[random.integers(len(units))]
        high = np.ptp(points[:, 1])
        if high > ROWS - 4:
            points = points * ((ROWS - 4) / high)
        points = points - [0.0, (points[:, 1].max() + points[:, 1].min()) / 2]
        points = points - [points[:, 0].min() - _MARGIN, -ROWS / 2]
        width = int(np.ceil(points[:, 0].max())) + _MARGIN
        found.append((word.text, points, word.ends, width))
    return found


def _reading(draw: Callable, readable: list[tuple], judge: Recognizer) -> dict:
    """Of words that are drawn, brought to the judge's form and read."""
    images, texts = [], []
    lost = 0
    for text, points, ends, width in readable:
        drawn = draw(points, ends, ROWS, width)
        try:
            images.append(judge.normalizer(drawn, text))
            texts.append(text)
        except Unusable:
            # A word that cannot be found on its paper was not written.
            images.append(np.full([32, 16 * len(text)], 255, np.uint8))
            texts.append(text)
            lost += 1
    found, errors = reading_figures(texts, judge.read(images))
    return found | eye_figures(images, texts) | {"errors": errors, "lost": lost}


def _scanning(model: InkModel, seed: int) -> Callable:
    random = np.random.default_rng([seed, 2])
    return lambda *strip: model.scan(*strip, random)


def _plain(points, ends, height: int, width: int) -> np.ndarray:
    return 255 - drawn_pen(points, ends, height, width, 1.6)


def _by_hand(models: dict[str, InkModel], scans, seed: int) -> Callable:
    """Ink of a pen's breadth and darkness, uneven and blurred, on the same paper."""
    random = np.random.default_rng([seed, 3])
    own = next(iter(models.values()))

    def draw(points, ends, height, width):
        figures = scans[random.integers(len(scans))].figures
        share = drawn_pen(points, ends, height, width, max(0.85 * figures[2], 1.0))
        ink = cv2.GaussianBlur(
            share.astype(np.float32) / 255, (0, 0), random.uniform(*_BLURS)
        )
        noise = random.standard_normal(ink.shape, dtype=np.float32)
        uneven = cv2.GaussianBlur(noise, (0, 0), _SMOOTH_PIXELS)
        ink *= figures[1] * (1.0 + _FADE * uneven / max(float(uneven.std()), 1e-6))
        paper = own.paper(height, width, random)
        return np.rint(paper * (1.0 - ink.clip(0, 1))).clip(0, 255).astype(np.uint8)

    return draw


def which_is_which(model: InkModel, data_dir: str, seed: int) -> np.ndarray:
    """Scans and drawn words in a random order, and the answer below: uint8 [H, W].

    The answer is a small square for each, in the same order, black for a scan.
    """
    held_out, words = load_scans(data_dir, "validation"), load_strokes(data_dir)
    words = words[: max(len(words) // 10, 1)]
    random = np.random.default_rng(seed)
    units = units_like(
        np.array([scan.figures[0] for scan in held_out]),
        np.array([word.spread for word in words]),
    )
    draw = _scanning(model, seed)
    rows, keys = [], []
    for _ in range(_PICTURE_ROWS):
        is_real = random.random(2) < 0.5
        cells = []
        for real in is_real:
            i = random.integers(len(held_out))
            image = held_out[i].image
            if not real:
                strip = Strip(held_out[i], units[i], words, random)
                image = draw(strip.points, strip.ends, ROWS, strip.maps.shape[1])
            cells.append(_cell(image))
        rows.append(np.hstack(cells))
        keys.append(np.hstack([_square(real) for real in is_real]))
    key = np.vstack(keys)
    key = np.pad(
        key, [(3 * _SQUARE, _SQUARE), (0, 2 * _CELL - key.shape[1])],
        constant_values=255,
    )  # fmt: skip
    return np.vstack([*rows, key])


def _cell(image: np.ndarray) -> np.ndarray:
    cut = image[:, : _CELL - 8]
    right = _CELL - 4 - cut.shape[1]
    return np.pad(cut, [(4, 4), (4, right)], constant_values=255)


def _square(is_filled: bool) -> np.ndarray:
    square = np.zeros([_SQUARE, _SQUARE], np.uint8)
    if not is_filled:
        square[1:-1, 1:-1] = 255
    return np.pad(square, [(0, 4), (4, 0)], constant_values=255)


def inks_report(result: dict) -> str:
    """The figures as a Markdown table with what they mean."""
    lines = [
        "| | AUC, fresh classifier | WER | WER - plain pen | CER | smudged "
        "| pieces per character |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in result["rows"].items():
        by_seed = ", ".join(f"{auc:.2f}" for auc in row["auc_by_seed"] or ())
        cells = [name, "-" if row["auc"] is None else f"{row['auc']:.3f} ({by_seed})"]
        if "wer" in row:
            cells += [
                rate_cell(row, "wer"),
                "" if name == PLAIN else rate_cell(row, "wer_difference"),
                rate_cell(row, "cer"),
                f"{row['smudged']:.1%}",
                f"{row['pieces']:.2f}",
            ]
        else:
            cells += [""] * 5
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", _LEGEND.format(**result)])


_LEGEND = (
    "Against {num_scans:,} held-out scans of {corpus}; {num_strips:,} strips of the "
    "same held-out strokes in each row. AUC: of a small classifier that learns to tell "
    "crops of 64 x 64 pixels from scans, mean and each of " + str(len(SEEDS)) + " "
    "seeds; 0.5 is chance. WER, CER: of {num_words:,} words by the judge, in brackets "
    "95 % intervals. The plain pen is 1.6 pixels wide and black; hand-made ink has the "
    "scans' breadths, darkness and the first model's papers."
)
