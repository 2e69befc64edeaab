"""The web page in a real Chromium, used as its visitors use it."""

import json
import re
import textwrap

import pytest
from web_browser import (
    assert_downloads,
    launched,
    needs_browser,
    paths,
    wait_until_written,
    write,
)
from web_server import Server, drawing, inkml_page

pytest.importorskip("uvicorn")
playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

pytestmark = [
    pytest.mark.integration,
    needs_browser,
]


@pytest.fixture(scope="module")
def server():
    with Server() as server:
        yield server


@pytest.fixture(scope="module")
def browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(server, browser):
    """A function that opens the page, calm (no animation) unless told otherwise.

    Whatever the browser complains of, or a page loads from elsewhere, fails the test.
    """
    complaints, contexts = [], []

    def open_(path="", calm=True, **options):
        options.setdefault("viewport", {"width": 1200, "height": 900})
        motion = "reduce" if calm else "no-preference"
        context = browser.new_context(
            reduced_motion=motion, accept_downloads=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: note(request.url))
        page.goto(server.url + path)
        return page

    def note(url):
        if not url.startswith((server.url, "blob:", "data:")):
            complaints.append(f"loaded {url}")

    yield open_
    for context in contexts:
        context.close()
    refused = "the server responded with a status of 422"  # and the page says why
    assert not [complaint for complaint in complaints if refused not in complaint]


def test_the_page_greets_with_writing_and_writes_what_is_typed(open_page):
    page = open_page()
    wait_until_written(page)
    assert len(paths(page)) > 20
    write(page, "Hello there,\n\nold friend.")
    lines = page.locator("#paper g[transform]")
    assert lines.count() == 2
    tops = [
        float(re.search(r" ([\d.]+)\)", transform)[1])
        for transform in lines.evaluate_all(
            "lines => lines.map(line => line.getAttribute('transform'))"
        )
    ]
    assert max(tops) - min(tops) == pytest.approx(2 * 15.0)  # a line is left blank


def test_the_pen_writes_one_stroke_after_the_other(open_page):
    page = open_page(calm=False)
    hidden = page.locator("#paper path[visibility=hidden]")
    drawing = page.locator("#paper path[stroke-dashoffset]")
    expect(drawing).to_have_count(1)
    before = hidden.count()
    assert before > 0
    expect(hidden).not_to_have_count(before)  # goes on
    page.locator("#paper").click()  # the rest at once
    wait_until_written(page)
    assert hidden.count() == drawing.count() == 0
    page.get_by_role("button", name="Replay").click()
    expect(drawing).to_have_count(1)
    assert hidden.count() > 0
    page.keyboard.press("Escape")
    expect(hidden).to_have_count(0)


def test_hand_neatness_and_seed_each_write_anew_and_the_same_again(open_page):
    page = open_page()
    write(page, "the same words")
    seen = [paths(page)]

    def change(act):
        act()
        expect(page.locator("#paper path").first).not_to_have_attribute(
            "d", seen[-1][0]
        )
        wait_until_written(page)
        seen.append(paths(page))

    change(lambda: page.get_by_role("radio", name="by chance").check())
    change(lambda: page.get_by_role("radio", name="joined").check())
    change(lambda: page.get_by_label("Neatness").press("ArrowRight"))
    change(lambda: page.get_by_role("button", name="Try another").click())
    assert len(set(map(tuple, seen))) == 5
    page.get_by_label("Seed").fill("1")
    change(lambda: page.get_by_label("Seed").press("Enter"))
    change(lambda: page.get_by_label("Neatness").press("ArrowLeft"))
    change(lambda: page.get_by_role("radio", name="neat").check())
    assert seen[-1] == seen[0]


def test_ink_and_paper_change_at_once_and_night_brings_chalk(open_page):
    page = open_page()
    wait_until_written(page)
    before = paths(page)
    paper = page.locator("#paper")
    page.get_by_role("radio", name="Royal blue").check()
    expect(paper).to_have_css("stroke", "rgb(36, 70, 166)")
    page.get_by_role("radio", name="Night").check()
    expect(paper).to_have_css("background-color", "rgb(29, 36, 51)")
    expect(paper).to_have_css("stroke", "rgb(243, 239, 228)")
    page.get_by_role("radio", name="Cream").check()
    expect(paper).to_have_css("stroke", "rgb(27, 42, 74)")
    page.get_by_role("radio", name="Grid").check()
    assert page.locator("#paper line").count() > 20
    page.get_by_role("radio", name="Plain").check()
    expect(page.locator("#paper line")).to_have_count(0)
    assert paths(page) == before


def test_what_stands_on_the_paper_can_be_downloaded(open_page):
    page = open_page()
    wait_until_written(page)
    assert_downloads(page, "SVG", "PNG", "PDF", "G-code")


def draw(page, row, rows, words):
    """Writes words on a row of the canvas with the mouse."""
    box = page.locator("#own-canvas").bounding_box()
    left, top = box["x"] + 15, box["y"] + (row + 0.35) * box["height"] / rows
    for stroke in drawing(words):
        x, y, _ = stroke[0]
        page.mouse.move(left + x, top + y)
        page.mouse.down()
        for x, y, _ in [*stroke[1:-1:2], stroke[-1]]:
            page.mouse.move(left + x, top + y)
        page.mouse.up()


def in_rows(text, rows):
    """Words in rows of about the same length, as the dialog breaks them."""
    width = -(-len(text) // rows)
    while len(found := textwrap.wrap(text, width, break_on_hyphens=False)) > rows:
        width += 1
    return found


def test_a_visitor_draws_a_hand_writes_with_it_and_removes_it(open_page):
    page = open_page()
    wait_until_written(page)
    page.get_by_role("button", name="Write with your own hand").click()
    dialog = page.get_by_role("dialog")
    use = dialog.get_by_role("button", name="Write with this hand")
    use.click()
    expect(dialog.get_by_role("alert")).to_contain_text("Please write")
    draw(page, 0, 2, "the quick brown")
    use.click()
    expect(dialog.get_by_role("alert")).to_contain_text("as well")
    draw(page, 1, 2, "fox jumps high")
    reading = dialog.get_by_role("status")
    expect(reading).to_contain_text("jumps high")
    page.mouse.click(400, 420)  # a blot
    dialog.get_by_role("button", name="Undo").click()
    with page.expect_response("**/api/write"):
        use.click()
    expect(dialog).to_be_hidden()
    own = page.get_by_role("radio", name="My hand")
    expect(own).to_be_checked()
    wait_until_written(page)
    assert paths(page)
    stranger = open_page()
    wait_until_written(stranger)
    assert stranger.get_by_role("radio", name="My hand").count() == 0
    page.get_by_role("button", name="Remove My hand").click()
    expect(own).to_have_count(0)


def test_a_hand_of_several_lines_is_drawn_line_by_line(open_page):
    page = open_page()
    wait_until_written(page)
    page.get_by_role("button", name="Write with your own hand").click()
    dialog = page.get_by_role("dialog")
    following = dialog.get_by_role("button", name="Next line")
    status = dialog.get_by_role("status")
    expect(status).to_contain_text("Line 1 of 11, 0 kept")
    draw(page, 0, 2, "so it is")
    draw(page, 1, 2, "not at all")
    following.click()
    expect(dialog.get_by_role("alert")).to_contain_text("another text")
    dialog.get_by_role("button", name="Clear").click()
    draw(page, 0, 2, "the quick brown")
    draw(page, 1, 2, "fox jumps high")
    following.click()
    expect(status).to_contain_text("Line 2 of 11, 1 kept")
    following.click()  # a blank line is passed over
    expect(status).to_contain_text("Line 3 of 11, 1 kept")
    with page.expect_request("**/api/styles") as sent:
        dialog.get_by_role("button", name="Write with this hand").click()
    assert sent.value.post_data_json["text"] == "the quick brown fox jumps high"
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("radio", name="My hand")).to_be_checked()


# A few steps on the lines alone: the hand hardly changes, and the rest is as it is.
QUICK = (
    "HandTuner.num_steps = 2", "HandTuner.anchors = 0", "HandTuner.dropout = 0.0",
    "HandTuner.products = 'float32'", "WarmupHoldDecay.warmup_steps = 1",
)  # fmt: skip


@pytest.mark.slow
def test_a_hand_of_several_lines_is_learnt_and_written_and_can_be_turned(browser):
    pytest.importorskip("tensorflow")
    pytest.importorskip("gin")
    with Server(*(f"--gin_param={binding}" for binding in QUICK)) as server:
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        page.goto(server.url)
        wait_until_written(page)
        page.get_by_role("button", name="Write with your own hand").click()
        dialog = page.get_by_role("dialog")
        status = dialog.get_by_role("status")
        sheet = page.request.get(server.url + "api/model").json()["sheet"]
        for number, text in enumerate(["the quick brown fox jumps high", *sheet[:2]]):
            rows = page.locator("#own-canvas").evaluate("c => c.clientHeight") // 104
            for row, words in enumerate(in_rows(text, rows)):
                draw(page, row, rows, words)
            dialog.get_by_role("button", name="Next line").click()
            expect(status).to_contain_text(f"{number + 1} kept")
        expect(status).to_contain_text("will be learnt")
        asked = []
        page.on("request", lambda request: asked.append(request))
        dialog.get_by_role("button", name="Write with this hand").click()
        expect(dialog).to_be_hidden(timeout=60_000)
        learning = page.locator("#learning")
        expect(learning).to_contain_text("is being learnt")
        expect(learning).to_contain_text("has been learnt", timeout=120_000)
        wait_until_written(page)
        orders = [r.post_data_json for r in asked if r.url.endswith("/api/write")]
        assert [order.get("likeness") for order in orders] == [None, 0.7]
        learnt = paths(page)
        with page.expect_response("**/api/write") as turned:
            page.get_by_label("Likeness").press("ArrowLeft")
        assert turned.value.request.post_data_json["likeness"] == 0.6
        wait_until_written(page)
        assert paths(page) != learnt
        page.get_by_role("radio", name="neat").check()
        expect(page.get_by_label("Likeness")).to_be_hidden()
        context.close()


def test_a_drawing_can_be_loaded_and_one_that_is_none_is_refused(open_page, tmp_path):
    page = open_page()
    wait_until_written(page)
    page.get_by_role("button", name="Write with your own hand").click()
    alert = page.get_by_role("dialog").get_by_role("alert")
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    page.locator("#own-file").set_input_files(broken)
    expect(alert).to_contain_text("JSON")
    dots = tmp_path / "dots.json"
    dots.write_text(json.dumps({"text": "fox", "strokes": [[[0, 0], [1, 1], [2, 2]]]}))
    page.locator("#own-file").set_input_files(dots)
    expect(alert).to_contain_text("3 points")
    good = tmp_path / "good.json"
    good.write_text(
        json.dumps({"text": "the quick fox", "strokes": drawing("the quick fox")})
    )
    page.locator("#own-file").set_input_files(good)
    expect(page.get_by_role("radio", name="My hand")).to_be_checked()


def test_a_page_of_another_program_is_shown_line_by_line_and_corrected(
    open_page, tmp_path
):
    page = open_page()
    wait_until_written(page)
    page.get_by_role("button", name="Write with your own hand").click()
    dialog = page.get_by_role("dialog")
    use = dialog.get_by_role("button", name="Write with this hand")
    texts = ["the quick brown fox", "jumps over lazy dogs"]
    (tmp_path / "page.inkml").write_text(inkml_page(texts))
    page.locator("#own-file").set_input_files(tmp_path / "page.inkml")
    fields = [dialog.get_by_label(f"What line {i} says") for i in (1, 2)]
    for field, text in zip(fields, texts, strict=True):
        expect(field).to_have_value(text)
    expect(page.locator("#own-canvas")).to_be_hidden()
    fields[1].fill("something else")
    use.click()
    expect(dialog.get_by_role("alert")).to_contain_text("line 2")
    fields[1].fill(texts[1])
    with page.expect_request("**/api/styles") as sent:
        use.click()
    assert [line["text"] for line in sent.value.post_data_json["more"]] == texts[1:]
    expect(page.get_by_role("radio", name="My hand")).to_be_checked()


def test_the_lines_of_a_file_can_be_cleared_for_a_drawing(open_page, tmp_path):
    page = open_page()
    wait_until_written(page)
    page.get_by_role("button", name="Write with your own hand").click()
    dialog = page.get_by_role("dialog")
    d = ["L".join(f"{x} {y}" for x, y, _ in s) for s in drawing("the quick fox")]
    paths = "".join(f"<path fill='none' stroke='#000' d='M{each}'/>" for each in d)
    (tmp_path / "line.svg").write_text(f"<svg>{paths}</svg>")
    page.locator("#own-file").set_input_files(tmp_path / "line.svg")
    field = dialog.get_by_label("What line 1 says")
    expect(field).to_have_value("the quick fox")
    field.fill(" ")
    dialog.get_by_role("button", name="Write with this hand").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say what")
    dialog.get_by_role("button", name="Clear").click()
    expect(field).to_be_hidden()
    expect(page.locator("#own-canvas")).to_be_visible()


def test_everything_can_be_reached_and_used_with_the_keyboard_alone(open_page):
    page = open_page()
    wait_until_written(page)
    focused = """(({ id, name, textContent }) => id || name || textContent)(
        document.activeElement
    )"""
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
        if reached[-1] == "seed":
            break
    wanted = [
        "To the text",
        "API",
        "replay",
        "another",
        "text",
        "write",
        "hand",
        "draw",
    ]
    wanted += ["bias", "ink", "paper", "rule", "seed"]
    assert [name for name in reached if name in wanted] == wanted
    page.get_by_label("Text").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("keys only")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#paper")).to_have_attribute(
        "aria-label", "Handwriting: keys only"
    )
    wait_until_written(page)
    page.get_by_role("radio", name="neat").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="print")).to_be_checked()
    wait_until_written(page)
    page.locator("#draw").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#draw")).to_be_focused()


def test_every_control_has_a_name_for_screen_readers(open_page):
    page = open_page()
    wait_until_written(page)
    nameless = page.locator("button, input, textarea, a, [role=img]").evaluate_all(
        """controls => controls.filter(control => !(
            control.getAttribute("aria-label") || control.textContent.trim() ||
            control.labels?.length || control.getAttribute("aria-labelledby")
        )).map(control => control.outerHTML)"""
    )
    assert nameless == []
    status = page.locator("#status")
    assert status.get_attribute("aria-live") == "polite"


def test_the_page_fits_a_phone(open_page):
    phone = {"width": 360, "height": 740}
    page = open_page(viewport=phone, has_touch=True, is_mobile=True)
    wait_until_written(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    heights = page.locator("main button:visible").evaluate_all(
        "buttons => buttons.map(button => button.getBoundingClientRect().height)"
    )
    assert min(heights) >= 36  # what a finger hits
    page.locator("#draw").tap()
    assert page.get_by_role("dialog").bounding_box()["width"] <= 360


def test_what_the_server_refuses_is_said_and_typed_text_stays_text(open_page):
    page = open_page()
    wait_until_written(page)
    page.get_by_label("Text").fill("<img src=x onerror=alert(1)> 世 wins")
    expect(page.locator("#hint")).to_contain_text("世")
    page.get_by_label("Text").fill("a decomposed cafe\u0301")
    expect(page.locator("#hint")).to_have_text("")


def test_a_text_that_is_too_long_is_refused_before_it_is_written_and_stays_so(
    open_page,
):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    wait_until_written(page)
    before, sentence = paths(page), "48 lines; 40 fit on the sheet"
    status, text = page.locator("#status"), page.get_by_label("Text")
    asked.clear()
    text.fill("\n".join("abcdefgh" * 6))
    expect(status).to_contain_text(sentence)  # while it is typed
    expect(page.get_by_role("button", name="Write", exact=False).first).to_be_disabled()
    text.press("Control+Enter")
    page.get_by_label("Neatness").press("ArrowRight")
    page.get_by_role("radio", name="joined").check()
    page.get_by_role("button", name="Replay").click()
    page.locator("#paper").click()
    page.wait_for_timeout(300)
    expect(status).to_contain_text(sentence)
    assert asked == [] and paths(page) == before
    text.fill("a short one")
    expect(status).not_to_contain_text(sentence)
    text.press("Control+Enter")
    expect(status).to_have_text("Written.")
    text.fill("x" * 10_000)  # nothing of a long text is cut off unseen
    expect(status).to_contain_text("fit on the sheet")
    assert len(text.input_value()) == 10_000


def test_the_api_page_shows_every_route_without_help_from_elsewhere(open_page):
    page = open_page("docs")
    expect(page.locator("article")).to_have_count(11)
    expect(page.get_by_role("heading", name="/api/write")).to_be_visible()
