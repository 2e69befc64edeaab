"""Makes a checkpoint of an older program into a run folder.

  python -m scribe.import_tf1 --checkpoint=saved/model.ckpt-11000 --output=saved/old
  python -m scribe.sample --model=saved/old --text "From an older network."

Reads what TensorFlow 1 wrote with today's TensorFlow. Two layouts are known: that of
greydanus/scribe (scribe) and that of sjvasquez/handwriting-synthesis (sjvasquez). The
network that comes out computes what the original did. docs/operate/OLD_CHECKPOINTS.md
says how, and how to train it further.
"""

import argparse
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import check_new_folder, whole_folder

LAYOUT_NAMES = ("scribe", "sjvasquez")


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    check_new_folder(options.output)
    if options.data_scale is not None and not 0.0 < options.data_scale < 1e6:
        raise InputError(f"--data_scale={options.data_scale}: must be more than 0")
    from scribe.models import save_model
    from scribe.networks import tf1_checkpoint, tf1_import

    with tf1_checkpoint.opened(options.checkpoint) as checkpoint:
        model, facts = tf1_import.imported(
            checkpoint,
            options.layout,
            options.alphabet,
            options.data_scale,
            options.y_up,
        )
    name = Path(options.checkpoint).name
    config = tf1_import.configuration(model, name, options.output, options.data_dir)
    with whole_folder(options.output) as folder:
        save_model(model, folder, facts)
        (folder / "config.gin").write_text(config, encoding="utf-8")
    print(options.output)
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


if __name__ == "__main__":
    command_line.run(main)
