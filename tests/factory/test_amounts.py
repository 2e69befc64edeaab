"""Distributions that gin files give as numbers and tuples."""

import numpy as np
import pytest
from refusals import refused

from scribe.factory import amounts

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("amount", "low", "high", "mean"),
    [
        (0.8, 0.8, 0.8, 0.8),
        (("uniform", 2, 4), 2, 4, 3),
        (("normal", 1.0, 0.1), 0.7, 1.3, 1.0),
        (("choice", 1, 2, 6), 1, 6, 3),
    ],
)
def test_what_is_drawn_has_the_bounds_and_the_mean_of_its_distribution(
    amount, low, high, mean
):
    random = np.random.default_rng(0)
    drawn = [amounts.draw(amount, random) for _ in range(4000)]
    assert amounts.bounds(amount) == pytest.approx((low, high))
    assert low - 1e-9 <= min(drawn) and max(drawn) <= high + 1e-9
    assert np.mean(drawn) == pytest.approx(mean, abs=0.15)


@pytest.mark.parametrize(
    "amount",
    ["0.5", True, float("nan"), ("uniform", 2, 1), ("normal", 0, -1), ("uniform", 1),
     ("gauss", 0, 1), ("choice",), None],
)  # fmt: skip
def test_what_is_no_distribution_is_refused(amount):
    with refused("Pens.width", repr(amount)):
        amounts.check("Pens.width", amount)


def test_a_distribution_must_stay_within_its_bounds():
    with refused("Hands.bias", "('uniform', 0, 11)", 0, 10):
        amounts.check_within("Hands.bias", ("uniform", 0, 11), 0, 10)


def test_shares_need_not_add_up():
    np.testing.assert_allclose(amounts.check_shares("shares", [1, 3]), [0.25, 0.75])
    for wrong in ([], [0, 0], [1, -1]):
        with refused("shares"):
            amounts.check_shares("shares", wrong)
