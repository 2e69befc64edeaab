"""Learning a hand: pairs of lines, what is learnt of them, interruption."""

import dataclasses

import numpy as np
import pytest
from refusals import refused
from writing_samples import scribbler

tf = pytest.importorskip("tensorflow")

from scribe.foundation import gin_config  # noqa: E402
from scribe.training import hand_tuning  # noqa: E402
from scribe.training.hand_tuning import Row  # noqa: E402
from scribe.writing import Style, Writer, adaptation  # noqa: E402

TEXTS = ("abc", "cab", "bca", "aabb", "ccab")


@pytest.fixture(scope="module")
def model():
    return scribbler()


@pytest.fixture(scope="module")
def lines(model):
    """As a person writes them who leans to the right."""
    found = []
    for line in Writer(model).write(list(TEXTS), seed=5):
        strokes = line.strokes.copy()
        strokes[:, 0] -= 0.4 * strokes[:, 1]
        found.append(Style(line.text, strokes))
    return found


@pytest.fixture
def tuner(clean_gin):
    gin_config.parse(["tuning/hand.gin"], ["HandTuner.products = 'float32'"])
    found = clean_gin.get_configurable("HandTuner")()
    return dataclasses.replace(found, num_steps=6, learning_rate=3e-3, dropout=0.0)


@pytest.mark.unit
def test_of_a_pair_the_second_line_stands_right_of_the_first_at_its_height():
    first = Row(np.array([[0, 0, 0], [4, 2, 0], [0, -2, 1]], np.float32), "ab", 0)
    second = Row(np.array([[7, 7, 0], [1, 0, 0], [1, 2, 1]], np.float32), "c", 0)
    pair = hand_tuning.joined(first, second)
    assert pair.text == "ab c" and pair.num_given == 3
    np.testing.assert_array_equal(pair.strokes[:3], first.strokes)
    np.testing.assert_array_equal(pair.strokes[4:], second.strokes[1:])
    path = np.cumsum(pair.strokes[:, :2], axis=0)
    assert path[3, 0] == pytest.approx(4 + 0.9 * 4 / 2)
    assert np.median(path[3:, 1]) == np.median(path[:3, 1])


@pytest.mark.slow
def test_a_hand_makes_a_line_that_it_has_not_seen_more_likely(tuner, model, lines):
    told = []
    found = tuner.tune(model, lines, progress=lambda *step: told.append(step))
    assert found.after < found.before
    assert found.adaptation.fingerprint == adaptation.fingerprint(model)
    assert told == [(i, 6) for i in range(7)]


@pytest.mark.slow
def test_what_makes_it_no_more_likely_is_not_kept(tuner, model, lines):
    wild = dataclasses.replace(tuner, learning_rate=3.0, num_steps=3)
    found = wild.tune(model, lines)
    assert found.adaptation is None and found.after >= found.before


@pytest.mark.slow
def test_an_interrupted_tuning_goes_on_where_it_was(
    tuner, model, lines, tmp_path, monkeypatch
):
    monkeypatch.setattr(hand_tuning, "_SAVED_EVERY", 2)
    whole = tuner.tune(model, lines).adaptation

    def stop_at_5(step, steps):
        if step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tuner.tune(model, lines, kept_in=tmp_path / "kept", progress=stop_at_5)
    told = []
    again = tuner.tune(
        model, lines, kept_in=tmp_path / "kept", progress=lambda *s: told.append(s)
    )
    assert told[0][0] > 0 and told[-1] == (6, 6)
    for name in model.weights:
        np.testing.assert_allclose(
            again.adaptation.change(name), whole.change(name), atol=1e-5
        )


@pytest.mark.unit
def test_two_lines_are_too_few(tuner, model, lines):
    with refused("3 lines", 2):
        tuner.tune(model, lines[:2])
