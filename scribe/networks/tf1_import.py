"""A checkpoint of an older program as a run: its network and its configuration."""

from pathlib import Path

import numpy as np

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.networks import tf1_layouts


def imported(
    checkpoint,
    layout: str | None = None,
    alphabet: str | None = None,
    data_scale: float | None = None,
    y_up: bool | None = None,
) -> tuple[StrokeModel, dict]:
    """The network as a StrokeModel, and what model.json says of its origin.

    Args:
      checkpoint: of tf1_checkpoint.opened.
      layout: in tf1_layouts.LAYOUTS; None for the one that its variables show.
      alphabet: its characters from id 1 on; None, as below, for the layout's own.
      data_scale: pen units in a unit of the network.
      y_up: whether y grew upwards in its data.

    Raises:
      InputError: it has no known layout, or the alphabet another size.
    """
    name = layout or tf1_layouts.recognised(checkpoint)
    layout = tf1_layouts.LAYOUTS[name]
    y_up = layout.y_up if y_up is None else y_up
    scale = layout.data_scale if data_scale is None else data_scale
    sizes = tf1_layouts.sizes_of(checkpoint, layout)
    model = StrokeModel(
        folder=Path(),
        kind="attention_rnn",
        sizes=sizes,
        alphabet=_alphabet(alphabet, layout.alphabet, sizes["alphabet_size"]),
        offset_scale=np.array([scale, scale]),
        cleaning=[dict(step) for step in layout.cleaning],
        weights=tf1_layouts.weights_of(checkpoint, layout, sizes, y_up),
        variant=layout.variant,
    )
    origin = {"checkpoint": checkpoint.path.name, "layout": name, "y_up": y_up}
    return model, {"imported": origin}


def _alphabet(given: str | None, of_layout: str, size: int) -> Alphabet:
    alphabet = Alphabet(of_layout if given is None else given)
    if alphabet.size == size:
        return alphabet
    count = len(alphabet.characters)
    raise InputError(
        f"the checkpoint was made for {size - 1} characters, "
        + (f"--alphabet has {count}" if given is not None else
           f"its layout's own alphabet has {count}: name them with --alphabet")
    )  # fmt: skip


def configuration(
    model: StrokeModel, checkpoint: str, output: str, data_dir: str
) -> str:
    """The configuration of a training that goes on from the imported weights.

    Args:
      model: of `imported`.
      checkpoint: its name.
      output: run folder of the weights.
      data_dir: prepared corpus.
    """
    steps = [step["step"] for step in model.cleaning]
    lines = [
        f"# Imported by scribe.import_tf1 from {checkpoint}.",
        "include 'optimization/adam_hold_decay.gin'",
        "include 'datasets/iam_ondb.gin'",
        "include 'models/attention_rnn.gin'",
        "",
        f"DATA_DIR = {data_dir!r}",
        "NUM_STEPS = 2000",
        "PEAK_LEARNING_RATE = 1e-4  # a tenth: these weights are trained already",
        f"StrokeTrainer.initial_model = {output!r}",
        f"StrokeDataset.alphabet = {model.alphabet.characters!r}",
        f"StrokeDataset.offset_scale = {tuple(model.offset_scale.tolist())}",
        f"StrokeDataset.steps = [{', '.join(f'@{name}' for name in steps)}]",
    ]
    for step in model.cleaning:
        arguments = {name: value for name, value in step.items() if name != "step"}
        lines += [f"{step['step']}.{name} = {v!r}" for name, v in arguments.items()]
    lines += [
        f"AttentionRNN.{name} = {size}"
        for name, size in model.sizes.items()
        if name != "alphabet_size"
    ]
    lines.append("AttentionRNN.variant = @Variant()")
    departures = model.variant.departures().items()
    lines += [f"Variant.{name} = {value!r}" for name, value in departures]
    return "\n".join(lines) + "\n"
