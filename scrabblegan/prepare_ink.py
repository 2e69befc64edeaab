"""Prepares scans and strokes for the training of a network of ink.

  python -m scribe.dataset --gin_file=factory/ink_words.gin --output=data/ink_strokes \\
      --num_samples=3000
  python -m scrabblegan.prepare_ink --format=folder --source=gw_words \\
      --strokes=data/ink_strokes --output=data/ink_gw

The scans are images of words or lines, as for scrabblegan.prepare_data; what is written
on them need not be known. The strokes may be any words, best of the same language.
"""

import time

from scrabblegan.words.corpora import READERS
from scribe.foundation import command_line
from scribe.foundation.locks import sole_writer
from scribe.foundation.progress import Bar


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.prepare_ink")
    add = parser.add_argument
    add("--format", required=True, choices=READERS)
    add("--source", required=True, metavar="PATH", help="the scans as distributed")
    add(
        "--strokes",
        required=True,
        metavar="FOLDER",
        help="what scribe.dataset made of kind words, as --format=folder",
    )
    add("--output", required=True, metavar="FOLDER", help="new folder to write")
    command_line.add_quiet(parser)
    options = parser.parse_args(arguments)
    from scrabblegan.ink.preparation import prepare

    started = time.monotonic()
    with (
        command_line.removing_halves(),
        sole_writer(options.output),
        Bar("reading", None, "images", options.quiet) as bar,
    ):
        facts = prepare(
            READERS[options.format](options.source),
            options.strokes,
            options.output,
            bar,
        )
    for split, count in facts["splits"].items():
        print(f"{count:9}  scans, {split}")
    print(f"{facts['strokes']:9}  words of strokes")
    for reason, count in facts["dropped"].items():
        print(f"{count:9}  left out: {reason}")
    print(f"{options.output}, {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    command_line.run(main)
