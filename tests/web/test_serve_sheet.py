"""Sheets of paper, visitors and limits: what needs no server."""

import asyncio
import dataclasses
import re
import string
from pathlib import Path

import numpy as np
import pytest
from refusals import refused
from writing_samples import scribbler

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.strokes.measures import written_height
from scribe.web import files, guard, messages, sheet
from scribe.web.hands import Visitors
from scribe.web.limits import Limits
from scribe.writing import Style, Writer, WrittenLine, best_of
from scribe.writing.attempts import Attempt


def bars(num_letters, height=4.0, y=7.0):
    """Strokes upwards from `y`, one for each letter, each a height from the next."""
    points = np.array([[0, 0], [0, -1]]) * height
    points = np.concatenate([points + [height * i, y] for i in range(num_letters)])
    strokes = np.diff(points, axis=0, prepend=[[0.0, 0.0]])
    ends = np.tile([0, 1], num_letters)
    return np.column_stack([strokes, ends]).astype(np.float32)


@pytest.mark.unit
def test_a_placed_line_stands_on_its_baseline_and_begins_at_its_left_end():
    line = sheet.place(bars(5), mm_per_unit=2.0)
    ink = np.concatenate(line.curves)
    assert ink.min(axis=0) == pytest.approx([0.0, -8.0], abs=1e-5)
    assert ink.max(axis=0) == pytest.approx([32.0, 0.0], abs=1e-5)
    assert line.width_mm == pytest.approx(32.0)
    assert line.num_points == [2] * 5


@pytest.mark.unit
def test_descenders_and_dots_do_not_move_the_baseline():
    strokes = bars(9)
    tail = np.array([[0, 6, 0], [0, -6, 1]], np.float32)
    strokes[-1, 2] = 0.0
    lower = np.concatenate([strokes, tail])
    assert sheet.baseline(lower) == pytest.approx(sheet.baseline(strokes))


@pytest.mark.unit
def test_lines_keep_the_size_of_their_hand():
    hand = Style("a", bars(6, height=5.0))
    line = WrittenLine(bars(3, height=2.5), "x", True, 1, None, None)
    placed = sheet.place_line(line, hand, height_mm=10.0)
    scale = 10.0 / written_height(hand.strokes)
    assert placed.width_mm == pytest.approx(scale * 2 * 2.5)


@pytest.mark.unit
def test_a_sheet_has_a_line_on_every_other_baseline_if_one_is_left_blank():
    line = sheet.place(bars(4), 1.0)
    page = sheet.sheet([line, None, line], height_mm=10.0)
    assert len(page.curves) == 2 * len(line.curves)
    rise = page.curves[len(line.curves)] - page.curves[0]
    np.testing.assert_allclose(rise, [[0.0, 2 * 15.0]] * len(rise), atol=1e-9)
    ink = np.concatenate(page.curves)
    assert ink.min() >= sheet.MARGIN_MM - 1e-6
    assert page.width == pytest.approx(ink[:, 0].max() + sheet.MARGIN_MM)


@pytest.mark.unit
def test_paper_is_as_large_as_asked_and_grows_where_lines_need_more():
    line = sheet.place(bars(4), 1.0)
    small = sheet.sheet([line], 10.0)
    large = sheet.sheet([line], 10.0, (200.0, 300.0))
    assert (large.width, large.height) == (200.0, 300.0)
    assert sheet.sheet([line], 10.0, (1.0, 1.0)).width == small.width
    with refused("100 lines", "20 mm", "3014 mm", 2000):
        sheet.sheet([line] * 100, 20.0)


@pytest.mark.unit
def test_what_is_longer_than_a_page_goes_on_to_pages_of_one_size():
    short, long = (sheet.place(bars(n), 1.0) for n in (4, 60))
    lines = [short] * 40 + [long]
    (one,) = sheet.pages(lines[:18], 10.0, (180.0, 115.0), "none", 297.0)
    assert one.height == sheet.sheet(lines[:18], 10.0).height <= 297.0
    pages = sheet.pages(lines, 10.0, (180.0, 600.0), "none", 297.0)
    assert len(pages) == 3
    assert {(page.width, page.height) for page in pages} == {
        (long.width_mm + 2 * sheet.MARGIN_MM, 297.0)
    }
    assert sum(len(page.curves) for page in pages) == 40 * 4 + 60
    assert all(curve[:, 1].max() < 297.0 for page in pages for curve in page.curves)


@pytest.mark.unit
def test_rules_lie_under_the_baselines_and_grids_are_even():
    line = sheet.place(bars(4), 1.0)
    page = sheet.sheet([line] * 3, 10.0, (100.0, 100.0), "lines")
    first = sheet.MARGIN_MM + sheet.ASCENT * 10.0 + sheet.BELOW_MM
    assert [rule[0, 1] for rule in page.rules[:3]] == pytest.approx(
        [first, first + 15.0, first + 30.0]
    )
    grid = sheet.sheet([line], 10.0, (100.0, 100.0), "grid").rules
    assert len(grid) == 19 + 19
    assert not sheet.sheet([line], 10.0).rules


@pytest.mark.unit
def test_a_rule_is_paler_than_the_ink_on_light_paper_and_on_dark():
    assert sheet.rule_ink("#000000", "#ffffff") == "#d1d1d1"
    assert sheet.rule_ink("#ffffff", "#000000") == "#2e2e2e"


@pytest.fixture
def style():
    return Style("a", bars(3))


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.unit
def test_a_visitor_who_was_away_for_long_has_lost_the_styles(style):
    clock = Clock()
    visitors = Visitors(Limits(style_minutes=10), clock)
    token, hand = visitors.add(None, "mine", style)
    clock.now = 9 * 60
    assert visitors.hands(token) == {hand.id: hand}  # which counts as being here
    clock.now = 18 * 60
    assert visitors.hands(token) == {hand.id: hand}
    clock.now = 29 * 60
    assert visitors.hands(token) == {}


@pytest.mark.unit
def test_the_visitor_who_was_away_for_longest_makes_room(style):
    visitors = Visitors(Limits(max_visitors=2), Clock())
    tokens = [visitors.add(None, "mine", style)[0] for _ in range(2)]
    assert visitors.hands(tokens[0])
    tokens.append(visitors.add(None, "mine", style)[0])
    assert [bool(visitors.hands(token)) for token in tokens] == [True, False, True]


@pytest.mark.unit
def test_a_token_that_was_not_made_here_is_replaced(style):
    visitors = Visitors(Limits())
    token, _ = visitors.add("chosen", "mine", style)
    assert token != "chosen"
    assert visitors.hands("chosen") == {}


@pytest.mark.unit
@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Limits)])
def test_every_limit_says_what_it_is_and_refuses_less_than_nothing(name):
    (field,) = (f for f in dataclasses.fields(Limits) if f.name == name)
    assert field.metadata["help"]
    with refused(f"{name}=-1"):
        Limits(**{name: -1})


@pytest.mark.unit
def test_the_document_lists_every_limit_with_its_default():
    document = Path(__file__).parents[2] / "docs" / "use" / "WEB.md"
    rows = re.findall(
        r"^\| `--(\w+)` \| ([\d.]+) \| (.+) \|$", document.read_text(), re.M
    )
    assert rows == [
        (field.name, f"{field.default:g}", field.metadata["help"])
        for field in dataclasses.fields(Limits)
    ]


@pytest.mark.unit
def test_a_format_that_needs_what_is_not_installed_is_named(monkeypatch):
    files._is_installed.cache_clear()
    monkeypatch.setitem(files._NEEDS, "png", {"pillow": "no_such_module.inside"})
    assert files.formats() == ["svg", "pdf", "gcode"]
    files.check("svg")
    with refused("png", "pillow", error=files.Unavailable):
        files.check("png")


@pytest.mark.unit
def test_a_fault_of_ours_is_one_sentence_and_has_the_security_headers(monkeypatch):
    from scribe.web import app as web_app

    def broken(self):
        raise RuntimeError("secret")

    monkeypatch.setattr(web_app.Service, "model", broken)
    app = web_app.create_app(Writer(scribbler(), "numpy"), Limits())
    sent = []
    with pytest.raises(RuntimeError):  # for the log, after it was answered
        ask(app, sent, "GET", "/api/model", bodies=[b""])
    start, body = sent
    assert start["status"] == 500
    assert b"content-security-policy" in dict(start["headers"])
    assert b"secret" not in body["body"] and b"detail" in body["body"]


def ask(app, sent, method, path, bodies):
    """One request to an ASGI application; its messages are appended to `sent`.

    The body is one of `bodies` after the other, and never ends after the last.
    """
    scope = {"type": "http", "method": method, "path": path, "query_string": b""}
    scope |= {"scheme": "http", "server": ("localhost", 80)}
    scope["headers"] = [(b"content-type", b"application/json")]
    bodies = list(bodies)

    async def send(message):
        sent.append(message)

    async def receive():
        if not bodies:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": bodies.pop(0), "more_body": True}

    asyncio.run(app(scope, receive, send))


@pytest.mark.unit
def test_a_body_that_does_not_come_to_its_end_is_given_up(monkeypatch):
    async def never(*_):
        raise AssertionError("a route saw the request")

    monkeypatch.setattr(guard, "SECONDS_FOR_A_BODY", 0.05)
    sent = []
    ask(guard.Guard(never, 100, None), sent, "POST", "/", bodies=[b"{", b" "])
    assert sent[0]["status"] == 408
    assert b"too long to arrive" in sent[1]["body"]


class Chooser:
    """Likes lines the more, the fewer points they have; cannot read two of them.

    It misreads all of them but those that say "right".
    """

    alphabet = Alphabet(string.printable)

    def check(self, strokes, texts):
        if "unreadable" in texts:
            raise InputError("cannot be read")
        nats = np.array([len(line) for line in strokes], float)
        return nats, np.array([text == "right" for text in texts])


@pytest.mark.integration
def test_of_several_candidates_the_reader_s_choice_is_delivered(monkeypatch):
    from scribe.web import service as web_service

    writer = Writer(scribbler(), "numpy")
    monkeypatch.setattr(best_of, "shipped_chooser", Chooser)
    service = web_service.Service(writer, Limits())
    assert service.model().max_candidates > 1
    texts = ["the quick brown", "", "fox", "unreadable", "right"]
    asked = messages.WriteRequest(texts=texts, best_of=3, seed=4)

    async def write():
        order = await service.order(None, asked)
        return await service.all_lines(order)

    service.batcher.start()
    try:
        lines = asyncio.run(write())
    finally:
        service.batcher.stop()
    assert lines[1] is None
    candidates = writer.write(["the quick brown", "x", "fox"], num_samples=3, seed=4)
    for line, first in ((lines[0], 0), (lines[2], 6)):
        shortest = min(len(c.strokes) for c in candidates[first : first + 3])
        assert len(line.strokes) == shortest
    assert lines[3].text == "unreadable"
    (once,) = writer.write_attempts(writer.spelled("right", "refuse"), [Attempt(4, 4)])
    np.testing.assert_allclose(lines[4].strokes, once.strokes, atol=1e-5)
    assert service.batcher.counts() == {"lines_waiting": 0, "lines_writing": 0}


@pytest.mark.unit
def test_a_service_needs_a_model_that_reads_text():
    from scribe.web.service import Service

    with refused("without text"):
        Service(Writer(scribbler(reads_text=False), "numpy"), Limits())
