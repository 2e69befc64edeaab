"""Makes a checkpoint of an older program into a run folder.

  python -m scribe.import_tf1 --checkpoint=saved/model.ckpt-11000 --output=saved/old
  python -m scribe.sample --model=saved/old --text "From an older network."

Reads what TensorFlow 1 wrote with today's TensorFlow. Two layouts are known: that of
greydanus/scribe (scribe) and that of sjvasquez/handwriting-synthesis (sjvasquez). The
network that comes out computes what the original did. docs/OLD_CHECKPOINTS.md says how,
and how to train it further.
"""

import argparse
import tempfile
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError

LAYOUT_NAMES = ("scribe", "sjvasquez")


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    output = Path(options.output)
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"{output} exists already: name a new folder")
    if options.data_scale is not None and not 0.0 < options.data_scale < 1e6:
        raise InputError(f"--data_scale={options.data_scale}: must be more than 0")
    from scribe.models import save_model
    from scribe.networks import tf1_checkpoint

    with tf1_checkpoint.opened(options.checkpoint) as checkpoint:
        model, facts = _model(checkpoint, options)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".import.") as scratch:
        folder = Path(scratch) / output.absolute().name
        folder.mkdir()
        save_model(model, folder, facts)
        (folder / "config.gin").write_text(_config(model, options), encoding="utf-8")
        if output.is_dir():
            output.rmdir()
        folder.rename(output)
    print(output)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = command_line.parser(__doc__, "scribe.import_tf1")
    add = parser.add_argument
    add("--checkpoint", required=True, help="its prefix, one of its files, or a folder")
    add("--output", required=True, help="new run folder")
    add("--layout", choices=LAYOUT_NAMES, help="default: by the names of its variables")
    add("--alphabet", help="its characters from id 1 on (default: the layout's own)")
    add("--data_scale", type=float, metavar="UNITS",
        help="pen units in a unit of the network (default: 50 for scribe; 1 for "
        "sjvasquez, whose lines are divided by their median offset)")  # fmt: skip
    add("--y_up", action=argparse.BooleanOptionalAction, default=None,
        help="whether y grew upwards in its data (default: for sjvasquez)")  # fmt: skip
    add("--data_dir", default="data/iam_ondb",
        help="corpus that config.gin names, for further training (data/iam_ondb)",
    )  # fmt: skip
    return parser


def _model(checkpoint, options):
    """The network as a StrokeModel, and what model.json says of its origin."""
    import numpy as np

    from scribe.models.stroke_model import StrokeModel
    from scribe.networks import tf1_layouts

    name = options.layout or tf1_layouts.recognised(checkpoint)
    layout = tf1_layouts.LAYOUTS[name]
    y_up = layout.y_up if options.y_up is None else options.y_up
    scale = layout.data_scale if options.data_scale is None else options.data_scale
    sizes = tf1_layouts.sizes_of(checkpoint, layout)
    model = StrokeModel(
        folder=Path(),
        kind="attention_rnn",
        sizes=sizes,
        alphabet=_alphabet(options.alphabet, layout.alphabet, sizes["alphabet_size"]),
        offset_scale=np.array([scale, scale]),
        cleaning=[dict(step) for step in layout.cleaning],
        weights=tf1_layouts.weights_of(checkpoint, layout, sizes, y_up),
        variant=layout.variant,
    )
    origin = {"checkpoint": checkpoint.path.name, "layout": name, "y_up": y_up}
    return model, {"imported": origin}


def _alphabet(given: str | None, of_layout: str, size: int):
    from scribe.foundation.alphabet import Alphabet

    alphabet = Alphabet(of_layout if given is None else given)
    if alphabet.size == size:
        return alphabet
    count = len(alphabet.characters)
    raise InputError(
        f"the checkpoint was made for {size - 1} characters, "
        + (f"--alphabet has {count}" if given is not None else
           f"its layout's own alphabet has {count}: name them with --alphabet")
    )  # fmt: skip


def _config(model, options) -> str:
    """The configuration of a training that goes on from the imported weights."""
    steps = [step["step"] for step in model.cleaning]
    lines = [
        f"# Imported by scribe.import_tf1 from {Path(options.checkpoint).name}.",
        "include 'optimization/adam_hold_decay.gin'",
        "include 'datasets/iam_ondb.gin'",
        "include 'models/attention_rnn.gin'",
        "",
        f"DATA_DIR = {options.data_dir!r}",
        "NUM_STEPS = 2000",
        "PEAK_LEARNING_RATE = 1e-4  # a tenth: these weights are trained already",
        f"StrokeTrainer.initial_model = {options.output!r}",
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


if __name__ == "__main__":
    command_line.run(main)
