"""Prepared corpora on disk."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from refusals import refused

from scribe.corpora import prepared as corpus_module
from scribe.corpora.prepared import Line, load_description, load_lines, save_corpus


def line(index, text="some text", num_points=20, form=None):
    random = np.random.default_rng(index)
    strokes = random.integers(-9, 9, [num_points, 3]).astype(np.float32)
    strokes[0, :2] = 0
    strokes[:, 2] = 0
    strokes[-1, 2] = 1
    name, form = f"line-{index}", form or f"form-{index}"
    return Line(strokes, text, name, form, "ann" if index else "")


@pytest.fixture
def lines_by_split():
    return {"train": [line(0), line(1, "ok?")], "validation": [line(2)], "test": []}


@pytest.mark.unit
def test_what_is_saved_is_loaded_again(tmp_path, lines_by_split):
    saved = save_corpus(tmp_path / "c", "mine", lines_by_split, {"too bad": 3}, 66.5)
    assert load_description(tmp_path / "c") == saved
    assert saved.splits == {"train": 2, "validation": 1, "test": 0}
    assert saved.points == {"train": 40, "validation": 20, "test": 0}
    assert saved.alphabet.characters == " ?ekmostx"
    for split, lines in lines_by_split.items():
        loaded = load_lines(tmp_path / "c", [split])
        assert [x.name for x in loaded] == [x.name for x in lines]
        for first, second in zip(lines, loaded, strict=True):
            assert (first.text, first.form) == (second.text, second.form)
            assert first.writer == second.writer
            np.testing.assert_array_equal(first.strokes, second.strokes)
            assert second.strokes.dtype == np.float32


@pytest.mark.unit
def test_a_corpus_that_was_prepared_before_does_not_know_its_writers(
    tmp_path, lines_by_split
):
    save_corpus(tmp_path / "c", "mine", lines_by_split, {})
    path = tmp_path / "c" / "train.npz"
    with np.load(path) as arrays:
        before = {name: arrays[name] for name in arrays if name != "writers"}
    np.savez(path, **before)
    lines = load_lines(tmp_path / "c", ["train"])
    assert [line.writer for line in lines] == ["", ""]
    assert [line.name for line in lines] == ["line-0", "line-1"]


@pytest.mark.unit
def test_a_folder_that_holds_something_is_never_written_into(tmp_path, lines_by_split):
    (tmp_path / "thesis.txt").write_text("chapter 1")
    with refused(tmp_path):
        save_corpus(tmp_path, "mine", lines_by_split, {})
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.unit
@pytest.mark.parametrize("split", ["../evil", "/evil", "a.b"])
def test_a_split_is_never_a_path(tmp_path, lines_by_split, split):
    with refused(split):
        save_corpus(tmp_path / "c", "mine", {split: [line(0)]}, {})
    assert not list(tmp_path.iterdir())
    save_corpus(tmp_path / "c", "mine", lines_by_split, {})
    path = tmp_path / "c" / "corpus.json"
    content = json.loads(path.read_text())
    content["splits"][split] = content["points"][split] = 1
    path.write_text(json.dumps(content))
    with refused(path, split):
        load_lines(tmp_path / "c", [split])


@pytest.mark.unit
def test_a_corpus_without_lines_is_refused(tmp_path):
    with refused("mine"):
        save_corpus(tmp_path / "c", "mine", {"train": []}, {"too bad": 3})
    assert not list(tmp_path.iterdir())


@pytest.mark.unit
def test_a_failure_while_writing_leaves_nothing(tmp_path, lines_by_split, monkeypatch):
    save_split = corpus_module._save_split

    def fail_at_the_second(path, lines):
        if path.name == "validation.npz":
            raise OSError("disk full")
        save_split(path, lines)

    monkeypatch.setattr(corpus_module, "_save_split", fail_at_the_second)
    with pytest.raises(OSError, match="disk full"):
        save_corpus(tmp_path / "c", "mine", lines_by_split, {})
    assert not list(tmp_path.iterdir())


@pytest.mark.integration
def test_a_killed_process_leaves_no_corpus_and_its_rest_is_removed_later(
    tmp_path, lines_by_split
):
    program = """
import os, signal, sys
import numpy as np
from scribe.corpora import prepared as corpus
save_split = corpus._save_split
def die_at_the_second(path, lines):
    if path.name == "validation.npz":
        os.kill(os.getpid(), signal.SIGKILL)
    save_split(path, lines)
corpus._save_split = die_at_the_second
line = corpus.Line(np.zeros([3, 3], np.float32), "abc", "a", "a")
corpus.save_corpus(sys.argv[1], "mine", {"train": [line], "validation": [line]}, {})
"""
    folder = tmp_path / "c"
    assert subprocess.run([sys.executable, "-c", program, folder]).returncode == -9
    assert not folder.exists()
    (rest,) = tmp_path.iterdir()
    with refused(folder, "python -m scribe.prepare_data"):
        load_description(folder)

    save_corpus(folder, "mine", lines_by_split, {})
    assert rest.exists(), "it might have belonged to a process at work"
    os.utime(rest, (0, 0))
    save_corpus(tmp_path / "other", "mine", lines_by_split, {})
    assert rest.exists(), "it belongs to another corpus"
    for path in folder.iterdir():
        path.unlink()
    save_corpus(folder, "mine", lines_by_split, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c", "other"]


@pytest.mark.unit
def test_a_folder_without_corpus_is_told_how_to_make_one(tmp_path):
    with refused(tmp_path, "python -m scribe.prepare_data"):
        load_description(tmp_path)


@pytest.mark.unit
@pytest.mark.parametrize("content", ["[]", "{", '{"format_version": 1}', "null"])
def test_a_damaged_description_is_refused(tmp_path, content):
    (tmp_path / "corpus.json").write_text(content)
    with refused(tmp_path / "corpus.json"):
        load_description(tmp_path)


@pytest.mark.unit
def test_a_description_of_another_version_is_refused(tmp_path, lines_by_split):
    save_corpus(tmp_path / "c", "mine", lines_by_split, {})
    path = tmp_path / "c" / "corpus.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    with refused(path, 99, 1):
        load_description(tmp_path / "c")


@pytest.mark.unit
def test_a_split_that_does_not_exist_is_refused_with_those_that_do(
    tmp_path, lines_by_split
):
    save_corpus(tmp_path / "c", "mine", lines_by_split, {})
    with refused(tmp_path / "c", "'dev'", "train", "validation"):
        load_lines(tmp_path / "c", ["dev"])


@pytest.mark.unit
@pytest.mark.parametrize("keep", [0, 100, -30])
def test_a_damaged_split_is_refused(tmp_path, lines_by_split, keep):
    save_corpus(tmp_path / "c", "mine", lines_by_split, {})
    path = tmp_path / "c" / "train.npz"
    path.write_bytes(path.read_bytes()[:keep])
    with refused(path):
        load_lines(tmp_path / "c", ["train"])
    path.unlink()
    with refused(path):
        load_lines(tmp_path / "c", ["train"])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("strokes", lambda array: array[:-1]),
        ("strokes", lambda array: array[:, :2]),
        ("lengths", lambda array: array[:-1]),
        ("texts", lambda array: array[:-1]),
        ("texts", lambda array: array.astype(object)),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(
    tmp_path, lines_by_split, key, change
):
    save_corpus(tmp_path / "c", "mine", lines_by_split, {})
    path = tmp_path / "c" / "train.npz"
    with np.load(path) as arrays:
        changed = dict(arrays)
    changed[key] = change(changed[key])
    np.savez(path, **changed)
    with refused(path):
        load_lines(tmp_path / "c", ["train"])
