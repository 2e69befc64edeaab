"""Small SketchRNNs with random weights, and words for them."""

from pathlib import Path

import numpy as np
from training_samples import tiny_dataset

from scribe.foundation.alphabet import Alphabet
from scribe.models.sizes import sketch_rnn_shapes
from scribe.models.stroke_model import StrokeModel, load_model, save_model

SIZES = {"encoder_units": 5, "decoder_units": 7, "latent_dim": 4, "num_mixtures": 3}


def doodler(latent_dim: int = 4, seed: int = 0) -> StrokeModel:
    """A network whose drawings end after some 30 points."""
    random = np.random.default_rng(seed)
    sizes = SIZES | {"latent_dim": latent_dim}
    weights = {
        name: random.normal(0.0, 0.4, shape).astype(np.float32)
        for name, shape in sketch_rnn_shapes(sizes).items()
    }
    weights["output/bias"][-3:] = [1.0, 0.0, 0.0]  # down, up, end
    return StrokeModel(
        folder=Path(),
        kind="sketch_rnn",
        sizes=sizes,
        alphabet=Alphabet("abcd"),
        offset_scale=np.array([1.5, 2.0]),
        cleaning=[
            {"step": "decimate", "keep_every": 2},
            {"step": "divide_by_median_offset"},
        ],
        weights=weights,
    )


def saved(folder: Path, **arguments) -> StrokeModel:
    """A doodler in a run folder."""
    folder.mkdir(parents=True)
    save_model(doodler(**arguments), folder, {"step": 0})
    return load_model(folder)


def drawings(lengths=(9, 4, 6), seed=0) -> list[np.ndarray]:
    """Strokes [P, 3] of these lengths, in a network's unit."""
    random = np.random.default_rng(seed)
    made = []
    for length in lengths:
        strokes = random.normal(size=(length, 3)).astype(np.float32)
        strokes[:, 2] = random.random(length) < 0.3
        strokes[0] = 0.0
        strokes[-1, 2] = 1.0
        made.append(strokes)
    return made


def tiny_trainer(data_dir, network: dict | None = None, **changes):
    """A SketchTrainer of a tiny network with Adam at 0.01."""
    import keras

    from scribe.networks.sketch_rnn import SketchRNN
    from scribe.training.sketch_trainer import SketchTrainer

    sizes = SIZES | {"dropout": 0.1, "products": "float32"} | (network or {})
    keras.utils.set_random_seed(1)
    options = {
        "dataset": tiny_dataset(data_dir),
        "network": lambda: SketchRNN(**sizes),
        "optimizer": keras.optimizers.Adam(0.01),
        "clip_norm": 1.0,
        "ema_decay": 0.9,
        "kl_weight": 0.5,
        "kl_start": 0.01,
        "kl_rate": 0.999,
        "kl_floor": 0.2,
        "seed": 1,
        "num_shards": 1,
    }
    return SketchTrainer(**(options | changes))
