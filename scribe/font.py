"""Makes a font of a hand, to type with in any program.

  python -m scribe.font --style=neat --output=neat.ttf
  python -m scribe.font --from=mine --variants=4 --name="My Hand" --output=mine.ttf
  python -m scribe.font --style=neat --format=svg-font --output=neat.svg

The letters are cut out of words that are written in the style; with --from, those that
stand in your own line are yours. Each has variants that alternate as one types (the
OpenType feature calt, which most programs have switched on); widths and kerning are
those of the writing. A .ttf has outlines; an SVG font (.svg, for Inkscape's Hershey
Text and engravers) and a .ufo have the path of the pen. Needs the extra `font`.
"""

import re
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.progress import Bar

_FORMATS = {".ttf": "ttf", ".svg": "svg-font", ".ufo": "ufo"}


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.font")
    add = parser.add_argument
    add("--style", help="hand, as for scribe.sample (default: that of --from)")
    add("--from", dest="own", help="style of your own, whose letters are taken as they "
        "are; the others are written in --style")  # fmt: skip
    command_line.add_likeness(add)
    add("--output", required=True, help="file to write: .ttf, .svg or .ufo")
    add("--format", help="ttf, svg-font or ufo (default: by the ending)")
    add("--name", help="what the font is called (default: Scribe and the style)")
    add("--variants", type=int, default=3, help="glyphs of each letter (default 3)")
    add("--pen_width", type=float, default=0.14, help="in x-heights (default 0.14)")
    add("--bias", type=float, default=1.5, help="as for scribe.sample (default 1.5)")
    add("--num_samples", type=int, default=6,
        help="how often each text is written to choose from (default 6)")  # fmt: skip
    add("--seed", type=int, default=0, help="as for scribe.sample")
    command_line.rename_option(parser, "--samples", "--num_samples")
    command_line.add_model(parser)
    command_line.add_quiet(parser)
    options = parser.parse_args(arguments)
    kind = _format(options)
    if options.style is None and options.own is None:
        raise InputError("whose hand? Give --style, or --from for one of your own")
    style = options.style if options.own is None else options.style or options.own
    if not 0.02 <= options.pen_width <= 0.6:
        raise InputError(f"pen_width={options.pen_width}: must be from 0.02 to 0.6")
    family = options.name or f"Scribe {Path(style).stem}".replace(":", " ")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,40}", family):
        raise InputError(
            f"a font cannot be called {family!r}: use --name with letters a to z, "
            "digits, spaces, - and _"
        )
    from scribe import writing
    from scribe.foundation.files import check_new_folder, write_whole
    from scribe.typesetting import own_glyphs, stroke_fonts, typeface, typographic_marks

    if kind == "ufo":
        check_new_folder(options.output)
    writer = writing.load(options.model)
    if not writer.model.reads_text:
        raise InputError(f"{writer.model.folder} is a model without text")
    own = []
    if options.own is not None:
        own = own_glyphs.own_glyphs(writer, writer.style(options.own))
    with Bar("writing", quiet=options.quiet) as bar:
        face = typeface.write_typeface(
            writer,
            writer.style(style, options.likeness),
            options.variants,
            options.num_samples,
            options.bias,
            options.seed,
            progress=lambda num_lines, share: bar(share, f"{num_lines} lines"),
            own=own,
        )
    face = typographic_marks.with_typographic_marks(face)
    if kind == "svg-font":
        stroke_fonts.write_svg_font(options.output, face, family)
    elif kind == "ufo":
        stroke_fonts.write_ufo(options.output, face, family)
    else:
        from scribe.typesetting import truetype

        write_whole(
            options.output, truetype.font_bytes(face, family, options.pen_width)
        )
    print(options.output)
    if own:
        yours = [c for c, variants in face.glyphs.items() if variants[0] in own]
        print(f"with {' '.join(yours)} of your own")
    if face.missing:
        print(f"without {' '.join(face.missing)}, not legible in this hand")
    return 0


def _format(options) -> str:
    """One of _FORMATS, by --format and the ending of --output."""
    endings = ", ".join(f"{ending} ({name})" for ending, name in _FORMATS.items())
    by_ending = _FORMATS.get(Path(options.output).suffix.lower())
    if by_ending is None:
        raise InputError(
            f"cannot write {options.output!r}: its ending must be one of {endings}"
        )
    if options.format not in (None, by_ending):
        raise InputError(
            f"--format={options.format} does not go with {options.output!r}: use "
            f"{endings}"
        )
    return by_ending


if __name__ == "__main__":
    command_line.run(main)
