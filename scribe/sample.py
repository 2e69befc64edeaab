"""Writes text by hand.

  python -m scribe.sample --text "Dear Ada, the engine writes." --output=note.svg
  python -m scribe.sample --text_file=letter.txt --bias=1 --output='lines/{i}.png'
  python -m scribe.sample --save_dir=rand_write_half_rate --num_steps=400
  python -m scribe.sample --save_dir=sketch_rnn --mode=reconstruct --drawing=word.svg

The ending of --output picks the format: .svg, .anim.svg (writes itself), .png, .gif
(writes itself), .pdf, .gcode (for a pen plotter), or .json (strokes, to be used as a
--style). Several lines go onto one page, or into one file each where the name has {i}.
"""

import os
import sys
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError, WorkFailed

FIGURES_FOLDER = "logs/figures"
PLOT_ENDINGS = (".svg", ".png", ".pdf")


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    # Without a GPU TensorFlow reports an error, though nothing is wrong.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from scribe import writing

    _check(options)
    opened = writing.load(options.save_dir, options.engine)
    if options.interactive:
        return _converse(opened, options)
    return _deliver(opened, options)


def _parser():
    parser = command_line.parser(__doc__, "scribe.sample")
    add = parser.add_argument
    add("--text", action="append", help="a line to write; may be repeated")
    add("--text_file", help="a file with one text per line; - for standard input")
    add("--save_dir", help="run folder, or name of a shipped model")
    add("--mode", help="what to draw: a SketchRNN can free, reconstruct, interpolate")
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
    add("--writer", help="whose hand, of a model that learnt its writers apart")
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
        "--drawing",
        action="append",
        help="what a SketchRNN draws again, or between two of which: a .json, .svg or "
        "InkML file, or the name or text of a word of --data_dir",
    )
    add("--data_dir", help="prepared corpus of words for --drawing (as trained)")
    add("--temperature", type=float, help="of a SketchRNN, 0 to 2 (default 0.2)")
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


def _job(opened, options):
    """What the model is to draw: the scribe.writing.modes.Job of a mode of its kind."""
    from scribe.writing.opening import MODES

    modes = MODES[opened.model.kind]
    mode = options.mode or next(iter(modes))
    if mode not in modes:
        raise InputError(f"--mode={mode}: {opened.model.folder} can {', '.join(modes)}")
    return modes[mode](opened, options)


def _deliver(opened, options, first: int = 0) -> int:
    """Draws, prints the paths, and reports lines that did not finish.

    Args:
      opened: what `scribe.load` returned.
      options: of the command line.
      first: number of the first line in the names of the files.
    """
    job = _job(opened, options)
    num_lines = len(job.names)
    if options.output is None:
        paths = [
            Path(FIGURES_FOLDER) / f"{name}_{first + i}.svg"
            for i, name in enumerate(job.names)
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
    if options.plot is not None and options.plot not in job.plots:
        raise InputError(f"--plot={options.plot}: not of what this model draws")
    for path in paths:
        command_line.check_output(path)
    lines = job.draw()
    groups = [lines] if len(paths) == 1 else [[line] for line in lines]
    for path, group in zip(paths, groups, strict=True):
        _draw(group, path, opened, options.plot)
        print(path, flush=True)
    unfinished = [line.text for line in lines if not line.finished]
    if unfinished:
        raise WorkFailed(
            f"{len(unfinished)} of {len(lines)} lines left letters out or did not come "
            f"to their end, first {unfinished[0]!r}: try another --seed or a "
            "higher --bias"
        )
    return 0


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
            options.text = [text]
            _deliver(writer, options, first=written)
        except (InputError, WorkFailed) as error:
            print(f"error: {error}", file=sys.stderr, flush=True)
            status = 1
        written += options.num_samples


if __name__ == "__main__":
    command_line.run(main)
