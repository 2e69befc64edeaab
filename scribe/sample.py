"""Writes text by hand.

  python -m scribe.sample --text "Dear Ada, the engine writes." --output=note.svg
  python -m scribe.sample --text_file=letter.txt --bias=1 --output='lines/{i}.png'
  python -m scribe.sample --save_dir=saved/rand_write --num_steps=800

The ending of --output picks the format: .svg, .anim.svg (writes itself), .png, .gif
(writes itself), .pdf, .gcode (for a pen plotter), or .json (strokes, to be used as a
--style). Several lines go onto one page, or into one file each where the name has {i}.
"""

import os
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
PLOT_ENDINGS = (".svg", ".png", ".pdf")


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    # Without a GPU TensorFlow reports an error, though nothing is wrong.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from scribe import generation

    _check(options)
    writer = generation.load(options.save_dir, options.engine)
    if options.interactive:
        return _converse(writer, options)
    if writer.model.reads_text:
        texts = _texts(options)
        return _deliver(writer, texts, options)
    if options.text or options.text_file or options.style is not None:
        raise InputError(
            f"{writer.model.folder} is a model without text; it takes --num_steps"
        )
    return _deliver(writer, [""], options)


def _parser():
    parser = command_line.parser(__doc__, "scribe.sample")
    add = parser.add_argument
    add("--text", action="append", help="a line to write; may be repeated")
    add("--text_file", help="a file with one text per line; - for standard input")
    add("--save_dir", help="run folder, or name of a shipped model")
    add("--output", help=f"file to draw into (default: in {FIGURES_FOLDER}/)")
    add(
        "--bias",
        type=float,
        default=1.0,
        help="0 writes as variedly as people, 2 tidily and a little dull (default 1)",
    )
    add(
        "--style",
        help="hand: name or number of a shipped one, name of one of yours "
        "(scribe.style), a style file, or seed:7 for the hand of that number",
    )
    add("--style_to", help="a second hand, to write between the two")
    add("--mix", type=float, help="share of --style_to, 0 to 1 (default 0.5)")
    add("--num_samples", type=int, default=1, help="lines per text")
    add(
        "--best_of",
        type=int,
        default=1,
        help="candidates per line, of which the one that a reader reads best is kept",
    )
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


def _check(options) -> None:
    """Refuses what can be known to be wrong before a model is loaded."""
    from scribe import drawing

    if options.text and options.text_file is not None:
        raise InputError("give --text or --text_file, not both")
    if options.interactive and (options.text or options.text_file is not None):
        raise InputError("--interactive asks for its texts: leave out --text")
    if options.style_to is not None and options.style is None:
        raise InputError("--style_to needs a --style to mix it with")
    if options.mix is not None and options.style_to is None:
        raise InputError("--mix needs a --style_to")
    if options.plot not in (None, "attention", "density"):
        raise InputError(f"--plot={options.plot}: use attention or density")
    if options.output is None:
        return
    if _is_style(options.output):
        if options.plot is not None:
            raise InputError("a plot cannot be drawn into a .json file")
        return
    ending = drawing.check_path(options.output)
    if options.plot is not None and ending not in PLOT_ENDINGS:
        raise InputError(
            f"cannot plot into {options.output!r}: its ending must be one of "
            f"{', '.join(PLOT_ENDINGS)}"
        )


def _is_style(path: str | Path) -> bool:
    return Path(path).suffix == ".json"


def _texts(options) -> list[str]:
    if options.text:
        return options.text
    if options.text_file is None:
        return list(DEFAULT_TEXTS)
    if options.text_file == "-":
        content = sys.stdin.buffer.read()
    else:
        content = Path(options.text_file).read_bytes()
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{options.text_file} is not UTF-8 text: byte {error.start + 1} is "
            f"{content[error.start]:#04x}"
        ) from error
    texts = [line for line in lines if line.strip()]
    if not texts:
        raise InputError(f"{options.text_file} has no text")
    return texts


def _deliver(writer, texts, options, first: int = 0) -> int:
    """Writes, draws, prints the paths, and reports lines that did not finish.

    Args:
      texts: one or more; [""] for a model without text.
      first: number of the first line in the names of the files.
    """
    num_lines = len(texts) * max(options.num_samples, 1)
    if options.output is None:
        names = [_slug(text) for text in texts for _ in range(options.num_samples)]
        paths = [
            Path(FIGURES_FOLDER) / f"{name}_{first + i}.svg"
            for i, name in enumerate(names)
        ]
    elif "{i}" in options.output:
        paths = [
            Path(options.output.replace("{i}", str(first + i)))
            for i in range(num_lines)
        ]
    else:
        paths = [Path(options.output)]
        if num_lines > 1 and options.plot is not None:
            raise InputError("a plot shows one line: use {i} in --output")
        if num_lines > 1 and _is_style(paths[0]):
            raise InputError("one style file holds one line: use {i} in --output")
    if options.plot == "attention" and not writer.model.reads_text:
        raise InputError("a model without text has no attention to plot")
    for path in paths:
        command_line.check_output(path)
    lines = _write(writer, texts, options)
    groups = [lines] if len(paths) == 1 else [[line] for line in lines]
    for path, group in zip(paths, groups, strict=True):
        _draw(group, path, writer, options.plot)
        print(path, flush=True)
    unfinished = [line.text for line in lines if not line.finished]
    if unfinished:
        raise WorkFailed(
            f"{len(unfinished)} of {len(lines)} lines left letters out or did not come "
            f"to their end, first {unfinished[0]!r}: try another --seed or a "
            "higher --bias"
        )
    return 0


def _slug(text: str) -> str:
    """The first words of a text, as part of a file's name."""
    words = "".join(c if c.isalnum() and c.isascii() else " " for c in text).split()
    return "_".join(words[:4]).lower()[:60] or "line"


def _write(writer, texts, options):
    if options.best_of < 1:
        raise InputError(f"--best_of={options.best_of}: must be 1 or more")
    if not writer.model.reads_text:
        if options.best_of > 1:
            raise InputError("--best_of compares with a text: this model writes none")
        return writer.write_freely(
            700 if options.num_steps is None else options.num_steps,
            options.num_samples,
            options.bias,
            options.seed,
        )
    if options.num_steps is not None:
        raise InputError("--num_steps is for models without text: use --text")
    choices = {
        "bias": options.bias,
        "style": _style(options),
        "seed": options.seed,
        "num_samples": options.num_samples,
        "max_steps_per_character": options.max_steps_per_character,
        "max_steps": options.max_steps,
        "unknown": options.unknown,
    }
    if options.best_of == 1:
        return writer.write(texts, **choices)
    from scribe import best_of

    return best_of.write(writer, texts, options.best_of, **choices)


def _style(options):
    if options.style_to is None:
        return options.style
    from scribe.styles import Blend

    share = 0.5 if options.mix is None else options.mix
    return Blend(options.style, options.style_to, share)


def _draw(lines, path: Path, writer, plot: str | None) -> None:
    from scribe import drawing

    line = lines[0]
    if plot == "density":
        drawing.density_figure(writer.predict(line), line.strokes, path)
    elif plot == "attention":
        drawing.attention_figure(line.phi, line.text, path, line.strokes)
    elif len(lines) == 1:
        line.save(path)
    else:
        drawing.save([line.strokes for line in lines], path)


def _converse(writer, options) -> int:
    """Asks for texts until the input ends; a text that cannot be written is named.

    Returns:
      1 if any text was not written, else 0.
    """
    if not writer.model.reads_text:
        raise InputError(f"{writer.model.folder} is a model without text")
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if at_terminal:
        print("Type a text and Enter; an empty line ends.", file=sys.stderr)
    elif hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    status = written = 0
    while True:
        try:
            text = input("> " if at_terminal else "")
        except EOFError:
            return status
        if not text.strip():
            return status
        try:
            _deliver(writer, [text], options, first=written)
        except (InputError, WorkFailed) as error:
            print(f"error: {error}", file=sys.stderr, flush=True)
            status = 1
        written += options.num_samples


if __name__ == "__main__":
    command_line.run(main)
