"""Strokes whose width follows the pen: outlines, and what stays as it was."""

import re

import numpy as np
import pytest
from drawing_samples import loops, parse_svg
from refusals import refused

from scribe import drawing
from scribe.drawing.page import Look, lay_out
from scribe.drawing.pdf_document import pdf_document
from scribe.drawing.pixels import raster_image
from scribe.drawing.pressure import outline, page_strokes, usual_speed, widths
from scribe.drawing.svg_document import svg_document
from scribe.strokes.curves import bezier_curve

pytestmark = pytest.mark.unit


def area(polygon):
    """Signed, by the shoelace formula."""
    x, y = polygon.T
    return (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2


def test_the_outline_of_a_straight_stroke_is_a_bar_with_round_ends():
    points = np.linspace([0, 0], [30, 40], 9)
    (polygon,) = outline(points, np.full(9, 2.0))
    # The half circles are polygons of four sides each.
    ends = 4 * np.sin(np.pi / 4)
    assert abs(area(polygon)) == pytest.approx(50 * 2 + ends, rel=1e-6)
    along = points[-1] / 50
    across = polygon @ [-along[1], along[0]]
    assert np.abs(across).max() == pytest.approx(1.0)
    assert (polygon @ along).max() == pytest.approx(51.0)


def test_sharp_turns_begin_a_new_polygon_and_all_turn_the_same_way_round():
    points = np.array([[0, 0], [10, 0], [20, 0], [10, 1], [0, 1], [0, 20], [1, 21.0]])
    polygons = outline(points, np.full(len(points), 1.0))
    assert len(polygons) == 3
    assert len({np.sign(area(polygon)) for polygon in polygons}) == 1


def test_a_dot_is_a_disc():
    (polygon,) = outline(np.array([[3.0, 4.0]]), np.array([0.5]))
    np.testing.assert_allclose(np.hypot(*(polygon - [3, 4]).T), 0.25)


def test_a_slow_pen_draws_wider_than_a_fast_one_and_none_without_pressure():
    slow = bezier_curve(np.stack([0.5 * np.arange(12), np.zeros(12)], axis=1))
    fast = bezier_curve(np.stack([2.0 * np.arange(12), np.zeros(12)], axis=1))
    for pressure in (0.3, 1.0):
        assert widths(slow, 1.0, pressure)[3:-3].min() > 1
        assert widths(fast, 1.0, pressure)[3:-3].max() < 1
    np.testing.assert_array_equal(widths(slow, 1.0, 0.0), np.ones(12))


def test_a_pen_that_goes_down_presses_harder_than_one_that_comes_up():
    down = bezier_curve(np.stack([np.zeros(12), np.arange(12.0)], axis=1))
    up = bezier_curve(np.stack([np.zeros(12), -np.arange(12.0)], axis=1))
    assert (widths(down, 1.0, 1.0) > widths(up, 1.0, 1.0)).all()


def test_widths_stay_within_bounds_whatever_the_pen_does():
    random = np.random.default_rng(0)
    for scale in (1e-3, 1.0, 1e3):
        curve = bezier_curve(random.normal(0, scale, [40, 2]).cumsum(axis=0))
        factors = widths(curve, 1.0, 1.0)
        assert factors.min() >= 0.55 and factors.max() <= 1.5
    assert usual_speed([]) == 1.0


def test_all_formats_fill_the_outlines_that_the_page_has():
    page = lay_out(loops(), Look())
    look = Look(pressure=0.8, paper=None)
    root = svg_document(page, look)
    paths = re.findall(r'<path d="([^"]+)"', root)
    assert len(paths) == len(page.curves)
    pieces = [outline(*stroke) for stroke in page_strokes(page, look, 0.015)]
    assert [data.count("z") for data in paths] == [len(p) for p in pieces]
    start = np.array(re.match(r"M(\S+) ([\d.]+)l", paths[0]).groups(), float)
    np.testing.assert_allclose(start, pieces[0][0][0], atol=0.006)
    assert pdf_document(page, look) != pdf_document(page, Look(paper=None))
    ink = 255 - drawing.raster(loops(), pressure=0.8, ink="black")[..., 0].astype(int)
    even = 255 - drawing.raster(loops(), ink="black")[..., 0].astype(int)
    assert 0.7 < ink.sum() / even.sum() < 1.4
    assert not np.array_equal(ink, even)


def test_an_animation_has_strokes_of_one_width():
    page = lay_out(loops(), Look())
    moving = svg_document(page, Look(pressure=0.8), animate=True)
    assert moving == svg_document(page, Look(), animate=True)


def test_rules_are_under_the_writing_and_no_strokes():
    page = lay_out(loops(), Look())
    page.rules.append(np.array([[0.0, 8.0], [page.width, 8.0]]))
    _, strokes = parse_svg(svg_document(page, Look()))
    assert len(strokes) == len(page.curves)
    with_rule, without = (
        raster_image(p, Look(rule_ink="red", dpi=100))
        for p in (page, lay_out(loops(), Look()))
    )
    changed = np.flatnonzero((with_rule != without).any(axis=(1, 2)))
    row = 8.0 / 25.4 * 100
    assert changed.min() >= row - 1.5 and changed.max() <= row + 1.5


def test_pressure_is_a_share():
    with refused("pressure=1.5", 0, 1):
        Look(pressure=1.5)
