"""Arrays and pickles that were made to do harm."""

import io
import os
import pickle
import struct
import subprocess
import zipfile

import numpy as np
import pytest
from attacks import put
from readers import READERS

pytestmark = pytest.mark.unit


def npy(shape, dtype="<f4", values=b"") -> bytes:
    file = io.BytesIO()
    head = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, head)
    return file.getvalue() + values


def npz(method=zipfile.ZIP_DEFLATED, **members) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def encrypted(whole: bytes) -> bytes:
    changed = bytearray(whole)
    changed[changed.index(b"PK\x01\x02") + 8] |= 1
    changed[6] |= 1
    return bytes(changed)


ARRAYS = {
    "no zip": lambda name: b"no zip",
    "an empty zip": lambda name: npz(),
    "10^12 numbers": lambda name: npz(**{name: npy((10**12,))}),
    "10^12 empty texts": lambda name: npz(**{name: npy((10**12,), "<U0")}),
    "10^12 rows of nothing": lambda name: npz(**{name: npy((10**12, 0))}),
    "a negative shape": lambda name: npz(**{name: npy((-1, -1), values=bytes(4))}),
    "a pickle": lambda name: npz(**{name: npy((1,), "|O", pickle.dumps([print]))}),
    "text": lambda name: npz(**{name: b"hello"}),
    "no bytes": lambda name: npz(**{name: b""}),
    "another member": lambda name: npz(**{"README.txt": b"hello"}),
    "complex": lambda name: npz(**{name: npy((1,), "<c8", bytes(8))}),
    "dates": lambda name: npz(**{name: npy((1,), "<M8[s]", bytes(8))}),
    "records": lambda name: npz(**{name: npy((1,), [("a", "<f4")], bytes(4))}),
    "not finite": lambda name: npz(
        **{name: npy((1,), "<f4", struct.pack("<f", float("nan")))}
    ),
    "encrypted": lambda name: encrypted(npz(**{name: npy((1,), values=bytes(4))})),
    "lzma": lambda name: npz(zipfile.ZIP_LZMA, **{name: npy((1,), values=bytes(4))}),
    "bzip2": lambda name: npz(zipfile.ZIP_BZIP2, **{name: npy((1,), values=bytes(4))}),
    "a path": lambda name: npz(**{f"../../{name}": npy((1,), values=bytes(4))}),
    "cut off": lambda name: npz(**{name: npy((9,), values=bytes(36))})[:60],
    "with something before": lambda name: b"x" * 99 + npz(**{name: npy((0,))}),
    "a deep header": lambda name: npz(
        **{name: b"\x93NUMPY\x01\x00\xe8\x03" + b"(" * 1000}
    ),
    "a header of programs": lambda name: npz(
        **{name: b"\x93NUMPY\x01\x00\x20\x00" + b"{'descr':__import__('os')}".ljust(32)}
    ),
    "1 GB of zeros": lambda name: npz(**{name: npy((5,), "<f8", bytes(40))}).replace(
        b"(5,)", b"(9,)"
    ),
}


@pytest.mark.parametrize("make", ARRAYS.values(), ids=ARRAYS)
@pytest.mark.parametrize(
    ("name", "target", "member"),
    [
        ("prepared", "c/train.npz", "strokes.npy"),
        ("prepared", "c/train.npz", "texts.npy"),
        ("prepared_words", "w/train.npz", "columns.npy"),
        ("dhsd", "d.npz", "x.npy"),
        ("mnist", "mnist.npz", "x_train.npy"),
        ("model", "m/weights.npz", "output/bias.npy"),
        ("network", "weights.npz", "a.npy"),
        ("deepwriting", "a.npz", "samples.npy"),
    ],
)
def test_arrays(name, target, member, make, tmp_path):
    reader = READERS[name]
    reader.make(tmp_path)
    assert put(reader, target, make(member), tmp_path) is None


class Program:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def doubled(levels: int):
    found = []
    for _ in range(levels):
        found = [found] * 10
    return found


def pickles(ran) -> dict[str, bytes]:
    programs = {
        "open": Program(open, str(ran), "w"),
        "system": Program(os.system, f"touch {ran}"),
        "a process": Program(subprocess.Popen, ["touch", str(ran)]),
        "exec": Program(exec, f"open({str(ran)!r}, 'w')"),
        "eval": Program(eval, f"open({str(ran)!r}, 'w')"),
        "an import": Program(__import__, "antigravity"),
    }
    made = {
        f"{name}, protocol {protocol}": pickle.dumps([program, ["a"]], protocol)
        for name, program in programs.items()
        for protocol in (0, 2, 4)
    }
    doubling = doubled(9)
    return made | {
        "lists of lists of one list": pickle.dumps([doubling, doubling], 2),
        "a text for each": pickle.dumps([[1], [doubling]], 2),
        "a size of 10^12": b"\x80\x04\x8e" + struct.pack("<Q", 10**12) + b"x.",
        "a frame of 10^12": b"\x80\x04\x95" + struct.pack("<Q", 10**12) + b"x.",
        "a memo of 10^9": b"\x80\x02]r\xff\xff\xff\x7f.",
        "an array of 10^12": pickle.dumps(Program(np.ndarray, (10**12,)), 2),
        "another codec": b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00a"
        b"X\x05\x00\x00\x00rot13\x86R.",
        "Python 2's system": b"cos\nsystem\n(S'touch %b'\ntR." % bytes(ran),
        "another name of it": b"cposix\nsystem\n(S'touch %b'\ntR." % bytes(ran),
        "an attribute": b"\x80\x04\x8c\x05numpy\x8c\x0fos.system.__call__\x93.",
        "nothing": b"",
        "no end": b"\x80\x02" + b"(" * 1000,
        "deep": b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
        "a persistent id": b"\x80\x02Pa\n.",
        "an extension": b"\x80\x02\x82\x01.",
    }


def test_pickles_run_nothing(tmp_path):
    ran = tmp_path / "ran"
    found = []
    for name, content in pickles(ran).items():
        for kind, target, data in (
            ("scribe_pickle", "a.cpkl", content),
            ("deepwriting", "a.npz", npz(**{"a.npy": npy((1,), "|O", content)})),
        ):
            folder = tmp_path / kind
            folder.mkdir(exist_ok=True)
            fell = put(READERS[kind], target, data, folder, harmed=ran.exists)
            if fell:
                found.append(f"{kind}, {name}: {fell}")
    assert found == []
