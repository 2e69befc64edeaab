"""How well a small network that was never pleased tells written words from real ones.

A classifier two-sample test (Lopez-Paz and Oquab 2017, arXiv 1610.06545): it learns on
half of both and is measured on words that it has not seen. A discriminator that a
generator has fooled says nothing, a fresh one does. The recipe is fixed, so that
figures compare; one seed moves them by 0.05, so there are three.
"""

from collections.abc import Sequence

import numpy as np

SEEDS = (0, 1, 2)
_CROP_COLUMNS = 64
_MOST = 1600  # crops of each kind
_LEAST = 80
_TRAIN_SHARE = 0.75
_CHANNELS = (16, 32, 48)
_EPOCHS, _BATCH, _RATE = 15, 64, 2e-3
_LEAST_INK = 0.006  # of a crop's pixels: empty paper says nothing
_DARK = 200
_TRIES = 6


def fresh_auc(
    real: Sequence[np.ndarray],
    written: Sequence[np.ndarray],
    seeds: Sequence[int] = SEEDS,
    per_image: int = 1,
) -> list[float] | None:
    """Area under the ROC curve of a fresh classifier, by seed: 0.5 cannot tell.

    Args:
      real, written: uint8 [H, W] of one height, ink 0 on paper 255.
      seeds: of choice, weights and order.
      per_image: crops of each at most: more where there are few images.

    Returns:
      None if there are too few images that are wide enough.
    """
    figures = []
    for seed in seeds:
        random = np.random.default_rng(seed)
        first, second = (crops(images, random, per_image) for images in (real, written))
        count = min(len(first), len(second))
        if count < _LEAST:
            return None
        figures.append(_auc_of_seed(first[:count], second[:count], seed))
    return figures


def crops(
    images: Sequence[np.ndarray], random: np.random.Generator, per_image: int = 1
) -> np.ndarray:
    """Crops of images, in random order: float32 [N, H, 64, 1] ink.

    Those of one image follow each other, so that it is on one side of a cut.
    """
    found = []
    order = random.permutation(len(images))
    for i in np.repeat(order, per_image):
        room = images[i].shape[1] - _CROP_COLUMNS
        if room < 0:
            continue
        for _ in range(_TRIES):
            left = random.integers(room + 1)
            crop = images[i][:, left : left + _CROP_COLUMNS]
            if np.count_nonzero(crop < _DARK) > _LEAST_INK * crop.size:
                found.append(crop)
                break
        if len(found) == _MOST:
            break
    if not found:
        return np.zeros([0, 1, _CROP_COLUMNS, 1], np.float32)
    return 1.0 - np.stack(found)[..., None].astype(np.float32) / 255.0


def _auc_of_seed(real: np.ndarray, written: np.ndarray, seed: int) -> float:
    import keras

    cut = int(_TRAIN_SHARE * len(real))
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    network = keras.Sequential(
        [keras.Input(real.shape[1:])]
        + [layers.Conv2D(n, 3, 2, "same", activation="relu") for n in _CHANNELS]
        + [layers.GlobalAveragePooling2D(), layers.Dense(1)]
    )
    network.compile(
        keras.optimizers.Adam(_RATE), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    labels = np.repeat(np.float32([0, 1]), cut)[:, None]
    both = np.concatenate([real[:cut], written[:cut]])
    network.fit(both, labels, epochs=_EPOCHS, batch_size=_BATCH, verbose=0)
    scores = [network.predict(x[cut:], verbose=0)[:, 0] for x in (real, written)]
    return area_under_curve(*scores)


def area_under_curve(negative: np.ndarray, positive: np.ndarray) -> float:
    """The share of pairs whose positive has the higher score; ties count half."""
    higher = positive[:, None] > negative[None, :]
    equal = positive[:, None] == negative[None, :]
    return float(np.mean(higher + 0.5 * equal))
