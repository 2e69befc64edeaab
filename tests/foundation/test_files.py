"""Files that are written whole or not at all."""

import os
import threading

import pytest
from refusals import refused

from scribe.foundation.files import read_file, whole_folder, write_whole

pytestmark = pytest.mark.unit


def test_threads_that_write_one_file_never_show_half_of_it(tmp_path):
    path = tmp_path / "a"
    contents = [bytes([number]) * 200_000 for number in range(4)]
    write_whole(path, contents[0])
    seen, errors = [], []

    def write(content):
        try:
            for _ in range(40):
                write_whole(path, content)
        except Exception as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=[c]) for c in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen.append(path.read_bytes())
    for writer in writers:
        writer.join()
    assert not errors
    assert seen and all(content in contents for content in seen)
    assert os.listdir(tmp_path) == ["a"]


def test_threads_that_make_one_folder_leave_one_whole_one(tmp_path):
    made, errors = [], []
    ready = threading.Barrier(4)

    def make(number):
        try:
            with whole_folder(tmp_path / "a[b]") as part:
                ready.wait()
                for name in "xyz":
                    (part / name).write_text(str(number))
            made.append(str(number))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=make, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made and len(made) + len(errors) == 4
    assert all(isinstance(error, OSError) for error in errors)
    assert [path.name for path in tmp_path.iterdir()] == ["a[b]"]
    (number,) = {path.read_text() for path in (tmp_path / "a[b]").iterdir()}
    assert number in made


def test_a_failure_names_the_file_that_was_asked_for(tmp_path, monkeypatch):
    def full(part, target):
        raise OSError(28, "No space left on device", part, None, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left") as failure:
        write_whole(tmp_path / "a.txt", b"")
    assert failure.value.filename == str(tmp_path / "a.txt")
    assert "->" not in str(failure.value) and ".part" not in str(failure.value)
    assert not list(tmp_path.iterdir())


def test_no_more_is_read_than_may_be(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(tmp_path / "a", 5) == b"12345"
    with refused(tmp_path / "a"):
        read_file(tmp_path / "a", 4)
    with refused("/dev/zero"):
        read_file("/dev/zero", 4)
    with refused(tmp_path):
        read_file(tmp_path, 4)
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "b", 4)
