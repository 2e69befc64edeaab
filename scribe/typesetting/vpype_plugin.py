"""The command `vpype handwriting`: text by hand, for all that vpype does with lines.

  vpype handwriting "Dear Ada," linemerge linesort write note.svg
  vpype handwriting --wrap 12cm --style neat "$(cat letter.txt)" write -d hp7475a a.hpgl

vpype finds it by the entry point `vpype.plugins` of setup.cfg. Needs vpype (the extra
`vpype`); what writing takes is imported when a text is written, since vpype loads all
plug-ins at each start.
"""

import click
import vpype
import vpype_cli

_MM = vpype.convert_length("1mm")
# The widest sheet, for text that is not wrapped.
_UNBROKEN_MM = 5000.0


@click.command()
@click.argument("text", type=vpype_cli.TextType())
@click.option(
    "-s",
    "--size",
    type=vpype_cli.LengthType(),
    default="7mm",
    help="From the ascenders to the descenders (default: 7mm).",
)
@click.option(
    "--line-height",
    type=vpype_cli.LengthType(),
    help="From line to line (default: 9/7 of the size).",
)
@click.option(
    "-w", "--wrap", type=vpype_cli.LengthType(), help="Wrap to provided width."
)
@click.option(
    "--style",
    type=vpype_cli.TextType(),
    help="Hand: as --style of scribe.sample (default: that of the seed).",
)
@click.option(
    "--bias",
    type=vpype_cli.FloatType(),
    default=1.0,
    help="0 writes as variedly as people, 2 tidily (default: 1).",
)
@click.option(
    "--seed",
    type=vpype_cli.IntegerType(),
    default=0,
    help="The same seed writes the same (default: 0).",
)
@click.option(
    "--best-of",
    type=vpype_cli.IntegerType(),
    help="Ways to write each word, of which the most legible is kept (default: 4).",
)
@click.option(
    "--model", type=vpype_cli.TextType(), help="Run folder, or name of a shipped model."
)
@click.option(
    "-q",
    "--quantization",
    type=vpype_cli.LengthType(),
    default="0.02mm",
    help="How far lines may stray from the curves (default: 0.02mm).",
)
@vpype_cli.generator
def handwriting(
    text, size, line_height, wrap, style, bias, seed, best_of, model, quantization
):
    """Write text by hand.

    Each line of the text is a paragraph; the first one begins at the origin.
    """
    from scribe import writing
    from scribe.drawing.page import Page
    from scribe.foundation.errors import InputError
    from scribe.strokes.curves import flatten
    from scribe.typesetting import Setting, Sheet, choosing, write_pages

    lines = vpype.LineCollection()
    try:
        height_mm = (9 / 7 * size if line_height is None else line_height) / _MM
        sheet = Sheet(
            width_mm=_UNBROKEN_MM if wrap is None else wrap / _MM,
            height_mm=_UNBROKEN_MM,
            line_height_mm=height_mm,
            size_mm=size / _MM,
            **dict.fromkeys(("top_mm", "right_mm", "bottom_mm", "left_mm"), 0.0),
        )
        reader, best_of = choosing(best_of)
        letter = write_pages(
            writing.load(model, "numpy"),
            text,
            sheet,
            Setting(),
            bias=bias,
            style=style,
            seed=seed,
            best_of=best_of,
            reader=reader,
        )
    except InputError as error:
        raise click.ClickException(str(error)) from error
    pages: list[Page] = letter.pages
    for number, page in enumerate(pages):
        for curve in page.curves:
            points = flatten(curve, quantization / _MM)
            points = (points + [0.0, number * page.height]) * _MM
            lines.append(points[:, 0] + 1j * points[:, 1])
    return lines
