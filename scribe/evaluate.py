"""Measures a trained network on lines of a corpus that it has not seen.

  python -m scribe.evaluate --data_dir=data/iam_ondb
  python -m scribe.evaluate --save_dir=saved/graves --split=test --json=test.json
  python -m scribe.evaluate --legibility
  python -m scribe.evaluate --legibility --data_dir=data/iam_ondb

Without --legibility: the log loss (lower is better), the squared error of the mean
prediction and the share of pen states foreseen, on every point of every line, in the
network's own unit and, at full point rate, in Units A and B of the corpus, which stand
beside Graves' tables. With --legibility: writes texts and reads them back; with
--data_dir the transcriptions of real lines, beside these lines. docs/EVALUATION.md
defines every figure.
"""

import json
import os

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.evaluate")
    add = parser.add_argument
    add("--save_dir", help="run folder, or name of a shipped model")
    add(
        "--data_dir",
        help="prepared corpus (default: as trained; with --legibility a list of texts)",
    )
    add("--split", default="validation", help="split of that corpus (validation)")
    add("--json", metavar="FILE", help="write the figures there as well")
    legible = parser.add_argument_group("with --legibility")
    add = legible.add_argument
    add("--legibility", action="store_true", help="write texts and read them back")
    add("--num_texts", type=int, default=200, help="how many (200)")
    add("--bias", type=float, action="append", help="may be repeated (0 and 1)")
    add(
        "--temperature",
        type=float,
        action="append",
        help="of a SketchRNN that draws words again; may be repeated (0.1 and 0.4)",
    )
    add("--seed", type=int, default=0, help="of the hands and the choice of lines (0)")
    add(
        "--best_of",
        type=int,
        default=0,
        metavar="N",
        help="in a further pass choose among N lines, as scribe.sample does",
    )
    add(
        "--reader", help="run folder or shipped reader (default: the one that measures)"
    )
    add(
        "--tesseract",
        default="auto",
        choices=("auto", "no"),
        help="have it read the drawn lines, too, if it is installed (auto)",
    )
    options = parser.parse_args(arguments)

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from scribe.evaluation import EVALUATIONS
    from scribe.models import find_model, load_model

    model = load_model(find_model(options.save_dir))
    if model.kind not in EVALUATIONS:
        raise InputError(
            f"{model.folder}: a model of kind {model.kind!r}; what can be measured are "
            f"{', '.join(EVALUATIONS)}"
        )
    found, report = EVALUATIONS[model.kind](model, options)
    print(report)
    if options.json:
        write_whole(options.json, f"{json.dumps(found, indent=2)}\n".encode())
        print(options.json)
    return 0


if __name__ == "__main__":
    command_line.run(main)
