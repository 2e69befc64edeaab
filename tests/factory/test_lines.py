"""Lines of a data set in hands that a network was tuned to, beside others."""

import numpy as np
import pytest
from writing_samples import scribbler

from scribe.factory.check import Check
from scribe.factory.hands import Hand
from scribe.factory.lines import Job, Penman
from scribe.writing import Blend, Style, Writer, adaptation, own_styles, styles

pytestmark = pytest.mark.unit


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path))
    return scribbler()


@pytest.fixture
def learnt(model):
    """Of the style `mine`, and not of `plain`, which has the same line."""
    (line,) = Writer(model).write("brown fox", seed=5)
    for name in ("mine", "plain"):
        path = own_styles.path_of(name)
        styles.save_style(path, Style(line.text, line.strokes))
    weights = {name: 1.1 * value for name, value in model.weights.items()}
    found = adaptation.learnt(model, weights, rank=4)
    found.save(own_styles.adaptation_path(own_styles.path_of("mine")))
    return adaptation.load_adaptation(
        own_styles.adaptation_path(own_styles.path_of("mine"))
    )


def hand(name, style):
    return Hand(name, style, bias=0.5, slant=0.0, size=1.0, width=1.0, speed=1.0)


def written(model, *hands, engine="numpy"):
    """Strokes of two lines in each hand, by its name."""
    penman = Penman(Writer(model, "numpy"), Check(None, 0.0, 2), engine)
    jobs = [
        Job(10 * i + k, text, hand)
        for i, hand in enumerate(hands)
        for k, text in enumerate(("quick brown", "the fox"))
    ]
    found = {}
    for line in penman.write(jobs, seed=3):
        strokes = np.concatenate([s for word in line.words for s in word.strokes])
        found.setdefault(line.job.hand.name, []).append(strokes)
    return found


def same(first, second) -> bool:
    assert len(first) == len(second) == 2
    return all(
        one.shape == other.shape and np.allclose(one, other, atol=1e-3)
        for one, other in zip(first, second, strict=True)
    )


def test_a_tuned_hand_is_that_of_the_network_with_what_was_learnt(model, learnt):
    mine = hand("mine", "mine")
    tuned = adaptation.applied(model, [(learnt, adaptation.LIKENESS)])
    (found,) = written(model, mine).values()
    (expected,) = written(tuned, hand("plain", "plain")).values()
    (plain,) = written(model, hand("plain", "plain")).values()
    assert same(found, expected) and not same(found, plain)


def test_hands_that_are_written_beside_a_tuned_one_stay_what_they_are(model, learnt):
    plain, invented = hand("plain", "plain"), hand("invented", None)
    together = written(model, plain, invented, hand("mine", "mine"))
    alone = written(model, plain, invented)
    for name in ("plain", "invented"):
        assert same(together[name], alone[name])


def test_a_blend_with_a_tuned_hand_has_its_share_of_what_was_learnt(model, learnt):
    share = 0.5 * adaptation.LIKENESS
    half = adaptation.applied(model, [(learnt, share)])
    (found,) = written(model, hand("b", Blend("mine", "plain", 0.5))).values()
    (expected,) = written(half, hand("plain", "plain")).values()
    assert same(found, expected)
