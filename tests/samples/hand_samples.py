"""A corpus of writers whose loops lean and stretch each in his own way."""

import numpy as np

from scribe.corpora.hand_batches import HandAugmentation, HandDataset
from scribe.corpora.prepared import Line, save_corpus
from scribe.strokes.arrays import strokes_from_paths
from scribe.strokes.cleaning import deskew, divide_by_spread

SPLITS = {"train": 4, "validation": 2, "test": 1}


def loops(lean: float, width: float, random, num_loops: int = 12) -> np.ndarray:
    """A line of loops [P, 3], of a size of its own."""
    t = np.linspace(0.0, 2.0 * np.pi * num_loops, 16 * num_loops)
    phase = random.uniform(0.0, 2.0 * np.pi)
    y = np.sin(t + phase) + 0.2 * random.normal(size=len(t)).cumsum() / len(t)
    x = width * t / 3.0 + 0.8 * np.cos(t + phase) - lean * y
    path = random.uniform(20.0, 40.0) * np.column_stack([x, y])
    return strokes_from_paths(np.array_split(path, 3))


def hand_corpus(
    folder, known=True, lines_per_writer=6, forms_per_writer=1, splits=SPLITS
):
    """A prepared corpus of as many writers as `splits` says; returns its folder."""
    lines_by_split, number = {}, 0
    for split, num_writers in splits.items():
        lines = lines_by_split.setdefault(split, [])
        for _ in range(num_writers):
            random = np.random.default_rng(number)
            lean, width = -0.6 + 0.2 * number, 0.6 + 0.15 * number
            for i in range(lines_per_writer):
                name = f"w{number}-{i % forms_per_writer}-{i:02d}"
                writer = f"w{number}" if known else ""
                strokes = loops(lean, width, random)
                text = "ab " * 6 + "ab"
                lines.append(Line(strokes, text, name, name[:-3], writer))
            number += 1
    save_corpus(folder, "hands", lines_by_split, {})
    return folder


def hand_dataset(folder, **changes) -> HandDataset:
    """Batches of 40 points of two lines of two writers."""
    options = {
        "data_dir": str(folder),
        "train_splits": ["train"],
        "validation_splits": ["validation"],
        "others": [],
        "steps": [deskew, divide_by_spread],
        "min_lines": 2,
        "max_lines": 6,
        "writers_per_batch": 2,
        "lines_per_writer": 2,
        "points": 40,
        "validation_rounds": 1,
        "seed": 1,
        "augmentation": HandAugmentation(0.01, 0.01, 0.01, 0.01),
    }
    return HandDataset(**(options | changes))
