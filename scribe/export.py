"""Writes a trained network for another runtime.

  python -m scribe.export --format=onnx --output=exported
  python -m scribe.export --model=saved/graves --format=tflite --float16 --output=out

Makes a folder: of a writer the sampling step with its states in the open, of a reader
the whole network (model.onnx, model.tflite, or saved_model/), and program.json, which
describes it. docs/EXPORT.md has the loop around the step for each runtime. ONNX needs
the packages of the extra `export`.
"""

from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.networks import runtimes


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.export")
    command_line.add_model(parser)
    runtimes.add_options(parser)
    options = parser.parse_args(arguments)
    output = Path(options.output)
    runtimes.check_output(output)
    program = _program(options.model)
    print(runtimes.write_program(program, output, options.format, options.float16))
    return 0


def _program(name: str | None) -> runtimes.Program:
    """What is to be exported of a model, by its kind."""
    from scribe.models import find_model, load_model

    model = load_model(find_model(name))  # a wrong name is told before TensorFlow loads
    from scribe.networks.programs import PROGRAMS

    if model.kind not in PROGRAMS:
        raise InputError(
            f"{model.folder}: a model of kind {model.kind!r}; what can be exported are "
            f"{', '.join(PROGRAMS)}"
        )
    return PROGRAMS[model.kind](model)


if __name__ == "__main__":
    command_line.run(main)
