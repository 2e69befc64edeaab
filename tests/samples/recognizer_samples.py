"""Words of a few letters, small recognizers and trainers for tests of scrabblegan."""

import cv2
import numpy as np

ALPHABET = "abcho"
WORDS = ("a", "ab", "bo", "oh", "hoo", "cab", "abba", "coach")


def drawn_word(text: str, random: np.random.Generator) -> np.ndarray:
    """uint8 [32, 16 len(text)], ink 0 on paper 255: letters of a plotter, shaken."""
    image = np.full([32, 16 * len(text)], 255, np.uint8)
    for i, letter in enumerate(text):
        x, y = random.integers(0, 3, 2)
        place = (16 * i + int(x), 23 + int(y))
        cv2.putText(image, letter, place, cv2.FONT_HERSHEY_SIMPLEX, 0.75, 0, 2)
    return image


def write_words(folder, per_word: int = 6, seed: int = 0):
    """Prepared words, a third of them for validation; returns the folder."""
    from scrabblegan.words import prepared

    random = np.random.default_rng(seed)
    splits = {}
    for split, count in (("train", per_word), ("validation", per_word // 3)):
        texts = [text for text in WORDS for _ in range(count)]
        images = [drawn_word(text, random) for text in texts]
        names = [f"{split}-{i}" for i in range(len(texts))]
        splits[split] = prepared.Words(images, texts, names)
    prepared.save_words(folder, splits, {"name": "drawn words"}, buckets=False)
    return folder


def tiny_dataset(data_dir, **changes):
    """Four words a batch."""
    from scrabblegan.words.dataset import WordDataset

    options = {
        "train_splits": ("train",),
        "validation_splits": ("validation",),
        "alphabet": ALPHABET,
        "lengths": (1, 6),
        "batch_size": 4,
        "lexicon": None,
        "seed": 1,
    }
    return WordDataset(str(data_dir), **(options | changes))


def tiny_network(alphabet_size: int, **changes):
    """Always with the same weights."""
    import keras

    from scrabblegan.networks.recognizer_network import make_recognizer

    keras.utils.set_random_seed(0)
    options = {
        "stages": ((4,), (6, 6)),
        "pools": ((2, 2), (8, 1)),
        "context": (7,),
        "num_units": 5,
        "num_recurrent_layers": 1,
        "dropout": 0.0,
        "products": "float32",
    }
    return make_recognizer(**(options | changes), alphabet_size=alphabet_size)


def tiny_trainer(dataset, network=tiny_network, rate: float = 1e-2, **changes):
    """A RecognizerTrainer of a tiny network."""
    import keras

    from scrabblegan.training.recognizer_trainer import RecognizerTrainer

    options = {
        "optimizer": keras.optimizers.Adam(rate),
        "augmentation": None,
        "clip_norm": 5.0,
        "ema_decay": 0.9,
        "initial": None,
        "seed": 1,
    }
    return RecognizerTrainer(dataset, network=network, **(options | changes))


def random_recognizer(folder, **changes):
    """A Recognizer that has learnt nothing, its batch norm's averages not trivial."""
    from scrabblegan.models.recognizer import Recognizer
    from scrabblegan.words.normalizer import WordNormalizer
    from scribe.foundation.alphabet import Alphabet

    network = tiny_network(len(ALPHABET) + 1, **changes)
    random = np.random.default_rng(0)
    weights = {
        name: random.uniform(-0.6, 0.6, v.shape).astype(np.float16).astype(np.float32)
        for name, v in network.named_weights().items()
    }
    for name in weights:
        if name.endswith("moving_variance"):
            weights[name] = np.abs(weights[name]) + np.float32(0.5)
    normalizer = WordNormalizer("normal", 3, "text", 3.0)
    return Recognizer(folder, network.sizes(), Alphabet(ALPHABET), weights, normalizer)
