"""A terminal for the programs that tests run, so that they show their progress."""

import contextlib
import fcntl
import os
import pty
import struct
import termios
from collections.abc import Iterator


@contextlib.contextmanager
def terminal(columns: int = 100) -> Iterator[tuple[int, int]]:
    """Two file descriptors: to read what is shown, and to give a program as stderr."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)
