"""Lines that join and leave a batch while it runs."""

import dataclasses

import numpy as np
import pytest
from engine_samples import request as request_of
from writing_samples import scribbler

from scribe.models.batch_state import Ending
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.rolling_batch import RollingBatch
from scribe.writing import Style, Writer
from scribe.writing.attempts import Attempt

TEXTS = ("The quick brown fox", "a", "jumps, 13.", "over", "the lazy dog: whose?")


@pytest.fixture(scope="module")
def writer():
    return Writer(scribbler(), "numpy")


@pytest.fixture
def batch(writer):
    return RollingBatch(NumpyEngine(writer.model))


@pytest.fixture(scope="module")
def hand(writer):
    line = writer.write("brown", seed=5)[0]
    return writer.session.primed(Style(line.text, line.strokes))


def request(writer, i, hand=None, bias=0.5, max_steps=400):
    attempts = [Attempt(7, i)]
    return writer.session.request([TEXTS[i]], attempts, bias, hand, max_steps=max_steps)


def run(batch, arriving=()):
    """Steps until nothing is left; `arriving` are (step, ticket, request)."""
    arriving, answers, steps = sorted(arriving, key=lambda a: a[0]), {}, 0
    while arriving or len(batch):
        while arriving and arriving[0][0] <= steps:
            _, ticket, asked = arriving.pop(0)
            batch.add([ticket], asked)
        if len(batch):
            answers.update(batch.step())
        steps += 1
    return answers


@pytest.mark.integration
def test_a_line_is_the_same_alone_and_in_a_batch_that_others_join_and_leave(
    writer, batch, hand
):
    asked = [
        request(writer, i, hand if i % 2 else None, bias=0.3 * i)
        for i in range(len(TEXTS))
    ]
    answers = run(batch, [(11 * i, i, asked[i]) for i in range(len(TEXTS))])
    engine = NumpyEngine(writer.model)
    for i, one in enumerate(asked):
        alone, found = engine.write(one), answers[i]
        assert found.lengths[0] == alone.lengths[0]
        assert found.finished[0] == alone.finished[0]
        for name in ("strokes", "phi", "kappa"):
            a, b = getattr(found, name), getattr(alone, name)
            np.testing.assert_allclose(a, b, atol=2e-4)


@pytest.mark.unit
def test_a_line_is_handed_out_at_the_step_that_ends_it(writer, batch):
    batch.add(["long"], request(writer, 0))
    batch.add(["short"], request(writer, 1))
    done = []
    while not done:
        done = batch.step()
    assert [ticket for ticket, _ in done] == ["short"]
    assert len(batch) == 1


@pytest.mark.unit
def test_a_line_that_uses_up_its_steps_is_not_finished(writer, batch):
    batch.add([0], request(writer, 0, max_steps=3))
    answer = run(batch)[0]
    assert answer.lengths[0] == 3
    assert not answer.finished[0]


@pytest.mark.unit
def test_lines_that_are_dropped_leave_and_the_others_do_not_notice(writer, batch):
    for i in range(3):
        batch.add([i], request(writer, i))
    batch.step()
    batch.drop({0, 2, "nobody"})
    assert len(batch) == 1
    (answer,) = run(batch).values()
    alone = NumpyEngine(writer.model).write(request(writer, 1))
    np.testing.assert_allclose(answer.strokes, alone.strokes, atol=2e-4)


@pytest.mark.unit
def test_a_batch_that_was_emptied_can_be_used_again(writer, batch):
    batch.add(["dropped"], request(writer, 0))
    batch.step()
    batch.drop({"dropped"})
    assert len(batch) == 0
    batch.add(["next"], request(writer, 1))
    assert run(batch)["next"].finished[0]


@pytest.mark.integration
def test_lines_that_join_at_once_are_those_that_join_one_by_one(writer, batch, hand):
    texts, attempts = list(TEXTS), [Attempt(7, i) for i in range(len(TEXTS))]
    asked = writer.session.request(texts, attempts, 0.5, hand, max_steps=400)
    batch.add(TEXTS, asked)
    together = run(batch)
    alone = run(batch, [(0, t, request(writer, i, hand)) for i, t in enumerate(TEXTS)])
    whole = NumpyEngine(writer.model).write(asked)
    for i, text in enumerate(TEXTS):
        one, other = together[text], alone[text]
        length = whole.lengths[i]
        assert one.lengths[0] == other.lengths[0] == length
        assert one.finished[0] == other.finished[0] == whole.finished[i]
        for name in ("strokes", "phi", "kappa"):
            a, b, c = (getattr(answer, name) for answer in (one, other, whole))
            np.testing.assert_allclose(a, b, atol=2e-4)
            width = a.shape[2]
            np.testing.assert_array_equal(a[0], c[i, :length, :width])
            assert not c[i, length:].any() and not c[i, :, width:].any()


@pytest.mark.unit
def test_lines_without_text_leave_when_their_noise_is_used_up():
    writer = Writer(scribbler(reads_text=False, seed=1), "numpy")
    batch, asked = RollingBatch(NumpyEngine(writer.model)), {}
    for steps in (60, 130, 7):
        asked[steps] = writer.session.request(
            [""], [Attempt(0, steps)], 0.5, max_steps=steps, max_stall=steps
        )
    answers = run(batch, [(9 * i, n, asked[n]) for i, n in enumerate(asked)])
    for steps, answer in answers.items():
        assert answer.lengths[0] == steps and answer.finished[0]
        assert answer.phi is None and answer.kappa is None
        alone = NumpyEngine(writer.model).write(asked[steps])
        np.testing.assert_allclose(answer.strokes, alone.strokes, atol=2e-4)


def test_a_text_with_trailing_characters_ends_at_the_first_of_them():
    asked = dataclasses.replace(request_of(scribbler(), texts=["ab   "]), trailing=3)
    ending, lifted = Ending(asked), np.ones(1)
    ends = [ending.update(np.eye(6)[i][None], lifted)[0].item() for i in range(6)]
    assert ends == [False, False, True, True, True, True]
