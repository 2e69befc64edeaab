"""The formats beside plain SVG: pixels, PDF, and pictures that write themselves."""

import re
import zlib

import cv2
import imageio.v3 as imageio
import numpy as np
import pytest
from drawing_samples import SVG, loops, parse_svg
from PIL import Image
from refusals import refused

from scribe import drawing
from scribe.drawing.page import Look, lay_out
from scribe.strokes import arrays as pen
from scribe.strokes.curves import bezier_curve

BLACK = {"ink": "black", "margin_mm": 2}


def ink_of(pixels: np.ndarray) -> float:
    """Area under black ink on white paper, in pixels."""
    return float((255 - pixels[..., 0].astype(float)).sum() / 255)


@pytest.mark.unit
@pytest.mark.parametrize("pen_width_mm", [0.12, 0.3, 1.0])
@pytest.mark.parametrize("angle", [0.0, 0.4, 1.57])
def test_a_line_on_pixels_covers_its_length_times_its_width(angle, pen_width_mm):
    length = 30.0
    strokes = np.zeros([9, 3])
    strokes[1:, :2] = length / 8 * np.array([np.cos(angle), np.sin(angle)])
    for dpi in (100, 254):
        pixels = drawing.raster(
            strokes, mm_per_unit=1, pen_width_mm=pen_width_mm, dpi=dpi, **BLACK
        )
        area_mm = ink_of(pixels) * (25.4 / dpi) ** 2
        expected = length * pen_width_mm + np.pi * pen_width_mm**2 / 4
        assert area_mm == pytest.approx(expected, rel=0.08)


@pytest.mark.unit
def test_pixels_are_where_the_page_says_and_y_points_down():
    strokes = np.array([[0, 0, 1], [12, 5, 1]], float)
    page = lay_out(strokes, Look(mm_per_unit=1, pen_width_mm=0.8, **BLACK))
    pixels = drawing.raster(
        strokes, mm_per_unit=1, pen_width_mm=0.8, dpi=254, **BLACK
    )  # 10 pixels per mm
    assert pixels.shape == (round(page.height * 10), round(page.width * 10), 3)
    assert pixels.dtype == np.uint8
    dark = 255.0 - pixels[..., 0]
    rows, columns = np.indices(dark.shape) + 0.5
    middle = dark.shape[1] // 2
    for half, dot in ((slice(0, middle), 0), (slice(middle, None), 1)):
        weight = dark[:, half] / dark[:, half].sum()
        centre = [(columns[:, half] * weight).sum(), (rows[:, half] * weight).sum()]
        np.testing.assert_allclose(centre, page.curves[dot][0] * 10, atol=0.06)
        assert dark[:, half].sum() / 255 == pytest.approx(np.pi * 16, rel=0.03)
    assert page.curves[1][0, 1] > page.curves[0][0, 1]


@pytest.mark.unit
def test_pixels_follow_the_spline_and_not_the_polygon_of_the_points():
    turn = np.linspace(0, 2 * np.pi, 9)
    circle = pen.strokes_from_points(
        10 * np.stack([np.cos(turn), np.sin(turn)], axis=1), np.eye(9)[8]
    )
    look = {"mm_per_unit": 1, "pen_width_mm": 0.5, "dpi": 127, **BLACK}
    pixels = drawing.raster(circle, **look)
    page = lay_out(circle, Look(**look))
    dense = np.concatenate(
        [
            [[(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3]]
            for t in np.linspace(0, 1, 50)
        ]
    )
    for i in range(8):
        for x, y in dense @ page.curves[0][3 * i : 3 * i + 4] * 5:
            assert pixels[int(y), int(x), 0] < 130
    chord = (page.curves[0][0] + page.curves[0][3]) / 2 * 5
    assert pixels[int(chord[1]), int(chord[0]), 0] > 200


@pytest.mark.integration
def test_a_png_holds_the_raster_and_knows_its_resolution(tmp_path):
    lines, captions = [loops(), loops(90, 1)], ["first", None]
    drawing.save(lines, tmp_path / "a.png", captions=captions, dpi=120, ink="navy")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB"
        assert image.info["dpi"] == pytest.approx((120, 120), abs=0.1)
        pixels = np.asarray(image)
    raster = drawing.raster(lines, captions=captions, dpi=120, ink="navy")
    np.testing.assert_array_equal(pixels, raster)
    assert set(map(tuple, pixels[:3].reshape(-1, 3))) == {(255, 255, 255)}
    assert (pixels == (0, 0, 128)).all(axis=2).any()
    bgr = cv2.imread(str(tmp_path / "a.png"))
    np.testing.assert_array_equal(bgr[..., ::-1], raster)


@pytest.mark.unit
def test_a_png_without_paper_is_transparent(tmp_path):
    drawing.save(loops(), tmp_path / "a.png", paper=None, dpi=100, ink="#102030")
    pixels = imageio.imread(tmp_path / "a.png")
    assert pixels.shape[2] == 4
    assert (pixels[..., :3] == (0x10, 0x20, 0x30)).all()
    on_white = drawing.raster(loops(), dpi=100, ink="black")
    np.testing.assert_allclose(255 - pixels[..., 3].astype(int), on_white[..., 0])


@pytest.mark.unit
def test_pictures_that_cannot_be_are_refused(tmp_path):
    with refused("dpi", 20000, ".svg"):
        drawing.raster(loops(), dpi=20_000)
    with refused("paper", None):
        drawing.raster(loops(), paper=None)
    with refused("paper", None):
        drawing.save(loops(), tmp_path / "a.gif", paper=None)
    with refused("seconds", "fps", ".anim.svg"):
        drawing.save(loops(), tmp_path / "a.gif", seconds=1e6)
    assert list(tmp_path.iterdir()) == []


def read_pdf(data: bytes) -> tuple[dict[int, bytes], list[float]]:
    """Objects by number, found through the cross-reference table, and the page box."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", data).group(1))
    assert data[start : start + 5] == b"xref\n"
    count = int(re.match(rb"xref\n0 (\d+)\n", data[start:]).group(1))
    begin = data.index(b"\n", start + 5) + 1
    entries = [data[begin + 20 * i : begin + 20 * (i + 1)] for i in range(count)]
    assert entries[0] == b"0000000000 65535 f \n"
    assert data[begin + 20 * count :].startswith(b"trailer\n<< /Size %d" % count)
    objects = {}
    for number, entry in enumerate(entries[1:], start=1):
        assert re.fullmatch(rb"\d{10} 00000 n \n", entry)
        offset = int(entry[:10])
        head = b"%d 0 obj\n" % number
        assert data[offset : offset + len(head)] == head
        objects[number] = data[offset + len(head) : data.index(b"\nendobj\n", offset)]
    box = re.search(rb"/MediaBox \[([\d. ]+)\]", objects[3]).group(1)
    return objects, [float(value) for value in box.split()]


def pdf_content(body: bytes) -> list[str]:
    """The lines of a compressed stream whose length must be right."""
    head, rest = body.split(b"\nstream\n", 1)
    length = int(re.search(rb"/Length (\d+)", head).group(1))
    assert rest[length:] == b"\nendstream"
    return zlib.decompress(rest[:length]).decode("ascii").splitlines()


@pytest.mark.integration
def test_a_pdf_has_right_offsets_and_the_curves_of_the_page(tmp_path):
    strokes = np.concatenate([loops(), [[9, 1, 1]]])  # and a dot
    look = {"height_mm": 14, "pen_width_mm": 0.4, "ink": "red", "paper": None}
    drawing.save(strokes, tmp_path / "a.pdf", **look)
    data = (tmp_path / "a.pdf").read_bytes()
    assert data.startswith(b"%PDF-1.4\n")
    objects, box = read_pdf(data)
    page = lay_out(strokes, Look(**look))
    inch = 72 / 25.4
    np.testing.assert_allclose(
        box, [0, 0, page.width * inch, page.height * inch], atol=1e-3
    )
    content = pdf_content(objects[4])
    assert "1 J 1 j 0.4 w" in content and "1 0 0 RG" in content
    matrix = [float(n) for n in content[0].split()[:6]]
    assert content[0].endswith(" cm") and matrix[3] < 0 < matrix[0]
    numbers = re.compile(r"-?\d+\.\d+")
    painted = " ".join(content[3:]).split(" S")
    assert painted.pop() == ""
    assert len(painted) == len(page.curves) == 4
    for text, curve in zip(painted, page.curves, strict=True):
        points = np.array(numbers.findall(text), float).reshape(-1, 2)
        assert re.findall("[a-z]", text)[:2] == ["m", "c" if len(curve) > 1 else "l"]
        expected = curve if len(curve) > 1 else np.repeat(curve, 2, axis=0)
        np.testing.assert_allclose(points, expected, atol=0.00051)
        on_paper = points @ np.reshape(matrix[:4], [2, 2]) + matrix[4:]
        flipped = (page.height - expected[:, 1]) * inch  # PDF's y points upwards
        np.testing.assert_allclose(on_paper[:, 0], expected[:, 0] * inch, atol=0.01)
        np.testing.assert_allclose(on_paper[:, 1], flipped, atol=0.01)


@pytest.mark.unit
def test_a_pdf_fills_its_paper_and_captions_and_is_reproducible(tmp_path):
    for name in ("a.pdf", "b.pdf"):
        drawing.save(loops(), tmp_path / name, captions=["So $x$ is é"], paper="ivory")
    data = (tmp_path / "a.pdf").read_bytes()
    assert data == (tmp_path / "b.pdf").read_bytes()
    content = pdf_content(read_pdf(data)[0][4])
    assert content[1] == "1 1 0.9412 rg" and content[2].endswith(" re f")
    assert content[-1] == "f*"
    letters = [line for line in content if line.endswith(" h")]
    assert len(letters) >= 11  # S o $ x $ i-dot i s e, and its accent, with their holes


@pytest.mark.integration
def test_a_gif_writes_itself_and_ends_with_the_whole_line(tmp_path):
    strokes = loops(120)
    look = {"seconds": 3, "fps": 10, "hold_seconds": 1.5, "dpi": 100, "ink": "black"}
    drawing.save(strokes, tmp_path / "a.gif", **look)
    frames = imageio.imread(tmp_path / "a.gif", index=None).astype(int)
    assert len(frames) == 30
    with Image.open(tmp_path / "a.gif") as image:
        assert image.info["loop"] == 0
        durations = []
        for i in range(image.n_frames):
            image.seek(i)
            durations.append(image.info["duration"])
    assert durations == [100] * 29 + [1600]
    frames = frames[..., 0]
    assert (np.diff(frames, axis=0) <= 0).all()  # ink only ever appears
    whole = drawing.raster(strokes, dpi=100, ink="black")[..., 0].astype(int)
    off = np.abs(frames[-1] - whole)
    assert off.max() <= 40 and off.mean() < 1.0
    ink = (255 - frames).sum(axis=(1, 2)) / (255 - whole).sum()
    assert 0 < ink[0] < 0.1
    # Every point takes the same time: picture i ends at point 119 (i + 1) / 30.
    drawn = np.hypot(*strokes[:, :2].T) * (1 - np.append(1, strokes[:-1, 2]))
    at = 119 * np.arange(1, 31) / 30
    expected = np.interp(at, np.arange(120), drawn.cumsum() / drawn.sum())
    np.testing.assert_allclose(ink, expected, atol=0.02)


@pytest.mark.unit
def test_the_time_of_a_gif_adds_up_whatever_the_frame_rate(tmp_path):
    for fps in (7, 12, 30, 50):
        look = {"seconds": 2, "fps": fps, "hold_seconds": 1, "dpi": 40}
        drawing.save(loops(300), tmp_path / "a.gif", **look)
        with Image.open(tmp_path / "a.gif") as image:
            shown = 0
            for i in range(image.n_frames):
                image.seek(i)
                shown += image.info["duration"]
        assert shown == pytest.approx(3000, abs=1000 / fps)
    drawing.save(np.array([[0, 0, 1]]), tmp_path / "dot.gif")
    assert imageio.imread(tmp_path / "dot.gif").min() < 90


@pytest.mark.unit
def test_an_animated_svg_draws_the_same_paths_one_after_the_other(tmp_path):
    strokes = np.concatenate([loops(), [[9, 1, 1]]])
    drawing.save(strokes, tmp_path / "a.anim.svg", seconds=5)
    drawing.save(strokes, tmp_path / "b.svg", seconds=5, animate=True)
    text = (tmp_path / "a.anim.svg").read_text()
    assert text == (tmp_path / "b.svg").read_text()
    root, paths = parse_svg(text)
    _, still = parse_svg(drawing.svg(strokes))
    assert len(paths) == len(still) == 4
    for path, other in zip(paths, still, strict=True):
        np.testing.assert_array_equal(path, other)
    ends = np.flatnonzero(strokes[:, 2] > 0.5)
    starts = np.concatenate([[0], ends[:-1] + 1])
    seconds_per_point = 5 / (len(strokes) - 1)
    for i, element in enumerate(root.iter(f"{SVG}path")):
        assert element.get("pathLength") == "1"
        name, lasts, begins = re.fullmatch(
            r"animation:([\w-]+) ([\d.]+)s ([\d.]+)s linear backwards",
            element.get("style"),
        ).groups()
        assert name == ("scribe-dot" if i == 3 else "scribe")
        assert float(begins) == pytest.approx(starts[i] * seconds_per_point, abs=6e-4)
        drawn = max((ends[i] - starts[i]) * seconds_per_point, 0.01)
        assert float(lasts) == pytest.approx(drawn, abs=6e-4)


@pytest.mark.unit
def test_an_animated_svg_needs_no_script_and_rests_when_motion_is_unwanted():
    text = drawing.svg(loops(), animate=True)
    root, _ = parse_svg(text)
    style = next(root.iter(f"{SVG}style")).text
    assert "prefers-reduced-motion:reduce" in style
    assert "animation:none!important" in style
    assert "<script" not in text
    # Without animation nothing may hide a stroke: dashes stand in the keyframes only.
    outside = re.sub(r"@keyframes [\w-]+\{(?:[^{}]*\{[^{}]*\})*\}", "", style)
    assert "dash" not in outside and "hidden" not in outside
    assert not any(
        element.get(name)
        for element in root.iter()
        for name in ("stroke-dasharray", "visibility", "opacity", "display")
    )
    assert style.count("@keyframes") == 2


@pytest.mark.property
@pytest.mark.parametrize("seed", range(5))
def test_no_curve_leaves_the_page(seed):
    random = np.random.default_rng(seed)
    lines = []
    for _ in range(random.integers(1, 5)):
        n = random.integers(1, 60)
        rows = np.concatenate(
            [random.normal(0, 5, [n, 2]), random.random([n, 1]) < 0.2], axis=1
        )
        lines.append(rows)
    look = Look(margin_mm=0, pen_width_mm=0.5)
    page = lay_out(lines, look, ["caption"] * len(lines))
    ink = np.concatenate(page.curves)
    assert (ink >= 0.25 - 1e-9).all()
    assert (ink <= np.array([page.width, page.height]) - 0.25 + 1e-9).all()
    assert all(0 < c.y < page.height for c in page.captions)
    drawn = [p for line in lines for p in pen.split_at_pen_lifts(line)]
    for curve, points in zip(page.curves, drawn, strict=True):
        assert len(curve) == len(bezier_curve(points))
