"""Measures training steps: of digits, and of words in all forms.

  python -m scrabblegan.benchmark --gin_file=digits_recipe --data_dir=data/digits
  python -m scrabblegan.benchmark --gin_file=scrabblegan_2 --words=5

The same networks take the same batches in turns within one run, and medians are
printed: absolute times depend on what else the machine does, ratios hardly do. Digits
are measured compiled, under XLA, and as an eager loop. With --words, random words of so
many characters are, without a corpus: eager in float32, compiled, with bfloat16, and
with the discriminator's backward pass reused for the generator.
"""

import logging

from scribe.foundation import command_line
from scribe.foundation.errors import InputError


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    if min(options.rounds, options.steps, options.batch_size) < 1:
        raise InputError("--rounds, --steps and --batch_size must be 1 or more")
    logging.basicConfig(format="%(message)s")
    print(_digits(options) if options.words is None else _words(options))
    return 0


def _digits(options) -> str:
    from scrabblegan.digits import benchmark
    from scribe.foundation import devices, gin_config

    devices.select("cpu")
    bindings = [*options.gin_param, f"DATA_DIR = {options.data_dir!r}"]
    gin_config.parse([options.gin_file], bindings)
    forms = options.forms.split(",") if options.forms else benchmark.FORMS[:2]
    seconds = benchmark.seconds_per_step(forms, options.rounds, options.steps)
    return benchmark.seconds_table(seconds)


def _words(options) -> str:
    if not 1 <= options.words <= 20:
        raise InputError(f"--words={options.words}: use 1 to 20 characters")
    from scrabblegan.evaluation import word_benchmark
    from scribe.foundation import devices

    devices.select("cpu")
    forms = options.forms.split(",") if options.forms else list(word_benchmark.FORMS)
    measured = word_benchmark.costs_per_step(
        options.gin_file,
        options.gin_param,
        forms,
        options.rounds,
        options.steps,
        options.batch_size,
        options.words,
    )
    return word_benchmark.costs_table(measured, options.batch_size)


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.benchmark")
    add = parser.add_argument
    add(
        "--gin_file", default="digits_recipe", help="experiment (default digits_recipe)"
    )
    add("--gin_param", action="append", default=[], help="a binding; may be repeated")
    command_line.add_allow_imports(parser)
    add("--data_dir", default="data/digits", help="corpus, as for training")
    add("--rounds", type=int, default=5, help="measurements of each form (default 5)")
    add("--steps", type=int, default=20, help="steps per measurement (default 20)")
    add("--forms", help="of digits compiled, eager and xla; of words, of its table")
    add("--words", type=int, metavar="N", help="measure words of N characters")
    add("--batch_size", type=int, default=16, help="words per step (default 16)")
    return parser


if __name__ == "__main__":
    command_line.run(main)
