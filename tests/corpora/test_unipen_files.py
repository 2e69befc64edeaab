"""The UNIPEN format: each rule that its files follow, on small files."""

import numpy as np
import pytest
from unipen_samples import PenFile

from scribe.corpora.unipen_files import Pages

pytestmark = pytest.mark.unit

A, B, C = ([(0, 0), (1, 5)], [(2, 2), (3, 3), (4, 4), (5, 5)], [(7, 7)])


def pages_of(tmp_path, pen, contributor="xyz"):
    pen.save(tmp_path, contributor, "a.dat")
    pages = Pages(tmp_path, tuple(pen.segments))
    return list(pages.of(contributor)), pages


def test_only_components_with_points_count_and_ranges_include_their_ends(tmp_path):
    pen = PenFile()
    for points in (A, B, C):
        pen.down(points)
    pen.declare(".PEN_UP\n9 9\n8 8")  # with points: it counts
    pen.down(A)
    pen.label("7", "WORD", "0-2", "one")
    pen.label("7", "WORD", "1:1-2:0", "two")
    pen.label("7", "WORD", "0,2,4:1", "three")
    pen.label("7", "WORD", "3-4", "four")
    (page,), pages = pages_of(tmp_path, pen)
    one, two, three, four = page.segments["7"]
    assert [len(stroke) for stroke in one.strokes] == [2, 4, 1]
    np.testing.assert_array_equal(two.strokes[0], B[1:])
    assert [stroke.tolist() for stroke in three.strokes] == [
        [[0, 0], [1, 5]],
        [[7, 7]],
        [[1, 5]],
    ]
    assert len(four.strokes) == 1, "a pen in the air draws nothing"
    assert not pages.failed


def test_declarations_hold_until_the_next_and_pen_files_include_others(tmp_path):
    pen = PenFile(".COORD X Y T\n.WRITER_ID  Ada  Byron\n.X_POINTS_PER_INCH 200\n")
    pen.declare(".Y_POINTS_PER_INCH 100\n.INCLUDE xyz/head.doc")
    pen.text += ".PEN_DOWN\n1 2 30\n4 5 60\n.PEN_UP\n.WRITER_ID Bob\n"
    pen.text += ".PEN_DOWN\n6 7 90\n.PEN_UP\n"
    pen.label("7", "WORD", "0", "a")
    pen.label("7", "WORD", "1", "b")
    (tmp_path / "include" / "xyz").mkdir(parents=True)
    head = tmp_path / "include" / "xyz" / "head.doc"
    head.write_text("rate:\n .COORD X\n.POINTS_PER_SECOND 66 (about)\n")
    (page,), _ = pages_of(tmp_path, pen)
    ada, bob = page.segments["7"]
    assert (ada.writer, bob.writer) == ("Ada Byron", "Bob")
    assert (ada.points_per_second, ada.aspect) == (66.0, 2.0)
    np.testing.assert_array_equal(ada.strokes[0], [[1, 2], [4, 5]])


@pytest.mark.parametrize("name", ["../../secret.doc", "{outside}/secret.doc"])
def test_a_pen_file_outside_of_the_corpus_is_counted_and_not_read(tmp_path, name):
    (tmp_path / "secret.doc").write_text(".COORD X Y\n.PEN_DOWN\n1 2\n.PEN_UP\n")
    pen = PenFile()
    pen.down(A)
    pen.declare(f".INCLUDE {name.format(outside=tmp_path)}")
    pen.label("7", "WORD", "0", "a")
    (tmp_path / "corpus").mkdir()
    (page,), pages = pages_of(tmp_path / "corpus", pen)
    assert len(page.segments["7"][0].strokes) == 1
    assert pages.failed == {"a pen file lies outside of the corpus": 1}


def test_labels_are_unescaped_and_quality_is_kept(tmp_path):
    pen = PenFile()
    pen.down(A)
    pen.label("7", "WORD", "0", r"say \"C:\\x\"", "BAD")
    (page,), _ = pages_of(tmp_path, pen)
    (segment,) = page.segments["7"]
    assert (segment.label, segment.quality) == (r'say "C:\x"', "BAD")


def test_what_cannot_be_read_is_counted_by_reason(tmp_path):
    pen = PenFile()
    pen.down([(0, 0)])
    pen.down(A)
    pen.label("7", "WORD", "0", "withheld")
    pen.label("7", "WORD", "1-5", "beyond")
    pen.label("7", "WORD", "1:7-1:9", "beyond")
    pen.label("7", "WORD", "one-2", "odd")
    pen.segments["7"].append(".SEGMENT WORD 1 ?")
    (page,), pages = pages_of(tmp_path, pen)
    assert page.segments["7"] == []
    assert sorted(pages.failed.values()) == [1, 1, 3]


def test_a_missing_pen_file_and_files_that_include_each_other_end(tmp_path):
    pen = PenFile()
    pen.declare(".INCLUDE xyz/a.dat\n.INCLUDE xyz/nowhere.dat")
    pen.down(A)
    pen.label("7", "WORD", "0", "a")
    (page,), pages = pages_of(tmp_path, pen)
    assert len(page.segments["7"]) == 1
    assert pages.failed["a pen file is missing"] >= 1


def test_rows_with_remarks_keep_their_numbers(tmp_path):
    pen = PenFile(".COORD X Y P\n")
    pen.text += ".PEN_DOWN\n1 2 0\n3 4 down\n5 6\n.PEN_UP\n"
    pen.label("7", "WORD", "0", "a")
    (page,), _ = pages_of(tmp_path, pen)
    np.testing.assert_array_equal(
        page.segments["7"][0].strokes[0], [[1, 2], [3, 4], [5, 6]]
    )
