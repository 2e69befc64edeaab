"""Measures generators of digits and sets them beside each other and real digits."""

import numpy as np

from scrabblegan.digits.dataset import NUM_CLASSES, DigitImages, read_digits
from scrabblegan.digits.generator import DigitGenerator
from scrabblegan.digits.judge import Judge
from scrabblegan.images.distances import frechet_distance, nearest_images

_NEAREST_COUNT = 1000  # images whose nearest neighbours are looked for
_CONFIDENT = 0.9
REAL = "real"


def measure_generators(
    generators: dict[str, DigitGenerator],
    judge: Judge,
    data_dir: str,
    num_samples: int,
    seed: int,
) -> dict:
    """`compare_generators` with the corpus at `data_dir`."""
    corpus = read_digits(data_dir)
    return compare_generators(generators, corpus, judge, num_samples, seed)


def compare_generators(
    generators: dict[str, DigitGenerator],
    corpus: DigitImages,
    judge: Judge,
    num_samples: int,
    seed: int,
) -> dict:
    """Figures of each generator and, under `REAL`, of real images.

    Distances are those between samples and held-out images. Their floor is what as
    many training images have: a generator that had learnt the training images'
    distribution perfectly, and nothing else, would reach it.

    Args:
      generators: by name.
      corpus: real images.
      judge: the classifier.
      num_samples: at most; as many as there are training images if those are fewer.
      seed: of the samples and of the choice of training images.

    Returns:
      what `digits_report` prints, as numbers.
    """
    count = min(num_samples, len(corpus.train_images))
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(corpus.train_images))[:count]
    train_features, _ = judge.judge(corpus.train_images[chosen])
    real_features, real_shares = judge.judge(corpus.held_out_images)
    answers = real_shares.argmax(axis=1)
    floor = frechet_distance(train_features, real_features)
    held_out = random.permutation(len(corpus.held_out_images))[:_NEAREST_COUNT]
    nearest, _ = nearest_images(corpus.held_out_images[held_out], corpus.train_images)
    rows = {
        REAL: _figures(real_shares, nearest)
        | {
            "frechet_distance": floor,
            "asked": float((answers == corpus.held_out_digits).mean()),
        }
    }
    for name, generator in generators.items():
        digits = np.arange(count) % NUM_CLASSES if generator.is_conditional else None
        images = generator.sample(count, digits, seed)
        features, shares = judge.judge(images)
        nearest, _ = nearest_images(images[:_NEAREST_COUNT], corpus.train_images)
        distance = frechet_distance(features, real_features)
        row = _figures(shares, nearest) | {
            "frechet_distance": distance,
            "frechet_over_floor": distance / floor if floor > 0 else None,
            "parameters": generator.num_parameters,
        }
        if digits is not None:
            right = shares.argmax(axis=1) == digits
            row["asked"] = float(right.mean())
            row["asked_by_digit"] = [
                float(right[digits == digit].mean()) for digit in range(NUM_CLASSES)
            ]
        rows[name] = row
    return {
        "corpus": corpus.name,
        "num_samples": count,
        "num_held_out": len(corpus.held_out_images),
        "num_features": judge.sizes["num_features"],
        "classifier": judge.facts.get("validation", {}),
        "rows": rows,
    }


def _figures(shares: np.ndarray, nearest: np.ndarray) -> dict:
    by_digit = class_shares(shares)
    return {
        "confident": confident_share(shares),
        "balance": balance_entropy(by_digit),
        "class_shares": by_digit.tolist(),
        "nearest": float(np.median(nearest)),
        "nearest_tenth": float(np.quantile(nearest, 0.1)),
    }


def confident_share(shares: np.ndarray) -> float:
    """Share of images that are given some digit with over 0.9.

    Args:
      shares: [N, 10] probabilities.
    """
    return float((shares.max(axis=1) > _CONFIDENT).mean())


def class_shares(shares: np.ndarray) -> np.ndarray:
    """How often each digit is the answer: [N, 10] -> [10], sum 1."""
    counts = np.bincount(shares.argmax(axis=1), minlength=shares.shape[1])
    return counts / len(shares)


def balance_entropy(class_shares: np.ndarray) -> float:
    """Entropy of the digits' shares over that of equal shares: 1 is even, 0 one digit.

    Args:
      class_shares: [K], sum 1.
    """
    present = class_shares[class_shares > 0]
    return float(-(present * np.log(present)).sum() / np.log(len(class_shares)))


def digits_report(result: dict) -> str:
    """The figures as a Markdown table with what they mean."""
    lines = [
        f"{result['num_samples']:,} samples each against {result['num_held_out']:,} "
        f"held-out images of {result['corpus']}.",
        "",
        "| | Frechet distance | over floor | confident | balance | rarest digit "
        "| as asked | nearest, median | nearest, 10 % |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in result["rows"].items():
        over = row.get("frechet_over_floor")
        asked = row.get("asked")
        cells = [
            "real images (floor)" if name == REAL else name,
            f"{row['frechet_distance']:.3f}",
            "1" if name == REAL else "-" if over is None else f"{over:.1f}",
            f"{row['confident']:.1%}",
            f"{row['balance']:.4f}",
            f"{min(row['class_shares']):.1%}",
            "-" if asked is None else f"{asked:.2%}",
            f"{row['nearest']:.2f}",
            f"{row['nearest_tenth']:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    accuracy = result["classifier"].get("accuracy")
    lines += [
        "",
        f"Frechet distance: on the {result['num_features']} features of the project's "
        "own classifier"
        + (f" (test accuracy {accuracy:.2%})" if accuracy else "")
        + ", samples against held-out images; its floor is as many training images "
        "against held-out images.",
        "Confident: given some digit with over 0.9. Balance: entropy of the digits "
        "drawn, 1 is even. Nearest: distance to the nearest training image, in pixels; "
        "of real images, those held out.",
    ]
    return "\n".join(lines)
