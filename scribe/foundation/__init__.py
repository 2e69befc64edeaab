"""What both packages stand on. Standard library and NumPy; imports no other room.

Every command begins in `command_line` and is listed by `doors`; what is wrong with its
input is an InputError, a sentence. `files` writes whole or not at all, `gin_config`
reads gin files, `alphabet` numbers characters, `intervals` says how far a figure can be
trusted, `progress` how far work is, `installing` what brings a missing package.
"""

from scribe.foundation.errors import InputError, Interrupted, WorkFailed

__all__ = ["InputError", "Interrupted", "WorkFailed"]
