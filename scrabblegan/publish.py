"""Makes a run into a model to ship: its weights and configuration, nothing else.

  python -m scrabblegan.publish --save_dir=saved/digits --output=data/pretrained/digits

Write its README.md beside them: corpus and terms, steps, minutes, machine, figures.
"""

import json
import re
import shutil
from pathlib import Path

from scrabblegan import models
from scribe import command_line
from scribe.errors import InputError

MAX_MEGABYTES = 10


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.publish")
    add = parser.add_argument
    add("--save_dir", required=True, help="run folder")
    add("--output", required=True, help="folder of the shipped model")
    add(
        "--data_dir",
        default="data/mnist.npz",
        help="what config.gin names as its corpus (default data/mnist.npz)",
    )
    add("--z_scale", type=float, help="what the model multiplies z by when it draws")
    options = parser.parse_args(arguments)
    if options.z_scale is not None and not 0.0 < options.z_scale <= 2.0:
        raise InputError(f"--z_scale={options.z_scale}: use a number over 0, at most 2")
    folder = models.find(options.save_dir)
    publish(folder, Path(options.output), options.data_dir, options.z_scale)
    print(options.output)
    return 0


def publish(
    folder: Path, output: Path, data_dir: str, z_scale: float | None = None
) -> None:
    """Copies what drawing needs of a run; other files in `output` stay.

    Raises:
      InputError: the run is damaged or incomplete, or its weights too large to ship.
    """
    if folder.resolve() == output.resolve():
        raise InputError("--save_dir and --output are the same folder")
    config = folder / "config.gin"
    if not config.is_file():
        raise InputError(f"{folder} has no config.gin")
    description = models.description(folder)
    if z_scale is not None:
        description["z_scale"] = z_scale
    models.load_weights(folder)
    megabytes = (folder / "weights.npz").stat().st_size / 1e6
    if megabytes > MAX_MEGABYTES:
        raise InputError(
            f"the weights take {megabytes:.1f} MB; at most {MAX_MEGABYTES} ship"
        )
    text = re.sub(
        r"(?m)^DATA_DIR = .*$", f"DATA_DIR = {data_dir!r}", config.read_text()
    )
    models.replace(output / "config.gin", lambda file: file.write(text.encode()))
    with open(folder / "weights.npz", "rb") as source:
        models.replace(
            output / "weights.npz", lambda file: shutil.copyfileobj(source, file)
        )
    described = f"{json.dumps(description, indent=2)}\n".encode()
    models.replace(output / "model.json", lambda file: file.write(described))


if __name__ == "__main__":
    command_line.run(main)
