"""The formats of corpora that `--format` takes, by name."""

import importlib

from scribe.corpora.corpus_reader import Reader
from scribe.foundation.errors import InputError

# Modules are imported when their format is asked for.
READERS = {
    "iam_ondb": "scribe.corpora.iam_ondb:IamOndb",
    "deepwriting": "scribe.corpora.deepwriting:DeepWriting",
    "scribe_pickle": "scribe.corpora.scribe_pickle:ScribePickle",
    "synthetic": "scribe.corpora.synthetic:Synthetic",
    "unipen": "scribe.corpora.unipen:Unipen",
    "unipen_composed": "scribe.corpora.composed:Composed",
    "words": "scribe.corpora.words:Words",
}


def reader_class(name: str) -> type[Reader]:
    """The Reader of a format, or of "module:Class" for one of your own.

    Raises:
      InputError: there is no such format.
    """
    module_name, _, class_name = READERS.get(name, name).partition(":")
    if not module_name or not class_name:
        known = ", ".join(READERS)
        raise InputError(f"--format={name}: use {known}, or module:Class for your own")
    try:
        found = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise InputError(f"--format={name}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Reader)):
        raise InputError(f"--format={name}: {class_name} is no Reader")
    return found
