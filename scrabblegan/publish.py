"""Makes a run into a model to ship: its weights and configuration, nothing else.

  python -m scrabblegan.publish --save_dir=saved/digits --output=data/pretrained/digits

Write its README.md beside them: corpus and terms, steps, minutes, machine, figures.
"""

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
    options = parser.parse_args(arguments)
    publish(models.find(options.save_dir), Path(options.output), options.data_dir)
    print(options.output)
    return 0


def publish(folder: Path, output: Path, data_dir: str) -> None:
    """Copies what drawing needs of a run; other files in `output` stay.

    Raises:
      InputError: the run is damaged or incomplete, or its weights too large to ship.
    """
    if folder.resolve() == output.resolve():
        raise InputError("--save_dir and --output are the same folder")
    config = folder / "config.gin"
    if not config.is_file():
        raise InputError(f"{folder} has no config.gin")
    models.description(folder)
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
    for name in models.FILES:
        with open(folder / name, "rb") as source:
            models.replace(
                output / name,
                lambda file, source=source: shutil.copyfileobj(source, file),
            )


if __name__ == "__main__":
    command_line.run(main)
