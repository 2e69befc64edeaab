"""Makes a run into a model to ship: weights in half precision, nothing of its training.

  python -m scribe.publish --model=saved/scribe_default \\
      --output=data/pretrained/scribe_default

Copies what sampling, reading and evaluation need (weights.npz, model.json, config.gin).
Write its README.md beside them: corpus and terms, steps, hours, machine, figures.
"""

from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.models.publishing import publish


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.publish")
    add = parser.add_argument
    command_line.add_model(parser, required=True)
    add("--output", required=True, help="folder of the shipped model; replaced")
    add("--data_dir", default="data/iam_ondb",
        help="what config.gin names as its corpus (default data/iam_ondb)")  # fmt: skip
    options = parser.parse_args(arguments)
    folder, output = _find(options.model), Path(options.output)
    if folder.resolve() == output.resolve():
        raise InputError("--model and --output are the same folder")
    publish(folder, output, options.data_dir)
    print(output)
    return 0


def _find(name: str) -> Path:
    """The folder of a run whose files fit each other, whatever kind of model it is."""
    from scribe.models import find_model, load_model

    return load_model(find_model(name)).folder


if __name__ == "__main__":
    command_line.run(main)
