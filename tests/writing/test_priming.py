"""The state that a style leaves in a network, and two of them mixed."""

import dataclasses

import numpy as np
import pytest
from refusals import refused
from writing_samples import scribbler

from scribe.models.numpy_engine import NumpyEngine
from scribe.models.rolling_batch import RollingBatch
from scribe.networks.tensorflow_engine import TensorFlowEngine
from scribe.strokes import arrays
from scribe.writing import Writer, priming, styles
from scribe.writing.attempts import Attempt


@pytest.fixture(scope="module")
def writer():
    return Writer(scribbler(), "numpy")


def style(text, num_points, seed):
    random = np.random.default_rng(seed)
    rows = random.normal(0, 1, [num_points, 3])
    rows[:, 2] = random.random(num_points) < 0.2
    return styles._checked(text, rows, "the style")


@pytest.fixture(scope="module")
def first():
    return style("some hand", 40, 0)


@pytest.fixture(scope="module")
def second():
    return style("another one", 60, 1)


def assert_same_hand(one, other, **tolerance):
    assert one.text == other.text
    for name in ("h", "c"):
        for a, b in zip(
            getattr(one.start, name), getattr(other.start, name), strict=True
        ):
            np.testing.assert_allclose(a, b, **tolerance)
    for a, b in (
        (one.point, other.point),
        (one.start.window, other.start.window),
        (one.start.kappa, other.start.kappa),
    ):
        np.testing.assert_allclose(a, b, **tolerance)


@pytest.mark.unit
def test_to_go_on_from_the_state_is_to_be_led_through_the_strokes(writer, first):
    """The drawn points follow from the style's as under teacher forcing."""
    hand = writer.session.primed(first)
    primed = len(first.strokes)
    attempts = [Attempt(1, 0)]
    asked = writer.session.request(["fox"], attempts, 0.5, hand, max_steps=60)
    # The text that was seen while priming has spaces where now the new text is: it
    # differs where the window already reaches them.
    spaces = writer.model.alphabet.encode(hand.text + "   ")[None]
    mask = np.ones(spaces.shape, np.float32)
    asked = dataclasses.replace(asked, text=spaces, text_mask=mask)
    engine = NumpyEngine(writer.model)
    found = engine.write(asked)
    stop = found.lengths[0]
    assert stop > 10
    style = arrays.rescale(first.strokes, 1 / writer.model.offset_scale)
    inputs = np.concatenate([style, found.strokes[0, : stop - 1]])[None]
    activations, _ = engine.activations(inputs.astype(np.float32), spaces, mask)
    expected = engine.sample(
        activations[0, primed - 1 :], np.full(stop, 0.5), asked.noise[0, :stop]
    )
    np.testing.assert_allclose(found.strokes[0, :stop], expected, atol=1e-3)


@pytest.mark.unit
def test_both_engines_go_on_from_the_same_state(writer, first, second):
    hand = writer.session.primed(styles.Blend(first, second, 0.4))
    attempts = [Attempt(3, 0), Attempt(3, 1)]
    asked = writer.session.request(
        ["fox", "lazy dogs"], attempts, 0.5, hand, max_steps=100
    )
    ours = NumpyEngine(writer.model).write(asked)
    theirs = TensorFlowEngine(writer.model).write(asked)
    np.testing.assert_array_equal(ours.lengths, theirs.lengths)
    for row, stop in enumerate(ours.lengths):
        np.testing.assert_allclose(
            ours.strokes[row, :stop], theirs.strokes[row, :stop], atol=1e-3
        )


@pytest.mark.unit
def test_a_mix_has_its_ends_in_the_two_hands(writer, first, second):
    one, other = map(writer.session.primed, (first, second))
    assert_same_hand(priming.mixed(one, other, 0.0), one, rtol=1e-5)
    assert_same_hand(priming.mixed(one, other, 1.0), other, rtol=1e-5)
    middle = priming.mixed(one, other, 0.5)
    np.testing.assert_allclose(
        middle.start.kappa - len(middle.text),
        (one.start.kappa - len(one.text) + other.start.kappa - len(other.text)) / 2,
        atol=1e-5,
    )
    np.testing.assert_allclose(
        middle.start.c[1], (one.start.c[1] + other.start.c[1]) / 2, atol=1e-6
    )


@pytest.mark.unit
def test_a_hand_mixed_with_itself_is_that_hand(writer, first):
    plain = writer.write("fox", style=first, seed=2)[0]
    mixed = writer.write("fox", style=styles.Blend(first, first, 0.3), seed=2)[0]
    np.testing.assert_allclose(mixed.strokes, plain.strokes, atol=1e-3)


@pytest.mark.unit
def test_a_seed_names_a_hand_of_chance(writer):
    one, again, other = (
        writer.session.primed(writer.style(f"seed:{n}")) for n in (7, 7, 8)
    )
    assert one.text.rstrip() == "The quick brown fox jumps over"
    assert_same_hand(one, again, atol=0)
    assert not np.array_equal(one.start.h[0], other.start.h[0])


@pytest.mark.unit
def test_what_cannot_be_mixed_is_refused(writer, first):
    for share in (-0.1, 1.1, float("nan")):
        with refused(f"mix={share}", 0, 1):
            writer.write("fox", style=styles.Blend(first, first, share))
    with refused("blend", "two"):
        writer.write("fox", style=styles.Blend(first, None, 0.5))
    for name in ("seed:", "seed:a", "seed:-1", "seed:1.5"):
        with refused(repr(name), "seed:7"):
            writer.write("fox", style=name)


@pytest.mark.unit
def test_lines_of_one_hand_do_not_depend_on_each_other(writer, first):
    hand = writer.session.primed(first)
    engine = NumpyEngine(writer.model)

    def strokes_of(*texts):
        attempts = [Attempt(0, number) for number in range(len(texts))]
        request = writer.session.request(texts, attempts, 1.0, hand, max_steps=100)
        answer = engine.write(request)
        return answer.strokes[0, : answer.lengths[0]]

    alone = strokes_of("fox")
    among = strokes_of("fox", "some lazy dogs")
    np.testing.assert_allclose(alone, among, atol=1e-4)


def test_a_hand_goes_on_from_a_line_as_if_it_had_been_led_through_it(writer):
    text = "the quick brown fox"
    asked = writer.session.request(
        [text], [Attempt(0, 0)], 0.5, max_steps=60, trailing=priming.TRAILING
    )
    batch, done = RollingBatch(NumpyEngine(writer.model)), []
    batch.add(["line"], asked)
    while not done:
        done = batch.step()
    ((_, answer),) = done
    inputs = np.concatenate([asked.first, answer.strokes[0]])[None]
    start, _ = NumpyEngine(writer.model).lead(inputs, asked.text, asked.text_mask)
    hand = priming.gone_on(text, answer)
    kept = hand.text.rstrip()
    assert text.endswith(kept) and len(hand.text) > len(kept) > 8
    dropped = len(text) - len(kept)
    np.testing.assert_allclose(hand.start.kappa + dropped, start.kappa, atol=1e-4)
    np.testing.assert_allclose(hand.start.phi, start.phi[:, dropped:], atol=1e-5)
    np.testing.assert_allclose(hand.start.h[-1], start.h[-1], atol=1e-5)
    np.testing.assert_array_equal(hand.point[0], answer.strokes[0, -1])
    assert writer.session.request(["on"], [Attempt(0, 1)], 0.5, hand).start is not None
