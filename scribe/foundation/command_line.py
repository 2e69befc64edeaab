"""What all command lines share: one-sentence errors and exit statuses.

Status 0 is success, 1 a result that is not what was asked for (the message says
what), 2 wrong input, 130 and 143 an interruption by Ctrl-C and SIGTERM.
"""

import argparse
import contextlib
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from scribe.foundation import gin_imports, threads
from scribe.foundation.errors import InputError, Interrupted, WorkFailed

_OS_ERROR = re.compile(r"\[Errno \d+\] (.+?): '(.+?)'(?: -> .+)?", re.DOTALL)
MODEL = "run folder, or name of a shipped model"


def run(main: Callable[[Sequence[str] | None], int | None]) -> None:
    """Runs `main(arguments)` and turns what it raises into a sentence and a status.

    Set SCRIBE_TRACEBACK=1 in the environment to see where an error came from.
    """
    _print_any_character()
    sys.exit(status_of(main, None))


def _print_any_character() -> None:
    """A name that a console cannot show (Windows: cp1252) must not end the command."""
    if hasattr(sys.stdout, "reconfigure"):
        is_unicode = sys.stdout.encoding.lower().startswith("utf")
        errors = "surrogateescape" if is_unicode else "backslashreplace"
        sys.stdout.reconfigure(errors=errors)


def status_of(main, arguments: Sequence[str] | None) -> int:
    """`main(arguments)`'s exit status; the sentence of an error goes to stderr."""
    # Without a GPU TensorFlow reports an error, though nothing is wrong.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    threads.hold_blas_back()
    try:
        status = main(arguments) or 0
        sys.stdout.flush()
        return status
    except (InputError, OSError) as error:
        if os.environ.get("SCRIBE_TRACEBACK"):
            raise
        if isinstance(error, BrokenPipeError):  # `| head` has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())
            return 1
        print(f"error: {_sentence(error)}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "scribe", "scrabblegan"):  # a fault of ours
            raise
        from scribe.foundation import installing  # a cold start does without it

        print(f"error: {installing.sentence(package)}", file=sys.stderr)
        return 2
    except WorkFailed as error:
        print(f"error: {_sentence(error)}", file=sys.stderr)
        return 1
    except Interrupted as interruption:
        print(_sentence(interruption), file=sys.stderr)
        return interruption.status
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return " ".join(f"{error.filename}: {error.strerror}".splitlines())
    message = str(error).split("\n  In call to configurable")[0]  # gin's addition
    if isinstance(error, OSError) and (found := _OS_ERROR.fullmatch(message)):
        return f"{found[2]}: {found[1]}"  # gin leaves nothing but the text
    return " ".join(line.strip() for line in message.splitlines())


@contextlib.contextmanager
def removing_halves():
    """Lets SIGTERM unwind the stack like Ctrl-C: what is half written is removed."""

    def interrupt(signal_number, frame):
        raise Interrupted(signal_number, "stopped; nothing was written")

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def check_output(path: Path) -> None:
    """Refuses a file that cannot be made before time is spent on what goes into it."""
    if path.is_dir():
        raise InputError(f"{path} is a folder: name a file")
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if not folder.is_dir():
        raise InputError(f"{path} cannot be written: {folder} is not a folder")
    if not os.access(folder, os.W_OK):
        raise InputError(f"{path} cannot be written: no permission for {folder}")


class _Parser(argparse.ArgumentParser):
    """Knows today's names of options that were renamed, and its errors are short."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.renamed: dict[str, str] = {}

    def parse_known_args(self, args=None, namespace=None):
        given = list(sys.argv[1:] if args is None else args)
        end = given.index("--") if "--" in given else len(given)
        today = [self._name_of_today(argument) for argument in given[:end]]
        return super().parse_known_args(today + given[end:], namespace)

    def _name_of_today(self, argument: str) -> str:
        option, equals, value = argument.partition("=")
        if option not in self.renamed:
            return argument
        print(f"{option} is called {self.renamed[option]} now", file=sys.stderr)
        return f"{self.renamed[option]}{equals}{value}"

    def error(self, message: str):
        self.exit(2, f"error: {message} (--help shows all options)\n")


def parser(module_doc: str, program: str) -> argparse.ArgumentParser:
    """An argument parser whose description is the command module's docstring.

    A mistyped option is answered like any other wrong input: one sentence, status 2.
    """
    return _Parser(
        prog=f"python -m {program}",
        description=module_doc,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_likeness(add: Callable) -> None:
    """Adds --likeness by an `add_argument`."""
    add(
        "--likeness",
        type=float,
        help="of a style that was tuned: how much of the hand, from 0 (the model's own "
        "shapes) to 1 (default 0.7)",
    )


def rename_option(parser: argparse.ArgumentParser, old: str, new: str) -> None:
    """Keeps an option's old name working; who uses it is told the new one on stderr.

    Args:
      parser: of `parser`, or a command of it.
      old, new: with their dashes.
    """
    parser.renamed[old] = new


def add_model(parser: argparse.ArgumentParser, group=None, **options) -> None:
    """Adds --model, which had the name --save_dir, to a parser or a group of it."""
    (group or parser).add_argument("--model", **{"help": MODEL, **options})
    rename_option(parser, "--save_dir", "--model")


class _AllowImports(argparse.Action):
    def __call__(self, parser, namespace, value, option_string=None):
        gin_imports.allow([value])
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), value])


def add_allow_imports(group) -> None:
    """Adds --allow_imports to a parser or group: modules that gin files may import."""
    group.add_argument(
        "--allow_imports",
        action=_AllowImports,
        default=[],
        metavar="MODULE",
        help="a module that gin files may import beside scribe and scrabblegan; it is "
        "run, so you must trust it; may be repeated",
    )


def add_unknown(group) -> None:
    """Adds --unknown, see scribe.writing.spelling."""
    group.add_argument(
        "--unknown",
        default="refuse",
        help="what to do with characters that cannot be written: refuse (default), "
        "replace by a look-alike, or skip; what is replaced or left out is named",
    )


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """Adds --quiet, for a foundation.progress.Bar."""
    parser.add_argument("--quiet", action="store_true", help="show no progress")
