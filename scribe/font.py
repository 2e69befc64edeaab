"""Makes a font of a hand, to type with in any program.

  python -m scribe.font --style=neat --output=neat.ttf
  python -m scribe.font --style=mine --variants=4 --name="My Hand" --output=mine.ttf

The letters are cut out of words that are written in the style. Each has variants that
alternate as one types (the OpenType feature calt, which most programs have switched
on); widths and kerning are those of the writing. Needs the extra `font`.
"""

import re
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.progress import Bar


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.font")
    add = parser.add_argument
    add("--style", required=True, help="hand, as for scribe.sample")
    add("--output", required=True, help="file to write, .ttf")
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
    if Path(options.output).suffix.lower() != ".ttf":
        raise InputError(f"cannot write {options.output!r}: its ending must be .ttf")
    if not 0.02 <= options.pen_width <= 0.6:
        raise InputError(f"pen_width={options.pen_width}: must be from 0.02 to 0.6")
    family = options.name or f"Scribe {Path(options.style).stem}".replace(":", " ")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,40}", family):
        raise InputError(
            f"a font cannot be called {family!r}: use --name with letters a to z, "
            "digits, spaces, - and _"
        )
    from scribe import writing
    from scribe.foundation.files import write_whole
    from scribe.typesetting import truetype, typeface

    writer = writing.load(options.model)
    if not writer.model.reads_text:
        raise InputError(f"{writer.model.folder} is a model without text")
    with Bar("writing", quiet=options.quiet) as bar:
        face = typeface.write_typeface(
            writer,
            options.style,
            options.variants,
            options.num_samples,
            options.bias,
            options.seed,
            progress=lambda num_lines, share: bar(share, f"{num_lines} lines"),
        )
    data = truetype.font_bytes(face, family, options.pen_width)
    write_whole(options.output, data)
    print(options.output)
    if face.missing:
        print(f"without {' '.join(face.missing)}, not legible in this hand")
    return 0


if __name__ == "__main__":
    command_line.run(main)
