"""Draws a corpus of words as images, with a list of what is written on each.

  python -m scribe.render_words --data_dir=data/iam_ondb_words --output=data/iam_images
  python -m scrabblegan.prepare_data --format=folder --source=data/iam_images \\
      --output=data/iam_words

Pen paths stand in for scans where there are none. Each page has one scale and one pen,
chosen by a hash of its name: finer or bolder, and more or less wider where it was
slow. `words.csv` gives the text, the split and the page of each image.
"""

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import check_new_folder, whole_folder
from scribe.foundation.locks import sole_writer
from scribe.foundation.progress import Bar


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.render_words")
    parser.add_argument(
        "--data_dir", required=True, metavar="FOLDER",
        help="prepared corpus of words, of scribe.prepare_data --format=words",
    )  # fmt: skip
    parser.add_argument(
        "--output", required=True, metavar="FOLDER", help="new folder to write"
    )
    parser.add_argument(
        "--x_height", type=float, default=24.0, metavar="PIXELS",
        help="height of a small letter (default: %(default)g)",
    )  # fmt: skip
    command_line.add_quiet(parser)
    options = parser.parse_args(arguments)
    if not 2.0 <= options.x_height <= 200.0:
        raise InputError(f"--x_height={options.x_height:g}: must be from 2 to 200")
    from scribe.corpora.prepared import load_description
    from scribe.corpora.word_images import save_images

    num_words = sum(load_description(options.data_dir).splits.values())
    check_new_folder(options.output)
    with (
        command_line.removing_halves(),
        sole_writer(options.output),
        whole_folder(options.output) as folder,
        Bar("drawing", num_words, "words", options.quiet) as bar,
    ):
        num_drawn = save_images(folder, options.data_dir, options.x_height, bar)
        if num_drawn == 0:
            raise InputError(f"no word of {options.data_dir} could be drawn")
    print(f"{num_drawn} words in {options.output}")
    if num_drawn < num_words:
        print(f"{num_words - num_drawn} could not be drawn: longer than any word")
    return 0


if __name__ == "__main__":
    command_line.run(main)
