"""Writing a function of tensors for other runtimes: SavedModel, ONNX and LiteRT.

What is written is a folder: the program, with its weights as constants, and
program.json, which says what goes in, what comes out and what else a user has to know.
docs/operate/EXPORT.md has the loops around it.
"""

import dataclasses
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from scribe.foundation.errors import InputError

FILES = {
    "saved_model": "saved_model",
    "onnx": "model.onnx",
    "tflite": "model.tflite",
}


@dataclasses.dataclass(frozen=True, eq=False)
class Program:
    """A function of named tensors.

    Attributes:
      function: called with the inputs by name, returns the outputs by name; no output
        has the name of an input.
      inputs: shape and type of each; a name in a shape stands for a size that varies.
      facts: what program.json says beside.
      forms: the keys of FILES that can express it.
    """

    function: Callable[..., dict]
    inputs: dict[str, tuple[tuple[int | str, ...], str]]
    facts: dict
    forms: tuple[str, ...] = tuple(FILES)


def add_options(parser, others: Sequence[str] = ()) -> None:
    """The options of every command that exports.

    Args:
      parser: of the command.
      others: formats that it has beside FILES.
    """
    add = parser.add_argument
    add("--format", required=True, choices=[*FILES, *others], help="of which runtime")
    add("--output", required=True, help="new folder")
    add("--float16", action="store_true", help="store weights in half precision")


def check_output(output: Path) -> None:
    """Refuses a folder with something in it."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"{output} exists already: name a new folder")


def write_program(
    program: Program, output: Path, form: str, half_weights: bool = False
) -> Path:
    """Writes a program and program.json into a new folder, whole or not at all.

    Args:
      program: what to write.
      output: a folder that does not exist or is empty.
      form: a key of FILES.
      half_weights: store large arrays in half precision; computing stays single.

    Returns:
      the path of the program in `output`.

    Raises:
      InputError: there is something at `output`, or the form is none of the program's.
      WorkFailed: the form cannot express the program.
    """
    if form not in program.forms:
        raise InputError(
            f"format {form!r} cannot express this network: use "
            f"{' or '.join(program.forms)}"
        )
    check_output(output)
    from scribe.networks.runtime_writers import convert

    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".export.") as scratch:
        folder = Path(scratch) / output.absolute().name
        folder.mkdir()
        outputs = convert(
            program.function, program.inputs, folder / FILES[form], form, half_weights
        )
        description = {
            "format": form,
            "file": FILES[form],
            "weights": "float16" if half_weights else "float32",
            "inputs": {
                name: {"shape": list(shape), "dtype": dtype}
                for name, (shape, dtype) in program.inputs.items()
            },
            "outputs": outputs,
            **program.facts,
        }
        text = json.dumps(description, indent=2, ensure_ascii=False) + "\n"
        (folder / "program.json").write_text(text, encoding="utf-8")
        if output.is_dir():
            output.rmdir()
        folder.rename(output)
    return output / FILES[form]
