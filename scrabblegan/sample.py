"""Draws images with a trained generator: words, numbers, digits.

  python -m scrabblegan.sample --text="Any words you like" --output=line.png
  python -m scrabblegan.sample --text=2026 --num_samples=3 --output=number.png
  python -m scrabblegan.sample --model=digits --num_samples=64 --output=grid.png

--model is a run folder or the name of a shipped model. Without it, `scrabblegan` writes
a text, `digits_conditional` a number, and `digits` draws digits. The same --seed is the
same hand, whatever the text.
"""

from scrabblegan.images import pictures
from scrabblegan.models import find_model, kind_of_model, load_model
from scribe.foundation import command_line
from scribe.foundation.errors import InputError

DEFAULT_SAMPLES = 64
MAX_SEED = 2**63 - 1
# The shipped digits draw any digit; asked for certain ones, their sister does.
ANY_DIGIT, NUMBERS, WORDS = "digits", "digits_conditional", "scrabblegan"


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    path = pictures.check_png(options.output)
    if not 1 <= options.scale <= 100:
        raise InputError(f"--scale={options.scale}: use 1 to 100")
    if options.text is not None and not options.text.strip():
        raise InputError(f"there is nothing to write in {options.text!r}")
    count = options.num_samples
    if count is not None and not 1 <= count <= 10_000:
        raise InputError(f"--num_samples={count}: use 1 to 10000")
    for option in ("seed", "style_to"):
        seed = getattr(options, option)
        if seed is not None and seed < 0:
            raise InputError(f"--{option}={seed}: use 0 or more")
        if seed is not None and seed > MAX_SEED:
            raise InputError(f"--{option}={str(seed)[:30]}: use {MAX_SEED} or less")
    name = _model(options.model, options.text)
    folder = find_model(name)
    if not kind_of_model(folder).draws:  # before TensorFlow is imported
        raise InputError(f"{folder} is no model that draws")
    if count is None:
        count = DEFAULT_SAMPLES if options.text is None else 1
    walk = {} if options.style_to is None else {"to_seed": options.style_to}
    model = load_model(name)
    if walk and not hasattr(model, "styles_between"):
        raise InputError(f"{folder} has no hands to change: leave --style_to out")
    drawn = model.picture(options.text, count, options.seed, **walk)
    pictures.save_png(drawn, path, options.scale)
    print(path, flush=True)
    return 0


def _model(name: str | None, text: str | None) -> str:
    """The model that is asked for, or that fits the text."""
    if text is None:
        return name or ANY_DIGIT
    if name in (None, ANY_DIGIT) and all(c in "0123456789 " for c in text):
        return NUMBERS
    return name or WORDS


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.sample")
    add = parser.add_argument
    command_line.add_model(parser, help=f"{command_line.MODEL} (default: by --text)")
    command_line.rename_option(parser, "--count", "--num_samples")
    add(
        "--num_samples",
        type=int,
        help=f"images (default {DEFAULT_SAMPLES}), or rows of --text, each in the next "
        "hand (default 1)",
    )
    add("--text", help="what to write: words, or a number such as 2026")
    add("--output", default="logs/figures/samples.png", help="PNG file to draw into")
    add(
        "--seed",
        "--style_seed",
        type=int,
        default=0,
        help="the hand; the same seed gives the same images (default 0)",
    )
    add("--style_to", type=int, help="seed of a hand that words change to on their way")
    add("--scale", type=int, default=2, help="pixels a side per pixel (default 2)")
    return parser


if __name__ == "__main__":
    command_line.run(main)
