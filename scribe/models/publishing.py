"""A run as a model to ship: weights in half precision, nothing of its training."""

import re
import shutil
import tempfile
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.files import decoded, load_arrays, save_arrays

MAX_MEGABYTES = 10


def _in_data(binding: re.Match) -> str:
    """Where another corpus would lie in a clone: nobody has the folders of the run."""
    return f"{binding[1]} = {f'data/{Path(binding[3]).name}'!r}"


def publish(folder: Path, output: Path, data_dir: str) -> None:
    """Writes the shipped form of a run; README.md and styles stay.

    Raises:
      InputError: the run has no config.gin, or the weights are too large to ship.
    """
    config = folder / "config.gin"
    if not config.is_file():
        raise InputError(f"{folder} has no config.gin")
    text = decoded(config.read_bytes(), config)
    text = re.sub(r"(?m)^DATA_DIR = .*$", f"DATA_DIR = {data_dir!r}", text)
    text = re.sub(r"(?m)^(?!DATA_DIR)(\w+_DIR) = (['\"])(.+)\2$", _in_data, text)
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
