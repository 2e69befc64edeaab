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
from web_server import drawing, writer

from scribe import export
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
