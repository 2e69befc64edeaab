"""The ink that other programs save: the same two strokes in the form of each."""

import gzip
import json

import numpy as np
import pytest
from refusals import refused

from scribe.strokes import foreign, stroke_files

FIRST = [[0, 0, 0], [4, 6, 10], [8, 1, 25]]
SECOND = [[10, 2, 40], [11, 6, 55]]
TIMED = [FIRST, SECOND]
PLAIN = [[point[:2] for point in stroke] for stroke in TIMED]


def columns(stroke, names="xyt"):
    return dict(zip(names, map(list, zip(*stroke, strict=True)), strict=False))


def objects(stroke, time="t", **more):
    return [{"x": x, "y": y, time: t, **more} for x, y, t in stroke]


def jiix_item(stroke, number, timestamp):
    item = columns([[x, y, 1, t] for x, y, t in stroke], "XYFT")
    when = {"timestamp": f"2024-05-01T10:00:{timestamp:02d}.000000"}
    return {"type": "stroke", "id": f"s{number}", **when, **item}


JIIX = {
    "type": "Raw Content",
    "elements": [
        {
            "type": "Text",
            "label": "ab",
            "words": [
                {
                    "label": "ab",
                    "items": [jiix_item(SECOND, 2, 9), jiix_item(FIRST, 1, 8)],
                }
            ],
            "chars": [{"label": "a", "items": [jiix_item(FIRST, 1, 8)]}],
        }
    ],
}
BOARD = {
    "type": "excalidraw",
    "elements": [
        {
            "type": "freedraw",
            "x": 1,
            "y": 2,
            "isDeleted": True,
            "points": [[0, 0], [9, 9]],
        },
        {"type": "text", "x": 1, "y": 2, "text": "typed"},
        {
            "type": "freedraw",
            "x": 0,
            "y": 0,
            "angle": 0,
            "points": [[0, 0], [4, 6], [8, 1]],
        },
        {"type": "freedraw", "x": 10, "y": 2, "points": [[0, 0], [1, 4]]},
    ],
}
WITH_PRESSURE = [[[*point, 0.5] for point in stroke] for stroke in TIMED]
JSON_FORMS = {
    "signature_pad": ([{"dotSize": 0, "points": objects(s, "time")} for s in TIMED], 1),
    "ml_kit": (
        {"strokes": [{"points": objects(s, "timestamp")} for s in TIMED]},
        1,
    ),
    "columns": ({"strokes": [columns(s) for s in TIMED]}, 1),
    "columns_of_x": ({"strokes": [columns(s, "xy") for s in TIMED]}, 0),
    "columns_of_all": (
        {"strokes": {"strokes": columns([columns(s, "xy").values() for s in TIMED])}},
        0,
    ),
    "myscript_request": (
        {"strokeGroups": [{"strokes": [columns(s)]} for s in TIMED]},
        1,
    ),
    "jiix": (JIIX, 1),
    "excalidraw": (BOARD, 0),
    "quickdraw": ({"drawing": [list(columns(s).values()) for s in TIMED]}, 1),
    "quickdraw_simplified": (
        {"drawing": [list(columns(s, "xy").values()) for s in TIMED]},
        0,
    ),
    "pressure": (WITH_PRESSURE, 1),
}

PIECES = "".join(
    f'<path d="M {x} {y} {piece}" stroke="black" stroke-width="{width}" fill="none"/>'
    for x, y, piece, width in (
        (0, 0, "L 4 6", 1.5),
        (4, 6, "C 5 5 7 2 8 1", 1.7),
        (10, 2, "L 11 6", 1.2),
    )
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">{}</svg>'
PATHS = '<path d="M0 0L4 6L8 1" stroke="red"/><path d="M10 2L11 6" stroke="red"/>'
SVG_FORMS = {
    "one_path_a_piece": PIECES,
    "hidden_layers": "<style>.off {display: none} .ink, .other {stroke: #00f}</style>"
    '<g style="display:none"><path d="M0 9H9" stroke="red"/></g>'
    '<g visibility="hidden"><path d="M0 9H9" stroke="red"/>'
    '<path visibility="visible" d="M0 0L4 6L8 1" stroke="red"/></g>'
    '<g class="off"><path d="M0 9H9" stroke="red"/></g>'
    '<g opacity="0"><path d="M0 9H9" stroke="red"/></g>'
    '<path d="M0 9H9" style="stroke:red;stroke-width:0"/>'
    '<path class="ink" d="M10 2L11 6"/>',
    "uses": '<defs><path id="a" d="M0 0L2 3L4 .5" stroke="red"/></defs>'
    '<use href="#a" transform="scale(2)"/>'
    '<symbol id="s"><path d="M0 0l1 4" stroke="red"/></symbol>'
    '<use xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="#s" x="10" y="2"/>',
    "ruled_paper": "".join(
        f'<path d="M0 {y}H200" stroke="blue"/>' for y in range(10, 100, 10)
    )
    + "".join(
        f'<line x1="{x}" y1="0" x2="{x}" y2="100" stroke="blue"/>' for x in (5, 9)
    )
    + PATHS,
}
INKML = '<ink xmlns="http://www.w3.org/2003/InkML">{}</ink>'
INKML_FORMS = {
    "context_upside_down": """<definitions>
        <canvasTransform xml:id="t"><mapping type="affine">0.5 0 -1, 0 -0.5 50</mapping>
        </canvasTransform><context xml:id="k" canvasTransformRef="#t"/></definitions>
        <trace contextRef="#k">2 100, 10 88, 18 98</trace>
        <trace contextRef="#k">22 96, 24 88</trace>""",
    "context_that_holds_for_what_follows": """<context><canvasTransform>
        <mapping type="affine">2 0 0, 0 2 0</mapping></canvasTransform></context>
        <trace>0 0, 2 3, 4 .5</trace>
        <traceGroup><trace>5 1, 5.5 3</trace></traceGroup>""",
    "views_of_definitions": """<definitions>
        <trace xml:id="b">9 9, 10 2, 11 6, 12 12</trace>
        <trace xml:id="a">0 0, 4 6, 8 1</trace><trace xml:id="c">7 7, 8 8</trace>
        </definitions>
        <traceView><traceView traceDataRef="#a"/>
        <traceView traceDataRef="#b" from="2" to="3"/></traceView>""",
    "views_of_what_is_drawn": """<trace xml:id="a">0 0, 4 6, 8 1</trace>
        <trace xml:id="b">10 2, 11 6</trace>
        <traceView traceDataRef="#b"/><traceView traceDataRef="#a"/>""",
}


def read(data: bytes) -> list:
    found = stroke_files.parse_drawing(data)
    return [np.asarray(stroke, float).tolist() for stroke in found.strokes]


@pytest.mark.unit
@pytest.mark.parametrize("form", JSON_FORMS)
def test_json_of_each_program_has_the_same_strokes(form):
    content, timed = JSON_FORMS[form]
    found = read(json.dumps(content).encode())
    if form == "pressure":
        assert found == WITH_PRESSURE
    else:
        assert found == (TIMED if timed else PLAIN)


@pytest.mark.unit
@pytest.mark.parametrize("form", SVG_FORMS)
def test_svg_of_each_program_has_the_same_strokes(form):
    found = read(SVG.format(SVG_FORMS[form]).encode())
    assert len(found) == 2
    for stroke, expected in zip(found, PLAIN, strict=True):
        # The curve of the pieces is a straight line in many chords.
        assert [stroke[0], stroke[-1]] == [expected[0], expected[-1]]
        assert all(point in stroke for point in expected)
        assert form == "one_path_a_piece" or stroke == expected


@pytest.mark.unit
@pytest.mark.parametrize("form", INKML_FORMS)
def test_inkml_is_read_as_it_lies_on_its_canvas(form):
    found = read(INKML.format(INKML_FORMS[form]).encode())
    assert found == PLAIN


@pytest.mark.unit
def test_small_filled_circles_are_dots_in_their_place():
    dot = '<circle r="0.8" cx="20" cy="3" fill="black"/>'
    large = '<circle r="9" cx="20" cy="3"/><circle r="1" cx="2" cy="3" fill="none"/>'
    wide = '<path d="M30 1L80 9L90 3" stroke="red"/>'
    found = read(SVG.format(PIECES + dot + large + wide).encode())
    assert [len(s) > 1 for s in found] == [True, True, False, True]
    assert found[2] == [[20, 3]]


@pytest.mark.unit
def test_a_level_bar_of_a_letter_is_no_rule():
    t = '<path d="M3 0L3 9L5 10" stroke="red"/><path d="M0 3H6" stroke="red"/>'
    assert read(SVG.format(t).encode()) == [[[3, 0], [3, 9], [5, 10]], [[0, 3], [6, 3]]]


@pytest.mark.unit
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_svg_and_json_may_be_in_utf_16_and_compressed(encoding):
    name = "utf-8" if encoding == "utf-8-sig" else "utf-16"
    svg = f'<?xml version="1.0" encoding="{name}"?>' + SVG.format(PATHS)
    for text in (svg, json.dumps(PLAIN)):
        assert read(text.encode(encoding)) == PLAIN
        assert read(gzip.compress(text.encode(encoding))) == PLAIN


@pytest.mark.unit
def test_xournal_pages_stand_below_each_other():
    pages = """<?xml version="1.0" standalone="no"?><xournal creator="Xournal++ 1.2.3">
    <title>x</title><page width="90" height="100.0"><background type="solid"/><layer>
    <stroke tool="pen" ts="0" fn="" width="1.41 2.0">0 0 4 6.0 8 1</stroke>
    <stroke tool="highlighter" width="8">0 0 9 9</stroke><text>typed</text></layer>
    </page><page width="90" height="50"><layer>
    <stroke tool="pen" width="1">10 2 11 6</stroke></layer></page></xournal>"""
    found = read(gzip.compress(pages.encode()))
    assert found == [PLAIN[0], [[10, 102], [11, 106]]]


@pytest.mark.unit
def test_the_xml_of_iam_ondb_has_times_and_text():
    session = """<?xml version="1.0" encoding="ISO-8859-1"?>
    <WhiteboardCaptureSession><WhiteboardDescription><SensorLocation
    corner="top_left"/></WhiteboardDescription><Transcription><TextLine text="a b"/>
    <TextLine text="c"/></Transcription><StrokeSet>
    <Stroke colour="black" start_time="1" end_time="2"><Point x="0" y="0" time="1.5"/>
    <Point x="4" y="6" time="1.51"/></Stroke><Stroke><Point x="10" y="2" time="2"/>
    </Stroke></StrokeSet></WhiteboardCaptureSession>"""
    found = stroke_files.parse_drawing(session.encode())
    assert found.text == "a b\nc"
    assert [s.tolist() for s in found.strokes] == [
        [[0, 0, 1500], [4, 6, 1510]],
        [[10, 2, 2000]],
    ]


@pytest.mark.unit
def test_the_lines_of_an_inkml_page_are_its_text():
    def group(text):
        return (
            f'<traceGroup><annotation type="truth">{text}</annotation>'
            "<trace>1 2, 3 4</trace></traceGroup>"
        )

    page = group("one") + group("two")
    assert stroke_files.parse_drawing(INKML.format(page).encode()).text == "one\ntwo"
    whole = f'<annotation type="truth">all</annotation>{page}'
    assert stroke_files.parse_drawing(INKML.format(whole).encode()).text == "all"


@pytest.mark.unit
def test_the_angle_of_a_board_turns_a_stroke_about_its_middle():
    stroke = {"type": "freedraw", "x": 1, "y": 2, "angle": np.pi / 2}
    board = {
        "type": "excalidraw",
        "elements": [{**stroke, "points": [[0, 0], [4, 0], [4, 2]]}],
    }
    (found,) = read(json.dumps(board).encode())
    np.testing.assert_allclose(found, [[4, 1], [4, 5], [2, 5]], atol=1e-12)


@pytest.mark.unit
def test_a_file_with_one_drawing_a_line_is_read_if_it_has_one():
    line = json.dumps({"word": "ab", "drawing": [[[0, 4, 8], [0, 6, 1]]]}).encode()
    found = stroke_files.parse_drawing(line + b"\n")
    assert found.text == "ab" and found.strokes[0].tolist() == PLAIN[0]
    with refused("2 drawings"):
        stroke_files.parse_drawing(line + b"\n" + line + b"\n")


@pytest.mark.unit
def test_pressure_is_not_taken_for_time():
    random = np.random.default_rng(0)
    x = np.linspace(0, 60, 80)
    rows = np.stack([x, 10 * np.sin(x) + random.normal(0, 0.1, 80)], axis=1)
    pressure = random.uniform(0, 1, [80, 1])
    times = 10.0 * np.arange(80)[:, None]
    plain = foreign.to_recorded([rows], "some words")
    timed = foreign.to_recorded([np.hstack([rows, times])], "some words")
    found = foreign.to_recorded([np.hstack([rows, pressure])], "some words")
    np.testing.assert_array_equal(found, plain)
    four = np.hstack([rows, times, pressure])
    np.testing.assert_array_equal(foreign.to_recorded([four], "some words"), timed)


LOOP = '<g id="a"><use href="#a"/></g>'
LAUGHS = '<defs><g id="a0"/>' + "".join(
    f'<g id="a{n + 1}">{f"""<use href="#a{n}"/>""" * 10}</g>' for n in range(8)
)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (gzip.compress(b" " * 6_000_000, mtime=0), ["unpacked", "5 MB"]),
        (gzip.compress(b"[[[1, 2], [3, 4]]]", mtime=0)[:-4], ["cut off"]),
        (b"\x1f\x8bnonsense", ["compressed", "damaged"]),
        (b"<a>" * 101, ["XML", "100 levels"]),
        (SVG.format(LOOP + PATHS).encode(), ["'#a'", "itself"]),
        (SVG.format(LAUGHS + '</defs><use href="#a8"/>').encode(), ["50,000"]),
        (SVG.format('<use href="x.svg#a"/>').encode(), ["'x.svg#a'"]),
        (
            INKML.format('<trace contextRef="#k">1 2</trace>').encode(),
            ["'#k'", "InkML"],
        ),
        (INKML.format('<traceView traceDataRef="#k"/>').encode(), ["'#k'"]),
        (
            INKML.format(
                '<context><canvasTransform><mapping type="lookup"/></canvasTransform>'
                "</context><trace>1 2</trace>"
            ).encode(),
            ["'lookup'"],
        ),
        (
            INKML.format(
                '<context xml:id="k" contextRef="#k"/><trace>1 2</trace>'
            ).encode(),
            ["itself"],
        ),
        (b"<xournal><page height='9'><stroke>1 2 3</stroke></page></xournal>", ["3"]),
        (b"<xournal><page><stroke>1 b</stroke></page></xournal>", ["'b'"]),
        (
            b"<WhiteboardCaptureSession><Stroke><Point x='1'/></Stroke>"
            b"</WhiteboardCaptureSession>",
            ["stroke 1", "no number"],
        ),
        (b'[{"x": [1, 2], "y": [1]}]', ["2, 1"]),
        (b'[{"x": [1, "a"], "y": [1, 2]}]', ["x or y"]),
        (b'[{"color": "red"}]', ["color"]),
        (b'{"drawing": 3}', ["drawing"]),
        (b'{"elements": [{"type": "Text", "words": [{"label": "a"}]}]}', ["JIIX"]),
        (b'{"type": "excalidraw", "elements": [{"type": "freedraw"}]}', ["Excalidraw"]),
        (b'{"strokeGroups": 3}', ["strokeGroups"]),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(content, facts):
    with refused(*facts):
        stroke_files.parse_drawing(content)
