"""The command that writes letters, as its user runs it."""

import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from drawing_samples import furthest, gcode_strokes, parse_pdf, parse_svg
from ink_samples import tiny_ink
from PIL import Image
from refusals import assert_names
from writing_samples import printed, saved

import scribe
from scribe import write_page
from scribe.foundation.command_line import status_of
from scribe.foundation.progress import Bar
from scribe.strokes.curves import flatten
from scribe.typesetting import Setting, Sheet, shipped_reader, write_pages
from scribe.writing import Style

pytestmark = pytest.mark.integration

LETTER = (
    "Dear Ada,\n\nthe weather has been kind. On Sunday we walked along the river.\n"
    "    Charles\n"
)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "text"
    saved(folder)
    return folder


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("letter.txt").write_text(LETTER)


@pytest.fixture
def run(run_folder, capsys):
    """Runs the command with a scribbler; returns status, lines of stdout, stderr."""

    def run_command(*arguments, text="letter.txt", model=run_folder):
        options = [text, f"--model={model}", "--best_of=1", *arguments]
        try:
            status = status_of(write_page.main, options)
        except SystemExit as exit_:  # argparse
            status = exit_.code
        printed = capsys.readouterr()
        return status, printed.out.splitlines(), printed.err

    return run_command


def assert_refused(result, *facts):
    """One clear sentence, status 2, and nothing written."""
    status, printed, errors = result
    assert status == 2 and printed == []
    assert_names(errors, "error: ", *facts)
    assert sorted(os.listdir()) == ["letter.txt"]


@pytest.fixture(scope="module")
def hand():
    return scribe.load()


@pytest.fixture(scope="module")
def written(hand):
    """A letter from the shipped model."""
    return write_pages(hand, LETTER, Sheet(), Setting(), style="neat", best_of=2)


# Formats


@pytest.mark.slow
def test_svg_pdf_and_gcode_hold_the_same_strokes(written, tmp_path):
    from scribe.drawing.plotter import load_plotter

    (page,) = written.pages
    for name in ("a.svg", "a.pdf"):
        written.save(tmp_path / name)
    _, from_svg = parse_svg((tmp_path / "a.svg").read_text())
    (from_pdf,) = parse_pdf((tmp_path / "a.pdf").read_bytes())
    written.save(tmp_path / "a.gcode", plotter=load_plotter("grbl_servo"))
    program = (tmp_path / "a.gcode").read_text()
    from_gcode = gcode_strokes(program, "grbl_servo")
    assert len(page.curves) > 50
    assert {len(page.curves)} == {len(from_svg), len(from_pdf), len(from_gcode)}
    for curve, svg, pdf, moves in zip(
        page.curves, from_svg, from_pdf, from_gcode, strict=True
    ):
        np.testing.assert_allclose(svg, curve, atol=0.002)
        np.testing.assert_allclose(pdf, curve, atol=0.002)
        moves = moves * [1, -1] + [0, page.height]
        path = flatten(curve, 0.002)
        assert furthest(moves, path) < 0.025 and furthest(path, moves) < 0.025


def test_the_preview_of_a_plotter_file_is_the_drawing_of_the_svg(run):
    options = ("--seed=3", "--pen_width_mm=0.5", "--ink=black", "--dpi=100")
    status, printed, _ = run("--output=a.gcode", "--preview=a.png", *options)
    assert status == 0 and printed == ["a.gcode", "a.png"]
    run("--output=b.png", "--pressure=0", *options)
    drawn, wanted = (
        np.asarray(Image.open(name).convert("L"), float) for name in ("a.png", "b.png")
    )
    assert drawn.shape == wanted.shape and (wanted < 128).sum() > 500
    assert np.abs(drawn - wanted).mean() < 0.1
    assert np.abs(drawn - wanted).max() < 100  # a tenth of a pixel at an edge


def test_a_pdf_holds_all_pages_and_of_others_there_is_a_file_each(run):
    paper = ("--paper=80x30mm", "--margins=5")
    status, printed, _ = run("--output=a.pdf", *paper)
    assert status == 0 and printed == ["a.pdf"]
    num_pages = len(parse_pdf(Path("a.pdf").read_bytes()))
    assert num_pages > 1
    status, printed, _ = run("--output=b.svg", *paper)
    assert printed == [f"b-{n}.svg" for n in range(1, num_pages + 1)]
    parts = [parse_svg(Path(name).read_text()) for name in printed]
    for root, strokes in parts:
        assert (root.get("width"), root.get("height")) == ("80mm", "30mm")
        assert strokes
    status, printed, _ = run("--output=c.gcode", *paper)
    program = Path("c.gcode").read_text()
    assert program.count("\nM0\n") == num_pages - 1
    together = sum(len(strokes) for _, strokes in parts)
    assert len(gcode_strokes(program, "grbl_servo")) == together


def test_pressure_fills_outlines_around_the_strokes(run):
    options = ("--seed=3", "--ink=black", "--pen_width_mm=0.6", "--dpi=100")
    run("--output=a.png", "--pressure=0", *options)
    run("--output=b.png", "--pressure=1", *options)
    thin, pressed = (
        255 - np.asarray(Image.open(n).convert("L")) for n in ("a.png", "b.png")
    )
    assert not np.array_equal(thin, pressed)
    assert 0.6 < pressed.sum() / thin.sum() < 1.5
    both = np.minimum(thin, pressed).sum()
    assert both > 0.55 * thin.sum()
    status, _, _ = run("--output=c.svg", "--pressure=0.5", *options)
    assert status == 0
    assert 'class="scribe" fill="#000000"' in Path("c.svg").read_text()


def test_optimise_draws_the_same_strokes_with_less_travel_and_says_so(run):
    options = ("--seed=3", "--plotter=axidraw")
    run("--output=a.svg", *options)
    status, printed, errors = run("--output=b.svg", "--optimise", *options)
    assert status == 0 and printed == ["b.svg"]
    assert_names(errors, "b.svg", "travels", "writing order", "%")
    written, ordered = (
        parse_svg(Path(name).read_text())[1] for name in ("a.svg", "b.svg")
    )
    assert travel(ordered) < travel(written)

    def keys(strokes):
        return sorted(tuple(sorted(map(tuple, s[[0, -1]].round(1)))) for s in strokes)

    assert len(ordered) == len(written)
    assert keys(ordered) == keys(written)


def travel(strokes) -> float:
    gaps = [b[0] - a[-1] for a, b in itertools.pairwise(strokes)]
    return float(np.hypot(*np.array(gaps).T).sum())


def test_the_time_that_a_plotter_takes_is_said_unless_quiet(run):
    status, _, errors = run("--output=a.gcode")
    assert status == 0
    assert_names(errors, "a.gcode", "minutes")
    assert run("--output=a.gcode", "--quiet")[2] == ""


def test_a_dxf_is_written_for_each_page(run):
    ezdxf = pytest.importorskip("ezdxf", reason="DXF is written by ezdxf")
    status, printed, _ = run("--output=a.dxf", "--paper=80x25mm", "--margins=5")
    assert status == 0 and printed[:2] == ["a-1.dxf", "a-2.dxf"]
    drawn = ezdxf.readfile("a-1.dxf").modelspace()
    assert len(drawn.query("LWPOLYLINE")) > 5


def test_axidraw_gets_layers_and_no_other_plotter_takes_svg(run):
    status, _, _ = run("--output=a.svg", "--plotter=axidraw", "--rule=lines")
    text = Path("a.svg").read_text()
    assert status == 0 and 'label="%rules"' in text and 'label="1 writing"' in text
    assert "<rect" not in text
    os.unlink("a.svg")
    assert_refused(run("--output=a.svg", "--plotter=grbl_z"), ".svg")
    assert_refused(run("--output=a.gcode", "--plotter=axidraw"), ".gcode")
    assert_refused(
        run("--output=a.pdf", "--gin_param=Plotter.y_up = True"), "--plotter"
    )


# What is written


def test_the_same_seed_gives_the_same_page_whichever_engine_writes(run_folder):
    text = "The weather has been kind. On Sunday we walked along the river as far as "
    example = printed("the style of a hand")
    options = {"seed": 5, "best_of": 2, "style": Style(example.text, example.strokes)}
    (first,), (second,), (other,) = (
        write_pages(
            scribe.load(run_folder, engine=engine), text, **options | changed
        ).pages
        for engine, changed in (
            ("numpy", {}),
            ("tensorflow", {}),
            ("numpy", {"seed": 6}),
        )
    )
    assert len(first.curves) == len(second.curves)
    for a, b in zip(first.curves, second.curves, strict=True):
        np.testing.assert_allclose(a, b, atol=0.01)
    assert not np.allclose(first.curves[0][0], other.curves[0][0], atol=0.05)


def test_the_same_seed_gives_the_same_file(run):
    for name in ("a.pdf", "b.pdf"):
        assert run(f"--output={name}", "--seed=4")[0] == 0
    assert Path("a.pdf").read_bytes() == Path("b.pdf").read_bytes()
    run("--output=c.pdf", "--seed=5")
    assert Path("a.pdf").read_bytes() != Path("c.pdf").read_bytes()


def test_a_letter_has_one_size_and_stands_on_its_lines(hand, written):
    sheet = Sheet()
    (page,) = written.pages
    feet = np.array([curve[::3, 1].max() for curve in page.curves])
    lines = np.round((feet - sheet.baseline_mm(0)) / sheet.line_height_mm)
    numbers, strokes = np.unique(lines, return_counts=True)
    assert {0, 2, 3} <= set(numbers[strokes > 4])  # line 1 is blank
    assert 1 not in numbers[strokes > 4]
    away = feet - sheet.baseline_mm(0) - lines * sheet.line_height_mm
    assert np.abs(np.median(away)) < 0.5
    points = np.concatenate([curve[::3] for curve in page.curves])
    assert points.min() >= 20 and points[:, 0].max() <= 190
    assert written.unfinished == []


def test_page_numbers_are_written_below_the_text_on_demand(run):
    paper = ("--paper=80x40mm", "--margins=5,5,14,5", "--seed=1", "--pressure=0")
    run("--output=a.pdf", *paper)
    run("--output=b.pdf", "--page_numbers", *paper)
    without, numbered = (
        parse_pdf(Path(name).read_bytes()) for name in ("a.pdf", "b.pdf")
    )
    assert len(without) == len(numbered) > 1
    for plain, page in zip(without, numbered, strict=True):
        added = page[len(plain) :]
        for a, b in itertools.zip_longest(plain, page[: len(plain)]):
            np.testing.assert_array_equal(a, b)
        points = np.concatenate(added)
        assert 40 - 14 < points[:, 1].max()
        assert abs(np.median(points[:, 0]) - 40) < 15


def test_a_header_is_written_above_each_page_with_its_number(run):
    paper = ("--paper=80x45mm", "--margins=16,5,5,5", "--seed=1", "--pressure=0")
    run("--output=a.pdf", *paper)
    status, _, _ = run("--output=b.pdf", "--header=to Ada {page}", *paper)
    assert status == 0
    without, headed = (
        parse_pdf(Path(name).read_bytes()) for name in ("a.pdf", "b.pdf")
    )
    assert len(without) == len(headed) > 1
    for plain, page in zip(without, headed, strict=True):
        added = np.concatenate(page[len(plain) :])
        assert added[:, 0].max() == pytest.approx(75, abs=0.1)
        assert 2 < added[:, 1].min() and added[:, 1].max() < 16


def test_slips_add_words_that_are_struck_out(run):
    run("--output=a.svg", "--seed=2")
    status, _, _ = run("--output=b.svg", "--seed=2", "--slips=30")
    assert status == 0
    without, slipped = (
        parse_svg(Path(name).read_text())[1] for name in ("a.svg", "b.svg")
    )
    assert len(slipped) > len(without) + 3


def test_markdown_is_drawn(run):
    Path("letter.txt").write_text("# Dear Ada\n\n- so *it* is\n\n-> Charles\n")
    assert run("--output=a.svg", "--markup=markdown")[0] == 0
    assert Path("a.svg").is_file()


def test_rules_and_paper_are_drawn_when_asked_for(run):
    run("--output=a.svg", "--rule=grid", "--paper_colour=ivory")
    root, _ = parse_svg(Path("a.svg").read_text())
    kinds = [child.get("class") or child.tag.rpartition("}")[2] for child in root]
    assert kinds == ["rect", "rules", "scribe"]


def test_standard_input_is_read(run, monkeypatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"From a pipe")))
    status, printed, errors = run("--output=a.svg", text="-")
    assert status == 0 and printed == ["a.svg"]
    assert errors == ""  # progress is for terminals


def test_the_best_of_several_is_chosen_by_the_shipped_reader(run, monkeypatch):
    shown = []
    monkeypatch.setattr(Bar, "__call__", lambda bar, *values: shown.append(values))
    status, printed, errors = run("--output=a.svg", "--best_of=3", text="letter.txt")
    assert status == 0 and printed == ["a.svg"]
    pieces = 4  # of the letter, of which the reader can read no word
    ends = [what for share, what in shown if share == 1.0]
    assert ends == [f"{pieces} lines"] * 3  # a candidate each time
    assert shipped_reader() is not None


def test_what_left_letters_out_is_said(run, tmp_path):
    folder = tmp_path / "stuck"
    saved(folder, steps_per_character=2000)
    status, printed, errors = run("--output=a.svg", "--best_of=1", model=folder)
    assert status == 1 and printed == ["a.svg"]
    assert "left letters out, first 'Dear Ada,'" in errors


# Bad input


def test_unknown_characters_are_reported_before_any_work(run, monkeypatch):
    def no_writing(*_, **__):
        raise AssertionError("something was written")

    monkeypatch.setattr(scribe.writing.writer.Writer, "write_attempts", no_writing)
    Path("letter.txt").write_text("Grμπe für π €\nund Πhnliches")
    assert_refused(run("--output=a.pdf"), "'π' at 1:4, 1:11", "'Π' at 2:5")


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", ["letter.txt", "UTF-8", "byte 1", "0x89"]),
        (b"PK\x03\x04 and more", ["letter.txt", "'\\x03'"]),
        (b"a" * 10_000_000, ["letter.txt", "1000 kB"]),
        (b"a " * 100_000, ["200000 characters", 100000]),
        (b" \n\n", ["text"]),
        (b"", ["text"]),
    ],
)
def test_files_that_are_no_letter_are_refused(run, content, facts):
    Path("letter.txt").write_bytes(content)
    assert_refused(run("--output=a.pdf"), *facts)


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--output=a.docx"], ["'a.docx'", ".svg, .pdf, .png, .gcode"]),
        (["--output=letter.txt/a.pdf"], ["letter.txt"]),
        (["--output=/proc/none/a.pdf"], ["/proc"]),
        (["--output=a.pdf", "--paper=0x100mm"], ["'0x100mm'", "more than 0", 5000]),
        (["--output=a.pdf", "--paper=napkin"], ["'napkin'", "a4, letter, a5"]),
        (["--output=a.pdf", "--margins=150"], ["210 x 297 mm", "0 x 0 mm"]),
        (["--output=a.pdf", "--margins=wide"], ["margins", "'wide'"]),
        (["--output=a.pdf", "--line_height_mm=0"], ["line_height_mm=0.0"]),
        (["--output=a.pdf", "--rule=dotted"], ["rule='dotted'"]),
        (["--output=a.pdf", "--align=up"], ["align='up'", "right"]),
        (["--output=a.pdf", "--indent_mm=-1"], ["indent_mm=-1.0"]),
        (["--output=a.pdf", "--slips=99"], ["slips=99", 30]),
        (["--output=a.pdf", "--markup=html"], ["markup='html'", "markdown"]),
        (["--output=a.pdf", "--header="], ["header"]),
        (["--output=a.pdf", "--header=5 \u03c0"], ["'\u03c0'"]),
        (["--output=a.pdf", "--header=so", "--margins=5"], ["header", 10.8, 5]),
        (["--output=a.pdf", "--jitter=-1"], ["jitter=-1.0"]),
        (["--output=a.pdf", "--bias=-1"], ["bias=-1.0"]),
        (["--output=a.pdf", "--seed=-1"], ["seed=-1"]),
        (["--output=a.pdf", "--best_of=0"], ["best_of=0"]),
        (["--output=a.pdf", "--ink=invisible"], ["'invisible'"]),
        (["--output=a.pdf", "--pen_width_mm=0"], ["pen_width_mm"]),
        (["--output=a.pdf", "--pressure=2"], ["pressure=2.0"]),
        (["--output=a.pdf", "--style=nobody"], ["'nobody'"]),
        (["--output=a.pdf", "--unknown=guess"], ["unknown='guess'"]),
        (["--output=a.pdf", "--optimise"], ["--optimise", ".svg, .gcode, .dxf"]),
        (["--output=a.pdf", "--size_mm=20"], ["size_mm=20", 9, 13.5]),
        (["--output=a.pdf", "--size_mm=-1"], ["size_mm=-1.0"]),
        (["--output=a.pdf", "--preview=a.png"], ["--preview", ".gcode"]),
        (
            ["--output=a.gcode", "--preview=b.gcode"],
            ["--preview", ".pdf, .svg or .png"],
        ),
        (["--output=a.gcode", "--plotter=laser"], ["'laser'", "grbl_servo"]),
        (
            ["--output=a.gcode", "--gin_param=Plotter.bed_width_mm=30"],
            ["73.3 mm", 30],
        ),
        (
            ["--output=a.pdf", "--page_numbers", "--margins=5"],
            ["page numbers", 10.8, 5],
        ),
        (["--output=a.png", "--dpi=9000"], ["dpi", 9000]),
    ],
)
def test_options_that_make_no_sense_are_refused(run, arguments, facts):
    status, printed, errors = run(*arguments)
    sentences = [s for s in errors.splitlines() if not s.startswith("writing ")]
    assert_refused((status, printed, "\n".join(sentences)), *facts)


def test_a_missing_file_and_a_model_without_text_are_named(run, tmp_path):
    assert_refused(run("--output=a.pdf", text="none.txt"), "none.txt")
    folder = tmp_path / "free"
    saved(folder, reads_text=False)
    assert_refused(run("--output=a.pdf", model=folder), "without text")


def test_a_page_that_looks_scanned_has_the_papers_shades_and_its_size(run, tmp_path):
    ink = tiny_ink(tmp_path / "ink")
    options = ("--output=letter.png", f"--ink_model={ink}", "--paper=80x60mm")
    status, printed, errors = run(*options, "--margins=5", "--rule=lines")
    assert (status, errors) == (0, "") and printed == ["letter.png"]
    with Image.open("letter.png") as picture:
        assert picture.mode == "L"
        assert picture.size == (round(80 / 25.4 * 150), round(60 / 25.4 * 150))
        assert picture.info["dpi"] == pytest.approx((150, 150), abs=0.1)
        first = np.asarray(picture)
    assert 225 <= np.quantile(first, 0.9) <= 251
    run(*options, "--margins=5", "--rule=lines")
    with Image.open("letter.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), first)


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--output=a.pdf", "--ink_model=ink"], ["--ink_model", ".png", ".pdf"]),
        (["--output=a.png", "--ink_model=blood"], ["'blood'"]),
        (
            ["--output=a.png", "--ink_model=ink", "--paper_colour=red"],
            ["--ink_model", "--paper_colour"],
        ),
        (
            ["--output=a.png", "--ink_model=ink", "--pressure=0.1"],
            ["--ink_model", "--pressure"],
        ),
    ],
)
def test_what_a_network_of_ink_cannot_draw_is_refused(run, arguments, facts):
    assert_refused(run(*arguments), *facts)
