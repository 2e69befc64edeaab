"""Writes text by hand.

  python -m scribe.sample --text "Dear Ada, the engine writes." --output=note.svg
  python -m scribe.sample --text_file=letter.txt --bias=1 --output='lines/{i}.png'
  python -m scribe.sample --save_dir=saved/rand_write --num_steps=800

The ending of --output picks the format: .svg, .anim.svg (writes itself), .png, .gif
(writes itself), .pdf, or .json (strokes, to be used as a --style). Several lines go
onto one page, or into one file each where the name has {i}.
"""

import sys
from pathlib import Path

from scribe import command_line
from scribe.errors import InputError, WorkFailed

DEFAULT_TEXTS = (
    "The quick brown fox jumps over 13 lazy dogs.",
    "Dear Ada, the engine writes by itself.",
    "Every hand has a rhythm of its own.",
    "Meet me at the station, Friday at 7:45?",
    "Ink, paper and a few LSTM cells.",
)
FIGURES_FOLDER = "logs/figures"


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    from scribe import drawing, generation

    if options.output and not options.output.endswith(".json"):
        drawing.check_path(options.output)
    writer = generation.load(options.save_dir, options.engine)
    if options.interactive:
        return _converse(writer, options)
    if writer.model.reads_text:
        if options.num_steps is not None:
            raise InputError("--num_steps is for models without text: use --text")
        return _deliver(_write(writer, _texts(options), options), writer, options)
    if options.text or options.text_file or options.style is not None:
        raise InputError(
            f"{writer.model.folder} is a model without text; it takes --num_steps"
        )
    lines = writer.write_freely(
        700 if options.num_steps is None else options.num_steps,
        options.num_samples,
        options.bias,
        options.seed,
    )
    return _deliver(lines, writer, options)


def _parser():
    parser = command_line.parser(__doc__, "scribe.sample")
    add = parser.add_argument
    add("--text", action="append", help="a line to write; may be repeated")
    add("--text_file", help="a file with one text per line; - for standard input")
    add("--save_dir", help="run folder, or name of a shipped model")
    add("--output", help=f"file to draw into (default: in {FIGURES_FOLDER})")
    add(
        "--bias",
        type=float,
        default=0.5,
        help="0 writes as variedly as people, 1 and more neatly (default 0.5)",
    )
    add("--style", help="hand: name or number of a shipped one, or a style file")
    add("--num_samples", type=int, default=1, help="lines per text")
    add("--seed", type=int, default=0, help="the same seed gives the same strokes")
    add("--num_steps", type=int, help="points per line, for models without text")
    add(
        "--max_steps_per_character",
        type=int,
        default=60,
        help="an attempt that rests on a character for longer is thrown away",
    )
    add("--max_steps", type=int, default=4000, help="points per line at most")
    add(
        "--unknown",
        default="error",
        help="characters the model lacks: error, skip or replace (by a look-alike)",
    )
    add("--plot", help="draw attention or density instead of the writing")
    add(
        "--engine",
        default="auto",
        help="numpy starts at once, tensorflow is for many lines, auto chooses",
    )
    add("--interactive", action="store_true", help="ask for text after text")
    return parser


def _texts(options) -> list[str]:
    if options.text and options.text_file:
        raise InputError("give --text or --text_file, not both")
    if options.text:
        return options.text
    if options.text_file is None:
        return list(DEFAULT_TEXTS)
    try:
        if options.text_file == "-":
            content = sys.stdin.read()
        else:
            content = Path(options.text_file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{options.text_file} is not UTF-8 text") from error
    texts = [line for line in content.splitlines() if line.strip()]
    if not texts:
        raise InputError(f"{options.text_file} has no text")
    return texts


def _write(writer, texts, options):
    return writer.write(
        texts,
        bias=options.bias,
        style=options.style,
        seed=options.seed,
        num_samples=options.num_samples,
        max_steps_per_character=options.max_steps_per_character,
        max_steps=options.max_steps,
        unknown=options.unknown,
    )


def _deliver(lines, writer, options) -> int:
    """Draws the lines, prints the paths, and reports lines that did not finish."""
    for path, group in _by_file(lines, options.output):
        path.parent.mkdir(parents=True, exist_ok=True)
        _draw(group, path, writer, options.plot)
        print(path)
    unfinished = [line.text for line in lines if not line.finished]
    if unfinished:
        raise WorkFailed(
            f"{len(unfinished)} of {len(lines)} lines did not come to their end and "
            f"are incomplete, first {unfinished[0]!r}: try another --seed or a "
            "higher --bias"
        )
    return 0


def _by_file(lines, output: str | None):
    """Pairs of a path and the lines that it shows."""
    if output is None:
        output = f"{FIGURES_FOLDER}/{_slug(lines[0].text)}{{i}}.svg"
    if "{i}" in output:
        return [
            (Path(output.replace("{i}", str(i))), [line])
            for i, line in enumerate(lines)
        ]
    return [(Path(output), lines)]


def _slug(text: str) -> str:
    words = "".join(c if c.isalnum() and c.isascii() else " " for c in text).split()
    return "_".join(words[:4]).lower() + "_" if words else "line_"


def _draw(lines, path: Path, writer, plot: str | None) -> None:
    from scribe import drawing

    if plot is None:
        if len(lines) == 1:
            lines[0].save(path)
        elif path.suffix == ".json":
            raise InputError("one style file holds one line: use {i} in --output")
        else:
            drawing.save([line.strokes for line in lines], path)
        return
    if plot not in ("attention", "density"):
        raise InputError(f"--plot={plot}: use attention or density")
    if len(lines) > 1:
        raise InputError("a plot shows one line: use {i} in --output")
    if plot == "density":
        drawing.density_figure(writer.predict(lines[0]), lines[0].strokes, path)
    elif lines[0].phi is None:
        raise InputError("a model without text has no attention to plot")
    else:
        drawing.attention_figure(lines[0].phi, lines[0].text, path, lines[0].strokes)


def _converse(writer, options) -> int:
    """Asks for texts until the input ends; a text that cannot be written is named."""
    if not writer.model.reads_text:
        raise InputError(f"{writer.model.folder} is a model without text")
    print("Type a text and Enter; an empty line ends.", file=sys.stderr)
    while True:
        try:
            text = input("> ")
        except EOFError:
            return 0
        if not text.strip():
            return 0
        try:
            _deliver(_write(writer, [text], options), writer, options)
        except (InputError, WorkFailed) as error:
            print(f"error: {error}", file=sys.stderr)


if __name__ == "__main__":
    command_line.run(main)
