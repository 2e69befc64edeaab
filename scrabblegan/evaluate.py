"""Measures models against a corpus of real images, in one table.

  python -m scrabblegan.evaluate --model=digits --data_dir=data/mnist.npz
  python -m scrabblegan.evaluate --model=saved/a --model=saved/b --json=result.json
  python -m scrabblegan.evaluate --model=recognizer --data_dir=data/iam_words
  python -m scrabblegan.evaluate --model=scrabblegan --words=pen=data/pen_words

--model is a run folder or the name of a shipped model. What is measured goes by the
kind of model; the first row of a generator's table is real images judged like samples:
what a perfect generator would reach. --words=NAME=FOLDER adds a row for words that
anything else wrote, as scrabblegan.prepare_data keeps them.
"""

import json
from pathlib import Path

from scrabblegan.images import pictures
from scrabblegan.models import find_model, kind_of_model, load_model
from scrabblegan.models.kinds import KINDS
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

DEFAULT_MODELS = ("digits", "digits_conditional")
MIN_SAMPLES = 100
_PICTURE_SCALE = 2
_OF_WORDS, _FEATURIST = "scrabblegan", "recognizer"


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    from scrabblegan.evaluation import EVALUATIONS

    names = options.model or (() if options.words else DEFAULT_MODELS)
    kind = _kind(names, measured=EVALUATIONS) if names else KINDS[_OF_WORDS]
    evaluation = EVALUATIONS[kind.name]
    others = _others(options, evaluation)
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
        if evaluation.picture is None or not names:
            raise InputError(
                f"--picture: there is none of {', '.join(names) or 'words'}"
            )
    models = {name: load_model(name) for name in names}
    judge = judge_name and load_model(judge_name)
    data_dir = options.data_dir or kind.data_dir
    more = {}
    if evaluation.others:
        more = {"others": others, "featurist": _featurist(options)}
    result = evaluation.measure(models, judge, data_dir, count, options.seed, **more)
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


def _others(options, evaluation) -> dict:
    """The words of the folders of --words, by name."""
    if (options.words or options.features) and not evaluation.others:
        raise InputError("--words and --features are for writers of words")
    from scrabblegan.words import load_words

    found = {}
    for pair in options.words:
        name, _, folder = pair.rpartition("=")
        name = name or Path(folder).name
        if name in found:
            raise InputError(f"--words: {name} is named twice")
        found[name] = load_words(folder, options.split)
    return found


def _featurist(options):
    """The recognizer of --features; None for the judge."""
    if options.features is None:
        return None
    if kind_of_model(find_model(options.features)).name != _FEATURIST:
        raise InputError(f"--features={options.features} is no recognizer of words")
    return load_model(options.features)


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
    add(
        "--words",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="prepared words that something else wrote; may be repeated",
    )
    add("--split", default="train", help="of the folders of --words (default train)")
    add(
        "--features",
        metavar="RECOGNIZER",
        help="whose features the distances are of (default: the judge's)",
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
