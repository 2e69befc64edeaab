"""Files that are written whole or not at all."""

import os

from scribe.errors import InputError


def write_whole(path, data: bytes) -> None:
    """Writes `data` beside `path` under a hidden name, then moves it into place.

    Nobody ever reads half a file, and a failure leaves what stood there before.
    Parent folders are made. A link is followed: its target is replaced.
    """
    target = os.path.realpath(os.fspath(path))
    if os.path.isdir(target):
        raise InputError(f"{os.fspath(path)!r} is a folder: name a file")
    folder, name = os.path.split(target)
    os.makedirs(folder, exist_ok=True)
    # Not tempfile: its 0600 files would be unreadable to others, and it loads `random`.
    part = os.path.join(folder, f".{name[:200]}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(data)
        os.replace(part, target)
    except BaseException as error:
        try:
            os.unlink(part)
        except OSError:
            pass
        if isinstance(error, OSError):  # name the file that was asked for
            error.filename, error.filename2 = os.fspath(path), None
        raise
