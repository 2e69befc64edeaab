"""Slant, height, width and speed of a hand."""

import dataclasses

import numpy as np
import pytest
from refusals import refused

from scribe.corpora.synthetic import Hand
from scribe.strokes import arrays as pen
from scribe.strokes import hand_measures
from scribe.strokes.cleaning import decimate
from scribe.strokes.hand_measures import HandMeasures

TEXT = "A quick hand, levelled and measured 24 times."


@pytest.fixture(scope="module")
def upright():
    """A line of upright type, written by a program."""
    hand = Hand(
        font="rowmans", size=1.0, width=0.9, slant=0.0, spacing=0.0,
        unsteadiness=0.2, tremor=0.05, wave=(0.0, 100.0, 0.0),
    )  # fmt: skip
    return hand.write(TEXT, np.random.default_rng(0)).astype(np.float64)


@pytest.mark.unit
@pytest.mark.parametrize("shear", [-0.4, -0.1, 0.0, 0.2, 0.5])
def test_the_slant_is_the_shear_that_was_put_in(upright, shear):
    slanted = pen.slant(upright, shear)
    assert hand_measures.slant_of(slanted) == pytest.approx(shear, abs=0.05)


@pytest.mark.unit
def test_a_single_stem_has_the_slant_of_its_ends():
    stem = np.array([[0, 0, 0], [-3, 10, 0], [-3, 10, 1]], np.float64)
    assert hand_measures.slant_of(stem) == pytest.approx(0.3)


@pytest.mark.unit
def test_what_never_goes_down_is_upright():
    dash = np.array([[0, 0, 0], [5, 0, 0], [5, -1, 1]], np.float64)
    assert hand_measures.slant_of(dash) == 0.0


@pytest.mark.unit
def test_only_the_height_depends_on_the_unit(upright):
    small = hand_measures.measure_hand(upright, TEXT)
    large = hand_measures.measure_hand(pen.rescale(upright, 7.0), TEXT)
    assert large.height == pytest.approx(7.0 * small.height)
    for name in ("slant", "width", "speed"):
        assert getattr(large, name) == pytest.approx(getattr(small, name), rel=1e-6)


@pytest.mark.unit
def test_stretching_makes_the_characters_wider_and_not_taller(upright):
    once = hand_measures.measure_hand(upright, TEXT)
    twice = hand_measures.measure_hand(pen.rescale(upright, np.array([2.0, 1.0])), TEXT)
    assert twice.width == pytest.approx(2.0 * once.width, rel=1e-3)
    assert twice.height == pytest.approx(once.height, rel=1e-3)


@pytest.mark.unit
def test_half_the_points_are_twice_the_speed_and_the_same_hand(upright):
    full = hand_measures.measure_hand(upright, TEXT, points_per_second=66.0)
    halved = decimate(upright, 2)
    half = hand_measures.measure_hand(halved, TEXT, points_per_second=33.0)
    assert half.slant == pytest.approx(full.slant, abs=0.03)
    assert half.height == pytest.approx(full.height, rel=0.03)
    # Less than the whole path: chords are shorter, and stroke ends are kept.
    assert half.speed == pytest.approx(full.speed, rel=0.2)
    per_point = hand_measures.measure_hand(halved, TEXT)
    assert 33.0 * per_point.speed == pytest.approx(half.speed)


@pytest.mark.unit
def test_moves_of_the_lifted_pen_are_no_speed():
    def line(gap):
        return np.array(
            [[0, 0, 0], [0, 10, 1], [gap, -10, 0], [0, 10, 1], [gap, -10, 0], [0, 9, 1]]
        )

    near, far = (hand_measures.measure_hand(line(gap), "lll") for gap in (4.0, 40.0))
    assert near.speed * near.height == pytest.approx(far.speed * far.height)
    assert far.width > near.width


@pytest.mark.unit
def test_a_climbing_line_is_levelled_first(upright):
    climbing = upright.copy()
    climbing[:, 1] -= 0.1 * climbing[:, 0]
    level, tilted = (hand_measures.measure_hand(s, TEXT) for s in (upright, climbing))
    assert tilted.height == pytest.approx(level.height, rel=1e-2)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("strokes", "text", "facts"),
    [
        (np.array([[0, 0, 0], [0, 1, 1]]), "", ["text"]),
        (np.array([[0, 0, 1], [3, 1, 1]]), "..", ["dots"]),
    ],
)
def test_what_has_no_measures_is_refused(strokes, text, facts):
    with refused(*facts):
        hand_measures.measure_hand(strokes, text)


@pytest.mark.unit
def test_the_spread_is_the_deviation_and_leaves_a_broken_line_alone():
    random = np.random.default_rng(0)
    hands = [
        HandMeasures(
            slant=random.normal(0.1, 0.2),
            height=np.exp(random.normal(5.0, 0.3)),
            width=np.exp(random.normal(-1.0, 0.1)),
            speed=0.05,
        )
        for _ in range(4000)
    ]
    broken = dataclasses.replace(hands[0], slant=100.0, height=1e9)
    found = hand_measures.spread([*hands, broken])
    wanted = {"slant": 0.2, "height": 0.3, "width": 0.1, "speed": 0.0}
    assert found == pytest.approx(wanted, rel=0.05, abs=1e-9)


@pytest.mark.unit
def test_one_line_has_no_spread():
    with refused("1 lines"):
        hand_measures.spread([HandMeasures(0.0, 1.0, 1.0, 1.0)])
