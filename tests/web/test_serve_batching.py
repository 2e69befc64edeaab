"""One model for many requests: who is written when, and what of it is kept."""

import asyncio
import time

import numpy as np
import pytest
from writing_samples import CHARACTERS, scribbler

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import WorkFailed
from scribe.web.batching import Batcher, Busy, Task
from scribe.writing import Style, Writer
from scribe.writing.session import Session
from scribe.writing.spelling import spell

TEXTS = ("fox", "The quick brown fox", "a", "jumps, 13.")


@pytest.fixture(scope="module")
def writer():
    return Writer(scribbler(), "numpy")


def batcher_of(writer, batch_lines, max_waiting_lines=100, remembered_lines=0, **more):
    session = Session(writer.model, "numpy")
    return Batcher(session, batch_lines, max_waiting_lines, remembered_lines, **more)


@pytest.fixture
def batcher(writer):
    batcher = batcher_of(writer, batch_lines=3, remembered_lines=50)
    yield batcher
    if batcher.is_alive():
        batcher.stop()


def tasks(*texts, hand=None, bias=0.5, seed=0):
    spelled = [spell(text, Alphabet(CHARACTERS)) for text in texts]
    return [Task(text, hand, bias, seed, i) for i, text in enumerate(spelled)]


class Inbox:
    """What was delivered, in order."""

    def __init__(self):
        self.found = []

    def __call__(self, position, line):
        self.found.append((position, line))

    def wait_for(self, count):
        end = time.monotonic() + 30
        while len(self.found) < count:
            assert time.monotonic() < end, f"{len(self.found)} of {count} lines"
            time.sleep(0.002)
        return dict(self.found)


def wait_until_idle(batcher):
    end = time.monotonic() + 30
    while any(batcher.counts().values()):
        assert time.monotonic() < end, batcher.counts()
        time.sleep(0.002)


@pytest.mark.integration
def test_each_request_gets_the_lines_that_it_would_get_alone(writer, batcher):
    line = writer.write("brown", seed=5)[0]
    style = Style(line.text, line.strokes)
    requests = [
        {"bias": 0.0, "seed": 1, "style": None},
        {"bias": 1.5, "seed": 2, "style": style},
        {"bias": 0.7, "seed": 1, "style": style},
    ]
    primed = writer.session.primed(style)
    inboxes = []
    for asked in requests:
        hand = asked["style"] and primed
        of_request = tasks(*TEXTS, hand=hand, bias=asked["bias"], seed=asked["seed"])
        inboxes.append(Inbox())
        batcher.submit(of_request, inboxes[-1])
    batcher.start()
    for asked, inbox in zip(requests, inboxes, strict=True):
        together = inbox.wait_for(len(TEXTS))
        for i, alone in enumerate(writer.write(TEXTS, **asked)):
            assert together[i].attempts == alone.attempts
            assert together[i].finished == alone.finished
            np.testing.assert_allclose(
                together[i].strokes, alone.strokes, atol=1e-3, rtol=1e-3
            )


@pytest.mark.integration
def test_a_line_that_fails_is_tried_again_as_often_as_elsewhere():
    writer = Writer(scribbler(steps_per_character=0.8), "numpy")
    batcher = batcher_of(writer, batch_lines=4)
    text = "The quick brown fox"
    lines = {seed: writer.write(text, seed=seed, bias=0.0)[0] for seed in range(10)}
    retried = [seed for seed, line in lines.items() if line.attempts > 1]
    assert retried
    inboxes = {seed: Inbox() for seed in retried}
    batcher.start()
    for seed in retried:
        batcher.submit(tasks(text, bias=0.0, seed=seed), inboxes[seed])
    for seed in retried:
        found = inboxes[seed].wait_for(1)[0]
        assert found.attempts == lines[seed].attempts
        assert found.finished == lines[seed].finished
    batcher.stop()


@pytest.mark.integration
def test_a_single_line_does_not_wait_for_a_long_letter(batcher):
    order = []
    letter = [f"line {i} of a letter" for i in range(12)]
    inbox = Inbox()
    batcher.submit(tasks(*letter), lambda i, _: order.append("letter"))
    batcher.submit(tasks("short"), lambda i, line: (order.append("short"), inbox(i, 0)))
    batcher.start()
    inbox.wait_for(1)
    assert order.count("letter") < 9


@pytest.mark.integration
def test_the_lines_of_a_request_that_was_given_up_are_dropped(batcher):
    texts = [f"The quick brown fox number {i}" for i in range(80)]
    inbox = Inbox()
    job = batcher.submit(tasks(*texts), inbox)
    batcher.start()
    inbox.wait_for(1)
    batcher.cancel(job)
    wait_until_idle(batcher)
    assert len(inbox.found) < 20
    other = Inbox()
    batcher.submit(tasks("fox", seed=9), other)
    assert other.wait_for(1)[0].text == "fox"


@pytest.mark.unit
def test_a_full_queue_turns_requests_away_and_takes_them_again_later(writer):
    batcher = batcher_of(writer, batch_lines=2, max_waiting_lines=3)
    first = batcher.submit(tasks("a", "b"), Inbox())
    with pytest.raises(Busy):
        batcher.submit(tasks("c", "d"), Inbox())
    assert batcher.counts() == {"lines_waiting": 2, "lines_writing": 0}
    batcher.cancel(first)
    batcher.submit(tasks("c", "d"), Inbox())


@pytest.mark.unit
def test_one_visitor_cannot_take_the_whole_queue(writer):
    batcher = batcher_of(writer, 2, max_waiting_lines=3, kept_for_others=2)
    for seed in range(3):
        batcher.submit(tasks("a", seed=seed), Inbox(), "greedy")
    with pytest.raises(Busy):
        batcher.submit(tasks("a", seed=3), Inbox(), "greedy")
    second = batcher.submit(tasks("c", "d"), Inbox(), "other")
    with pytest.raises(Busy):
        batcher.submit(tasks("e"), Inbox(), "third")
    batcher.cancel(second)
    batcher.submit(tasks("e"), Inbox(), "third")
    with pytest.raises(Busy):
        batcher.submit(tasks("a", seed=4), Inbox(), "greedy")


@pytest.mark.integration
def test_a_line_that_is_remembered_is_not_written_again(batcher, monkeypatch):
    first, second, third = Inbox(), Inbox(), Inbox()
    batcher.start()
    batcher.submit(tasks("fox", "a"), first)
    written = first.wait_for(2)
    batcher.submit(tasks("fox", "a"), second)
    assert [line for _, line in second.found] == [written[0], written[1]]
    batcher.submit(tasks("fox", seed=1), third)
    assert third.wait_for(1)[0] is not written[0]


@pytest.mark.integration
def test_only_so_many_lines_are_remembered(writer):
    batcher = batcher_of(writer, batch_lines=3, remembered_lines=1)
    batcher.start()
    try:
        first, again = Inbox(), Inbox()
        batcher.submit(tasks("a", "b", "c"), first)
        written = set(map(id, first.wait_for(3).values()))
        batcher.submit(tasks("a", "b", "c"), again)
        kept = written & set(map(id, again.wait_for(3).values()))
        assert len(kept) <= 1
    finally:
        batcher.stop()


@pytest.mark.integration
def test_when_the_writing_breaks_down_its_requests_are_told_and_others_go_on(
    batcher, monkeypatch, caplog
):
    def broken(*_):
        monkeypatch.undo()
        raise FloatingPointError("on purpose")

    async def write(*texts):
        return [line.text async for _, line in batcher.write(tasks(*texts))]

    monkeypatch.setattr(batcher._session.engine(1), "step", broken)
    batcher.start()
    with pytest.raises(WorkFailed, match="broke down"):
        asyncio.run(write("fox", "a"))
    assert "on purpose" in caplog.text
    assert asyncio.run(write("fox")) == ["fox"]


@pytest.mark.integration
def test_whoever_stops_listening_frees_the_place(batcher):
    async def listen():
        writing = batcher.write(tasks(*(f"brown fox {i}" for i in range(60))))
        async for _ in writing:
            break
        writing.close()

    batcher.start()
    asyncio.run(listen())
    wait_until_idle(batcher)


@pytest.mark.unit
def test_a_stopped_batcher_is_not_alive(batcher):
    batcher.start()
    assert batcher.is_alive()
    batcher.stop()
    assert not batcher.is_alive()
