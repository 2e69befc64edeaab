"""The reader of IAM-OnDB, on a small corpus with the flaws of the real one."""

import os
import shutil
from pathlib import Path

import iam_ondb_samples as samples
import numpy as np
import pytest
from refusals import refused

from scribe.corpora.iam_ondb import IamOndb, read_split_lists, read_transcription
from scribe.corpora.pen_xml import DamagedFile, read_pen_line
from scribe.evaluation.sample_texts import SENTENCES


@pytest.fixture
def source(tmp_path):
    return samples.write(tmp_path / "source")


def names(reading, split):
    return [line.name for line in reading.lines_by_split.get(split, [])]


def assert_equal_readings(first, second):
    assert first.dropped == second.dropped
    assert first.points_per_second == second.points_per_second
    assert list(first.lines_by_split) == list(second.lines_by_split)
    for split, lines in first.lines_by_split.items():
        for line, other in zip(lines, second.lines_by_split[split], strict=True):
            assert (line.name, line.form, line.text) == (
                other.name,
                other.form,
                other.text,
            )
            np.testing.assert_array_equal(line.strokes, other.strokes)


@pytest.mark.unit
def test_a_pen_line_keeps_every_point_and_its_pen_lifts():
    xml = (
        "<S><Stroke><Point x='5' y='7' time='1.0'/><Point x='8' y='6' time='1.1'/>"
        "<Point x='8' y='6' time='1.2'/></Stroke><Stroke/>"
        "<Stroke><Point x='1' y='2' time='9.0'/></Stroke></S>"
    )
    line = read_pen_line(xml.encode())
    np.testing.assert_array_equal(
        line.strokes, [[0, 0, 0], [3, -1, 0], [0, 0, 1], [-7, -4, 1]]
    )
    assert line.points_per_second == pytest.approx(10.0)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("xml", "facts"),
    [
        ("<S><Stroke><Point x='5' y='7'/>", ["line 1, column 31"]),
        ("", ["line 1, column 0"]),
        ("<S><Stroke><Point x='5'/></Stroke></S>", ["point", "'y'"]),
        ("<S><Stroke><Point x='5' y='seven'/></Stroke></S>", ["point", "'seven'"]),
        ("<S><Stroke></Stroke></S>", ["point"]),
    ],
)
def test_a_damaged_pen_line_is_told_by_what_is_wrong_with_it(xml, facts):
    with refused(*facts, error=DamagedFile):
        read_pen_line(xml.encode())


@pytest.mark.unit
def test_a_pen_line_without_times_has_no_rate():
    line = read_pen_line(b"<S><Stroke><Point x='5' y='7'/></Stroke></S>")
    assert np.isnan(line.points_per_second)


@pytest.mark.unit
def test_a_pen_line_was_written_from_its_first_stroke_to_its_last():
    stroke = "<Stroke start_time='{}' end_time='{}'><Point x='1' y='2'/></Stroke>"
    xml = "<S>" + stroke.format(1e6, 1e6 + 1) + stroke.format(1e6 + 2, 1e6 + 3) + "</S>"
    line = read_pen_line(xml.encode())
    assert (line.begin, line.end) == (1e6, 1e6 + 3)
    line = read_pen_line(b"<S><Stroke><Point x='1' y='2'/></Stroke></S>")
    assert np.isnan(line.begin) and np.isnan(line.end)


@pytest.mark.unit
def test_the_transcription_is_the_block_after_csr():
    content = b"OCR:\n\nother text\n\nCSR: \r\n\r\nMr . A \r\nsaid so .\r\n"
    assert read_transcription(content) == ["Mr. A", "said so."]
    assert read_transcription(b"OCR:\n\nonly this\n") == []


@pytest.mark.regression
def test_a_run_of_percent_signs_is_a_lost_line_break():
    assert read_transcription(b"CSR:\n\nankle bone %%%%%% pinned.\n") == [
        "ankle bone",
        "pinned.",
    ]
    assert read_transcription(b"CSR:\n\n5 % of it\n") == ["5 % of it"]


@pytest.mark.integration
def test_the_official_split_is_used_and_every_drop_has_its_reason(source):
    reading = IamOndb(source).read()
    assert names(reading, "train") == [
        "a01-000u-01",
        "a01-000u-02",
        "b02-010-02",
        "c03-020z-01",
        "c03-020z-02",
        "c03-020z-03",
        "e05-040-01",
        "e05-040-02",
        "e05-040-03",
    ]
    assert names(reading, "validation_large") == ["a01-000x-01"]
    assert reading.dropped == {
        "a word is marked as illegible": 1,
        "damaged file": 1,
        "form in no split list": 1,
        "no transcription": 2,
        "number of points does not fit the text": 1,
    }
    assert reading.points_per_second == pytest.approx(1 / samples.SECONDS_PER_POINT)
    first = reading.lines_by_split["train"][0]
    assert first.text == "A MOVE to stop Mr. Green"
    assert first.form == "a01-000u"
    third = reading.lines_by_split["train"][5]
    assert third.text == "five six seven"


@pytest.mark.integration
def test_a_truncated_xml_is_reported_and_skipped(source):
    reading = IamOndb(source).read()
    assert any(
        "a01-000x-02.xml" in note and "cut off" in note for note in reading.notes
    )
    assert "a01-000x-02" not in names(reading, "validation_large")


@pytest.mark.integration
@pytest.mark.parametrize("ending", ["xz", "gz", "tgz", "bz2"])
def test_an_archive_gives_the_same_corpus_as_its_folders(source, tmp_path, ending):
    file_name = "corpus.tgz" if ending == "tgz" else f"corpus.tar.{ending}"
    path = samples.archive(source, tmp_path / "packed" / file_name)
    samples.write_split_lists(path.parent)  # found beside the archive
    assert_equal_readings(IamOndb(source).read(), IamOndb(path).read())


@pytest.mark.integration
def test_the_two_official_archives_give_the_same_corpus_as_folders(source, tmp_path):
    packed = tmp_path / "packed"
    samples.archive(source, packed / "lineStrokes-all.tar.gz", ["lineStrokes"])
    samples.archive(source, packed / "ascii-all.tar.gz", ["ascii"])
    lists = tmp_path / "lists"
    samples.write_split_lists(lists)
    reading = IamOndb(packed, split_lists=lists).read()
    assert_equal_readings(IamOndb(source).read(), reading)


@pytest.mark.integration
def test_without_lists_forms_of_one_text_stay_together(tmp_path):
    reading = IamOndb(samples.write(tmp_path, with_split_lists=False)).read()
    assert set(reading.lines_by_split) <= {"train", "validation", "test"}
    split_of_text = {}
    for split, lines in reading.lines_by_split.items():
        for line in lines:
            assert split_of_text.setdefault(line.form[:7], split) == split
    assert "form in no split list" not in reading.dropped
    assert any("no official split lists" in note for note in reading.notes)


@pytest.mark.integration
def test_files_that_are_not_of_the_corpus_are_passed_over(source):
    folder = source / "lineStrokes" / "a01" / "a01-000"
    (folder / "._a01-000u-01.xml").write_bytes(b"\x00\x05\x16\x07")
    (folder / "strokesz.xml").write_text("<x/>")
    (source / "ascii" / "a01" / "readme.txt").write_text("CSR:\n\nnothing\n")
    reading = IamOndb(source).read()
    assert reading.dropped["damaged file"] == 1  # the one of the fixture


@pytest.mark.unit
def test_an_incomplete_set_of_split_lists_is_refused(source):
    (source / "testset_v.txt").unlink()
    with refused(source, "testset_v.txt"):
        IamOndb(source).read()


@pytest.mark.unit
def test_a_folder_of_split_lists_without_any_is_refused(source, tmp_path):
    with refused(tmp_path, "trainset.txt"):
        IamOndb(source, split_lists=tmp_path).read()


@pytest.mark.unit
def test_a_form_in_two_lists_is_refused(source):
    (source / "testset_f.txt").write_text(" a01-000u\n")
    with refused("testset_f.txt", "a01-000u", "train"):
        read_split_lists(source)


@pytest.mark.integration
def test_a_source_that_lacks_a_part_is_told_which(source, tmp_path):
    shutil.rmtree(source / "ascii")
    with refused(source, "ascii"):
        IamOndb(source).read()
    path = samples.archive(source, tmp_path / "half" / "c.tar.gz", ["lineStrokes"])
    with refused(path, "ascii/a01/a01-000/a01-000u.txt"):
        IamOndb(path).read()
    with refused(tmp_path / "missing", "data/README.md"):
        IamOndb(tmp_path / "missing").read()


@pytest.mark.integration
@pytest.mark.parametrize("ending", ["xz", "gz", "bz2"])
def test_an_archive_that_is_cut_off_is_refused(source, tmp_path, ending):
    path = samples.archive(source, tmp_path / "packed" / f"corpus.tar.{ending}")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    with refused(path):
        IamOndb(path).read()
    path.write_bytes(b"no archive at all")
    with refused(path, "tar"):
        IamOndb(path).read()


@pytest.fixture(scope="module")
def real_corpus():
    """IAM-OnDB itself."""
    if "SCRIBE_CORPORA" not in os.environ:
        pytest.skip("SCRIBE_CORPORA names no folder of corpora")
    return IamOndb(Path(os.environ["SCRIBE_CORPORA"]) / "iam_ondb").read()


@pytest.mark.slow
@pytest.mark.integration
def test_the_real_corpus_is_read_as_ever(real_corpus):
    splits = real_corpus.lines_by_split
    num_lines = {split: len(lines) for split, lines in splits.items()}
    assert num_lines == {
        "train": 5310,
        "validation_large": 1507,
        "validation": 885,
        "test": 3836,
    }
    assert real_corpus.dropped == {
        "a word is marked as illegible": 88,
        "damaged file": 1,
        "form in no split list": 15,
        "number of points does not fit the text": 2,
    }
    assert real_corpus.points_per_second == pytest.approx(66.7, abs=0.1)


@pytest.mark.slow
@pytest.mark.integration
def test_no_writer_of_the_real_corpus_is_in_two_splits(real_corpus):
    splits, forms = {}, {}
    for split, lines in real_corpus.lines_by_split.items():
        for line in lines:
            if line.writer:
                splits.setdefault(line.writer, set()).add(split)
                forms.setdefault(line.writer, set()).add(line.form)
    assert all(len(found) == 1 for found in splits.values())
    of_split = [next(iter(found)) for found in splits.values()]
    counts = {name: of_split.count(name) for name in real_corpus.lines_by_split}
    assert counts == {
        "train": 93,
        "validation_large": 20,
        "validation": 22,
        "test": 63,
    }
    assert sum(len(found) == 8 for found in forms.values()) == 174


@pytest.mark.integration
def test_no_text_that_legibility_is_measured_with_stands_in_the_corpus(real_corpus):
    splits = real_corpus.lines_by_split.values()
    lines = [plain(line.text) for lines in splits for line in lines]
    texts = [plain(text) for text in SENTENCES.read_text("utf-8").splitlines()]
    everything = "\n".join(lines)
    assert not [text for text in texts if text in everything]
    long_lines = {line for line in lines if len(line) >= 20}
    assert not [line for line in long_lines if any(line in text for text in texts)]


@pytest.mark.slow
@pytest.mark.regression
def test_the_shipped_writer_foresees_real_lines_as_ever(real_corpus):
    from scribe.evaluation import log_loss
    from scribe.models import find_model, load_model

    model = load_model(find_model("scribe_default"))
    lines = real_corpus.lines_by_split["validation"][::22]
    figures = log_loss.predict(model, lines).figures()
    assert figures["nats_per_step"] == pytest.approx(-0.6779, abs=1e-3)
    assert figures["squared_error"] == pytest.approx(0.4259, abs=1e-3)


def plain(text: str) -> str:
    """In small letters, with single spaces."""
    return " ".join(text.lower().split())
