"""Keeps styles of your own to write in, and shows what arrives of a hand.

  python -m scribe.style add NAME --from=strokes.json --text "What the strokes spell."
  python -m scribe.style add NAME --from=1.svg --from=2.inkml --text_file=lines.txt
  python -m scribe.style sheet --output=sheet.pdf
  python -m scribe.style tune NAME
  python -m scribe.style preview NAME --output=hand.svg
  python -m scribe.style list
  python -m scribe.style remove NAME
  python -m scribe.style measure --data_dir=data/iam_ondb

A style is a line of writing, or some pages, as strokes of a pen: JSON, InkML, SVG and
what pads and note programs save, see docs/use/OWN_HAND.md. A reader checks that each
line spells its text. The style is kept in the folder that SCRIBE_STYLES names, or else
with the user's other data, and `python -m scribe.sample --style=NAME` writes in it.
"""

import json
import sys
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError, WorkFailed
from scribe.foundation.progress import Bar

PREVIEW_TEXTS = ("The quick brown fox jumps", "over 13 lazy dogs.")


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    return options.command(options)


def _parser():
    parser = command_line.parser(__doc__, "scribe.style")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, function, summary):
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.set_defaults(command=function)
        return sub, sub.add_argument

    sub, add = command("add", _add, "keeps a new style")
    add("name", metavar="NAME", help="what it shall be called")
    add("--from", dest="sources", required=True, metavar="FILE", action="append",
        help="strokes that a program saved, or a style file; repeatable")  # fmt: skip
    add("--text", action="append",
        help="what a line spells, if the files do not say it; repeatable")  # fmt: skip
    add("--text_file", metavar="FILE", help="the texts, one a line, in any order")
    add("--y_up", action="store_true", help="y grows upwards in the file")
    add("--replace", action="store_true", help="replace a style of this name")
    add("--output", help="also draw a preview, as `preview` does")
    command_line.add_model(sub)
    sub, add = command(
        "sheet", _sheet, "prints lines to write that show all characters"
    )
    add("--output", required=True, help="a .pdf file; the texts as .txt go beside it")
    command_line.add_model(sub)
    sub, add = command("tune", _tune, "learns the hand of a style of yours (minutes)")
    add("name", metavar="NAME", help="its name; it needs three lines or more")
    add("--gin_param", action="append", default=[],
        help="binding beside those of gin/tuning/hand.gin")  # fmt: skip
    add("--events", action="store_true",
        help="print each step as a line of JSON, for programs")  # fmt: skip
    command_line.add_quiet(sub)
    command_line.add_model(sub)
    sub, add = command("list", _list, "names all styles")
    command_line.add_model(sub)
    _, add = command("remove", _remove, "throws a style of yours away")
    add("name", metavar="NAME", help="its name")
    sub, add = command("preview", _preview, "draws a style, and what is written in it")
    add("name", metavar="NAME", help="as --style of scribe.sample")
    add("--output", required=True, help="picture: .svg, .png, .gif or .pdf")
    add("--text", action="append", help="a line to write; may be repeated")
    add("--bias", type=float, default=1.0, help="as for scribe.sample (default 1)")
    add("--seed", type=int, default=0, help="as for scribe.sample")
    command_line.add_model(sub)
    sub, add = command("measure", _measure, "measures how much of a hand arrives")
    add("--data_dir", help="prepared corpus: its validation lines are strangers' hands")
    add("--num_hands", type=int, default=24, help="writers of it (default 24)")
    add("--num_texts", type=int, default=6, help="lines to write in each (default 6)")
    add("--bias", type=float, default=1.0, help="as for scribe.sample (default 1)")
    add("--output", help="a file for the table; default: print it")
    command_line.add_quiet(sub)
    command_line.add_model(sub)
    return parser


def _model(options):
    from scribe.models import find_model, load_model

    model = load_model(find_model(options.model))
    if not model.reads_text:
        raise InputError(f"{model.folder} is a model without text: it takes no style")
    return model


def _add(options) -> int:
    from scribe import drawing
    from scribe.writing import Writer, adaptation, own_hand, own_styles, styles

    path = own_styles.path_of(options.name)
    if options.output is not None:
        drawing.check_path(options.output)
    model = _model(options)
    if options.name in styles.shipped_names(model.folder):
        raise InputError(
            f"{options.name!r} is a style that comes with the model: use another name"
        )
    if path.exists() and not options.replace:
        raise InputError(f"you have a style {options.name!r}: --replace replaces it")
    style, recorded, notes = own_hand.from_files(
        options.sources, _texts(options), model, options.y_up
    )
    cleaned = styles.cleaned(style, model) if recorded else style
    cleaned = styles.find_style(cleaned, model)
    styles.save_style(path, style, recorded)
    own_styles.forget(path)  # the hand that had the name before
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    print(path)
    if len(cleaned.all_lines()) >= adaptation.MIN_LINES:
        print(
            f"scribe style tune {options.name} learns the hand from its lines",
            file=sys.stderr,
        )
    if options.output is not None:
        _draw(cleaned, PREVIEW_TEXTS, Writer(model), options.output)
    return 0


def _texts(options) -> list[str]:
    """What the user says that the lines spell; empty if that is left to the files."""
    from scribe.typesetting.text_file import read_text

    texts = list(options.text or [])
    if options.text_file is not None:
        lines = read_text(options.text_file).splitlines()
        texts += [line for line in lines if line.strip()]
        if not texts:
            raise InputError(f"{options.text_file} has no line of text")
    return texts


def _sheet(options) -> int:
    from scribe.drawing.page import Look
    from scribe.drawing.pdf_document import pdf_document
    from scribe.foundation.files import write_whole
    from scribe.writing import own_sheet

    output = Path(options.output)
    if output.suffix.lower() != ".pdf":
        raise InputError(f"--output={options.output}: a sheet is a .pdf file")
    lines = own_sheet.sheet_lines(_model(options).alphabet)
    look = Look(caption_mm=3.6)
    write_whole(output, pdf_document(own_sheet.sheet_page(lines), look))
    texts = output.with_suffix(".txt")
    write_whole(texts, "".join(f"{line}\n" for line in lines).encode())
    print(output, texts, sep="\n")
    return 0


def _tune(options) -> int:
    from scribe.foundation import devices
    from scribe.training.tuned_style import tune_style
    from scribe.writing import own_styles

    path, model = own_styles.existing(options.name), _model(options)
    devices.select("auto")
    with Bar("learning the hand", quiet=options.quiet) as bar:

        def progress(step: int, steps: int) -> None:
            bar(step / steps)
            if options.events:
                print(json.dumps({"step": step, "steps": steps}), flush=True)

        found = tune_style(options.name, model, options.gin_param, progress)
    if options.events:
        is_kept = found.adaptation is not None
        nats = {"before": found.before, "after": found.after}
        print(json.dumps({"kept": is_kept, **nats}), flush=True)
    figures = f"{found.before:.3f} to {found.after:.3f} nats per point"
    if found.adaptation is None:
        raise WorkFailed(
            f"a line that was held out is foreseen no better than by the style alone "
            f"({figures}): the style stays as it was; more lines may help"
        )
    if not options.events:
        print(own_styles.adaptation_path(path))
        print(f"a line that was held out: {figures}")
    return 0


def _list(options) -> int:
    from scribe.writing import own_styles, styles

    model = _model(options)
    for number, name in enumerate(styles.shipped_names(model.folder)):
        print(f"{name}\t{number}\t{model.folder / 'styles' / f'{name}.json'}")
    for name in own_styles.names():
        print(f"{name}\t\t{own_styles.path_of(name)}")
    return 0


def _remove(options) -> int:
    from scribe.writing import own_styles

    path = own_styles.existing(options.name)
    path.unlink()
    own_styles.forget(path)
    print(path)
    return 0


def _preview(options) -> int:
    from scribe import drawing
    from scribe.writing import Writer

    drawing.check_path(options.output)
    writer = Writer(_model(options))
    texts = options.text or PREVIEW_TEXTS
    style = writer.style(options.name)
    _draw(style, texts, writer, options.output, options.bias, options.seed)
    return 0


def _draw(style, texts, writer, path, bias: float = 1.0, seed: int = 0) -> None:
    """The style's own lines, and under them what is written in it."""
    from scribe import drawing

    lines = writer.write(list(texts), style=style, bias=bias, seed=seed)
    recorded = style.all_lines()
    captions = [
        *(f"recorded: {line.text}" for line in recorded),
        *(f"written: {text}" for text in texts),
    ]
    strokes = [line.strokes for line in (*recorded, *lines)]
    drawing.save(strokes, path, captions=captions)
    print(path)


def _measure(options) -> int:
    from scribe.evaluation import hand_evaluation, hand_transfer
    from scribe.foundation.files import write_whole
    from scribe.writing import Writer

    writer = Writer(_model(options))

    with Bar("writing", quiet=options.quiet) as bar:
        table = hand_transfer.report(
            writer,
            options.data_dir,
            options.num_hands,
            options.num_texts,
            options.bias,
            lambda name, share: bar(share, name),
        )
        if options.data_dir is not None:
            nearest = hand_evaluation.evaluate(
                writer,
                options.data_dir,
                "validation",
                options.num_hands,
                options.num_texts,
                options.bias,
                0,
                lambda name, share: bar(share, name),
            )
            table = f"{table}\n{hand_evaluation.table(nearest)}"
    if options.output is None:
        print(table, end="")
    else:
        write_whole(options.output, table.encode())
        print(options.output)
    return 0


if __name__ == "__main__":
    command_line.run(main)
