"""G-code: the same strokes, inside the bed, as a machine of its own would draw them."""

import re
from pathlib import Path

import numpy as np
import pytest
from drawing_samples import PEN_COMMANDS, furthest, gcode_strokes, loops, parse_svg
from refusals import assert_names, refused

from scribe import drawing
from scribe.drawing import gcode_document as gcode
from scribe.drawing.page import Look, lay_out
from scribe.drawing.plotter import load_plotter
from scribe.drawing.svg_document import svg_document
from scribe.foundation import gin_config
from scribe.foundation.errors import InputError
from scribe.strokes.curves import flatten

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]

PLOTTERS = sorted(PEN_COMMANDS)


@pytest.mark.parametrize("name", PLOTTERS)
def test_the_plotter_draws_the_strokes_of_the_svg_in_their_order(name):
    lines = [loops(), loops(90, 1)]
    program = drawing.gcode(lines, plotter=name, height_mm=12)
    _, curves = parse_svg(drawing.svg(lines, height_mm=12))
    strokes = gcode_strokes(program, name)
    page = lay_out(lines, Look(height_mm=12))
    assert len(strokes) == len(curves) == len(page.curves)
    for stroke, curve in zip(strokes, curves, strict=True):
        path = flatten(curve, 0.001)
        stroke = stroke * [1, -1] + [0, page.height]
        np.testing.assert_allclose(stroke[[0, -1]], path[[0, -1]], atol=0.002)
        assert furthest(stroke, path) < 0.025
        assert furthest(path, stroke) < 0.025


@pytest.mark.parametrize("name", PLOTTERS)
def test_what_is_read_back_is_the_page(name):
    dot = np.array([[0, 0, 1.0]])
    lines = [loops(), dot, loops(60, 2)]
    machine = load_plotter(name, ["Plotter.paper_x_mm = 7", "Plotter.paper_y_mm = 9"])
    page = lay_out(lines, Look())
    program = gcode.gcode_document([page, page], machine)
    for again in gcode.read_gcode(program, machine):
        assert (again.width, again.height) == pytest.approx((page.width, page.height))
        assert len(again.curves) == len(page.curves)
        assert sorted(map(len, again.curves))[0] == 1
        for curve, original in zip(again.curves, page.curves, strict=True):
            path = flatten(original, 0.001)
            assert furthest(flatten(curve, 0.001), path) < 0.025
            assert furthest(path, flatten(curve, 0.001)) < 0.025


def test_inches_and_relative_moves_are_read_as_the_machine_would():
    machine = load_plotter("grbl_z")
    program = (
        "; page 1 of 1, 100 x 50 mm\nG20 G91 (inches)\ng0 x1 y1 ; to the start\n"
        "G1 Z0 F600\nG1 X0.5\nY-.5\nG0 Z3\nG21\nG90\nX10 Y20\n"
    )
    (page,) = gcode.read_gcode(program, machine)
    corners = np.array([[25.4, 24.6], [38.1, 24.6], [38.1, 37.3]])
    np.testing.assert_allclose(page.curves[0][::3], corners, atol=1e-9)


def test_the_pen_is_lifted_before_the_first_move_and_after_the_last():
    for name in PLOTTERS:
        up, down = PEN_COMMANDS[name]
        lines = drawing.gcode(loops(), plotter=name).splitlines()
        moves = [i for i, line in enumerate(lines) if re.match(r"G[01] X", line)]
        assert "G21" in lines[: moves[0]] and "G90" in lines[: moves[0]]
        assert up in lines[: moves[0]] and down not in lines[: moves[0]]
        after_drawing = lines[max(i for i in moves if lines[i].startswith("G1")) :]
        assert up in after_drawing


def test_an_origin_in_the_upper_left_corner_leaves_y_as_it_is():
    machine = load_plotter("grbl_servo", ["Plotter.y_up = False"])
    page = lay_out(loops(), Look())
    (first, *_) = gcode.machine_strokes(page, machine)
    np.testing.assert_allclose(first[0], page.curves[0][0], atol=0.001)


def test_what_leaves_the_bed_is_refused():
    with refused("541.3 mm in x", "bed", 220):
        drawing.gcode(loops(900), plotter="grbl_servo", height_mm=40)
    machine = load_plotter("grbl_servo", ["Plotter.paper_y_mm = -20"])
    with refused(-14.8, "mm in y", 310):
        drawing.gcode(loops(), plotter=machine)


def test_the_time_is_lengths_over_feeds_and_the_lifts():
    machine = load_plotter(
        "grbl_servo",
        ["Plotter.draw_feed_mm_per_minute = 600", "Plotter.pen_seconds = 0.25"],
    )
    line = np.array([[0, 0, 0], [30, 0, 1]], float)
    page = lay_out(line, Look(mm_per_unit=1, margin_mm=4, pen_width_mm=2))
    travel = np.hypot(5, 5) / 6000 * 60
    expected = 30 / 600 * 60 + travel + 2 * 0.25
    assert gcode.plotting_seconds([page], machine) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("binding", "facts"),
    [
        ("Plotter.bed_width_mm = 0", ["Plotter.bed_width_mm=0", "more than 0"]),
        ("Plotter.paper_x_mm = 'left'", ["Plotter.paper_x_mm='left'", "number"]),
        ("Plotter.y_up = 1", ["Plotter.y_up=1", True, False]),
        ("Plotter.pen_up_commands = 'M5'", ["Plotter.pen_up_commands='M5'", "list"]),
        ("Plotter.pen_up_commands = ['M5\\nM3']", ["Plotter.pen_up_commands=", "list"]),
        ("Plotter.pen_down_commands = []", ["Plotter.pen_down_commands", "one line"]),
        (
            "Plotter.pen_down_commands = ['M3 S250', 'G4 P0.15']",
            ["pen_up_commands", "pen_down_commands"],
        ),
        ("Plotter.bed_width = 3", ["'bed_width'"]),
        ("profile.machine = None", ["grbl_servo.gin", "profile.machine"]),
    ],
)
def test_a_wrong_binding_is_refused(binding, facts):
    with pytest.raises(InputError) as caught:
        load_plotter("grbl_servo", [binding])
    assert_names(str(caught.value).splitlines()[0], *facts)


def test_a_profile_that_binds_too_little_is_refused_whatever_was_loaded_before(
    tmp_path,
):
    load_plotter("grbl_z")
    text = Path(gin_config.gin_folder(), "plotters", "grbl_z.gin").read_text()
    mine = tmp_path / "mine.gin"
    mine.write_text(text.replace("Plotter.pen_seconds", "# Plotter.pen_seconds"))
    with pytest.raises(InputError) as caught:
        load_plotter(str(mine))
    assert_names(str(caught.value).splitlines()[0], "pen_seconds")
    mine.write_text(text)
    assert load_plotter(str(mine)) == load_plotter("grbl_z")


def test_every_profile_describes_a_plotter():
    names = {path.stem for path in gin_config.gin_folder().glob("plotters/*.gin")}
    assert names == {*PLOTTERS, "axidraw"}
    for name in names:
        load_plotter(name)


def test_the_layers_of_an_svg_have_the_names_that_the_plotter_knows():
    layers = load_plotter("axidraw", ["LayeredSvg.writing_layer = '1 \"a\" +S30'"])
    page = lay_out(loops(), Look())
    page.rules.append(np.array([[0, 10], [30, 10]]))
    root, curves = parse_svg(svg_document(page, Look(paper=None), layers=layers))
    label = "{http://www.inkscape.org/namespaces/inkscape}label"
    names = [layer.get(label) for layer in root]
    assert names == ["%rules", '1 "a" +S30']
    assert len(curves) == len(page.curves)


def test_unknown_plotters_and_foreign_programs_are_refused():
    with refused("'laser'", "grbl_servo, grbl_z"):
        drawing.gcode(loops(), plotter="laser")
    with refused(".svg", ".gcode"):
        drawing.gcode(loops(), plotter="axidraw")
    machine = load_plotter()
    with refused("pages"):
        gcode.read_gcode("G21\nG0 X1 Y1\n", machine)
    with refused("arcs"):
        gcode.read_gcode("; page 1 of 1, 9 x 9 mm\nG2 X1 Y1 I3\n", machine)


def test_loading_a_plotter_leaves_other_bindings_alone(clean_gin):
    clean_gin.parse_config("LINES = 3")
    load_plotter("grbl_z")
    assert clean_gin.query_parameter("LINES/macro.value") == 3


def test_a_line_is_saved_as_gcode(tmp_path):
    drawing.save(loops(), tmp_path / "line.gcode", plotter="grbl_z", height_mm=8)
    program = (tmp_path / "line.gcode").read_text()
    assert program == drawing.gcode(loops(), plotter="grbl_z", height_mm=8)
