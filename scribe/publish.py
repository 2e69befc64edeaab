"""Makes a run into a model to ship: weights in half precision, nothing of its training.

  python -m scribe.publish --save_dir=saved/scribe_default \\
      --output=data/pretrained/scribe_default

Copies what sampling and evaluation need (weights.npz, model.json, config.gin, styles).
Write its README.md beside them: corpus and terms, steps, hours, machine, figures.
"""

import dataclasses
import json
import re
import shutil
import tempfile
from pathlib import Path

from scribe import command_line
from scribe.errors import InputError

MAX_MEGABYTES = 10


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.publish")
    add = parser.add_argument
    add("--save_dir", required=True, help="run folder")
    add("--output", required=True, help="folder of the shipped model; replaced")
    add("--data_dir", default="data/iam_ondb",
        help="what config.gin names as its corpus (default data/iam_ondb)")  # fmt: skip
    options = parser.parse_args(arguments)
    from scribe import run_folder

    folder, output = run_folder.find(options.save_dir), Path(options.output)
    if folder.resolve() == output.resolve():
        raise InputError("--save_dir and --output are the same folder")
    publish(run_folder.load_model(folder), output, options.data_dir)
    print(output)
    return 0


def publish(model, output: Path, data_dir: str) -> None:
    """Writes the shipped form of `model`, a StrokeModel; README.md and styles stay.

    Raises:
      InputError: the run has no config.gin, or the weights are too large to ship.
    """
    from scribe import run_folder

    config = model.folder / "config.gin"
    if not config.is_file():
        raise InputError(f"{model.folder} has no config.gin")
    facts = json.loads((model.folder / "model.json").read_text())
    facts = {name: facts[name] for name in ("step", "validation") if name in facts}
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
        run_folder.save_model(
            dataclasses.replace(model, folder=partial), partial, facts, dtype="float16"
        )
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
