"""What UNIPEN's contributors have that is worth reading, and who wrote for whom."""

import dataclasses
import hashlib
import lzma
import tarfile
import tempfile
from pathlib import Path

from scribe.corpora.unipen_files import Page, Segment
from scribe.foundation.archives import CheckedMember
from scribe.foundation.errors import InputError
from scribe.foundation.npz import DAMAGE, reason

MAX_UNPACKED_BYTES = 5_000_000_000  # train_r01_v07 takes half of one GB
HELD_OUT_CONTRIBUTOR = "art"
VALIDATION_PERCENT, TEST_PERCENT = 5, 5


@dataclasses.dataclass(frozen=True)
class Source:
    """What to take of a contributor.

    Attributes:
      tier: "a" or "b".
      texts, words: whether its texts and its isolated words are read.
      folder: only files whose path begins so.
      has_rate: whether the file's points per second are right.
      is_coarse: whether its ink shows the grid of a screen.
      typed_blanks: whether labels have blanks before punctuation.
      ligatures: whether labels mark joined letters by "@".
    """

    tier: str
    texts: bool = False
    words: bool = False
    folder: str = ""
    has_rate: bool = True
    is_coarse: bool = False
    typed_blanks: bool = False
    ligatures: bool = False


_TEXTS, _WORDS, _BOTH = {"texts": True}, {"words": True}, {"texts": True, "words": True}
SOURCES = {
    **{name: [Source("a", **_TEXTS)] for name in ("aga", "bba", "bbb", "bbc", "bbd")},
    **{name: [Source("a", **_TEXTS)] for name in ("apb", "scr")},
    **{name: [Source("a", **_BOTH)] for name in ("abm", "apc", "apd", "ape", "lex")},
    **{name: [Source("a", **_BOTH)] for name in ("phi", "pri")},
    **{name: [Source("a", **_WORDS)] for name in ("cee", "huj", "imp", "kar", "lav")},
    **{name: [Source("a", **_WORDS)] for name in ("nic", "pap", "par", "sie")},
    # Their points lie evenly along the path.
    "int": [Source("a", **_WORDS, has_rate=False)],
    "kai": [Source("a", **_WORDS, has_rate=False, ligatures=True)],
    **{
        name: [Source("a", **_BOTH, typed_blanks=True)]
        for name in ("cea", "ceb", "cec", "sta")
    },
    "art": [Source("a", **_TEXTS, has_rate=False)],
    "hpb": [Source("a", **_TEXTS, folder="hpb5", is_coarse=True, typed_blanks=True)],
    "hpp": [
        Source("a", **_BOTH, folder="hpp2", is_coarse=True, typed_blanks=True),
        Source("b", **_BOTH, folder="hpp3", is_coarse=True, typed_blanks=True),
    ],
    "ibm": [Source("a", **_WORDS, folder="ibm1")],
    "apa": [Source("b", **_TEXTS, is_coarse=True)],
    "app": [Source("b", **_TEXTS, is_coarse=True)],
    "ced": [Source("b", **_TEXTS, has_rate=False, typed_blanks=True)],
}


def split_of(contributor: str, form: str) -> str:
    """train, validation or test, by the writer: the same for all of his lines.

    Args:
      contributor: three letters.
      form: ends with the hash of the writer, who may have written for others, too.
    """
    if contributor == HELD_OUT_CONTRIBUTOR:
        return "test"
    draw = int(form.rpartition("-")[2], 16) % 100
    if draw < VALIDATION_PERCENT:
        return "validation"
    return "test" if draw < VALIDATION_PERCENT + TEST_PERCENT else "train"


def writer_of(page: Page, segment: Segment) -> str:
    """Sixteen hexadecimal digits for who wrote a segment, or for a nameless file."""
    writer = segment.writer or f"{page.contributor} {page.source}"
    return hashlib.sha256(writer.strip().lower().encode()).hexdigest()[:16]


class unpacked:
    """The corpus as a folder: the source itself, or an archive unpacked for a while."""

    def __init__(self, source: Path):
        self._source = source
        self._temporary: tempfile.TemporaryDirectory | None = None

    def __enter__(self) -> Path:
        if self._source.is_file():
            self._temporary = tempfile.TemporaryDirectory()
            try:
                with tarfile.open(self._source, tarinfo=CheckedMember) as archive:
                    _extract(archive, self._temporary.name)
            except (tarfile.TarError, lzma.LZMAError, OSError, *DAMAGE) as error:
                self._temporary.cleanup()
                raise InputError(
                    f"{self._source} is no tar archive, or is damaged "
                    f"({reason(error).rstrip(':')})"
                ) from error
            root = Path(self._temporary.name)
        else:
            root = self._source
        if (root / "data").is_dir() and (root / "include").is_dir():
            return root
        self.__exit__()
        raise InputError(
            f"{self._source} holds no folders data and include: it is no UNIPEN"
        )

    def __exit__(self, *_) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()


def _extract(archive: tarfile.TarFile, folder: str) -> None:
    """Unpacks an archive, as long as it may take no more than the corpus does."""
    size = 0
    for member in archive:
        size += member.size
        if size > MAX_UNPACKED_BYTES:
            raise ValueError(
                f"it takes more than {MAX_UNPACKED_BYTES / 1e9:g} GB unpacked"
            )
        archive.extract(member, folder, filter="data")
