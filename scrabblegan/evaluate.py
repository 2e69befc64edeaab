"""Measures models against a corpus of real images, in one table.

  python -m scrabblegan.evaluate --model=digits --data_dir=data/mnist.npz
  python -m scrabblegan.evaluate --model=saved/a --model=saved/b --json=result.json
  python -m scrabblegan.evaluate --model=recognizer --data_dir=data/iam_words

--model is a run folder or the name of a shipped model. What is measured goes by the
kind of model; the first row of a generator's table is real images judged like samples:
what a perfect generator would reach.
"""

import json
from pathlib import Path

from scrabblegan.images import pictures
from scrabblegan.models import find_model, kind_of_model, load_model
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

DEFAULT_MODELS = ("digits", "digits_conditional")
MIN_SAMPLES = 100
_PICTURE_SCALE = 2


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    from scrabblegan.evaluation import EVALUATIONS

    names = options.model or DEFAULT_MODELS
    kind = _kind(names, measured=EVALUATIONS)
    evaluation = EVALUATIONS[kind.name]
    count = options.num_samples
    count = evaluation.num_samples if count is None else count
    if count < MIN_SAMPLES:
        raise InputError(f"--num_samples={count}: use {MIN_SAMPLES} or more")
    if options.json:
        command_line.check_output(Path(options.json))
    judge_name = options.judge or evaluation.judge
    if judge_name is not None:
        find_model(judge_name)
    if options.picture:
        pictures.check_png(options.picture)
        if evaluation.picture is None:
            raise InputError(f"--picture: there is none of models such as {names[0]}")
    models = {name: load_model(name) for name in names}
    judge = judge_name and load_model(judge_name)
    data_dir = options.data_dir or kind.data_dir
    result = evaluation.measure(models, judge, data_dir, count, options.seed)
    print(evaluation.report(result))
    if options.picture:
        drawn = evaluation.picture(models[names[0]], data_dir, options.seed)
        pictures.save_png(drawn, Path(options.picture), _PICTURE_SCALE)
    if options.json:
        write_whole(options.json, f"{json.dumps(result, indent=2)}\n".encode())
    return 0


def _kind(names, measured):
    """The kind that all named models have; found without importing TensorFlow."""
    kinds = {name: kind_of_model(find_model(name)) for name in names}
    first = kinds[names[0]]
    for name, kind in kinds.items():
        if kind.name not in measured:
            raise InputError(f"{name} is a model that nothing here measures")
        if kind != first:
            raise InputError(
                f"{names[0]} and {name} are models of two kinds: measure them apart"
            )
    return first


def _parser():
    parser = command_line.parser(__doc__, "scrabblegan.evaluate")
    add = parser.add_argument
    command_line.add_model(
        parser,
        action="append",
        help="model to measure; may be repeated (default: both shipped ones of digits)",
    )
    add("--data_dir", help="corpus, as for training (default: by kind)")
    add("--num_samples", type=int, help="images each (default: by kind)")
    add(
        "--judge",
        "--classifier",
        help="run folder or shipped model that judges (default: by kind)",
    )
    add("--seed", type=int, default=0, help="of the samples")
    add(
        "--picture",
        metavar="FILE.png",
        help="draw words of the first model beside the nearest training images",
    )
    add("--json", metavar="FILE", help="write the figures there as well")
    return parser


if __name__ == "__main__":
    command_line.run(main)
