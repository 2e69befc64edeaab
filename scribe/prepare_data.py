"""Turns a handwriting corpus, as distributed, into the form that training reads.

  python -m scribe.prepare_data --format=iam_ondb --source=downloads \\
      --output=data/iam_ondb
  python -m scribe.prepare_data --format=words --source=data/iam_ondb \\
      --output=data/iam_ondb_words

Each format has options of its own: see --format=NAME --help. data/README.md says how to
obtain the corpora and how to read one that is not listed.
"""

import argparse
import time

from scribe.corpora.formats import READERS, reader_class
from scribe.corpora.prepared import Corpus, check_new_folder, save_corpus
from scribe.foundation import command_line
from scribe.foundation.locks import sole_writer
from scribe.foundation.progress import Bar

_PROGRAM = "scribe.prepare_data"


def main(arguments=None) -> int:
    options = _parse(arguments)
    started = time.monotonic()
    check_new_folder(options.output)
    with (
        command_line.removing_halves(),
        sole_writer(options.output),
        Bar(f"reading {options.format}", quiet=options.quiet) as bar,
    ):
        kind = reader_class(options.format)
        reader = kind.from_arguments(
            options, lambda share, count: bar(share, f"{count} {kind.unit}")
        )
        reading = reader.read()
        corpus = save_corpus(
            options.output,
            reader.name,
            reading.lines_by_split,
            reading.dropped,
            reading.points_per_second,
        )
    for note in reading.notes:
        print(note)
    _print_summary(corpus, options.output, reader.unit)
    print(f"took {time.monotonic() - started:.1f} s")
    return 0


def _parse(arguments) -> argparse.Namespace:
    """Parses in two steps, since the format decides which options there are."""
    parser = command_line.parser(__doc__, _PROGRAM)
    parser.add_argument(
        "--format",
        required=True,
        metavar="NAME",
        help=f"{', '.join(READERS)}, or module:Class of a reader of your own",
    )
    parser.add_argument(
        "--source", metavar="PATH", help="folder or file of the corpus as distributed"
    )
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="new folder to write"
    )
    command_line.add_quiet(parser)
    parser.conflict_handler = "resolve"  # some formats have an option of one name
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--format")
    chosen = first.parse_known_args(arguments)[0].format
    for name in [chosen] if chosen else READERS:
        reader_class(name).add_arguments(parser.add_argument_group(f"format {name}"))
    return parser.parse_args(arguments)


def _print_summary(corpus: Corpus, folder: str, unit: str) -> None:
    print(f"kept {sum(corpus.splits.values())} {unit} in {folder}")
    for split, num_lines in corpus.splits.items():
        print(f"{num_lines:9}  {split} ({corpus.points[split]} points)")
    print(f"dropped {sum(corpus.dropped.values())} {unit}")
    for reason, num_lines in corpus.dropped.items():
        print(f"{num_lines:9}  {reason}")
    characters = corpus.alphabet.characters
    print(f"{len(characters)} characters: {characters}")
    if corpus.points_per_second:
        print(f"{corpus.points_per_second:.1f} points per second")


if __name__ == "__main__":
    command_line.run(main)
