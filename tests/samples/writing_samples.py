"""Small networks with random weights that write scribbles, and lines as if written."""

import dataclasses
import string
from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.models.sizes import (
    attention_rnn_shapes,
    encoder_decoder_shapes,
    reader_shapes,
)
from scribe.models.stroke_model import StrokeModel, load_model, save_model
from scribe.models.variant import GRAVES, Variant
from scribe.reading.reader import Reader
from scribe.strokes.arrays import strokes_from_points
from scribe.writing import WrittenLine

CHARACTERS = " ',-.:?" + string.digits + string.ascii_letters


def scribbler(
    num_layers: int = 2,
    num_units: int = 16,
    reads_text: bool = True,
    steps_per_character: float = 4.0,
    seed: int = 0,
    variant: Variant = GRAVES,
) -> StrokeModel:
    """A network whose window moves on by a character in about so many steps."""
    random = np.random.default_rng(seed)
    sizes = {
        "num_layers": num_layers,
        "num_units": num_units,
        "num_mixtures": 4,
        "num_window_components": 3 if reads_text else 0,
        "alphabet_size": len(CHARACTERS) + 1,
    }
    weights = {}
    for name, shape in attention_rnn_shapes(sizes, variant).items():
        deviation = shape[0] ** -0.5 if len(shape) == 2 else 0.1
        weights[name] = random.normal(0, deviation, shape).astype(np.float32)
        if name.startswith("lstm") and name.endswith("bias"):
            weights[name][num_units : 2 * num_units] += 1.0
    if reads_text and variant.window_form == "softplus":
        weights["window/kernel"] *= 0.2
        weights["window/bias"] += np.repeat([1, 1, 25 / steps_per_character], 3)
    elif reads_text:
        weights["window/kernel"] *= 0.2
        weights["window/bias"][3:6] += 0.5
        weights["window/bias"][6:9] -= np.log(steps_per_character)
    weights["output/bias"][-1] -= 1.5  # a stroke of some five points
    return StrokeModel(
        folder=Path(),
        kind="attention_rnn",
        sizes=sizes,
        alphabet=Alphabet(CHARACTERS),
        offset_scale=np.array([2.0, 1.5]),
        cleaning=[
            {"step": "deskew"},
            {"step": "decimate", "keep_every": 2},
            {"step": "divide_by_median_offset"},
        ],
        weights=weights,
        variant=variant,
    )


def encoding_scribbler(
    attention: str = "gaussian", seed: int = 0, writers: tuple[str, ...] = ()
) -> StrokeModel:
    """An encoder-decoder of chance; a Gaussian window moves as that of `scribbler`."""
    random = np.random.default_rng(seed)
    decoder = scribbler(seed=seed)
    sizes = decoder.sizes | {
        "embedding_dim": 5,
        "encoder_units": 7,
        "attention": attention,
        "attention_units": 6,
        "location_filters": 3,
        "location_width": 5,
        "num_writers": len(writers),
    }
    weights = {}
    for name, shape in encoder_decoder_shapes(sizes).items():
        weights[name] = decoder.weights.get(name)
        if weights[name] is None or weights[name].shape != shape:
            deviation = shape[0] ** -0.5
            weights[name] = random.normal(0, deviation, shape).astype(np.float32)
    return dataclasses.replace(
        decoder,
        kind="encoder_decoder",
        sizes=sizes,
        weights=weights,
        writers=writers,
    )


def saved(folder: Path, **arguments) -> StrokeModel:
    """A scribbler in a run folder."""
    folder.mkdir(parents=True)
    save_model(scribbler(**arguments), folder, {"step": 0})
    return load_model(folder)


def random_reader(stacks: tuple[int, ...] = (2, 1, 3)) -> Reader:
    """A reader whose weights are chance."""
    random = np.random.default_rng(0)
    alphabet = Alphabet("abc ")
    sizes = {
        "num_units": 5,
        "stacks": list(stacks),
        "alphabet_size": alphabet.size,
    }
    weights = {
        name: random.normal(0.0, 0.5, shape).astype(np.float32)
        for name, shape in reader_shapes(sizes).items()
    }
    cleaning = [
        {"step": "deskew"},
        {"step": "divide_by_spread"},
        {"step": "resample_path", "spacing": 0.4, "lift_spacing": 0.8},
    ]
    model = StrokeModel(
        folder=None,
        kind="reader",
        sizes=sizes,
        alphabet=alphabet,
        offset_scale=np.array([0.3, 0.35]),
        cleaning=cleaning,
        weights=weights,
    )
    return Reader(model)


def printed(
    text: str, x_height: float = 10.0, slope: float = 0.0, joined: bool = False
) -> WrittenLine:
    """A line in letters of boxes, 0.6 x-heights wide and as far apart.

    Small letters are as high as the x-height and tall ones twice that, tails go down by
    one; spaces are 1.2 wide. The dot of an i is set when the word is finished, while
    the window already stands on the space. Quotation marks are two short strokes, a
    dash is a flat one.

    Args:
      text: letters, spaces, full stops, quotation marks, dashes; others are letters.
      x_height: in pen units.
      slope: of the baseline, down to the right.
      joined: does not lift the pen between words.
    """
    strokes, belongs, dots = [], [], []
    x = 0.0
    for i, character in enumerate(text):
        if character == " ":
            x += 0.6
            strokes.extend(dots)
            belongs.extend([i] * len(dot) for dot in dots)
            dots = []
            continue
        top = 2 if character in "bdfhklt" or character.isupper() else 1
        foot = -1 if character in "gjpqy" else 0
        if character == ".":
            box = [(x, 0.1), (x, 0.0), (x, 0.05)]
        else:
            box = [(x, top), (x, 0.5), (x, foot), (x + 0.6, 0), (x + 0.6, 1)]
        if character == "-":
            box = [(x, 0.5), (x + 0.3, 0.5), (x + 0.6, 0.5)]
        if character == '"':
            box = [(x + 0.3, 2.0), (x + 0.3, 1.6)]
            strokes.append([(x, 2.0), (x, 1.6)])
            belongs.append([i] * 2)
        if character == "i":
            dots.append([(x + 0.3, 1.5), (x + 0.3, 1.6)])
        strokes.append(box)
        belongs.append([i] * len(box))
        x += 0.6 if character == "." else 1.2
    strokes.extend(dots)
    belongs.extend([len(text) - 1] * len(dot) for dot in dots)
    ends = np.concatenate([np.eye(1, len(s), len(s) - 1)[0] for s in strokes])
    if joined:
        ends[:-1] = 0
    points = np.concatenate(strokes) * [x_height, -x_height]
    points[:, 1] += slope * points[:, 0]
    phi = np.eye(len(text) + 1, dtype=np.float32)[np.concatenate(belongs).astype(int)]
    return WrittenLine(strokes_from_points(points, ends), text, True, 1, phi, None)
