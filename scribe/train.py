"""Trains a model that gin files describe, or goes on with a training.

  python -m scribe.train --gin_file=gin/experiments/scribe_quick.gin \\
      --data_dir=data/iam_ondb --save_dir=saved/quick

Ctrl-C saves and stops; the same command goes on. TensorBoard reads the run folder. It
takes all GPUs that it sees, and other machines if TF_CONFIG names them
(docs/DISTRIBUTED.md).
"""

import logging
import os
import sys
from pathlib import Path

from scribe.foundation import command_line


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scribe.train")
    parser.add_argument(
        "--gin_file", action="append", required=True, metavar="FILE",
        help="gin file or name of an experiment; may be repeated, the last one wins",
    )  # fmt: skip
    parser.add_argument(
        "--gin_param", action="append", default=[], metavar="BINDING",
        help="a single binding, such as 'NUM_STEPS = 1000'; may be repeated",
    )  # fmt: skip
    parser.add_argument("--data_dir", help="prepared corpus (sets DATA_DIR)")
    parser.add_argument("--save_dir", help="run folder (default: saved/<experiment>)")
    parser.add_argument("--device", default="auto", help="auto, cpu or gpu")
    parser.add_argument(
        "--dry_run", action="store_true",
        help="print the configuration and the network's shapes, and stop",
    )  # fmt: skip
    options = parser.parse_args(arguments)

    logging.basicConfig(
        format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    logging.getLogger("scribe").setLevel(logging.INFO)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from scribe.foundation import gin_config
    from scribe.networks import devices

    bindings = list(options.gin_param)
    if options.data_dir:
        bindings.append(f"DATA_DIR = {options.data_dir!r}")
    device = devices.select(options.device)
    gin_config.parse(options.gin_file, bindings)
    if options.dry_run:
        print(gin_config.config_text())
    from scribe.training.loop import train
    from scribe.training.workers import join

    save_dir = options.save_dir or f"saved/{Path(options.gin_file[0]).stem}"
    workers = join(device, environment={} if options.dry_run else os.environ)
    if not workers.is_chief:
        logging.getLogger("scribe").setLevel(logging.WARNING)
    gin_config.call(train, save_dir=save_dir, dry_run=options.dry_run, workers=workers)
    return 0


if __name__ == "__main__":
    command_line.run(main)
