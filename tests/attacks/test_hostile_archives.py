"""tar archives that were made to do harm."""

import gzip
import shutil
import tarfile

import pytest
from attacks import put
from readers import READERS

pytestmark = pytest.mark.unit


def head(name="a.xml", size=0, kind=tarfile.REGTYPE, target="") -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type, member.linkname = size, kind, target
    return member.tobuf(tarfile.GNU_FORMAT)


def tars(outside) -> dict[str, bytes]:
    data, end = b"x" * 512, bytes(1024)
    return {
        "a file outside": head("../../evil.xml", 512) + data + end,
        "a file at a place": head(str(outside / "evil.xml"), 512) + data + end,
        "a link outside": head("data", 0, tarfile.SYMTYPE, str(outside))
        + head("data/evil", 512)
        + data
        + end,
        "a hard link": head("data/x", 0, tarfile.LNKTYPE, "/etc/passwd") + end,
        "a device": head("data/zero", 0, tarfile.CHRTYPE) + end,
        "a pipe": head("data/pipe", 0, tarfile.FIFOTYPE) + end,
        "6 GB": head("a.xml", 6 * 10**9) + data,
        "a negative size": head("a.xml").replace(b"00000000000\x00", b"-0000000001\x00")
        + end,
        "a name of 10^10": head("x", 10**10, tarfile.GNUTYPE_LONGNAME) + data,
        "facts of 10^10": head("x", 10**10, tarfile.XHDTYPE) + data,
        "facts for all of 10^10": head("x", 10**10, tarfile.XGLTYPE) + data,
        "facts without end": head("x", 512, tarfile.XHDTYPE) + b"9" * 512 + end,
        "a wrong sum": head("a.xml")[:148] + b"9999999\x00" + head("a.xml")[156:] + end,
        "a sparse file": head("a.xml", 512, tarfile.GNUTYPE_SPARSE) + data + end,
        "cut off": head("a.xml", 9999) + data,
        "nothing": b"",
        "zeros": bytes(10_000),
        "no tar": b"hello" * 500,
    }


@pytest.mark.parametrize("packed", [False, True], ids=["tar", "gz"])
@pytest.mark.parametrize("name", ["tar", "unipen_tar", "digits_tar"])
def test_tar_archives(name, packed, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    reader = READERS[name]

    def wrote_outside():
        return any(outside.iterdir())

    found = []
    for kind, content in tars(outside).items():
        folder = tmp_path / "folder"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        data = gzip.compress(content) if packed else content

        fell = put(reader, reader.targets[0], data, folder, harmed=wrote_outside)
        if fell:
            found.append(f"{kind}: {fell}")
    assert found == []
