"""Writes a trained generator for another runtime.

  python -m scrabblegan.export --model=digits_conditional --format=onnx --output=out

Makes a folder: the generator (model.onnx, model.tflite, or saved_model/) and
program.json, which describes it. docs/operate/EXPORT.md has how to run it. ONNX needs
the packages of the extra `export`.
"""

from pathlib import Path

from scrabblegan.models import find_model, kind_of_model, load_model
from scrabblegan.models.programs import PROGRAMS
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.networks import runtimes


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.export")
    command_line.add_model(parser, default="digits")
    runtimes.add_options(parser)
    options = parser.parse_args(arguments)
    output = Path(options.output)
    runtimes.check_output(output)
    folder = find_model(options.model)
    kind = kind_of_model(folder).name  # before TensorFlow is imported
    if kind not in PROGRAMS:
        raise InputError(f"models of kind {kind!r} cannot be exported, as {folder} is")
    program = PROGRAMS[kind](load_model(options.model))
    print(runtimes.write_program(program, output, options.format, options.float16))
    return 0


if __name__ == "__main__":
    command_line.run(main)
