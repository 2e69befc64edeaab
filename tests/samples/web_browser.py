"""A real Chromium, and what the tests of the page do with it."""

import contextlib
import os
import shutil
from xml.etree import ElementTree

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_path() -> str | None:
    """The browser that SCRIBE_BROWSER names, or one that is installed."""
    named = os.environ.get("SCRIBE_BROWSER")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


needs_browser = pytest.mark.skipif(
    browser_path() is None,
    reason="no Chromium was found: install one, or set SCRIBE_BROWSER to its path",
)


@contextlib.contextmanager
def launched():
    """The browser, from entering to leaving a `with`."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # a busy machine takes its time
    with sync_playwright() as driver:
        # A container has no sandbox of its own to offer; the pages are ours.
        browser = driver.chromium.launch(
            executable_path=browser_path(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def wait_until_written(page) -> None:
    from playwright.sync_api import expect

    expect(page.locator("#status")).to_have_text("Written.", timeout=30_000)


def paths(page) -> list[str]:
    """The strokes on the paper, in the order of lines."""
    return page.locator("#paper path").evaluate_all(
        "paths => paths.map(path => path.getAttribute('d'))"
    )


def write(page, text) -> None:
    from playwright.sync_api import expect

    page.get_by_label("Text").fill(text)
    page.get_by_role("button", name="Write", exact=False).first.click()
    expect(page.locator("#paper")).to_have_attribute(
        "aria-label", f"Handwriting: {' '.join(text.split())}"
    )
    wait_until_written(page)


DOWNLOADS = {
    "SVG": ("svg", b"<svg"),
    "PNG": ("png", b"\x89PNG"),
    "PDF": ("pdf", b"%PDF"),
    "G-code": ("gcode", b"; written by scribe"),
}


def assert_downloads(page, *names, num_rules: int = 0) -> None:
    """Downloads what is on the paper as each of DOWNLOADS, `num_rules` paths beside."""
    from playwright.sync_api import expect

    for name in names:
        ending, start = DOWNLOADS[name]
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Download {name}").click()
        assert download.value.suggested_filename == f"handwriting.{ending}"
        content = download.value.path().read_bytes()
        assert content.startswith(start)
        expect(page.locator("#status")).to_have_text("Downloaded.")
        if ending == "svg":
            drawn = ElementTree.fromstring(content)
            strokes = drawn.findall(".//{http://www.w3.org/2000/svg}path")
            assert len(strokes) == len(paths(page)) + num_rules
