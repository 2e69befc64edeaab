"""Attacks that do no harm: files that were changed, and what counts as having held.

An attack holds if the code under it does what it says or refuses in one sentence. What
escapes in any other way, what takes too long and what touches a file that it has no
business with has fallen. Each attack is counted by its area, for the table that
tests/attacks/conftest.py prints.
"""

import collections
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

SEED = 23
TRIED: collections.Counter[str] = collections.Counter()
HELD: collections.Counter[str] = collections.Counter()
# Of the processor: what grows with the square of a file's size takes minutes. By the
# clock ten times as many, for what waits and for machines that train beside.
SECONDS = 10.0
_TIMERS = (
    (signal.SIGPROF, signal.ITIMER_PROF, 1.0),
    (signal.SIGALRM, signal.ITIMER_REAL, 10.0),
)

# What readers have stumbled over; put in at any place.
TOKENS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n\n", b" " * 500,
    b"9" * 400, b"-1", b"1e999", b"NaN", b"Infinity", b"-0", b"0x7f", b"[" * 300,
    b"{" * 300, b'"', b"'", b"\\ud800", b"\\", b"../" * 4, b"/dev/zero", b"%s%n",
    b"<!ENTITY a 'b'>", b"&a;", b"]]>", b"<a>" * 200, b"\x93NUMPY", b"PK\x05\x06",
    b"cos\nsystem\n(S'true'\ntR.", b"import os", b"@os()", b"\x7f\xff\xff\xff",
]  # fmt: skip


def mutations(data: bytes, count: int, seed: int = SEED) -> Iterator[bytes]:
    """A file changed in `count` ways, the same ones every time."""
    chance = random.Random(f"{seed} {len(data)}")
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(chance.choice((1, 1, 1, 2, 5))):
            _change(changed, chance)
        yield bytes(changed)


def _change(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    until = min(len(data), at + chance.choice((1, 2, 4, 16, 200)))
    kind = chance.randrange(7)
    if kind == 0:
        del data[at:]
    elif kind == 1:
        del data[at:until]
    elif kind == 2:
        data[at:at] = data[at:until] * chance.choice((1, 3, 50))
    elif kind == 3:
        data[at:until] = bytes(until - at)
    elif kind == 4:
        data[at:until] = chance.randbytes(until - at)
    elif kind == 5 and at < len(data):
        data[at] ^= 1 << chance.randrange(8)
    else:
        data[at:at] = chance.choice(TOKENS)


def held(area: str, act: Callable[[], object], seconds: float = SECONDS) -> str | None:
    """Makes one attack and counts it.

    Args:
      area: what is attacked.
      act: does it.
      seconds: it may take of the processor.

    Returns:
      None if it held, or else what happened.
    """
    TRIED[area] += 1
    for number, timer, patience in _TIMERS:
        signal.signal(number, _too_long)
        signal.setitimer(timer, patience * seconds)
    try:
        fell = _outcome(act)
    except TooLong:
        fell = f"took more than {seconds:g} s"
    finally:
        for number, timer, _ in _TIMERS:
            signal.setitimer(timer, 0.0)
            signal.signal(number, signal.SIG_DFL)
    if fell is None:
        HELD[area] += 1
    return fell


class TooLong(BaseException):
    """An attack that does not end; no code under attack may catch it."""


def _too_long(number, frame):
    raise TooLong


def _outcome(act: Callable[[], object]) -> str | None:
    try:
        act()
    except TooLong:
        raise
    except BaseException as error:
        if _refuses(error):
            return None
        return f"{type(error).__name__}: {str(error)[:200]!r}"
    return None


def _refuses(error: BaseException) -> bool:
    """Whether a command would answer it by one sentence."""
    from scribe.foundation import command_line
    from scribe.foundation.errors import InputError

    kinds = {kind.__name__ for kind in type(error).__mro__}
    if not isinstance(error, InputError | OSError) and kinds.isdisjoint(
        {"Unusable", "DamagedFile", "WorkFailed"}  # counted, or said with status 1
    ):
        return False
    sentence = command_line._sentence(error)
    try:
        sentence.encode()
    except UnicodeEncodeError:
        return False
    return "\n" not in sentence and " object at 0x" not in sentence


def files_below(folder: Path) -> dict[str, bytes]:
    """All files of a folder and what is in them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def put(
    reader,
    target: str,
    data: bytes,
    folder: Path,
    harmed: Callable[[], bool] = lambda: False,
) -> str | None:
    """Puts `data` in place of a file of a reader and reads it; why it fell, or None.

    Args:
      reader: whose files are in the folder.
      target: one of them.
      data: takes its place.
      folder: no file may come or go in it.
      harmed: whether harm was done elsewhere.
    """
    (folder / target).write_bytes(data)
    before = files_below(folder).keys()

    def act():
        try:
            reader.read(folder)
        finally:
            assert not harmed(), "it did harm"
            assert files_below(folder).keys() == before, "files came or went"

    return held(f"hostile files: {reader.area}", act)
