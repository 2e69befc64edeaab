"""One command for a package: `scribe sample --text Hi` opens the door scribe/sample.py.

A door is a file directly in the package, with a `main(arguments)`. Its first line of
documentation is read without importing it, so that the list of doors appears at once.
"""

import ast
import difflib
import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib import util
from pathlib import Path

from scribe.foundation.errors import InputError

# What sections of a package's doors are called -> the doors.
Groups = Mapping[str, Sequence[str]]


def open_door(
    package: str, groups: Groups, arguments: Sequence[str] | None
) -> int | None:
    """Runs the door that the first argument names; without one, lists the doors.

    Args:
      package: whose doors they are, "scribe".
      groups: all its doors.
      arguments: a door's name and its arguments; None for those of the program.

    Returns:
      The door's exit status.

    Raises:
      InputError: there is no such door.
    """
    if arguments is None:
        arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(listing(package, groups))
        return 0
    name, *rest = arguments
    doors = [door for group in groups.values() for door in group]
    if name not in doors:
        similar = difflib.get_close_matches(name.replace("-", "_"), doors)
        advice = f"did you mean {' or '.join(similar)}?" if similar else "see --help"
        raise InputError(f"{package} has no command {name!r}: {advice}")
    return importlib.import_module(f"{package}.{name}").main(rest)


def listing(package: str, groups: Groups) -> str:
    """The doors in groups, one line each."""
    folder = Path(util.find_spec(package).origin).parent
    width = max(len(door) for group in groups.values() for door in group)
    lines = [f"{package} COMMAND ..., or python -m {package}.COMMAND ...; with --help"]
    for title, group in groups.items():
        lines += ["", title]
        lines += [f"  {door:{width}}  {_summary(folder, door)}" for door in group]
    return "\n".join(lines)


def _summary(folder: Path, door: str) -> str:
    """The first line of a door's docstring, without importing the door."""
    source = (folder / f"{door}.py").read_text(encoding="utf-8")
    return ast.get_docstring(ast.parse(source)).partition("\n")[0]
