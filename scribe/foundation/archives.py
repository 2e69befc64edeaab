"""tar archives of strangers: no head of a member is larger than a name can be.

tarfile reads extended heads, which hold long names, whole into memory; a few kilobytes
can stand for gigabytes of them. Standard library only.
"""

import tarfile

from scribe.foundation.errors import InputError

MAX_HEAD_BYTES = 1_000_000
_HEADS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)


class CheckedMember(tarfile.TarInfo):
    """A member, for `tarfile.open(..., tarinfo=CheckedMember)`."""

    @classmethod
    def frombuf(cls, buf, encoding, errors):
        member = super().frombuf(buf, encoding, errors)
        if member.size < 0 or member.type in _HEADS and member.size > MAX_HEAD_BYTES:
            raise InputError(
                f"a name in the archive declares {member.size:,} bytes: it is damaged"
            )
        return member
