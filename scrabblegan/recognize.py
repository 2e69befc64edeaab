"""Reads images of handwritten words: PNG, JPEG and others, one word each.

  python -m scrabblegan.recognize word.png other.png
  python -m scrabblegan.recognize --model=saved/recognizer --decoder=beam word.png

Prints one line for each image. Size, colour of the ink, and paper around the word do
not matter. python -m scrabblegan.evaluate measures a recognizer on held-out words.
"""

import os
from pathlib import Path

from scrabblegan.models import saved
from scribe.foundation import command_line
from scribe.foundation.errors import InputError


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.recognize")
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="images of one word each")
    add("--model", default="recognizer", help="run folder, or name of a shipped model")
    add("--decoder", default="greedy", help="greedy (default) or beam")
    add("--beam_width", type=int, default=20, help="texts that beam keeps (default 20)")
    options = parser.parse_args(arguments)
    from scrabblegan.models.recognizer import DECODERS, KIND

    if options.decoder not in DECODERS:
        raise InputError(f"--decoder={options.decoder}: use {' or '.join(DECODERS)}")
    if options.beam_width < 1:
        raise InputError(f"--beam_width={options.beam_width}: must be 1 or more")
    images = [_image(Path(name)) for name in options.files]
    folder = saved.find(options.model)
    saved.description(folder, KIND)  # before TensorFlow is imported
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from scrabblegan.models import unframed

    recognizer = saved.load(options.model)
    for pixels in images:
        reading = unframed.read(recognizer, pixels, options.decoder, options.beam_width)
        print(reading.text, flush=True)
    return 0


def _image(path: Path):
    """The grey values of an image with something on it.

    Raises:
      InputError: there is no such file, or nothing to read in it.
    """
    from scrabblegan.words import frame

    try:
        pixels = frame.decode(path.read_bytes())
        frame.ink_of(pixels)
    except frame.Unusable as reason:
        raise InputError(f"{path} cannot be read: {reason}") from reason
    return pixels


if __name__ == "__main__":
    command_line.run(main)
