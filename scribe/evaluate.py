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
import re
import sys
from pathlib import Path

from scribe import command_line
from scribe.errors import InputError
from scribe.files import write_whole


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
    from scribe import run_folder

    model = run_folder.load_model(run_folder.find(options.save_dir))
    found = _legibility(model, options) if options.legibility else _loss(model, options)
    if options.json:
        write_whole(options.json, f"{json.dumps(found, indent=2)}\n".encode())
        print(options.json)
    return 0


def _loss(model, options) -> dict:
    """Measures the log loss and prints it."""
    from scribe import evaluation_report, likelihood_units
    from scribe.corpus import load_lines

    data_dir = options.data_dir or _data_dir_of_training(model.folder)
    lines = load_lines(data_dir, [options.split])
    if not lines:
        raise InputError(f"{data_dir} has no lines in the split {options.split!r}")
    obstacle = likelihood_units.obstacle(model.cleaning)
    units = {} if obstacle else likelihood_units.corpus_units(data_dir)

    from scribe import log_loss
    from scribe.training import devices

    devices.select("auto")
    predictions = log_loss.predict(model, lines, _progress)
    found = {
        "model": model.folder.name,
        "corpus": Path(data_dir).name,
        "split": options.split,
        "lines": len(lines),
        "points": int(predictions.points.sum()),
        "points_with_the_pen_down": int(predictions.pens_down.sum()),
        "lines_with_other_characters": predictions.adapted,
        "own_unit": predictions.figures(),
        **{f"unit_{n}": predictions.figures(u) for n, u in units.items()},
        "units": {n: unit.tolist() for n, unit in units.items()},
        "units_not_defined": obstacle,
    }
    print(evaluation_report.of_loss(found))
    return found


def _progress(points: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{points:,} points ", end="", file=sys.stderr, flush=True)


def _data_dir_of_training(folder: Path) -> str:
    """The corpus that the configuration beside a model names."""
    config = folder / "config.gin"
    text = config.read_text(encoding="utf-8") if config.is_file() else ""
    named = re.search(r"(?m)^DATA_DIR = (['\"])(.+)\1$", text)
    if not named:
        raise InputError(f"{folder} does not say which corpus it is of: add --data_dir")
    return named[2]


def _legibility(model, options) -> dict:
    """Measures how well what the network writes can be read, and prints it."""
    from scribe import evaluation_report, legibility

    if not model.reads_text:
        raise InputError(f"{model.folder} is a model without text: nothing to read")
    sample = legibility.texts(
        model.alphabet,
        options.num_texts,
        options.data_dir,
        options.split,
        options.seed,
    )
    readers = legibility.readers(options.reader, options.tesseract == "auto")
    biases = options.bias or [0.0, 1.0]
    found = legibility.evaluate(
        model,
        readers,
        sample,
        biases,
        options.seed,
        options.best_of,
        progress=lambda message: print(message, file=sys.stderr, flush=True),
    )
    print(evaluation_report.of_legibility(found))
    return found


if __name__ == "__main__":
    command_line.run(main)
