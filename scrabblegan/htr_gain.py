"""Measures how much synthetic words help a recognizer that has few real ones.

  python -m scribe.dataset --output=data/synthetic --num_samples=20000
  python -m scrabblegan.prepare_data --format=folder --source=data/synthetic \\
      --output=data/synthetic_words
  python -m scrabblegan.htr_gain --corpus=gw --real=data/gw_words \\
      --synthetic=all=data/synthetic_words --save_dir=saved/htr_gain_gw

Trains recognizers on 16 to all real words alone, on synthetic words, and on both, three
seeds each, reads the test words, prints the table and draws the curves. The first
--synthetic is measured with all numbers of real words, others (one hand, no scan,
random texts) with one. Ctrl-C saves and stops; the same command goes on.
"""

import logging
import sys
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.locks import sole_writer


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    for package in ("scribe", "scrabblegan"):
        level = logging.WARNING if options.quiet else logging.INFO
        logging.getLogger(package).setLevel(level)
    synthetic = dict(map(_named, options.synthetic))
    for path in (options.real, *synthetic.values()):
        if not path.is_dir():
            raise InputError(f"there are no prepared words at {path}")
    from scrabblegan.evaluation.htr_gain_experiment import gain_report
    from scribe.foundation import gin_config

    gin = gin_config.import_gin()
    files = options.gin_file or ["comparisons/htr_gain.gin"]
    gin_config.parse(files, options.gin_param)
    experiment = gin_config.call(gin.get_configurable("HtrGainExperiment"))
    with sole_writer(options.save_dir):
        report = experiment.run(
            options.corpus, options.real, synthetic, options.save_dir
        )
    print(gain_report(report), end="")
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.htr_gain")
    add = parser.add_argument
    add("--corpus", required=True, metavar="NAME",
        help="gw, dhsd, or of a file of your own datasets/NAME_words.gin")  # fmt: skip
    add("--real", required=True, metavar="FOLDER", type=Path, help="prepared words")
    add("--synthetic", required=True, action="append", metavar="NAME=FOLDER",
        help="prepared synthetic words, may be repeated")  # fmt: skip
    add("--save_dir", required=True, metavar="FOLDER", type=Path,
        help="folder of the experiment")  # fmt: skip
    add("--gin_file", action="append", metavar="FILE",
        help="default: comparisons/htr_gain.gin")  # fmt: skip
    add("--gin_param", action="append", default=[], metavar="BINDING",
        help="a single binding, such as 'HtrGainExperiment.seeds = (1,)'")  # fmt: skip
    command_line.add_allow_imports(parser)
    command_line.add_quiet(parser)
    return parser


def _named(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not equals or not name.isidentifier():
        raise InputError(f"--synthetic={text}: use NAME=FOLDER, as all=data/words")
    return name, Path(folder)


if __name__ == "__main__":
    command_line.run(main)
