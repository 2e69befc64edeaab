"""The exported page in a real Chromium: static files, with and without a network."""

import functools
import http.server
import json
import re
import threading

import numpy as np
import pytest
from web_browser import (
    assert_downloads,
    launched,
    needs_browser,
    paths,
    wait_until_written,
    write,
)
from web_server import drawing, inkml_page, writer

from scribe import export
from scribe.foundation.errors import InputError
from scribe.strokes import stroke_files
from scribe.web import sheet
from scribe.writing.best_of import write_best

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [pytest.mark.integration, pytest.mark.slow, needs_browser]

TEXT = "Dear Ada,\nit writes by itself."


class Host:
    """Hands the files of a folder out, and nothing any more while `is_down`."""

    def __init__(self, folder):
        self.is_down = False

        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(handler):
                if self.is_down:
                    handler.close_connection = True
                else:
                    super(Handler, handler).do_GET()

            def log_message(handler, *_):
                pass

        handler = functools.partial(Handler, directory=folder)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The page as a subfolder of a site, as project pages of static hosts have it."""
    folder = tmp_path_factory.mktemp("host")
    assert export.main(["--format=web", f"--output={folder / 'by_hand'}"]) == 0
    host = Host(folder)
    yield host
    host.server.shutdown()
    host.server.server_close()


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(site, browser):
    """A function that opens the page; complaints and requests elsewhere fail."""
    complaints, contexts = [], []

    def open_(**options):
        options.setdefault("viewport", {"width": 1200, "height": 900})
        context = browser.new_context(
            reduced_motion="reduce", accept_downloads=True, **options
        )
        contexts.append(context)
        context.on("request", lambda request: note(request.url))
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{site.url}/by_hand/")
        return page

    def note(url):
        if not url.startswith((site.url, "blob:", "data:")):
            complaints.append(f"loaded {url}")

    open_.complaints = complaints
    yield open_
    for context in contexts:
        context.close()
    assert not complaints


def starts(found: list[str]) -> np.ndarray:
    """Where strokes begin, [n, 2] mm, of the `d` of their paths."""
    return np.array([re.match(r"M(\S+) ([^chl]+)", d).groups() for d in found], float)


def test_it_writes_the_lines_that_the_writer_here_writes(open_page):
    page = open_page()
    write(page, TEXT)
    style = writer().style("neat")
    ours = write_best(writer(), TEXT.split("\n"), 3, seed=1, style="neat")
    found = [d for line in ours for d in sheet.place_line(line, style, 10.0).paths()]
    theirs = paths(page)
    assert len(theirs) == len(found)
    np.testing.assert_allclose(starts(theirs), starts(found), atol=0.01)


def test_once_loaded_it_needs_no_network(open_page, site):
    page = open_page()
    write(page, "with it")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    site.is_down = True
    try:
        page.reload()
        write(page, "without it")
    finally:
        site.is_down = False
    assert len(paths(page)) > 5


def test_what_stands_on_the_paper_can_be_downloaded(open_page):
    page = open_page()
    write(page, "on paper")
    page.get_by_role("radio", name="Grid").check()
    assert_downloads(page, "SVG", "PNG", "PDF", "G-code", num_rules=1)


def test_hand_and_seed_write_anew_and_the_same_again(open_page):
    page = open_page()
    write(page, "the same")
    seen = [paths(page)]
    for act in (
        lambda: page.get_by_role("radio", name="by chance").check(),
        lambda: page.get_by_role("button", name="Try another").click(),
    ):
        act()
        expect(page.locator("#paper path").first).not_to_have_attribute(
            "d", seen[-1][0]
        )
        wait_until_written(page)
        seen.append(paths(page))
    page.get_by_label("Seed").fill("1")
    page.get_by_role("radio", name="neat").check()
    expect(page.locator("#paper path").first).to_have_attribute("d", seen[0][0])
    wait_until_written(page)
    assert paths(page) == seen[0] and len(set(map(tuple, seen))) == 3


def test_a_hand_of_ones_own_stays_in_the_browser(open_page, tmp_path):
    page = open_page()
    write(page, "mine")
    page.get_by_role("button", name="Write with your own hand").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("stays in this browser")
    dots = tmp_path / "dots.json"
    dots.write_text(json.dumps({"text": "fox", "strokes": [[[0, 0], [1, 1], [2, 2]]]}))
    page.locator("#own-file").set_input_files(dots)
    expect(dialog.get_by_role("alert")).to_contain_text("3 points")
    good = tmp_path / "good.json"
    good.write_text(
        json.dumps({"text": "the quick fox", "strokes": drawing("the quick fox")})
    )
    page.locator("#own-file").set_input_files(good)
    own = page.get_by_role("radio", name="My hand")
    expect(own).to_be_checked()
    wait_until_written(page)
    page.reload()
    write(page, "mine")
    expect(own).to_have_count(1)
    own.check()
    wait_until_written(page)
    page.get_by_role("button", name="Remove My hand").click()
    expect(own).to_have_count(0)


def test_a_page_of_another_program_is_shown_line_by_line_and_corrected(
    open_page, tmp_path
):
    page = open_page()
    write(page, "mine")
    page.get_by_role("button", name="Write with your own hand").click()
    dialog = page.get_by_role("dialog")
    bomb = tmp_path / "bomb.svg"
    bomb.write_text('<!DOCTYPE svg [<!ENTITY a "ha">]><svg>&a;</svg>')
    page.locator("#own-file").set_input_files(bomb)
    expect(dialog.get_by_role("alert")).to_contain_text("entity")
    texts = ["the quick brown fox", "jumps over lazy dogs"]
    (tmp_path / "page.inkml").write_text(inkml_page(texts))
    page.locator("#own-file").set_input_files(tmp_path / "page.inkml")
    for number, text in enumerate(texts, start=1):
        field = dialog.get_by_label(f"What line {number} says")
        expect(field).to_have_value(text)
    field.fill("jumps over lazy dog")
    dialog.get_by_role("button", name="Write with this hand").click()
    expect(page.get_by_role("radio", name="My hand")).to_be_checked()
    wait_until_written(page)


def test_a_drawing_in_svg_becomes_a_hand(open_page, tmp_path):
    page = open_page()
    write(page, "mine")
    page.get_by_role("button", name="Write with your own hand").click()
    dialog = page.get_by_role("dialog")
    d = ["L".join(f"{x} {y}" for x, y, _ in s) for s in drawing("the quick fox")]
    paths = "".join(f"<path fill='none' stroke='#000' d='M{each}'/>" for each in d)
    (tmp_path / "line.svg").write_text(f"<svg>{paths}</svg>")
    page.locator("#own-file").set_input_files(tmp_path / "line.svg")
    expect(dialog.get_by_label("What line 1 says")).to_have_value("the quick fox")
    dialog.get_by_role("button", name="Write with this hand").click()
    expect(page.get_by_role("radio", name="My hand")).to_be_checked()


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">{}</svg>'
CURVES = (
    "M10 20c5-5 10 5 15.5.5s3 4 8 1Q40 9 44 20t8 1T60 20L61 30 62 20h3v5H60V21z"
    "m5 5l1 1M70 20a10 5 30 1150 8A6 6 0 0 1 90 30 4 4 0 0090 36"
)
INK = "<ink xmlns='http://www.w3.org/2003/InkML'>{}</ink>"
FILES = [
    SVG.format(f'<path stroke="red" d="{CURVES}"/>'),
    SVG.format(
        "<style>/* of a pad */ .a, #b { stroke: blue; fill: none } .n{stroke:none}"
        '</style><g transform="translate(5,6) rotate(30 4 5) skewX(10)" stroke="#000">'
        f'<path transform="matrix(1 .2 -.1 1.5 0 3)" d="{CURVES}"/>'
        '<g style="display:none"><path d="M0 0L9 9"/></g><path class="n" d="M1 1L2 3"/>'
        '<path id="b" d="M5 5L9 6"/><polyline points="0,0 3,4 5,9"/>'
        '<polygon points="20 20 30 20 25 31"/><line x1="1" x2="7" y2="8"/></g>'
        '<path class="else" d="M50 50l4 9"/><circle cx="33" cy="44" r=".5"/>'
        '<circle cx="33" cy="44" r="30"/>'
    ),
    SVG.format(
        '<defs><g id="s"><path d="M0 0L3 9L5 0"/></g></defs>'
        '<use href="#s" x="4" stroke="red"/><use href="#s" y="20" stroke="red"/>'
        '<path stroke="red" d="M0 50H200M0 60H200"/>'  # rules of the paper
        '<path stroke="red" d="M60 60L61 62"/><path stroke="red" d="M61 62L63 62.5"/>'
    ),
    INK.format(
        '<annotation type="truth"> a word </annotation><traceFormat>'
        '<channel name="T" units="s"/><channel name="X"/><channel name="F"/>'
        '<channel name="Y" orientation="-ve"/></traceFormat>'
        '<trace>0.5 1 9 2, 1 3 9 4</trace><trace type="penUp">3 3 9 3</trace>'
        "<traceGroup><trace>2 5 9 6</trace></traceGroup>"
    ),
    INK.format("<trace>1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6</trace>"),
    INK.format(
        '<definitions><context xml:id="c"><canvasTransform><mapping type="affine">'
        "2 0 1, 0 3 -1</mapping></canvasTransform></context>"
        '<traceGroup xml:id="g"><trace>1 1, 2 2, 3 1</trace><trace>8 8, 9 9</trace>'
        '</traceGroup></definitions><traceGroup><annotation type="label">one'
        '</annotation><trace contextRef="#c">1 2, 3 4</trace></traceGroup>'
        '<context contextRef="#c"/><traceView traceDataRef="#g" from="2"/>'
        '<traceGroup><annotation type="label">two</annotation><trace>* 4, 5 ?</trace>'
        "</traceGroup>"
    ),
]
WRONG = [
    "", "M0 0L1 1", "<svg><path", "<html/>", SVG.format(""), "{", '{"strokes": 3}',
    SVG.format('<path d="M0 0L1 1"/>'), SVG.format('<path stroke="red" d="M0 0L"/>'),
    SVG.format('<path stroke="red" d="M1e999 0L1 1"/>'),
    SVG.format('<g id="a"><use href="#a"/></g><use href="#z"/>'),
    INK.format("<trace>1 2, 3</trace>"), INK.format("<trace>1 b</trace>"),
    INK.format("<trace contextRef='#x'>1 2</trace>"),
    INK.format("<context xml:id='a' contextRef='#a'/><trace>1 2</trace>"),
]  # fmt: skip


def test_files_of_other_programs_are_read_as_by_the_reader_here(open_page):
    page = open_page()
    read = """async (contents) => {
        const { drawingOf } = await import("./static/stroke_files.js");
        return contents.map((content) => {
            try {
                return drawingOf(content);
            } catch (error) {
                return { error: error.message };
            }
        });
    }"""
    answers = page.evaluate(read, FILES)
    for content, found in zip(FILES, answers, strict=True):
        ours = stroke_files.parse_drawing(content.encode())
        assert found.get("text", "missing") == ours.text, found
        assert len(found["strokes"]) == len(ours.strokes)
        for theirs, own in zip(found["strokes"], ours.strokes, strict=True):
            np.testing.assert_allclose(theirs, own, atol=1e-6)
    assert not open_page.complaints
    wrong = page.evaluate(read, WRONG)
    # Chromium's own words on damaged XML have a style, which the page forbids.
    assert all("inline style" in words for words in open_page.complaints)
    open_page.complaints.clear()
    for content, found in zip(WRONG, wrong, strict=True):
        with pytest.raises(InputError):
            stroke_files.parse_drawing(content.encode())
        assert "error" in found, content


def test_what_cannot_be_written_is_named(open_page):
    page = open_page()
    page.get_by_label("Text").fill("‘naïve’ 世 Ωs")
    expect(page.locator("#hint")).to_contain_text("世 Ω cannot")
    page.get_by_label("Text").press("Control+Enter")
    status = page.locator("#status")
    expect(status).to_contain_text("世 not at all, Ω as O")


def test_accents_and_signs_are_composed_as_by_the_writer_here(open_page):
    page = open_page()
    text = "Příliš žluťoučký kůň,\n50 € für große Füße."
    write(page, text)
    expect(page.locator("#hint")).to_be_empty()
    ours = write_best(writer(), text.split("\n"), 3, seed=1, style="neat")
    style = writer().style("neat")
    found = [d for line in ours for d in sheet.place_line(line, style, 10.0).paths()]
    np.testing.assert_allclose(starts(paths(page)), starts(found), atol=0.01)


def test_a_phone_writes_too_and_another_order_ends_the_one_before(open_page):
    page = open_page(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page.get_by_label("Text").fill("a long letter\n" * 12)
    page.locator("#write").tap()
    expect(page.locator("#paper g[transform]")).not_to_have_count(0)
    write(page, "short")
    assert page.locator("#paper g[transform]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
