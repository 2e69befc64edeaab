"""Scans: paper apart from ink, figures of the pen, and what is no writing."""

import json

import numpy as np
import pytest
from ink_samples import prepared_ink, scanned, wave, write_scans, write_strokes
from refusals import assert_refusal, refused

from scrabblegan import prepare_ink
from scrabblegan.images import Unusable
from scrabblegan.ink.preparation import load_facts, load_scans, load_strokes
from scrabblegan.ink.scans import figures_of, scan_of
from scrabblegan.ink.written_strokes import read_strokes
from scribe.foundation.command_line import status_of
from scribe.models.pen_maps import drawn_pen

pytestmark = pytest.mark.unit


def test_the_paper_of_a_scan_has_no_ink_and_the_scan_keeps_its_own():
    random = np.random.default_rng(0)
    image = scanned(random)
    scan = scan_of(image, random)
    assert scan.paper.min() > 215 and scan.paper.std() < 4
    assert scan.paper.mean() == pytest.approx(235, abs=2)
    np.testing.assert_array_equal(scan.image, image)
    left, right, row = scan.place
    assert left == pytest.approx(8, abs=3) and right == pytest.approx(120, abs=3)
    assert row == pytest.approx(30, abs=4)


def test_a_line_of_the_form_becomes_paper():
    random = np.random.default_rng(0)
    image = scanned(random)
    image[60:62, 4:124] = 60
    scan = scan_of(image, random)
    assert scan.image[59:63].min() > 200
    assert scan.image[20:45].min() < 120


def test_the_figures_are_those_of_the_pen():
    points, ends = wave()
    spread = 2 * points[:-1, 1].std()
    found = []
    for breadth, darkness in ((1.5, 0.5), (4.0, 0.9)):
        ink = darkness * drawn_pen(points, ends, 64, 90, breadth) / 255
        figures = figures_of(ink)
        assert figures[0] == pytest.approx(spread, rel=0.25)
        assert figures[1] == pytest.approx(darkness, abs=0.05)
        found.append(figures[2])
    assert found[0] == pytest.approx(1.5, abs=0.7)
    assert found[1] == pytest.approx(4.0, abs=1.0)


def test_scans_become_64_rows_high():
    random = np.random.default_rng(0)
    large = np.kron(scanned(random), np.ones([2, 2], np.uint8))
    scan = scan_of(large, random)
    assert scan.image.shape == scan.paper.shape == (64, 128)


@pytest.mark.parametrize(
    "image",
    [
        np.full([64, 128], 240, np.uint8),
        255 - scanned(np.random.default_rng(0)),
        scanned(np.random.default_rng(0), columns=60),
    ],
    ids=["blank", "inverted", "narrow"],
)
def test_what_is_no_scan_of_writing_is_left_out(image):
    with pytest.raises(Unusable):
        scan_of(image, np.random.default_rng(0))


def test_what_was_prepared_is_read_again(tmp_path):
    folder = prepared_ink(tmp_path)
    facts = load_facts(folder)
    scans = load_scans(folder, "train"), load_scans(folder, "validation")
    assert [len(own) for own in scans] == list(facts["splits"].values())
    assert sum(map(len, scans)) == 40
    assert all(scan.image.shape == (64, 128) for own in scans for scan in own)
    words, read = load_strokes(folder), read_strokes(tmp_path / "strokes")
    assert len(words) == len(read) == facts["strokes"] == 12
    assert words[3].text == "cab" and words[3].ends.sum() == 3
    np.testing.assert_allclose(words[3].points, read[3].points, atol=0.01)
    assert words[3].spread == pytest.approx(read[3].spread, rel=0.01)


def test_the_command_says_what_it_has_and_has_left_out(tmp_path, capsys):
    scans = write_scans(tmp_path / "scans")
    (scans / "999.png").write_bytes(b"nothing")
    arguments = [
        "--format=folder", f"--source={scans}",
        f"--strokes={write_strokes(tmp_path / 'strokes')}",
        f"--output={tmp_path / 'ink'}",
    ]  # fmt: skip
    assert status_of(prepare_ink.main, arguments) == 0
    printed = capsys.readouterr().out
    assert "12  words of strokes" in printed and "damaged, or no image" in printed
    status = status_of(prepare_ink.main, [*arguments, f"--strokes={scans}"])
    assert_refusal(capsys, status, scans)


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[]",
        json.dumps({"text": "a", "x_height": 0, "strokes": [[[1, 2]]]}),
        json.dumps({"text": "a", "x_height": 10, "strokes": []}),
        json.dumps({"text": "a", "x_height": 10, "strokes": [[[1, "b"]]]}),
        json.dumps({"text": "a", "x_height": 10, "strokes": [[[1, float("nan")]]]}),
    ],
)
def test_damaged_strokes_are_refused_by_their_line(tmp_path, row):
    folder = write_strokes(tmp_path / "strokes")
    path = folder / "train" / "metadata.jsonl"
    path.write_text(path.read_text() + row + "\n")
    with refused(path, "line 13"):
        read_strokes(folder)


def test_folders_that_are_not_prepared_are_refused(tmp_path):
    with refused(tmp_path, "prepare_ink"):
        load_facts(tmp_path)
    with refused("train.npz", "prepare_ink"):
        load_scans(tmp_path, "train")
    (tmp_path / "train.npz").write_bytes(b"nothing")
    with refused("train.npz", "damaged"):
        load_scans(tmp_path, "train")
