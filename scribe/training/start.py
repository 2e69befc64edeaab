"""Starts a training as a command line asks for: gin, device, workers, the loop."""

import argparse
import logging
import os
import sys
from pathlib import Path

from scribe.foundation.errors import InputError


def start(options: argparse.Namespace) -> int:
    """Trains as the options say, and returns the exit status.

    Args:
      options: see scribe.foundation.training_options.
    """
    if options.mirror is not None:
        return _start_mirrored(options)
    logging.basicConfig(
        format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr
    )
    level = logging.WARNING if options.quiet else logging.INFO
    logging.getLogger("scribe").setLevel(level)
    from scribe.foundation import gin_config

    gin_config.check_files(options.gin_file)
    from scribe.foundation import devices

    bindings = list(options.gin_param)
    if options.data_dir:
        bindings.append(f"DATA_DIR = {options.data_dir!r}")
    device = devices.select(options.device)
    gin_config.parse(options.gin_file, bindings)
    if options.dry_run:
        print(gin_config.config_text())
    gin_config.check_stages()
    from scribe.training.loop import train
    from scribe.training.workers import join

    save_dir = options.save_dir or f"saved/{Path(options.gin_file[0]).stem}"
    workers = join(device, environment={} if options.dry_run else os.environ)
    if not workers.is_chief:
        logging.getLogger("scribe").setLevel(logging.WARNING)
    gin_config.call(train, save_dir=save_dir, dry_run=options.dry_run, workers=workers)
    return 0


def _start_mirrored(options: argparse.Namespace) -> int:
    from scribe.training import mirrored

    if options.save_dir or options.dry_run:
        raise InputError("--mirror keeps the run: leave --save_dir and --dry_run out")
    if not options.data_dir:
        raise InputError("--mirror needs --data_dir, which is copied to this machine")
    arguments = [
        *(f"--gin_file={name}" for name in options.gin_file),
        *(f"--gin_param={binding}" for binding in options.gin_param),
        *(f"--allow_imports={module}" for module in options.allow_imports),
        f"--device={options.device}",
        *(["--quiet"] if options.quiet else []),
    ]
    every = options.mirror_every
    return mirrored.train(arguments, options.data_dir, options.mirror, every)
