"""Turns a corpus of word images into the form that training reads.

  python -m scrabblegan.prepare_data --format=folder --source=gw_words \\
      --output=data/gw_words --preprocess=morphology

Formats: iam (words.txt and words/), folder (images with a .csv, or a .txt beside each),
dhsd (its .npz). What is done to the images is bound in gin/datasets/word_images.gin.
"""

import time

from scrabblegan.words.corpora import READERS, SPLITS, IamWords
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.locks import sole_writer
from scribe.foundation.progress import Bar


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    from scribe.foundation import gin_config

    bindings = list(options.gin_param)
    if options.preprocess:
        bindings.append(f"WordNormalizer.preprocess = {options.preprocess!r}")
    from scrabblegan.words.preparation import convert_to_gan_reading_format_save

    gin_config.parse(options.gin_file or ["datasets/word_images.gin"], bindings)
    started = time.monotonic()
    with (
        command_line.removing_halves(),
        sole_writer(options.output),
        Bar(f"reading {options.format}", quiet=options.quiet) as bar,
    ):
        done = gin_config.call(
            convert_to_gan_reading_format_save,
            reader=_reader(options),
            output=options.output,
            buckets=not options.packed_only,
            progress=lambda share, count: bar(share, f"{count} images"),
        )
    print(f"kept {sum(done.kept.values())} words in {options.output}")
    for split, count in done.kept.items():
        print(f"{count:9}  {split}")
    print(f"left out {sum(done.dropped.values())} images")
    for reason, count in done.dropped.items():
        print(f"{count:9}  {reason}")
    print(f"{len(done.characters)} characters: {done.characters}")
    print(f"took {time.monotonic() - started:.1f} s")
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.prepare_data")
    parser.add_argument("--format", required=True, choices=READERS)
    parser.add_argument(
        "--source", required=True, metavar="PATH", help="the corpus as distributed"
    )
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="new folder to write"
    )
    parser.add_argument(
        "--preprocess", choices=("normal", "morphology"),
        help="morphology closes gaps in the ink first (default: as in the gin file)",
    )  # fmt: skip
    parser.add_argument(
        "--split_list", action="append", default=[], metavar="SPLIT=FILE",
        help="iam: forms, lines or words of a split, such as train=trainset.txt; may "
        "be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--packed_only", action="store_true",
        help="write one file for each split and no single images",
    )  # fmt: skip
    parser.add_argument(
        "--gin_file", action="append", metavar="FILE",
        help="default: datasets/word_images.gin",
    )  # fmt: skip
    parser.add_argument(
        "--gin_param", action="append", default=[], metavar="BINDING",
        help="a single binding, such as 'WordNormalizer.kernel_pixels = 5'",
    )  # fmt: skip
    command_line.add_allow_imports(parser)
    command_line.add_quiet(parser)
    return parser


def _reader(options):
    if options.format != IamWords.name:
        if options.split_list:
            raise InputError("--split_list is for --format=iam")
        return READERS[options.format](options.source)
    lists: dict[str, list[str]] = {}
    for pair in options.split_list:
        split, equals, path = pair.partition("=")
        if not equals or split not in SPLITS:
            raise InputError(
                f"--split_list={pair}: write SPLIT=FILE, SPLIT being one of "
                f"{', '.join(SPLITS)}"
            )
        lists.setdefault(split, []).append(path)
    return IamWords(options.source, lists)


if __name__ == "__main__":
    command_line.run(main)
