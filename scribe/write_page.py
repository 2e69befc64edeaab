"""Writes letters by hand: a text on pages, in one hand.

  python -m scribe.write_page letter.txt --output=letter.pdf
  python -m scribe.write_page letter.txt --output=letter.png --style=neat --rule=lines
  python -m scribe.write_page letter.txt --output=letter.gcode --preview=drawn.png
  python -m scribe.write_page letter.txt --data=people.csv --output='letters/{name}.pdf'
  python -m scribe.write_page address.txt --paper=dl --output=envelope.pdf
  python -m scribe.write_page letter.txt --output=letter.png --ink_model=ink_gw

The ending of --output picks the format: .pdf and .gcode hold all pages; .svg, .png and
.dxf are one file per page (letter-1.svg, letter-2.svg, ...). Each line of the text is a
paragraph; blank lines stay, spaces at its start indent it, and a form feed begins a new
page. Lengths are in millimetres.
"""

import sys

from scribe.foundation import command_line
from scribe.foundation.progress import Bar


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    from scribe import writing
    from scribe.typesetting import Setting, files, letters, scanned, text_file
    from scribe.typesetting.sheet import is_envelope

    # All that can be known to be wrong is said before anything is written.
    is_merge = options.data is not None
    ending = letters.check_outputs(
        options.output, options.preview, options.optimise, is_merge, options.resume
    )
    sheet = _sheet(options)
    setting = Setting(
        align=options.align,
        indent_mm=options.indent_mm,
        jitter=options.jitter,
        drift=options.drift,
    )
    look = _look(options, ending, sheet)
    ink = scanned.check_ink(ending, options.ink_model, _given(options))
    saving = letters.Saving(
        ending=ending,
        look=look,
        plotter=files.plotter_of(ending, options.plotter, options.gin_param),
        scan=ink and scanned.scan_with(ink, sheet.x_height_mm),
        optimise=options.optimise,
        preview=options.preview,
    )
    planned = letters.planned(
        text_file.read_text(options.text_file),
        options.output,
        options.data,
        options.style,
        options.seed,
        options.header,
    )

    def tell(letter, saved, remarks) -> None:
        for file in saved:
            print(file, flush=True)
        if not options.quiet:
            for remark in remarks:
                print(f"{letter.path}: {remark}", file=sys.stderr)

    with Bar("writing", quiet=options.quiet) as bar:
        letters.write_letters(
            planned,
            writing.load(options.model, options.engine),
            sheet,
            setting,
            saving,
            bias=options.bias,
            best_of=options.best_of,
            likeness=options.likeness,
            page_numbers=options.page_numbers,
            one_page=is_envelope(options.paper),
            is_merge=is_merge,
            resume=options.resume,
            progress=bar,
            tell=tell,
            unknown=options.unknown,
            reflow=options.reflow,
            markup=options.markup,
            slips=options.slips,
        )
    return 0


# fmt: off
def _parser():
    parser = command_line.parser(__doc__, "scribe.write_page")
    add = parser.add_argument
    add("text_file", help="the text, UTF-8; - for standard input")
    add("--output", required=True, help="file: .pdf, .svg, .png, .gcode or .dxf")
    add = parser.add_argument_group("letters to many").add_argument
    add("--data", help="a .csv, .tsv or .jsonl with a row for each letter: {field} in "
        "the text, in --output and in --style is the row's value, {row} its number")
    add("--resume", action="store_true", help="leaves letters alone that are there")
    add = parser.add_argument_group("paper").add_argument
    add("--paper", default="a4", help="a4 (default), letter, a5 or e.g. 120x80mm; the "
        "envelopes dl, c6, c5 and com10, whose text is an address")
    add("--margins", help="in mm: one number (default 20), or top,right,bottom,left")
    add("--line_height_mm", type=float, default=9.0,
        help="from line to line, default 9")
    add("--size_mm", type=float, help="of the writing, ascenders to descenders "
        "(default: 0.78 of the line's height)")
    add("--rule", default="none", help="none (default), lines or grid")
    add("--paper_colour", help="none (default), or a colour; a .png is white")
    add("--header", help="writes a line above each page, to the right; {page} in it is "
        "the page's number, {pages} that of the last")
    add("--page_numbers", action="store_true", help="writes one below each page")
    writing = parser.add_argument_group("writing")
    add = writing.add_argument
    add("--style", help="hand, as of scribe.sample; default: the seed makes one up")
    command_line.add_likeness(add)
    add("--bias", type=float, default=1.0,
        help="0 writes as variedly as people, 2 tidily and a little dull (default 1)")
    add("--seed", type=int, default=0, help="the same seed gives the same pages")
    add("--best_of", type=int,
        help="writes what a reader misreads so often at most and keeps the words that "
        "it reads best (default 4; 1 where no reader is installed)")
    command_line.add_unknown(writing)
    command_line.add_model(parser, writing)
    add("--engine", default="numpy", help="numpy (default), tensorflow or auto")
    add = parser.add_argument_group("lines").add_argument
    add("--markup", default="plain", help="marks in the text: plain (default; a line "
        "that begins with -> stands right, with -> and <- in the middle, \\newpage "
        "begins a page), markdown (also lists, # headings, *emphasis*) or none")
    add("--align", default="left", help="left (default), center, right or justify")
    add("--indent_mm", type=float, default=0.0, help="of each paragraph's first line")
    add("--slips", type=float, default=0.0,
        help="words in a hundred that are struck out and written again (default 0)")
    add("--jitter", type=float, default=1.0,
        help="how irregular lines and gaps are: 0 a machine, 1 a person (default)")
    add("--drift", default="remove", help="of baselines: remove (default) or keep")
    add("--reflow", action="store_true",
        help="joins lines that no blank line parts: for texts broken at 72 columns")
    add = parser.add_argument_group("ink").add_argument
    add("--ink", default="#16182b", help="#rrggbb or a name such as navy")
    add("--pen_width_mm", type=float,
        help="default 0.4 where lines are 9 mm high, finer where they are lower")
    add("--pressure", type=float,
        help="0 draws strokes of one width, 1 presses where the pen is slow (default "
        "0.7 for .pdf and .png, 0 for plotters)")
    add("--dpi", type=float, help="pixels per inch of a .png (default 200; 150 for "
        "--ink_model)")
    add("--ink_model", metavar="NAME", help="makes a .png look scanned: a network of "
        "ink draws it, on paper of its own (ink_dhsd: ballpoint, "
        "ink_gw: quill, or a run folder)")
    group = parser.add_argument_group("plotter")
    add = group.add_argument
    add("--plotter", help="a file in gin/plotters/ or one's own (default grbl_servo "
        "for .gcode, none for .svg)")
    add("--gin_param", action="append", default=[],
        help="e.g. 'Plotter.bed_width_mm = 300'; may be repeated")
    command_line.add_allow_imports(group)
    add("--optimise", action="store_true",
        help="draws the strokes in the order of least travel, not that of writing")
    add("--preview", help="picture of what the .gcode draws: .pdf, .svg or .png")
    command_line.add_quiet(parser)
    return parser
# fmt: on


def _given(options) -> list[str]:
    """Options on pen and paper that were given."""
    names = ("paper_colour", "pen_width_mm", "pressure")
    return [f"--{name}" for name in names if getattr(options, name) is not None]


def _sheet(options):
    from scribe.typesetting.sheet import Sheet, margins, paper_size

    width, height = paper_size(options.paper)
    return Sheet(
        width_mm=width,
        height_mm=height,
        line_height_mm=options.line_height_mm,
        size_mm=options.size_mm,
        rule=options.rule,
        **margins(options.margins, options.paper),
    )


def _look(options, ending: str, sheet):
    from scribe.typesetting import files

    return files.look_of(
        ending,
        sheet.x_height_mm,
        ink=options.ink,
        pen_width_mm=options.pen_width_mm,
        pressure=options.pressure,
        paper=options.paper_colour,
        dpi=options.dpi,
    )


if __name__ == "__main__":
    command_line.run(main)
