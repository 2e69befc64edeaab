"""Measures generators against a corpus of real images, in one table.

  python -m scrabblegan.evaluate --model=digits --data_dir=data/mnist.npz
  python -m scrabblegan.evaluate --model=saved/a --model=saved/b --json=result.json

--model is a run folder or the name of a shipped model. The first row of the table is
real images judged like samples: what a perfect generator would reach.
"""

import json
import os
from pathlib import Path

from scrabblegan import models
from scribe import command_line
from scribe.errors import InputError


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    if options.num_samples < 100:
        raise InputError(f"--num_samples={options.num_samples}: use 100 or more")
    names = options.model or ["digits", "digits_conditional"]
    for name in (*names, options.classifier):
        models.find(name)  # before TensorFlow is imported
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from scrabblegan import digit_data, digit_evaluation

    corpus = digit_data.read(options.data_dir)
    result = digit_evaluation.compare(
        {name: models.load(name) for name in names},
        corpus,
        digit_evaluation.Judge.load(options.classifier),
        options.num_samples,
        options.seed,
    )
    print(digit_evaluation.report(result))
    if options.json:
        text = f"{json.dumps(result, indent=2)}\n".encode()
        models.replace(Path(options.json), lambda file: file.write(text))
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.evaluate")
    add = parser.add_argument
    add(
        "--model",
        action="append",
        help="model to measure; may be repeated (default: both shipped ones of digits)",
    )
    add("--data_dir", default="data/mnist.npz", help="corpus, as for training")
    add("--num_samples", type=int, default=10_000, help="images each (default 10000)")
    add("--classifier", default="digits_classifier", help="run folder or shipped model")
    add("--seed", type=int, default=0, help="of the samples")
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser


if __name__ == "__main__":
    command_line.run(main)
