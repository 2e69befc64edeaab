"""What the `import` lines of gin files mean: rooms, and the names that modules had.

A gin file imports rooms (`import scribe.training`), so that it need not know in which
module of the room something is defined. The room's module `configurables` registers all
that gin files may name; the room itself stays cheap to import. The files of users and
the config.gin of their runs go on, whatever the modules were called when they were
written.
"""

import re
from collections.abc import Callable, Iterable

from scribe.foundation.errors import InputError

_ROOMS = {
    "scribe.corpora",
    "scribe.drawing",
    "scribe.factory",
    "scribe.networks",
    "scribe.training",
    "scrabblegan.digits",
    "scrabblegan.evaluation",
    "scrabblegan.ink",
    "scrabblegan.networks",
    "scrabblegan.training",
    "scrabblegan.words",
}
# Modules of earlier versions that gin files imported, and the room of each now.
_EARLIER = {
    "scribe.attention_rnn": "scribe.networks",
    "scribe.datasets": "scribe.corpora",
    "scribe.encoder_decoder": "scribe.networks",
    "scribe.reader_network": "scribe.networks",
    "scribe.reader_trainer": "scribe.training",
    "scribe.sketch_rnn": "scribe.networks",
    "scribe.sketch_trainer": "scribe.training",
    "scrabblegan.augmentation": "scrabblegan.training",
    "scrabblegan.digit_classifier": "scrabblegan.digits",
    "scrabblegan.digit_data": "scrabblegan.digits",
    "scrabblegan.digit_trainer": "scrabblegan.digits",
    "scrabblegan.discriminator": "scrabblegan.networks",
    "scrabblegan.generator": "scrabblegan.networks",
    "scrabblegan.losses": "scrabblegan.networks",
    "scrabblegan.preprocessing_experiment": "scrabblegan.evaluation",
    "scrabblegan.print_trainer": "scrabblegan.training",
    "scrabblegan.recognizer": "scrabblegan.networks",
    "scrabblegan.recognizer_trainer": "scrabblegan.training",
    "scrabblegan.scrabble_trainer": "scrabblegan.training",
    "scrabblegan.word_data": "scrabblegan.words",
    "scrabblegan.word_preparation": "scrabblegan.words",
}
_OURS = ("scribe", "scrabblegan")
_allowed: set[str] = set()
_IMPORT = re.compile(r"^import ([\w.]+)( as \w+)?", re.MULTILINE)
_REGISTERING = ".configurables"


def allow(modules: Iterable[str]) -> None:
    """Lets gin files of this process import other modules, and what is in them.

    Raises:
      InputError: no module may be called so.
    """
    for module in modules:
        if not all(part.isidentifier() for part in module.split(".")):
            raise InputError(f"--allow_imports={module}: must be the name of a module")
        _allowed.add(module)


def check(module: str, where: str) -> None:
    """Refuses what a gin file must not import: importing a module runs it.

    Args:
      module: with its packages.
      where: the file, for the sentence.

    Raises:
      InputError: it is neither ours nor allowed.
    """
    parents = module.split(".")
    parents = [".".join(parents[:n]) for n in range(1, len(parents) + 1)]
    if parents[0] not in _OURS and _allowed.isdisjoint(parents):
        raise InputError(
            f"{where} imports {module}, which would run it: gin files may import "
            f"{' and '.join(_OURS)}; if you trust it, add --allow_imports={module}"
        )


def with_modules(text: str) -> str:
    """A gin file's text, each room in its imports replaced by what registers it."""
    return _with(text, lambda room: room + _REGISTERING)


def with_rooms(text: str) -> str:
    """A gin file's text with rooms in its imports, for people and for run folders."""
    return _with(text, lambda room: room)


def modules(text: str) -> set[str]:
    """The modules that a gin file's text imports."""
    return {found[1] for found in _IMPORT.finditer(with_modules(text))}


def _with(text: str, name_of_room: Callable[[str], str]) -> str:
    def line(found: re.Match) -> str:
        room = _room(found[1])
        return f"import {name_of_room(room)}" if room in _ROOMS else found[0]

    return _IMPORT.sub(line, text)


def _room(module: str) -> str:
    """Any module of a room stands for the room: `scribe.training.loop`, for example."""
    return _EARLIER.get(module, ".".join(module.split(".")[:2]))
