"""Makes a run into a model to ship: weights in half precision, nothing of its training.

  python -m scribe.publish --save_dir=saved/scribe_default \\
      --output=data/pretrained/scribe_default

Copies what sampling, reading and evaluation need (weights.npz, model.json, config.gin).
Write its README.md beside them: corpus and terms, steps, hours, machine, figures.
"""

import re
import shutil
import tempfile
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays, save_arrays

MAX_MEGABYTES = 10


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.publish")
    add = parser.add_argument
    add("--save_dir", required=True, help="run folder")
    add("--output", required=True, help="folder of the shipped model; replaced")
    add("--data_dir", default="data/iam_ondb",
        help="what config.gin names as its corpus (default data/iam_ondb)")  # fmt: skip
    options = parser.parse_args(arguments)
    folder, output = _find(options.save_dir), Path(options.output)
    if folder.resolve() == output.resolve():
        raise InputError("--save_dir and --output are the same folder")
    publish(folder, output, options.data_dir)
    print(output)
    return 0


def _find(name: str) -> Path:
    """The folder of a run whose files fit each other, whatever kind of model it is."""
    from scribe.models import kinds, stroke_model

    folder = stroke_model.find(name)
    kinds.of(folder).load(folder)
    return folder


def publish(folder: Path, output: Path, data_dir: str) -> None:
    """Writes the shipped form of a run; README.md and styles stay.

    Raises:
      InputError: the run has no config.gin, or the weights are too large to ship.
    """
    config = folder / "config.gin"
    if not config.is_file():
        raise InputError(f"{folder} has no config.gin")
    text = re.sub(
        r"(?m)^DATA_DIR = .*$", f"DATA_DIR = {data_dir!r}", config.read_text()
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".publish.") as name:
        partial = Path(name) / output.name
        if output.is_dir():
            shutil.copytree(output, partial)
        else:
            partial.mkdir()
        weights = load_arrays(folder / "weights.npz")
        save_arrays(partial / "weights.npz", weights, dtype="float16")
        shutil.copyfile(folder / "model.json", partial / "model.json")
        (partial / "config.gin").write_text(text)
        megabytes = (partial / "weights.npz").stat().st_size / 1e6
        if megabytes > MAX_MEGABYTES:
            raise InputError(
                f"the weights take {megabytes:.1f} MB; at most {MAX_MEGABYTES} ship"
            )
        if output.is_dir():
            output.rename(Path(name) / "replaced")
        partial.rename(output)


if __name__ == "__main__":
    command_line.run(main)
