"""The options of commands that train, which scribe.training.start follows."""

import argparse

from scribe.foundation import command_line


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of a command that trains."""
    add = parser.add_argument
    add("--gin_file", action="append", required=True, metavar="FILE",
        help="gin file or name of an experiment; may be repeated, the last one wins",
    )  # fmt: skip
    add("--gin_param", action="append", default=[], metavar="BINDING",
        help="a single binding, such as 'NUM_STEPS = 1000'; may be repeated",
    )  # fmt: skip
    command_line.add_allow_imports(parser)
    add("--data_dir", help="prepared corpus (sets DATA_DIR)")
    add("--save_dir", help="run folder (default: saved/<experiment>)")
    add("--device", default="auto", help="auto, cpu or gpu")
    add("--dry_run", action="store_true",
        help="print the configuration and the network's shapes, and stop")  # fmt: skip
    add("--quiet", action="store_true", help="log warnings only")
    add = parser.add_argument_group("on a machine that may be taken away").add_argument
    add("--mirror", metavar="FOLDER",
        help="keeps the run there, on a mounted drive or bucket, and goes on from it; "
        "the training works on the local disk")  # fmt: skip
    add("--mirror_every", type=float, default=60.0, metavar="SECONDS",
        help="seconds between copies (60)")  # fmt: skip
