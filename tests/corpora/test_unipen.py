"""Lines out of UNIPEN: broken, cut, joined and brought to the tablet's unit."""

import tarfile

import numpy as np
import pytest
from refusals import refused
from unipen_samples import PenFile, drawn

from scribe.corpora import unipen_ink, unipen_lines, unipen_sources
from scribe.corpora.unipen import Unipen
from scribe.corpora.unipen_lines import Ink
from scribe.foundation.errors import InputError
from scribe.strokes.measures import written_height

pytestmark = pytest.mark.unit


def ink(text, x=0.0, size=1.0):
    """A text of the sample's hand, y down."""
    strokes = [s for character in drawn(text, x, size=size) for s in character]
    return Ink(text, [np.column_stack([s * [1, -1], 0 * s[:, 0]]) for s in strokes])


def read(root, **options):
    return Unipen(root, **options).read()


def texts(reading):
    return sorted(
        line.text for lines in reading.lines_by_split.values() for line in lines
    )


def test_a_text_of_two_lines_comes_apart_where_its_words_go_on_below(tmp_path):
    pen = PenFile()
    first, second = pen.write_text("oil pool", y=500), pen.write_text("no poll", y=200)
    pen.label(
        "8", "TEXT", f"{first.split('-')[0]}-{second.split('-')[1]}", "oil pool no poll"
    )
    pen.save(tmp_path, "lex", "a.dat")
    assert texts(read(tmp_path)) == ["no poll", "oil pool"]


def test_characters_part_a_text_as_words_do(tmp_path):
    pen = PenFile()
    first = pen.write_text("oil pool", y=500, words=False, characters=True)
    second = pen.write_text("no poll", y=200, words=False, characters=True)
    pen.label(
        "8", "TEXT", f"{first.split('-')[0]}-{second.split('-')[1]}", "oil pool no poll"
    )
    for name in ("2",):
        pen.segments[name] = pen.segments.pop("1a")
    pen.save(tmp_path, "apb", "a.dat")
    assert texts(read(tmp_path)) == ["no poll", "oil pool"]


def test_several_lines_without_marks_of_their_words_are_left_out(tmp_path):
    pen = PenFile()
    first = pen.write_text("poll pool oil", y=500, words=False)
    second = pen.write_text("poll no oil", y=200, words=False)
    span = f"{first.split('-')[0]}-{second.split('-')[1]}"
    pen.label("8", "TEXT", span, "poll pool oil poll no oil")
    pen.label("8", "TEXT", first, "poll pool oil")
    pen.save(tmp_path, "scr", "a.dat")
    reading = read(tmp_path)
    assert texts(reading) == ["poll pool oil"]
    assert sum(reading.dropped.values()) == 1


def test_a_long_sentence_is_cut_at_its_words():
    text = "pool oil in no poll loop on nip lion opinion no oil"
    lines, cost = unipen_lines.cut_at_words(ink(text), 20)
    assert " ".join(line.text for line in lines) == text
    assert all(len(line.text) <= 26 for line in lines) and len(lines) == 3
    assert cost < unipen_lines.MAX_CUT_COST
    for line in lines:
        assert len(line.strokes) == len(ink(line.text).strokes)


def test_the_cheapest_cut_is_the_best_of_all_ways_to_cut():
    """Against a loop over all ways, on gaps of chance."""
    import itertools

    random = np.random.default_rng(3)
    words = ["oil", "no", "pool", "in"]
    for _ in range(20):
        x, strokes = 0.0, []
        for _ in range(8):
            width = random.uniform(0.2, 1.5)
            strokes.append(np.array([[x, 0, 0], [x + width, 1, 0]]))
            x += width + random.uniform(0.05, 0.8)
        begins = np.array([s[0, 0] for s in strokes])
        ends = np.array([s[1, 0] for s in strokes])
        gap_cost = random.uniform(0, 2, 7)
        cuts, cost = unipen_lines._cheapest_cuts(words, begins, ends, gap_cost, 0.4)

        def price(cut, begins=begins, ends=ends, gap_cost=gap_cost):
            edges = [0, *(c + 1 for c in cut), len(begins)]
            total = sum(gap_cost[c] for c in cut)
            for word, a, b in zip(words, edges, edges[1:], strict=False):
                usual = 0.4 * unipen_lines.usual_width(word)
                off = np.log((ends[b - 1] - begins[a]) / usual)
                total += (off / unipen_lines._WIDTH_DEVIATION) ** 2
            return total

        every = {c: price(c) for c in itertools.combinations(range(7), 3)}
        assert cost == pytest.approx(min(every.values()))
        assert every[tuple(cuts)] == pytest.approx(cost)


def test_words_of_one_writer_are_set_on_one_baseline():
    words = [ink("pool", size=90), ink("oil", 4.0, 90), ink("nip", 9.0, 90)]
    moved = [word.moved((0.0, 700.0 * i)) for i, word in enumerate(words)]
    letters = unipen_lines.letters_of(moved + [ink("oil", size=90)] * 3)
    assert letters.tall == pytest.approx(90)
    line = unipen_lines.set_in_line(moved, letters, np.random.default_rng(1))
    assert line.text == "pool oil nip"
    lows = [s[:, 1].max() for s in line.strokes]
    assert max(lows) < 60, "descenders only lie below the baseline"
    x = [s[:, 0].min() for s in line.strokes]
    assert x == sorted(x) or max(np.diff(x)) > 0


def test_words_are_joined_with_those_of_their_writer_only(tmp_path):
    for name, writer in (("a.dat", "Ada"), ("b.dat", "Bob")):
        pen = PenFile()
        pen.declare(f".WRITER_ID {writer}")
        own = "oil pool loop" if writer == "Ada" else "nip lion no in"
        for i in range(24):
            pen.write_text(own.split()[i % len(own.split())], y=500.0 * i)
            pen.write_text("Hill", y=500.0 * i + 200)
        pen.save(tmp_path, "nic", name)
    reading = read(tmp_path)
    found = texts(reading)
    assert found and all(" " in text for text in found)
    for text in found:
        assert not ({"oil", "pool", "loop"} & {*text.split()}) or not (
            {"nip", "lion", "no", "in"} & {*text.split()}
        )


def test_a_writer_keeps_his_split_and_not_his_name(tmp_path):
    for contributor in ("lex", "aga"):
        pen = PenFile()
        pen.declare(".WRITER_ID Augusta Ada King")
        pen.label("8", "TEXT", pen.write_text("oil pool no"), "oil pool no")
        pen.save(tmp_path, contributor, "a.dat")
    reading = read(tmp_path)
    ((split, lines),) = reading.lines_by_split.items()
    assert len(lines) == 2
    assert not any("ada" in f"{line.name}{line.form}".lower() for line in lines)
    assert unipen_sources.split_of("art", lines[0].form) == "test"


@pytest.mark.parametrize("size", [30.0, 100.0, 1000.0])
def test_lines_have_the_tablet_s_height_and_rate_whatever_their_unit(tmp_path, size):
    pen = PenFile()
    strokes = [s for c in drawn("oil pool no", size=size) for s in c]
    for stroke in strokes:
        pen.down(stroke)
    pen.label("8", "TEXT", f"0-{len(strokes) - 1}", "oil pool no")
    pen.save(tmp_path, "aga", "a.dat")
    ((line,),) = read(tmp_path).lines_by_split.values()
    low, high = unipen_ink.HEIGHT_RANGE
    assert 0.8 * low < written_height(line.strokes) < 1.2 * high
    assert 5 < len(line.strokes) / len(line.text) < 60
    assert line.strokes[:, 2].sum() == len(strokes), "no stroke is lost, dots included"


def test_typed_blanks_spaced_numbers_and_marks_of_ligatures_go(tmp_path):
    pen = PenFile()
    pen.label("8", "TEXT", pen.write_text("oil pool."), "oil pool .")
    pen.save(tmp_path, "cec", "a.dat")
    pen = PenFile()
    pen.label("8", "TEXT", pen.write_text("1 1 1 1", words=False), "1 1 1 1")
    (tmp_path / "include" / "hpp").mkdir(parents=True)
    (tmp_path / "data" / "8" / "hpp" / "hpp2").mkdir(parents=True)
    pen.save(tmp_path, "hpp", "hpp2/a.dat")
    assert texts(read(tmp_path)) == ["1111", "oil pool."]


def test_what_must_not_be_learnt_is_counted(tmp_path):
    pen = PenFile()
    for label, quality in (("XXX", "OK"), ("Zurich on", "OK"), ("oil no", "BAD")):
        pen.label("8", "TEXT", pen.write_text("oil no", words=False), label, quality)
    pen.label("8", "TEXT", pen.write_text("oil pool", words=False), "oil pool")
    pen.save(tmp_path, "lex", "a.dat")
    reading = read(tmp_path)
    assert texts(reading) == ["oil pool"]
    assert sum(reading.dropped.values()) == 3


def test_an_archive_reads_as_its_folder_does(tmp_path):
    pen = PenFile()
    pen.label("8", "TEXT", pen.write_text("oil pool no"), "oil pool no")
    pen.save(tmp_path / "unipen", "lex", "a.dat")
    with tarfile.open(tmp_path / "unipen.tar.xz", "w:xz") as archive:
        for name in ("data", "include"):
            archive.add(tmp_path / "unipen" / name, name)
    folder, packed = read(tmp_path / "unipen"), read(tmp_path / "unipen.tar.xz")
    ((one,),) = folder.lines_by_split.values()
    ((other,),) = packed.lines_by_split.values()
    np.testing.assert_array_equal(one.strokes, other.strokes)
    assert one.name == other.name


def test_a_coarse_path_is_smoothed_and_keeps_its_ends():
    staircase = np.array([[i // 2, (i + 1) // 2] for i in range(40)], float)
    path = unipen_ink.smoothed(staircase, 2.0)
    np.testing.assert_allclose(path[[0, -1]], staircase[[0, -1]], atol=1e-12)
    off = np.abs(path[:, 0] - path[:, 1])[4:-4]
    assert off.max() < 0.55 and np.ptp(off) < 0.2
    np.testing.assert_array_equal(
        unipen_ink.smoothed(staircase[:1], 2.0), staircase[:1]
    )


def test_other_sources_and_tiers_are_refused(tmp_path):
    with pytest.raises(InputError):
        read(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "include").mkdir()
    with pytest.raises(InputError):
        read(tmp_path)
    with pytest.raises(InputError, match="c"):
        Unipen(tmp_path, tiers=("c",))
    (tmp_path / "x.tar").write_bytes(b"none")
    with refused(tmp_path / "x.tar"):
        read(tmp_path / "x.tar")
