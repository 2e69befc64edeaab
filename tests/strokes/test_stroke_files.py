"""Files of pen strokes from elsewhere."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused

from scribe import drawing
from scribe.foundation.errors import InputError
from scribe.strokes import foreign, safe_xml, stroke_files
from scribe.strokes.arrays import split_at_pen_lifts, strokes_from_points
from scribe.strokes.inkml import read_inkml, read_trace
from scribe.strokes.svg_strokes import MAX_SEGMENTS, read_svg

SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
INK = '<ink xmlns="http://www.w3.org/2003/InkML">{}</ink>'
LONG = "l1 1" * MAX_SEGMENTS
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">'
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><{0}>&i;</{0}>"
)

_NUMBER = st.floats(allow_nan=True, allow_infinity=True) | st.integers(-1000, 1000)
_POINT = st.lists(_NUMBER, max_size=4) | st.fixed_dictionaries({"x": _NUMBER})
_JSON = st.lists(st.lists(_POINT | st.none(), max_size=30) | st.text(), max_size=5)


def svg(body: str) -> list[np.ndarray]:
    return read_svg(safe_xml.read_xml(SVG.format(body).encode()))


def inkml(body: str):
    return read_inkml(safe_xml.read_xml(INK.format(body).encode()))


@pytest.mark.unit
@pytest.mark.parametrize(
    "content",
    [
        {"text": "ab", "strokes": [[[1, 2, 0], [3, 4, 9]], [[5, 6, 20]]]},
        {
            "text": "ab",
            "strokes": [
                [{"x": 1, "y": 2, "t": 0}, {"y": 4, "x": 3, "t": 9, "pressure": 0.5}],
                [{"x": 5, "y": 6, "t": 20}],
            ],
        },
    ],
)
def test_json_has_points_as_lists_or_objects(content):
    found = stroke_files.parse_drawing(b"\xef\xbb\xbf " + json.dumps(content).encode())
    assert found.text == "ab"
    assert [np.asarray(s).tolist() for s in found.strokes] == [
        [[1, 2, 0], [3, 4, 9]],
        [[5, 6, 20]],
    ]


@pytest.mark.unit
def test_a_list_of_strokes_may_stand_alone():
    found = stroke_files.parse_drawing(b"[[[1, 2], [3, 4]]]")
    assert found.text is None and found.strokes == [[[1, 2], [3, 4]]]


@pytest.mark.unit
def test_differences_in_a_trace_are_summed_up():
    # The example of InkML, section 3.2.1, and its points.
    found = read_trace("1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6", 2)
    offsets = [[23, 43], [30, 35], [33, 30], [40, 27], [46, 29], [52, 37], [55, 43]]
    expected = np.cumsum([[1125, 18432], *offsets], axis=0)
    assert found.tolist() == expected.tolist()
    assert read_trace("1 2, * 3, ? '4, 9 1, #1F T", 2).tolist() == [
        [1, 2],
        [1, 3],
        [1, 7],
        [9, 8],
        [31, 9],
    ]


@pytest.mark.unit
def test_channels_are_found_by_name():
    strokes, truth = inkml(
        """<annotation type="truth"> a word </annotation><traceFormat>
        <channel name="T" units="s"/><channel name="X"/><channel name="F"/>
        <channel name="Y" orientation="-ve"/></traceFormat>
        <trace>0.5 1 9 2, 1 3 9 4</trace><trace type="penUp">3 3 9 3</trace>
        <traceGroup><trace>2 5 9 6</trace></traceGroup>"""
    )
    assert truth == "a word"
    assert [s.tolist() for s in strokes] == [
        [[1, -2, 500], [3, -4, 1000]],
        [[5, -6, 2000]],
    ]


@pytest.mark.unit
def test_traces_are_x_and_y_when_no_format_is_given():
    strokes, truth = inkml("<trace>1 2, 3 4</trace>")
    assert truth is None and strokes[0].tolist() == [[1, 2], [3, 4]]


@pytest.mark.unit
def test_what_this_project_draws_is_read_back(tmp_path):
    random = np.random.default_rng(0)
    points = np.cumsum(random.normal([1, 0], 1, [40, 2]), axis=0)
    ends = np.zeros(40)
    ends[[0, 12, 39]] = 1  # a dot, and two strokes
    written = strokes_from_points(points, ends)
    for name in ("line.svg", "line.anim.svg"):
        drawing.save(written, tmp_path / name)
        found = stroke_files.read_drawing(tmp_path / name)
        wanted = split_at_pen_lifts(written)
        assert len(found.strokes) == 3
        scale = np.ptp(found.strokes[2][[0, -1]], axis=0) / np.ptp(
            wanted[2][[0, -1]], axis=0
        )
        origin = found.strokes[0][0] - wanted[0][0] * scale
        for stroke, expected in zip(found.strokes, wanted, strict=True):
            ours = expected * scale + origin
            for point in ours:  # every point lies on the path that was read
                assert np.hypot(*(stroke - point).T).min() < 0.3


@pytest.mark.unit
def test_transforms_of_groups_are_applied():
    found = svg(
        '<g transform="translate(10,20)" stroke="black"><path transform="scale(2)" '
        'd="M0 0L1 1M5 5l1 0"/><g style="stroke:none"><path d="M9 9L8 8"/></g>'
        '<polyline points="0,0 3,4"/><line x1="1" y1="1" x2="2" y2="2"/></g>'
    )
    assert [s.tolist() for s in found] == [
        [[10, 20], [12, 22]],
        [[20, 30], [22, 30]],
        [[10, 20], [13, 24]],
        [[11, 21], [12, 22]],
    ]


@pytest.mark.unit
def test_curves_become_chords_that_lie_on_them():
    (circle,) = svg(
        '<path class="pen" d="M 10 0 A 10 10 0 1 1 -10 0 A 10 10 0 0 1 10 0"/>'
    )
    assert len(circle) > 100
    np.testing.assert_allclose(np.hypot(*circle.T), 10, atol=1e-6)


@pytest.mark.unit
def test_a_circle_that_is_slanted_is_an_ellipse():
    (found,) = svg(
        '<path transform="skewX(45)" stroke="red" d="M10 0A10 10 0 1 1-10 0"/>'
    )
    x, y = found.T
    np.testing.assert_allclose(np.hypot(x - y, y), 10, atol=1e-6)


@pytest.mark.unit
def test_what_is_not_drawn_is_left_out():
    (line,) = svg(
        '<defs><path stroke="red" d="M0 0L9 9"/></defs><clipPath><g><path stroke="red" '
        'd="M0 0L9 9"/></g></clipPath><rect width="9"/><path d="M1 1z"/>'
        '<path stroke="red" d="M0 0L1 2"/>'
    )
    assert line.tolist() == [[0, 0], [1, 2]]


@pytest.mark.slow
@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (b"", ["JSON", "InkML", "SVG"]),
        (b"\x89PNG\r\n", ["JSON", "InkML", "SVG"]),
        (b"M0 0L1 1", ["JSON", "InkML", "SVG"]),
        (b"{", ["JSON", "line 1 column 2"]),
        (b"[" * 100_000, ["JSON", "nested"]),
        (b'{"strokes": 3}', ['"strokes"']),
        (b'{"text": "abc"}', ['"strokes"']),
        (b'[[{"x": 1}]]', ["[x, y, t]"]),
        (b'[[{"x": 1, "y": "a"}]]', ["[x, y, t]"]),
        (b"<html><body/></html>", ["<ink>"]),
        (b"<svg><path", ["XML", "line 1, column 5"]),
        (b"<svg></svg>", ["path", "stroke"]),
        (SVG.format('<path d="M0 0L1 1"/>').encode(), ["path", "stroke", "outlines"]),
        (SVG.format('<path stroke="red" d="M0 0L"/>').encode(), ["'M0 0L'"]),
        (
            SVG.format('<path stroke="red" d="M1e999 0L1 1"/>').encode(),
            ["coordinate", "finite"],
        ),
        (
            SVG.format(f'<path stroke="red" d="M0 0{LONG}"/>').encode(),
            [MAX_SEGMENTS, "segments"],
        ),
        (INK.format("<trace>1 2, 3</trace>").encode(), ["trace 1", "'3'"]),
        (INK.format("<trace>1 2 3</trace>").encode(), ["trace 1", "'1 2 3'"]),
        (INK.format("<trace>1 b</trace>").encode(), ["trace 1", "'1 b'"]),
        (BOMB.format("svg").encode(), ["XML", "entity"]),
        (BOMB.format("ink").encode(), ["XML", "entity"]),
        (
            b'<!DOCTYPE ink [<!ENTITY x SYSTEM "file:///etc/hostname">]><ink>&x;</ink>',
            ["XML", "entity"],
        ),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, content, facts):
    path = tmp_path / "file"
    path.write_bytes(content)
    with refused(*facts) as caught:
        stroke_files.read_drawing(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.unit
def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "large.json"
    path.write_bytes(b"[" + b" " * stroke_files.MAX_BYTES)
    with refused(path, "5 MB"):
        stroke_files.read_drawing(path)


@pytest.mark.unit
def test_a_document_type_without_entities_is_read():
    root = safe_xml.read_xml(
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x.org/svg11.dtd">'
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'
    )
    assert root.tag == "svg"


@pytest.mark.unit
def test_style_files_are_told_from_drawings(tmp_path):
    for content, expected in (
        ({"text": "a", "strokes": [[0, 0, 0], [1, 1, 1]]}, True),
        ({"text": "a", "strokes": [[[0, 0, 0], [1, 1, 1]]]}, False),
        ([[[0, 0], [1, 1]]], False),
        ({"strokes": []}, False),
        (3, False),
    ):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(content))
        assert stroke_files.is_style(path) is expected


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(max_size=200), _JSON.map(lambda x: json.dumps(x).encode())))
def test_whatever_a_file_holds_is_read_or_refused(content):
    """Never another exception, in the file or in what is made of it."""
    try:
        found = stroke_files.parse_drawing(content)
        foreign.to_recorded(found.strokes, found.text or "some words")
    except InputError as error:
        assert str(error)


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(
    st.text(alphabet="MLHVCSQTAZmlhvcsqtaz0123456789.,- e", max_size=40),
    st.text(alphabet="translatecoskwmrix()0123456789.,- ", max_size=25),
)
def test_any_path_data_is_read_or_refused(data, transform):
    try:
        for stroke in svg(
            f'<path stroke="red" d="M0 0{data}" transform="{transform}"/>'
        ):
            assert stroke.ndim == 2 and stroke.shape[1] == 2
    except InputError as error:
        assert str(error)


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="0123456789.,-+ '\"!#ABTF*?", max_size=60))
def test_any_trace_is_read_or_refused(trace):
    try:
        for stroke in inkml(f"<trace>{trace}</trace>")[0]:
            assert stroke.shape[1] == 2
    except InputError as error:
        assert str(error)
