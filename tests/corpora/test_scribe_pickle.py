"""Pickled corpora: what is read from them, and what is refused."""

import io
import os
import pickle

import numpy as np
import pytest
from refusals import refused

from scribe.corpora.safe_pickle import load_arrays
from scribe.corpora.scribe_pickle import FILE_NAME, ScribePickle

# Written by hand in Python 2's way: protocol 2, byte strings, the old NumPy module.
# An int16 array [[1, 2], [3, 4]] and the text "caf\xe9" in Latin-1.
PYTHON_2_PICKLE = (
    b"\x80\x02]q\x00(cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02"
    b"K\x00\x85q\x03U\x01bq\x04\x87q\x05Rq\x06(K\x01K\x02K\x02\x86q\x07cnumpy\ndtype\n"
    b"q\x08U\x02i2q\x09K\x00K\x01\x87q\x0aRq\x0b(K\x03U\x01<q\x0cNNNJ\xff\xff\xff\xff"
    b"J\xff\xff\xff\xffK\x00tq\x0db\x89U\x08\x01\x00\x02\x00\x03\x00\x04\x00q\x0etq\x0f"
    b"bU\x04caf\xe9q\x10e."
)


def strokes(num_points, dtype=np.int16):
    random = np.random.default_rng(num_points)
    array = random.integers(-30, 30, [num_points, 3])
    array[0, :2] = (900, 1200)  # the place on the whiteboard
    array[:, 2] = np.arange(num_points) % 10 == 9
    return array.astype(dtype)


def write(path, content, protocol=2):
    path.write_bytes(pickle.dumps(content, protocol))
    return path


class Malicious:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def load(content: bytes):
    return load_arrays(io.BytesIO(content), "file.p")


@pytest.mark.unit
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_and_containers_are_read_in_every_protocol(protocol):
    content = [
        [strokes(12), strokes(5, np.float32)],
        ("a", "é"),
        {"n": np.float64(2.5)},
    ]
    loaded = load(pickle.dumps(content, protocol))
    np.testing.assert_array_equal(loaded[0][0], content[0][0])
    np.testing.assert_array_equal(loaded[0][1], content[0][1])
    assert loaded[0][0].dtype == np.int16
    assert loaded[1:] == content[1:]


@pytest.mark.regression
def test_a_pickle_of_python_2_is_read_as_latin_1():
    array, text = load(PYTHON_2_PICKLE)
    np.testing.assert_array_equal(array, [[1, 2], [3, 4]])
    assert array.dtype == np.int16
    assert text == "café"


@pytest.mark.unit
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    ("malicious", "name"),
    [
        (Malicious(os.system, "touch HARM"), "system"),
        (Malicious(eval, "open('HARM', 'w')"), "eval"),
        (Malicious(np.save, "HARM", np.zeros(1)), "numpy.save"),
        (Malicious(np.load, "HARM"), "numpy.load"),
        (Malicious(getattr, np.ndarray, "tofile"), "getattr"),
        (Malicious(type, "X", (), {}), "type"),
    ],
)
def test_a_pickle_that_would_run_a_program_is_refused_by_name(
    tmp_path, monkeypatch, malicious, name, protocol
):
    monkeypatch.chdir(tmp_path)
    content = [[malicious], ["text"]]
    with refused("file.p", name):
        load(pickle.dumps(content, protocol))
    assert not list(tmp_path.iterdir())


@pytest.mark.unit
def test_nothing_is_reached_through_the_allowed_names():
    with refused("numpy.core.multiarray.os.system"):
        load(b"cnumpy.core.multiarray\nos.system\n(S'true'\ntR.")
    with refused("'zip'"):
        load(pickle.dumps(Malicious(__import__("_codecs").encode, "a", "zip"), 2))
    with refused("numpy.ndarray.tofile"):
        load(b"\x80\x04\x8c\x05numpy\x8c\x0endarray.tofile\x93.")


@pytest.mark.unit
@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps([1, 2], 2)[:-3]])
def test_a_damaged_pickle_is_refused(content):
    with refused("file.p", "pickle"):
        load(content)


@pytest.mark.integration
def test_lines_are_read_with_the_first_offset_zero_and_split_by_index(tmp_path):
    texts = [f"line number {i} ." for i in range(40)]
    path = write(tmp_path / FILE_NAME, [[strokes(60 + i) for i in range(40)], texts])
    reading = ScribePickle(path).read()
    lines = {x.name: x for of in reading.lines_by_split.values() for x in of}
    assert len(lines) == 40
    assert lines["00007"].text == "line number 7."
    held_out = sorted(
        line.name
        for split in ("validation", "test")
        for line in reading.lines_by_split[split]
    )
    assert held_out == ["00016", "00018", "00023", "00026", "00035", "00039"]
    for line in lines.values():
        assert line.strokes.dtype == np.float32
        np.testing.assert_array_equal(line.strokes[0, :2], 0.0)
        assert line.strokes[-1, 2] == 1.0
    np.testing.assert_array_equal(lines["00007"].strokes[1:-1], strokes(67)[1:-1])
    assert any("index" in note for note in reading.notes)
    from_folder = ScribePickle(tmp_path).read()
    assert from_folder.dropped == reading.dropped == {}


@pytest.mark.integration
def test_illegible_and_empty_lines_are_dropped_and_counted(tmp_path):
    texts = ["good text", "with # in it", "   ", "also good"]
    arrays = [strokes(50), strokes(50), strokes(50), np.zeros([0, 3])]
    reading = ScribePickle(write(tmp_path / "styles.p", (arrays, texts))).read()
    assert reading.dropped == {
        "a word is marked as illegible": 1,
        "no points": 1,
        "no transcription": 1,
    }


@pytest.mark.unit
def test_padding_of_the_older_form_is_taken_off(tmp_path):
    padded = np.zeros([2, 70, 3], np.int16)
    padded[0, :50], padded[1, :60] = strokes(50), strokes(60)
    texts = ["good text____", "more_good text"]
    content = [{"alphabet": "_ abc", "ascii_length": 13}, padded, texts]
    reading = ScribePickle(write(tmp_path / "old.cpkl", content)).read()
    lines = [line for of in reading.lines_by_split.values() for line in of]
    assert [line.text for line in lines] == ["good text", "more_good text"]
    assert [len(line.strokes) for line in lines] == [50, 60]
    np.testing.assert_array_equal(lines[0].strokes[1:], strokes(50)[1:])


@pytest.mark.unit
def test_styles_may_be_one_array(tmp_path):
    content = (np.stack([strokes(50), strokes(50)]), np.array(["one text", "another"]))
    reading = ScribePickle(write(tmp_path / "styles.p", content)).read()
    assert sum(map(len, reading.lines_by_split.values())) == 2


@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "facts"),
    [
        ([1, 2], ["[strokes, texts]"]),
        ([[], [], []], ["[strokes, texts]"]),
        ("text", ["[strokes, texts]"]),
        ([{}, {}], ["[strokes, texts]"]),
        ([[strokes(9)], []], ["1 strokes", "0 texts"]),
        ([[strokes(9)], [7]], ["text 0", "int"]),
        ([[strokes(9)[:, :2]], ["a"]], ["strokes 0", (9, 2), "[points, 3]"]),
        ([[[1, 2, 3]], ["a"]], ["strokes 0", "numbers"]),
        ([[strokes(9).astype(str)], ["a"]], ["strokes 0", "numbers"]),
        ([[strokes(9).astype(complex)], ["a"]], ["strokes 0", "numbers"]),
        ([[strokes(9).astype(object)], ["a"]], ["strokes 0", "numbers"]),
    ],
)
def test_a_pickle_of_something_else_is_refused(tmp_path, content, facts):
    with refused(tmp_path / "file.p", *facts):
        ScribePickle(write(tmp_path / "file.p", content)).read()


@pytest.mark.unit
def test_a_missing_file_is_an_error_with_its_name(tmp_path):
    with pytest.raises(FileNotFoundError):
        ScribePickle(tmp_path / "none.cpkl").read()
