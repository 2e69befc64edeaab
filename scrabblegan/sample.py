"""Draws images with a trained generator.

  python -m scrabblegan.sample --model=digits --count=64 --output=grid.png
  python -m scrabblegan.sample --model=digits --text=2026 --output=number.png

--model is a run folder or the name of a shipped model. The shipped `digits` draws any
digit; where a text is asked for, its conditional sister `digits_conditional` draws.
"""

import os

from scrabblegan import models, pictures
from scribe import command_line
from scribe.errors import InputError

DEFAULT_COUNT = 64
# A name that stands for another model where a text is asked for.
WRITES_TEXT = {"digits": "digits_conditional"}


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    path = pictures.check_png(options.output)
    if not 1 <= options.scale <= 100:
        raise InputError(f"--scale={options.scale}: use 1 to 100")
    if options.count is not None and not 1 <= options.count <= 10_000:
        raise InputError(f"--count={options.count}: use 1 to 10000")
    if options.seed < 0:
        raise InputError(f"--seed={options.seed}: use 0 or more")
    name = options.model
    if options.text is not None:
        name = WRITES_TEXT.get(name, name)
    folder = models.find(name)
    if not models.kind(folder).draws:  # before TensorFlow is imported
        raise InputError(f"{folder} is no model that draws")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    count = options.count
    if count is None:
        count = DEFAULT_COUNT if options.text is None else 1
    drawn = models.load(name).picture(options.text, count, options.seed)
    pictures.save_png(drawn, path, options.scale)
    print(path, flush=True)
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.sample")
    add = parser.add_argument
    add("--model", default="digits", help="run folder, or name of a shipped model")
    add(
        "--count",
        type=int,
        help=f"images (default {DEFAULT_COUNT}), or rows of --text (default 1)",
    )
    add("--text", help="what to write: for models of digits a number such as 2026")
    add("--output", default="logs/figures/samples.png", help="PNG file to draw into")
    add("--seed", type=int, default=0, help="the same seed gives the same images")
    add("--scale", type=int, default=2, help="pixels a side per pixel (default 2)")
    return parser


if __name__ == "__main__":
    command_line.run(main)
