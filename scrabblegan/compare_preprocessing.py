"""Compares models that learn from raw scans with models that learn from closed ones.

  python -m scrabblegan.prepare_data --format=dhsd --source=dhsd_train.npz \\
      --output=data/dhsd_raw --preprocess=normal
  python -m scrabblegan.prepare_data --format=dhsd --source=dhsd_train.npz \\
      --output=data/dhsd_closed --preprocess=morphology
  python -m scrabblegan.compare_preprocessing --corpus=dhsd --raw=data/dhsd_raw \\
      --closed=data/dhsd_closed --save_dir=saved/preprocessing_dhsd

Trains all that it takes, lets recognizers read what was written, prints the tables and
keeps them as report.md and report.json. Ctrl-C saves and stops; the same command goes
on. docs/history/PREPROCESSING.md says how to read the tables.
"""

import logging
import sys
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.locks import sole_writer


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.compare_preprocessing")
    parser.add_argument(
        "--corpus", required=True, metavar="NAME",
        help="dhsd, gw, or of a file of your own datasets/NAME_words.gin",
    )  # fmt: skip
    for kind in ("raw", "closed"):
        parser.add_argument(
            f"--{kind}", required=True, metavar="FOLDER", type=Path,
            help=f"prepared words, {kind}",
        )  # fmt: skip
    parser.add_argument(
        "--save_dir", required=True, metavar="FOLDER", type=Path,
        help="folder of the experiment",
    )  # fmt: skip
    parser.add_argument(
        "--gin_file", action="append", metavar="FILE",
        help="default: comparisons/preprocessing.gin",
    )  # fmt: skip
    parser.add_argument(
        "--gin_param", action="append", default=[], metavar="BINDING",
        help="a single binding, such as 'PreprocessingExperiment.num_words = 50'",
    )  # fmt: skip
    command_line.add_allow_imports(parser)
    command_line.add_quiet(parser)
    options = parser.parse_args(arguments)
    logging.basicConfig(
        format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    for package in ("scribe", "scrabblegan"):
        level = logging.WARNING if options.quiet else logging.INFO
        logging.getLogger(package).setLevel(level)
    for path in (options.raw, options.closed):
        if not path.is_dir():
            raise InputError(f"there are no prepared words at {path}")
    from scrabblegan.evaluation.preprocessing_report import preprocessing_report
    from scribe.foundation import gin_config

    gin = gin_config.import_gin()
    gin_config.parse(
        options.gin_file or ["comparisons/preprocessing.gin"], options.gin_param
    )
    experiment = gin_config.call(gin.get_configurable("PreprocessingExperiment"))
    with sole_writer(options.save_dir):
        report = experiment.run(
            options.corpus, options.raw, options.closed, options.save_dir
        )
    print(preprocessing_report(report), end="")
    return 0


if __name__ == "__main__":
    command_line.run(main)
