"""Writes a trained network for another runtime, or as a page that writes by itself.

  python -m scribe.export --format=onnx --output=exported
  python -m scribe.export --model=saved/graves --format=tflite --float16 --output=out
  python -m scribe.export --format=web --output=site

Makes a folder: of a writer the sampling step with its states in the open, of a reader
the whole network (model.onnx, model.tflite, or saved_model/), and program.json, which
describes it. docs/operate/EXPORT.md has the loop around the step for each runtime. ONNX
needs the packages of the extra `export`. `web` makes the page of scribe.serve as static
files, with the network running in the visitor's browser (docs/use/BROWSER.md).
"""

from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.networks import runtimes

WEB = "web"


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.export")
    command_line.add_model(parser)
    runtimes.add_options(parser, others=[WEB])
    options = parser.parse_args(arguments)
    output = Path(options.output)
    runtimes.check_output(output)
    if options.format == WEB:
        return _write_site(options.model, output)
    program = _program(options.model)
    print(runtimes.write_program(program, output, options.format, options.float16))
    return 0


def _write_site(name: str | None, output: Path) -> int:
    """The page as static files; says how large it is."""
    from scribe.models import find_model, load_model
    from scribe.web import site

    sizes = site.write_site(load_model(find_model(name)), output)
    weights = sum(size for path, size in sizes.items() if path.endswith(".bin"))
    print(output / "index.html")
    print(
        f"{len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB; the networks take "
        f"{weights / 1e6:.1f} MB of it. To try it: python -m http.server -d {output}"
    )
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
