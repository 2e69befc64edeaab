"""Scans and strokes in a moment, and networks of ink of a few channels."""

import json
from functools import partial

import cv2
import numpy as np


def wave(columns: int = 90, row: float = 32.0, height: float = 10.0):
    """Points [P, 2] and ends of two strokes: a wave and a dot above it."""
    x = np.linspace(8, columns - 8, 60)
    points = np.stack([x, row + height * np.sin(x / 5.0)], axis=1)
    points = np.concatenate([points, [[columns / 2, row - height - 6]]])
    ends = np.zeros(len(points), bool)
    ends[-2:] = True
    return points, ends


def scanned(random, columns: int = 128, darkness: int = 150, paper: int = 235):
    """uint8 [64, columns]: a wave of ink on paper with a grain."""
    image = paper + random.normal(0, 2, [64, columns])
    mask = np.zeros([64, columns], np.uint8)
    points, _ = wave(columns, 30 + random.uniform(-2, 2), random.uniform(7, 11))
    path = points[:-1].round().astype(np.int32)
    cv2.polylines(mask, [path], False, 255, 2, cv2.LINE_AA)
    image -= darkness * (mask / 255.0)
    return image.clip(0, 255).round().astype(np.uint8)


def write_scans(folder, count: int = 40, columns: int = 128):
    """A folder of PNG files, without texts."""
    random = np.random.default_rng(0)
    folder.mkdir(parents=True)
    for number in range(count):
        image = scanned(random, columns, int(random.integers(90, 200)))
        cv2.imwrite(str(folder / f"{number:03d}.png"), image)
    return folder


def write_strokes(folder, count: int = 12):
    """What scribe.dataset writes of words, as far as it is read."""
    random = np.random.default_rng(1)
    (folder / "train").mkdir(parents=True)
    rows = []
    for _ in range(count):
        points, _ = wave(70, 30, random.uniform(7, 11))
        strokes = [points[:30].tolist(), points[30:-1].tolist(), [points[-1].tolist()]]
        rows.append({"text": "cab", "x_height": 14.0, "strokes": strokes})
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / "train" / "metadata.jsonl").write_text(text)
    return folder


def prepared_ink(folder):
    """A prepared folder of ink in `folder`/ink."""
    from scrabblegan.ink.preparation import prepare
    from scrabblegan.words.corpora import ImageFolder

    scans = write_scans(folder / "scans")
    prepare(ImageFolder(scans), write_strokes(folder / "strokes"), folder / "ink")
    return folder / "ink"


def tiny_ink_trainer(dataset, **changes):
    """An InkTrainer of a few channels."""
    import keras

    from scrabblegan.ink.network import make_ink_network
    from scrabblegan.ink.patch_discriminator import make_patch_discriminator
    from scrabblegan.ink.trainer import InkTrainer
    from scrabblegan.networks.losses import HingeLoss

    keras.utils.set_random_seed(0)
    options = {
        "generator": partial(make_ink_network, channels=(4, 6, 8), products="float32"),
        "discriminator": partial(
            make_patch_discriminator, channels=(4, 6, 8), products="float32"
        ),
        "generator_optimizer": keras.optimizers.Adam(1e-3, beta_1=0.0),
        "discriminator_optimizer": keras.optimizers.Adam(1e-3, beta_1=0.0),
        "loss": HingeLoss(),
        "whole_weight": 0.5,
        "content_weight": 8.0,
        "tolerance": 0.3,
        "penalty": 1.0,
        "penalty_every": 2,
        "num_papers": 3,
        "ema_decay": 0.9,
        "seed": 1,
    }
    return InkTrainer(dataset, **(options | changes))


def tiny_ink(folder, channels=(2, 3, 4), seed: int = 0):
    """A model of ink with random weights in a new folder; NumPy only."""
    from scribe.models import ink_model

    random = np.random.default_rng(seed)
    weights = {
        name: random.normal(0, 0.2, shape).astype(np.float32)
        for name, shape in ink_model.weight_shapes(channels).items()
    }
    kernel = np.zeros([2, 33, 33], np.float32)
    kernel[:, 16, 16] = 1.0
    weights |= {
        "figures": np.float32([[8, 0.6, 1.2], [12, 0.7, 1.5], [18, 0.8, 2.5]]),
        "paper_kernels": kernel,
        "paper_shades": np.linspace(230, 250, 33, dtype=np.float32)[None].repeat(2, 0),
    }
    folder.mkdir(parents=True)
    np.savez(folder / "weights.npz", **weights)
    facts = {"kind": "ink", "sizes": {"channels": list(channels)}}
    (folder / "model.json").write_text(json.dumps(facts))
    return folder
