"""Readers of handwriting corpora, by the name that `--format` takes."""

import importlib

from scribe.errors import InputError

# Modules are imported when their format is asked for.
READERS = {
    "iam_ondb": "scribe.corpora.iam_ondb:IamOndb",
}


def reader_class(name: str) -> type:
    """The Reader of a format, or of "module:Class" for one's own.

    Raises:
      InputError: there is no such format.
    """
    module_name, _, class_name = READERS.get(name, name).partition(":")
    if not class_name:
        known = ", ".join(READERS)
        raise InputError(f"--format={name}: use {known}, or module:Class for your own")
    try:
        return getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"--format={name}: {error}") from error
