"""Arrays of strangers: nothing is read that was not declared and added up before."""

import io
import itertools
import pickle
import zipfile

import numpy as np
import pytest
from refusals import refused

from scribe.foundation import files
from scribe.foundation.files import load_arrays
from scribe.foundation.npz import read_npz

pytestmark = pytest.mark.unit


def npy(array) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), allow_pickle=True)
    return file.getvalue()


def declared(shape, dtype="<f4", values=b"") -> bytes:
    """An .npy whose header says anything."""
    file = io.BytesIO()
    head = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, head)
    return file.getvalue() + values


def write_zip(path, method=zipfile.ZIP_DEFLATED, **members):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def test_what_numpy_saved_is_read(tmp_path):
    saved = {
        "a": np.arange(6.0).reshape(2, 3),
        "b": np.array(["x", "long"]),
        "c": np.float16(2.0),
        "d": np.zeros([0, 3], np.uint8),
        "e": np.asfortranarray(np.arange(6).reshape(3, 2)),
    }
    for save in (np.savez, np.savez_compressed):
        save(tmp_path / "a.npz", **saved)
        found = read_npz(tmp_path / "a.npz")
        assert found.keys() == saved.keys()
        for name, array in saved.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype
    assert read_npz(tmp_path / "a.npz", ("a", "z")).keys() == {"a"}


@pytest.mark.parametrize(
    "content",
    [
        declared((10**12,)),
        declared((10**12,), "<U0"),
        declared((10**9, 0)),
        declared((-1, -4), values=bytes(16)),
        declared((4,), values=bytes(15)),
        declared((4,), values=bytes(17)),
        declared((3,), "|O", pickle.dumps([1, 2, 3])),
        npy(np.array([{}], object)),
        b"",
        b"no array",
        b"\x93NUMPY\x09\x00",
        npy([1.0])[:20],
        npy([1.0])[:-3],
        b"\x93NUMPY\x01\x00\x10\x00" + b"[" * 16,
        b"\x93NUMPY\x02\x00\xff\xff\xff\x7f",
    ],
)
def test_a_member_that_is_no_array_of_its_size_is_refused(tmp_path, content):
    with refused(tmp_path / "a.npz"):
        read_npz(write_zip(tmp_path / "a.npz", a=content))


def test_a_pickle_is_never_loaded(tmp_path):
    ran = tmp_path / "ran"

    class Program:
        def __reduce__(self):
            return open, (str(ran), "w")

    write_zip(tmp_path / "a.npz", a=declared((1,), "|O", pickle.dumps(Program())))
    with refused(tmp_path / "a.npz"):
        read_npz(tmp_path / "a.npz")
    assert not ran.exists()


def test_arrays_are_added_up_before_any_is_read(tmp_path):
    path = write_zip(tmp_path / "a.npz", a=npy(np.zeros(1000)), b=npy(np.zeros(1000)))
    assert read_npz(path, most_bytes=16_000).keys() == {"a", "b"}
    assert read_npz(path, ("a",), most_bytes=8_000).keys() == {"a"}
    with refused(path):
        read_npz(path, most_bytes=15_999)


def test_weights_of_gigabytes_of_zeros_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_MODEL_BYTES", 1_000_000)
    path = tmp_path / "weights.npz"
    np.savez_compressed(path, a=np.ones(1), b=np.zeros(200_000))
    assert path.stat().st_size < 10_000
    with refused(path):
        load_arrays(path)
    assert load_arrays(path, ("a",)).keys() == {"a"}


def test_what_weights_cannot_be_is_refused(tmp_path):
    for array in (["text"], [1j], [float("nan")], [1e300]):
        np.savez(tmp_path / "a.npz", a=np.array(array))
        with refused(tmp_path / "a.npz"):
            load_arrays(tmp_path / "a.npz")


def test_an_encrypted_or_oddly_packed_archive_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.npz", zipfile.ZIP_STORED, a=npy([1.0]))
    whole = path.read_bytes()
    central = whole.index(b"PK\x01\x02")
    for offset, value in ((central + 8, 1), (central + 10, 99), (central + 10, 12)):
        damaged = bytearray(whole)
        damaged[offset] = value
        path.write_bytes(bytes(damaged))
        with refused(path):
            read_npz(path)


def test_two_arrays_of_one_name_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", npy([1.0]))
        archive.writestr("a", npy([2.0]))
    with refused(tmp_path / "a.npz", "twice"):
        read_npz(tmp_path / "a.npz")


def test_every_cut_and_every_changed_byte_is_read_or_refused(tmp_path):
    path = tmp_path / "a.npz"
    np.savez_compressed(path, a=np.arange(5.0), b=np.array(["x"]))
    whole = path.read_bytes()
    cuts = (whole[:n] for n in range(0, len(whole), 7))
    changed = (
        whole[:n] + bytes([whole[n] ^ mask]) + whole[n + 1 :]
        for n, mask in itertools.product(range(0, len(whole), 5), (1, 0xFF))
    )
    for content in itertools.chain(cuts, changed):
        path.write_bytes(content)
        try:
            read_npz(path)
        except ValueError:
            with refused(path):
                read_npz(path)
