"""Makes a run into a model to ship: its weights and configuration, nothing else.

  python -m scrabblegan.publish --model=saved/digits --output=data/pretrained/digits

Write its README.md beside them: corpus and terms, steps, minutes, machine, figures.
"""

import json
from pathlib import Path

from scrabblegan.models import find_model, kind_of_model, load_model
from scrabblegan.networks import read_description
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole
from scribe.models.publishing import publish


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    folder, output = find_model(options.model), Path(options.output)
    if folder.resolve() == output.resolve():
        raise InputError("--model and --output are the same folder")
    kind = kind_of_model(folder)
    model = load_model(str(folder))  # do its files fit each other?
    if options.z_scale is not None:
        if not 0.0 < options.z_scale <= 2.0:
            raise InputError(
                f"--z_scale={options.z_scale}: use a number over 0, at most 2"
            )
        if not hasattr(model, "z_scale"):
            raise InputError(f"{folder} has no z_scale: leave --z_scale out")
    publish(folder, output, options.data_dir or kind.data_dir)
    if options.z_scale is not None:
        described = read_description(folder) | {"z_scale": options.z_scale}
        text = f"{json.dumps(described, indent=2)}\n"
        write_whole(output / "model.json", text.encode())
    print(output)
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.publish")
    add = parser.add_argument
    command_line.add_model(parser, required=True, help="run folder")
    add("--output", required=True, help="folder of the shipped model")
    add(
        "--data_dir",
        help="what config.gin names as its corpus (default: by the kind of model)",
    )
    add("--z_scale", type=float, help="what a generator of digits multiplies z by")
    return parser


if __name__ == "__main__":
    command_line.run(main)
