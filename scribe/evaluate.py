"""Measures a trained network on lines of a corpus that it has not seen.

  python -m scribe.evaluate --data_dir=data/iam_ondb
  python -m scribe.evaluate --save_dir=saved/graves --split=test --json=test.json

Prints the log loss in nats per point and per line (lower is better), the squared error
of the mean prediction and the share of pen lifts foreseen, in the network's own unit
and at its own point rate: figures of models with other cleaning steps do not compare.
"""

import json
import logging
import os

from scribe import command_line
from scribe.errors import InputError
from scribe.files import write_whole


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.evaluate")
    add = parser.add_argument
    add("--save_dir", help="run folder, or name of a shipped model")
    add("--data_dir", help="prepared corpus (default: as trained)")
    add("--split", help="split of that corpus (default: the validation lines)")
    add("--json", metavar="FILE", help="write the figures there as well")
    options = parser.parse_args(arguments)

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.getLogger("scribe").setLevel(logging.WARNING)
    from scribe import run_folder

    folder = run_folder.find(options.save_dir)
    model = run_folder.load_model(folder)
    if not (folder / "config.gin").is_file():
        raise InputError(f"{folder} has no config.gin, which says how to read a corpus")
    from scribe.training import config, devices

    devices.select("auto")
    bindings = []
    if options.data_dir:
        bindings.append(f"DATA_DIR = {options.data_dir!r}")
    if options.split:
        bindings.append(f"StrokeDataset.validation_splits = [{options.split!r}]")
    config.parse([str(folder / "config.gin")], bindings)
    dataset, trainer = config.build_trainer()
    if dataset.alphabet != model.alphabet:
        raise InputError(f"the corpus has another alphabet than {folder}")
    if abs(dataset.offset_scale / model.offset_scale - 1.0).max() > 1e-6:
        raise InputError(
            f"the offsets of the corpus have another scale ({dataset.offset_scale}) "
            f"than those that {folder} was trained on ({model.offset_scale})"
        )
    trainer.load(model.weights)
    metrics = trainer.evaluate(dataset.tensors(dataset.validation_batches))
    metrics = {"lines": len(dataset.validation), **metrics}
    for name, value in metrics.items():
        print(f"{name:16} {value:.4f}" if name != "lines" else f"{name:16} {value}")
    if options.json:
        write_whole(options.json, f"{json.dumps(metrics, indent=2)}\n".encode())
        print(options.json)
    return 0


if __name__ == "__main__":
    command_line.run(main)
