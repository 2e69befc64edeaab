"""What every reader of a corpus does, and readers of one's own."""

import collections
import json
import re
from pathlib import Path

import numpy as np
import pytest
from refusals import refused

from scribe.corpora.corpus_reader import Reader, split_by_hash, why_unusable
from scribe.corpora.formats import READERS, reader_class
from scribe.corpora.prepared import Line
from scribe.strokes.arrays import strokes_from_points


def line(text="hello", num_points=50, name="a", form="f"):
    points = np.arange(2 * num_points).reshape(-1, 2)
    ends = np.arange(num_points) == num_points - 1
    return Line(strokes_from_points(points, ends), text, name, form)


class OwnReader(Reader):
    """As in data/README.md: what a user writes."""

    name = "own"

    def __init__(self, source, progress=None):
        super().__init__(progress)
        self.lines = source

    def samples(self):
        yield from self.lines


@pytest.mark.unit
def test_a_reader_of_ones_own_only_yields_lines():
    lines = [
        ("train", line(name="b")),
        ("train", line(name="a")),
        (None, line(name="c")),
        ("test", line(name="d", text="  ")),
    ]
    reading = OwnReader(lines).read()
    assert [x.name for x in reading.lines_by_split["train"][:2]] == ["a", "b"]
    assert sum(len(x) for x in reading.lines_by_split.values()) == 3
    assert reading.dropped == {"no transcription": 1}


@pytest.mark.unit
def test_splits_come_in_the_order_of_their_use():
    splits = ["extra", "test", "validation", "train"]
    lines = [(split, line(name=split, form=split)) for split in splits]
    reading = OwnReader(lines).read()
    assert list(reading.lines_by_split) == ["train", "validation", "test", "extra"]


@pytest.mark.unit
def test_two_lines_of_one_name_are_refused():
    with refused("a"):
        OwnReader([("train", line()), ("test", line())]).read()


@pytest.mark.unit
def test_what_cannot_be_trained_on_is_dropped_with_the_reason():
    assert why_unusable(line()) is None
    assert why_unusable(line(text="")) == "no transcription"
    assert "fewer than 2 points" in why_unusable(line(text="x" * 30))
    assert "more than 80 points" in why_unusable(line(text="x", num_points=81))
    broken = line()
    broken.strokes[3, 1] = np.nan
    assert why_unusable(broken) == "a coordinate is not a number"
    empty = Line(np.zeros([0, 3], np.float32), "hello", "a", "f")
    assert why_unusable(empty) == "no points"


@pytest.mark.property
def test_the_hash_gives_a_tenth_each_to_validation_and_test():
    counts = collections.Counter(split_by_hash(f"form-{i}") for i in range(5000))
    assert counts["train"] == pytest.approx(4000, abs=150)
    assert counts["validation"] == pytest.approx(500, abs=100)
    assert counts["test"] == pytest.approx(500, abs=100)


@pytest.mark.regression
def test_the_hash_split_never_changes():
    not_in_train = [i for i in range(40) if split_by_hash(f"{i:05d}") != "train"]
    assert not_in_train == [16, 18, 23, 26, 35, 39]
    assert split_by_hash("a01-000") == "train"


@pytest.mark.integration
def test_the_reader_that_the_guide_shows_works(tmp_path, monkeypatch):
    guide = Path(__file__).parents[2] / "data" / "README.md"
    (program,) = re.findall(r"```python\n(.*?)```", guide.read_text(), re.DOTALL)
    (tmp_path / "my_corpus.py").write_text(program)
    monkeypatch.syspath_prepend(tmp_path)
    for i in range(3):
        page = {
            "points": [[i * k, k % 5] for k in range(40)],
            "pen_lifts": [int(k % 20 == 19) for k in range(40)],
            "text": f"page {i}",
            "writer": f"writer-{i}",
        }
        (tmp_path / f"page-{i}.json").write_text(json.dumps(page))
    reading = reader_class("my_corpus:MyCorpus")(tmp_path).read()
    lines = [line for of in reading.lines_by_split.values() for line in of]
    assert sorted(line.text for line in lines) == ["page 0", "page 1", "page 2"]


@pytest.mark.unit
@pytest.mark.parametrize("name", READERS)
def test_every_format_of_the_registry_is_a_reader_of_that_name(name):
    reader = reader_class(name)
    assert issubclass(reader, Reader)
    assert reader.name == name


@pytest.mark.unit
def test_a_format_may_be_a_class_of_any_module():
    assert reader_class(f"{__name__}:OwnReader") is OwnReader


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("iam", ["iam_ondb", "deepwriting"]),
        ("no_such_module:Reader", ["no_such_module"]),
        ("scribe.corpora.prepared:Nothing", ["Nothing"]),
        ("scribe.corpora.prepared:Line", ["Line", "Reader"]),
        (":Reader", ["iam_ondb", "deepwriting"]),
    ],
)
def test_a_format_that_does_not_exist_is_refused(name, facts):
    with refused(f"--format={name}", *facts):
        reader_class(name)
