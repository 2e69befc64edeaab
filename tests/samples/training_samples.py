"""Small corpora, networks and trainers for the tests of training."""

import itertools

import numpy as np

from scribe.corpora.batches import pad_batch
from scribe.corpora.dataset import StrokeDataset
from scribe.corpora.prepared import Line

CHARACTERS = "abcd"


def scrawls(form: str, num_lines: int, random: np.random.Generator) -> list[Line]:
    """Lines of 3 to 6 letters; each letter is a loop whose size tells which it is."""
    lines = []
    for i in range(num_lines):
        text = "".join(random.choice(list(CHARACTERS), int(random.integers(3, 7))))
        strokes = [[0.0, 0.0, 0.0]]
        for character in text:
            size = 1.0 + CHARACTERS.index(character)
            for angle in np.linspace(0.0, 2.0 * np.pi, int(random.integers(6, 10))):
                wobble = random.normal(0.0, 0.1, 2)
                dx, dy = size * np.cos(angle), size * np.sin(angle)
                strokes.append([dx + wobble[0] + 0.5, dy + wobble[1], 0.0])
            strokes[-1][2] = 1.0
        array = np.array(strokes, np.float32)
        lines.append(Line(array, text, f"{form}-{i:02d}", f"{form}-{i // 4}"))
    return lines


def tiny_dataset(data_dir, **changes) -> StrokeDataset:
    """The tiny corpus with batches of 4 lines."""
    options = {
        "data_dir": str(data_dir),
        "train_splits": ["train", "test"],
        "validation_splits": ["validation"],
        "steps": [],
        "max_points": 100,
        "points_per_character": (1, 100),
        "max_offset": 60.0,
        "batch_size": 4,
        "bucket_points": 10,
        "seed": 1,
        "augmentation": None,
    }
    return StrokeDataset(**(options | changes))


def tiny_network(alphabet_size: int = 5, seed: int = 0, **changes):
    """An AttentionRNN whose weights depend on `seed` only."""
    import keras

    from scribe.networks.attention_rnn import AttentionRNN

    options = {
        "num_layers": 2,
        "num_units": 6,
        "num_mixtures": 2,
        "num_window_components": 2,
        "dropout": 0.0,
        "recurrence": "fast",
        "products": "float32",
    }
    keras.utils.set_random_seed(seed)
    return AttentionRNN(alphabet_size=alphabet_size, **(options | changes))


def tiny_trainer(dataset, network: dict | None = None, **changes):
    """A StrokeTrainer of a tiny network of one layer with Adam at 0.01."""
    import keras

    from scribe.training.stroke_trainer import StrokeTrainer

    sizes = {"num_layers": 1} | (network or {})
    options = {
        "model": lambda alphabet_size: tiny_network(alphabet_size, **sizes),
        "optimizer": keras.optimizers.Adam(0.01),
        "clip_norm": None,
        "ema_decay": 0.0,
        "weight_noise": None,
        "seed": 1,
        "jit_compile": False,
        "num_shards": 1,
        "picture_texts": [],
    }
    return StrokeTrainer(dataset, **(options | changes))


def random_batch(num_lines=3, max_points=9, seed=0) -> dict[str, np.ndarray]:
    """Lines of different lengths with texts of different lengths, padded."""
    random = np.random.default_rng(seed)
    strokes, texts = [], []
    for i in range(num_lines):
        points = random.normal(size=(max_points - 2 * i, 3)).astype(np.float32)
        points[:, 2] = random.random(len(points)) < 0.2
        strokes.append(points)
        texts.append(np.append(random.integers(1, 5, 5 - i), 0).astype(np.int32))
    return pad_batch(strokes, texts)


def first_batches(dataset, count: int) -> list[dict[str, np.ndarray]]:
    """What the first steps take."""
    return list(itertools.islice(dataset.train_batches(0), count))
