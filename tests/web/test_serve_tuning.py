"""Hands that are learnt for visitors: the queue, its ends, and what is written then."""

import asyncio
import sys

import numpy as np
import pytest
from refusals import refused
from writing_samples import scribbler

pytest.importorskip("pydantic")

from scribe.web import messages, tuning  # noqa: E402
from scribe.web.hands import Hand, Leading  # noqa: E402
from scribe.web.limits import Limits  # noqa: E402
from scribe.web.service import Service  # noqa: E402
from scribe.web.tuning import Crowded, Tunings  # noqa: E402
from scribe.writing import Style, Writer, adaptation, own_styles, styles  # noqa: E402

pytestmark = pytest.mark.unit

# Stands for `scribe style tune`; what it does is said as a binding.
COMMAND = """
import json, os, shutil, sys, time
how = [a.removeprefix("--gin_param=") for a in sys.argv if a.startswith("--gin_param")]
folder = os.environ["SCRIBE_STYLES"]
assert json.load(open(folder + "/hand.json"))["lines"]
print(json.dumps({"step": 1, "steps": 2}), flush=True)
if "slow" in how:
    open(how[-1], "w").write(folder)
    time.sleep(60)
if "broken" in how:
    sys.exit("error: the disk is full")
if "kept" in how:
    shutil.copy(how[-1], folder + "/hand.npz")
print(json.dumps({"kept": "kept" in how, "before": 1.0, "after": 0.5}), flush=True)
"""


@pytest.fixture(scope="module")
def writer():
    return Writer(scribbler(), "numpy")


@pytest.fixture
def hand(writer):
    lines = [
        Style(line.text, line.strokes)
        for line in writer.write(["brown fox", "the quick", "lazy dog"], seed=5)
    ]
    style = styles.find_style(styles.of_lines(lines), writer.model)
    return Hand("own-1", "My hand", style, own=True)


@pytest.fixture
def learnt(writer, tmp_path):
    """The file of an adaptation."""
    weights = {name: 1.1 * value for name, value in writer.model.weights.items()}
    path = tmp_path / "learnt.npz"
    adaptation.learnt(writer.model, weights, rank=4).save(path)
    return path


@pytest.fixture
def tunings(writer, tmp_path, monkeypatch):
    """Makes Tunings that do what is said."""
    script = tmp_path / "command.py"
    script.write_text(COMMAND)
    monkeypatch.setattr(tuning, "COMMAND", (sys.executable, str(script)))
    return lambda *how, **limits: Tunings(writer.model, Limits(**limits), how)


async def ended(hand):
    while hand.learning.state in ("waiting", "learning"):
        await asyncio.sleep(0.01)
    return hand.learning


async def begun(path):
    """What a slow command has said into a file."""
    while not path.exists() or not path.read_text():
        await asyncio.sleep(0.01)
    return path.read_text()


def test_what_was_learnt_is_what_the_hand_writes_with(writer, hand, tunings, learnt):
    async def learn():
        learning = tunings("kept", str(learnt)).start(hand)
        assert learning.state == "waiting"
        return await ended(hand)

    found = asyncio.run(learn())
    assert (found.state, found.share) == ("learnt", 1.0)
    assert hand.style.text == hand.style.lines[0].text  # a single line leads
    expected = adaptation.load_adaptation(learnt)
    assert hand.style.adaptation.digest == expected.digest


def test_a_tuned_hand_writes_beside_others_what_it_writes_alone(
    writer, hand, tmp_path, monkeypatch, learnt
):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path))
    path = own_styles.path_of("mine")
    styles.save_style(path, hand.style)
    learnt.rename(own_styles.adaptation_path(path))
    service = Service(writer, Limits(), own=["mine"])
    (answer,) = service.styles(None).styles
    assert (answer.id, answer.own, answer.tuned) == ("mine", False, True)

    async def write(**fields):
        asked = messages.WriteRequest(texts=["fox", "quick brown"], seed=4, **fields)
        return await service.all_lines(await service.order(None, asked))

    async def write_all():
        return await asyncio.gather(
            write(style="mine"), write(), write(style="mine", likeness=0.2)
        )

    service.batcher.start()
    try:
        found = asyncio.run(write_all())
    finally:
        service.batcher.stop()
    for lines, style in zip(
        found,
        (writer.style("mine"), None, writer.style("mine", likeness=0.2)),
        strict=True,
    ):
        alone = writer.write(["fox", "quick brown"], seed=4, style=style)
        for one, other in zip(lines, alone, strict=True):
            np.testing.assert_allclose(one.strokes, other.strokes, atol=1e-3)


def test_a_likeness_is_for_hands_that_were_learnt(writer, hand):
    with refused("tuned"):
        asyncio.run(Leading(writer.session).into(hand.style, 0.5))


def test_a_hand_that_is_no_better_or_failed_stays_as_it_was(hand, tunings):
    style = hand.style

    async def learn(how):
        tunings(how).start(hand)
        return await ended(hand)

    found = asyncio.run(learn("worse"))
    assert (found.state, found.detail) == ("no better", "")
    found = asyncio.run(learn("broken"))
    assert found.state == "failed" and "the disk is full" in found.detail
    assert hand.style is style


def test_one_is_learnt_at_a_time_and_one_waits_for_each_address(
    writer, hand, tunings, tmp_path
):
    others = [Hand(f"own-{i}", "My hand", hand.style, own=True) for i in range(3)]
    said = tmp_path / "said"

    async def learn():
        some = tunings("slow", str(said), max_waiting_tunings=2)
        some.start(hand, "a")
        with pytest.raises(Crowded):
            some.start(others[0], "a")
        some.start(others[1], "b")
        with pytest.raises(Crowded):
            some.start(others[2], "c")
        await begun(said)
        assert some.start(hand, "a").state == "learning"  # asked again
        assert others[1].learning.state == "waiting"
        await some.end()

    asyncio.run(learn())


def test_what_is_given_up_leaves_nothing_behind(hand, tunings, tmp_path):
    said = tmp_path / "said"

    async def learn():
        some = tunings("slow", str(said))
        some.start(hand)
        folder = await begun(said)
        await some.stop(hand)
        return folder

    folder = asyncio.run(learn())
    assert hand.learning is None and hand.style.adaptation is None
    assert not tmp_path.joinpath(folder).exists()


def test_a_hand_that_takes_too_long_is_given_up(hand, tunings, tmp_path):
    async def learn():
        tunings("slow", str(tmp_path / "said"), tuning_minutes=0.005).start(hand)
        return await ended(hand)

    found = asyncio.run(learn())
    assert found.state == "failed" and "minutes" in found.detail


def test_a_hand_of_two_lines_is_not_learnt(hand, tunings):
    hand.style = styles.of_lines(hand.style.lines[:2])

    async def learn():
        tunings().start(hand)

    with refused("3 lines", 2):
        asyncio.run(learn())
