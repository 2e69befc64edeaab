"""Writes text by hand.

  python -m scribe.sample --text "Dear Ada, the engine writes." --output=note.svg
  python -m scribe.sample --text_file=letter.txt --bias=1 --output='lines/{i}.png'
  python -m scribe.sample --model=rand_write_half_rate --num_steps=400
  python -m scribe.sample --model=sketch_rnn --mode=reconstruct --drawing=word.svg

The ending of --output picks the format: .svg, .anim.svg (writes itself), .png, .gif
(writes itself), .pdf, .gcode (for a pen plotter), .dxf (for CAD and mills), or .json
(strokes, to be used as a --style). Several lines go onto one page, or into one file
each where the name has {i}.
"""

import sys

from scribe.foundation import command_line
from scribe.foundation.errors import InputError, WorkFailed


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    from scribe import writing

    _check(options)
    opened = writing.load(options.model, options.engine)
    if options.interactive:
        return _converse(opened, options)
    return _deliver(opened, options)


def _parser():
    parser = command_line.parser(__doc__, "scribe.sample")
    add = parser.add_argument
    add("--text", action="append", help="a line to write; may be repeated")
    add("--text_file", help="a file with one text per line; - for standard input")
    command_line.add_model(parser)
    add("--mode", help="what to draw: a SketchRNN can free, reconstruct, interpolate")
    add("--output", help="file to draw into (default: in logs/figures/)")
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
    command_line.add_likeness(add)
    add("--writer", help="whose hand, of a model that learnt its writers apart")
    add("--style_to", help="a second hand, to write between the two")
    add("--mix", type=float, help="share of --style_to, 0 to 1 (default 0.5)")
    add("--num_samples", type=int, default=1, help="lines per text")
    add(
        "--best_of",
        type=int,
        default=1,
        help="candidates of each line at most: one that a reader misreads is written "
        "again, and the one that it reads best is kept",
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
    command_line.add_unknown(parser)
    add("--ink", help="#rrggbb or a name such as navy")
    add("--size_mm", type=float, help="of a line, ascenders to descenders (default 10)")
    add("--pen_width_mm", type=float, help="of the pen (default 0.3)")
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
    from scribe.writing import delivery

    if options.output is not None:
        delivery.check_output(options.output, options.plot)
    options.look = delivery.look_of(
        options.output,
        options.plot,
        ink=options.ink,
        height_mm=options.size_mm,
        pen_width_mm=options.pen_width_mm,
    )


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
    from scribe.writing import delivery

    job = _job(opened, options)
    paths = delivery.paths(job, options.output, options.plot, first)
    lines = job.draw()
    for path in delivery.save(lines, paths, opened, options.plot, options.look):
        print(path, flush=True)
    if substitutes := job.substitutes(lines):
        from scribe.writing.spelling import named

        print(*named(substitutes), sep="\n", file=sys.stderr)
    unfinished = [line.text for line in lines if not line.finished]
    if unfinished:
        raise WorkFailed(
            f"{len(unfinished)} of {len(lines)} lines left letters out or did not come "
            f"to their end, first {unfinished[0]!r}: try another --seed or a "
            "higher --bias"
        )
    return 0


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
