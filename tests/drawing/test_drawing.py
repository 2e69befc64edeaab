"""Curves, the layout of a page, SVG, and how files come to be."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from drawing_samples import SVG, loops, parse_svg
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from scribe import drawing
from scribe.drawing.page import Look, lay_out
from scribe.strokes import arrays as pen
from scribe.strokes.curves import bezier_curve, flatten
from scribe.strokes.measures import written_height


def along(curve: np.ndarray, piece: int, t: float) -> np.ndarray:
    a, b, c, d = curve[3 * piece : 3 * piece + 4]
    return (
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    )


@pytest.mark.unit
def test_inner_pieces_are_the_centripetal_catmull_rom_spline_of_barry_and_goldman():
    points = np.random.default_rng(1).normal(size=[12, 2]).cumsum(axis=0)
    curve = bezier_curve(points)
    for i in range(1, len(points) - 2):
        p = points[i - 1 : i + 3]
        knots = [0.0]
        for a, b in zip(p[:-1], p[1:], strict=True):
            knots.append(knots[-1] + np.hypot(*(b - a)) ** 0.5)
        for share in (0.1, 0.5, 0.8):
            t = knots[1] + share * (knots[2] - knots[1])

            def between(a, b, low, high, t=t):
                return ((high - t) * a + (t - low) * b) / (high - low)

            first = [between(p[j], p[j + 1], knots[j], knots[j + 1]) for j in range(3)]
            second = [
                between(first[j], first[j + 1], knots[j], knots[j + 2])
                for j in range(2)
            ]
            expected = between(*second, knots[1], knots[2])
            np.testing.assert_allclose(along(curve, i, share), expected, atol=1e-12)


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(*[st.integers(-20, 20)] * 2), min_size=1, max_size=30),
    st.floats(1e-3, 1e3),
)
def test_a_curve_passes_through_every_point_without_a_kink(points, scale):
    points = np.array(points) * scale
    curve = bezier_curve(points)
    different = points[np.append(True, np.any(np.diff(points, axis=0) != 0, axis=1))]
    np.testing.assert_array_equal(curve[::3], different)
    arriving = curve[3:-1:3] - curve[2:-3:3]
    leaving = curve[4::3] - curve[3:-1:3]
    cross = arriving[:, 0] * leaving[:, 1] - arriving[:, 1] * leaving[:, 0]
    np.testing.assert_allclose(cross, 0, atol=1e-9 * scale**2)
    assert ((arriving * leaving).sum(axis=1) >= -1e-9 * scale**2).all()


@pytest.mark.unit
def test_straight_lines_stay_straight_and_never_run_back():
    where = np.array([0.0, 0.1, 3.0, 3.5, 9.0, 9.01, 12.0])
    curve = bezier_curve(where[:, None] * [2.0, -1.0])
    np.testing.assert_allclose(curve[:, 0], -2 * curve[:, 1], atol=1e-12)
    drawn = flatten(curve, 1e-6)
    assert (np.diff(drawn[:, 0]) > 0).all()
    two = bezier_curve(np.array([[0.0, 0.0], [3.0, 6.0]]))
    np.testing.assert_allclose(two, [[0, 0], [1, 2], [2, 4], [3, 6]])


@pytest.mark.unit
def test_a_sharp_turn_of_the_pen_makes_no_loop_and_hardly_overshoots():
    points = np.array([[0, 10], [0.1, 5], [0.2, 0], [0.4, 5], [0.6, 10], [3, 10.2]])
    drawn = flatten(bezier_curve(points), 1e-4)
    assert drawn[:, 1].min() > -0.05
    peak = drawn[:, 1].argmin()
    assert (np.diff(drawn[: peak + 1, 1]) <= 0).all()
    assert (np.diff(drawn[peak:, 0]) > -0.01).all()


@pytest.mark.unit
def test_flattening_keeps_to_its_tolerance_and_to_the_points():
    points = pen.points_from_strokes(loops(40))
    curve = bezier_curve(points)
    for tolerance in (1.0, 0.1, 0.001):
        lines = flatten(curve, tolerance)
        k = (len(lines) - 1) // (len(points) - 1)
        np.testing.assert_allclose(lines[::k], points, atol=1e-12)
        for piece in range(len(points) - 1):
            for t in np.linspace(0, 1, 23):
                at = along(curve, piece, t)
                begin = piece * k + min(int(t * k), k - 1)
                a, b = lines[begin], lines[begin + 1]
                share = np.clip(np.dot(at - a, b - a) / np.dot(b - a, b - a), 0, 1)
                assert np.hypot(*(a + share * (b - a) - at)) <= tolerance


@pytest.mark.unit
def test_an_svg_holds_every_stroke_in_writing_order_where_the_pen_was():
    strokes = loops()
    root, paths = parse_svg(drawing.svg(strokes, mm_per_unit=0.4, margin_mm=3))
    written = pen.split_at_pen_lifts(strokes)
    assert len(paths) == len(written) == 3
    shift = paths[0][0] - 0.4 * written[0][0]
    for path, points in zip(paths, written, strict=True):
        np.testing.assert_allclose(path[::3], 0.4 * points + shift, atol=0.00101)
        np.testing.assert_allclose(
            path, bezier_curve(0.4 * points + shift), atol=0.0011
        )


@pytest.mark.unit
def test_an_svg_measures_millimetres_and_keeps_its_margin():
    root, paths = parse_svg(drawing.svg(loops(), margin_mm=4, pen_width_mm=0.5))
    width, height = root.get("width"), root.get("height")
    assert width.endswith("mm") and height.endswith("mm")
    assert root.get("viewBox") == f"0 0 {width[:-2]} {height[:-2]}"
    ink = np.concatenate(paths)
    page = np.array([float(width[:-2]), float(height[:-2])])
    np.testing.assert_allclose(ink.min(axis=0), 4.25, atol=0.002)
    np.testing.assert_allclose(ink.max(axis=0), page - 4.25, atol=0.002)


@pytest.mark.unit
def test_dots_are_zero_length_paths_with_round_caps():
    strokes = np.array(
        [[0, 0, 1], [5, 2, 0], [0, 0, 0], [0, 0, 1], [3, 3, 0], [1, 0, 1]], np.float32
    )
    root, paths = parse_svg(drawing.svg(strokes, mm_per_unit=1))
    assert [len(path) for path in paths] == [1, 1, 4]
    group = next(root.iter(f"{SVG}g"))
    assert group.get("stroke-linecap") == group.get("stroke-linejoin") == "round"
    assert group.get("fill") == "none"
    np.testing.assert_allclose(paths[1] - paths[0], [[5, 2]])
    assert len(parse_svg(drawing.svg(strokes[:1]))[1]) == 1


@pytest.mark.unit
def test_colours_and_ground_are_as_chosen():
    root, _ = parse_svg(drawing.svg(loops(), ink="navy", paper="#FE0"))
    assert next(root.iter(f"{SVG}g")).get("stroke") == "#000080"
    assert next(root.iter(f"{SVG}rect")).get("fill") == "#ffee00"
    root, _ = parse_svg(drawing.svg(loops(), paper=None))
    assert not list(root.iter(f"{SVG}rect"))


@pytest.mark.unit
def test_captions_of_any_characters_leave_the_svg_valid():
    captions = ['a < b & "c" > \x00 \ud800 d', None, "two\nlines ✓"]
    root, paths = parse_svg(drawing.svg([loops()] * 3, captions=captions))
    texts = list(root.iter(f"{SVG}text"))
    assert [text.text for text in texts] == [
        'a < b & "c" > \ufffd \ufffd d',
        "two lines ✓",
    ]
    firsts = [np.concatenate(paths[i : i + 3])[:, 1] for i in (0, 3, 6)]
    assert float(texts[0].get("y")) < firsts[0].min()
    assert firsts[1].max() < float(texts[1].get("y")) - 2.6 < firsts[2].min()


@pytest.mark.unit
def test_the_default_height_does_not_depend_on_the_unit_or_a_slope_or_the_origin():
    strokes = loops()
    page = lay_out(strokes, Look())
    for scale in (1e-3, 40.0):
        scaled = pen.rescale(strokes, scale)
        scaled[0, :2] = [7, -9]
        other = lay_out(scaled, Look())
        np.testing.assert_allclose(other.curves[0], page.curves[0], rtol=1e-4)
        np.testing.assert_allclose(other.height, page.height, rtol=1e-4)
    climbing = strokes.copy()
    climbing[:, 1] -= 0.2 * climbing[:, 0]
    assert written_height(climbing) == pytest.approx(written_height(strokes), rel=1e-5)
    tall = lay_out(strokes, Look(height_mm=20))
    np.testing.assert_allclose(
        np.ptp(tall.curves[0], axis=0), 2 * np.ptp(page.curves[0], axis=0)
    )


@pytest.mark.unit
def test_a_dash_and_a_dot_have_a_sensible_size():
    dash = np.array([[0, 0, 0], [4, 0, 0], [4, 0, 1]], np.float32)
    assert np.ptp(lay_out(dash, Look()).curves[0][:, 0]) < 80
    dot = lay_out(np.array([[0, 0, 1]]), Look(margin_mm=2, pen_width_mm=1))
    assert dot.width == dot.height == 5


@pytest.mark.unit
def test_lines_of_a_page_share_a_scale_start_flush_and_keep_apart():
    lines = [loops(200, 0), pen.rescale(loops(100, 1), 2.0), loops(60, 2)]
    lines[2][:, 1] += 0.5 * lines[2][:, 0]  # runs down the page
    page = lay_out(lines, Look(margin_mm=1, pen_width_mm=0.2))
    numbers = [len(pen.split_at_pen_lifts(line)) for line in lines]
    parts = np.split(np.arange(sum(numbers)), np.cumsum(numbers)[:-1])
    ink = [np.concatenate([page.curves[i] for i in part]) for part in parts]
    sizes = [
        np.ptp(shape, axis=0)[0] / np.ptp(pen.points_from_strokes(line), axis=0)[0]
        for shape, line in zip(ink, lines, strict=True)
    ]
    np.testing.assert_allclose(sizes, sizes[0], rtol=2e-2)
    assert page.num_points == [
        len(points) for line in lines for points in pen.split_at_pen_lifts(line)
    ]
    for shape in ink:
        assert shape[:, 0].min() == pytest.approx(1.1)
    for above, below in zip(ink[:-1], ink[1:], strict=True):
        assert above[:, 1].max() + 0.2 < below[:, 1].min()
    even = lay_out([lines[0]] * 3, Look(height_mm=8, line_spacing=2))
    np.testing.assert_allclose(
        np.diff([even.curves[i][0, 1] for i in (0, 3, 6)]), 16, atol=1e-9
    )


@pytest.mark.unit
def test_a_line_may_be_given_alone_or_as_lists_or_as_one_of_many():
    strokes = loops(30)
    alone = drawing.svg(strokes, captions="x")
    assert alone == drawing.svg(strokes.tolist(), captions=["x"])
    assert alone == drawing.svg([strokes], captions=["x"])
    assert drawing.svg([strokes, strokes]) == drawing.svg(np.stack([strokes] * 2))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("strokes", "facts"),
    [
        (np.zeros([0, 3]), ["strokes"]),
        ([], ["strokes"]),
        ([np.zeros([0, 3])], ["strokes"]),
        ([np.zeros([2, 3]), np.zeros([0, 3])], ["line 2", "strokes"]),
        (np.zeros([4, 2]), ["[P, 3]", [4, 2]]),
        (np.zeros([3]), ["[P, 3]", [3]]),
        ([[0, 0, 1], [0, 0]], ["numbers", "[P, 3]"]),
        (
            np.array([[0, 0, 0], [np.nan, 0, 1]]),
            ["finite", "row 1", "nan"],
        ),
        (
            np.array([[0, 0, 0], [1, 1, np.inf]]),
            ["finite", "row 1", "inf"],
        ),
        (np.array([[0, 0, 0], [1e300, 0, 0], [1e300, 0, 1]]), ["1e12"]),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(tmp_path, strokes, facts):
    path = tmp_path / "new" / "line.svg"
    with refused(*facts):
        drawing.save(strokes, path)
    assert not path.parent.exists()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("look", "facts"),
    [
        ({"ink": "blurple"}, ["'blurple'", "#rrggbb", "navy"]),
        ({"paper": '#fff"/><script'}, ['#fff"/><script', "#rrggbb"]),
        ({"height_mm": 0}, ["height_mm=0"]),
        ({"pen_width_mm": float("nan")}, ["pen_width_mm=nan"]),
        ({"margin_mm": -1}, ["margin_mm=-1", 0]),
        ({"dpi": "high"}, ["dpi='high'"]),
        ({"fps": 60}, ["fps=60", 50]),
        ({"height_mm": 10_000}, ["mm", 5000, "height_mm"]),
        ({"captions": ["a", "b"]}, ["2 captions", "1 lines"]),
    ],
)
def test_a_look_that_makes_no_sense_is_refused(look, facts):
    with refused(*facts):
        drawing.svg(loops(), **look)


@pytest.mark.unit
def test_unknown_endings_name_those_that_are_known(tmp_path):
    for name in ("line.jpg", "line", ".svg", "line.svg.txt"):
        with refused(tmp_path / name, ".svg, .anim.svg, .png, .gif, .pdf, .gcode"):
            drawing.save(loops(), tmp_path / name)
    with refused(tmp_path / "line.png", ".svg", ".gif"):
        drawing.save(loops(), tmp_path / "line.png", animate=True)
    with pytest.raises(TypeError, match="colour"):
        drawing.save(loops(), tmp_path / "line.svg", colour="red")
    assert list(tmp_path.iterdir()) == []
    drawing.save(loops(), tmp_path / "LINE.SVG")
    assert (tmp_path / "LINE.SVG").read_text().startswith("<svg")


@pytest.mark.integration
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "line.svg"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device", "the hidden name")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left") as caught:
        drawing.save(loops(), path)
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["line.svg"]


@pytest.mark.integration
def test_files_get_ordinary_permissions_new_folders_and_follow_links(tmp_path):
    path = tmp_path / "a" / "b" / "line.svg"
    old = os.umask(0o022)
    try:
        drawing.save(loops(), path)
    finally:
        os.umask(old)
    assert path.stat().st_mode & 0o777 == 0o644
    assert [p.name for p in path.parent.iterdir()] == ["line.svg"]
    link = tmp_path / "link.svg"
    link.symlink_to(path)
    drawing.save(loops(), link, ink="red")
    assert link.is_symlink() and "#ff0000" in path.read_text()
    with refused(tmp_path / "folder.svg", "folder"):
        (tmp_path / "folder.svg").mkdir()
        drawing.save(loops(), tmp_path / "folder.svg")


@pytest.mark.integration
def test_writing_an_svg_loads_numpy_and_nothing_heavy(tmp_path):
    program = (
        "import sys, numpy as np\n"
        "from scribe import drawing\n"
        "drawing.save(np.eye(3), sys.argv[1], captions=['x'])\n"
        "heavy = {'tensorflow', 'keras', 'cv2', 'matplotlib', 'PIL', 'gin'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "line.svg")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.regression
def test_an_svg_of_700_points_takes_a_few_milliseconds(tmp_path):
    strokes = loops(700)
    seconds = []
    for _ in range(7):
        start = time.perf_counter()
        drawing.save(strokes, tmp_path / "line.svg")
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.02
    assert (tmp_path / "line.svg").stat().st_size < 35 * 700
