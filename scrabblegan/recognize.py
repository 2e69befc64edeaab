"""Reads images of handwritten words: PNG, JPEG and others, one word each.

  python -m scrabblegan.recognize word.png other.png
  python -m scrabblegan.recognize --model=saved/recognizer --decoder=beam word.png

Prints one line for each image. Size, colour of the ink, and paper around the word do
not matter. python -m scrabblegan.evaluate measures a recognizer on held-out words.
"""

from pathlib import Path

from scrabblegan.models import find_model, load_model
from scrabblegan.networks import read_description
from scribe.foundation import command_line
from scribe.foundation.errors import InputError


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    from scrabblegan.models.raw_images import read_raw_image
    from scrabblegan.models.recognizer import DECODERS, KIND

    if options.decoder not in DECODERS:
        raise InputError(f"--decoder={options.decoder}: use {' or '.join(DECODERS)}")
    if options.beam_width < 1:
        raise InputError(f"--beam_width={options.beam_width}: must be 1 or more")
    images = [_image(Path(name)) for name in options.files]
    folder = find_model(options.model)
    read_description(folder, KIND)  # before TensorFlow is imported
    recognizer = load_model(options.model)
    for pixels in images:
        reading = read_raw_image(
            recognizer, pixels, options.decoder, options.beam_width
        )
        print(reading.text, flush=True)
    return 0


def _image(path: Path):
    """The grey values of an image with something on it.

    Raises:
      InputError: there is no such file, or nothing to read in it.
    """
    from scrabblegan.images import Unusable, read_image
    from scrabblegan.words.normalizer import ink_of

    try:
        pixels = read_image(path)
        ink_of(pixels)
    except Unusable as reason:
        raise InputError(f"{path} cannot be read: {reason}") from reason
    return pixels


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.recognize")
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="images of one word each")
    command_line.add_model(parser, default="recognizer")
    add("--decoder", default="greedy", help="greedy (default) or beam")
    add("--beam_width", type=int, default=20, help="texts that beam keeps (default 20)")
    return parser


if __name__ == "__main__":
    command_line.run(main)
