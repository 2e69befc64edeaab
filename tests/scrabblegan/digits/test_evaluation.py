"""Figures of drawn digits against plain formulas."""

import math

import numpy as np
import pytest

from scrabblegan.digits.evaluation import (
    balance_entropy,
    class_shares,
    confident_share,
)

pytestmark = pytest.mark.unit


def test_shares_confidence_and_balance_are_counted():
    shares = np.full([4, 10], 0.01)
    shares[0, 3] = 0.91
    shares[1, 3] = 0.95
    shares[2, 7] = 0.89
    shares[3, 0] = 0.2
    assert confident_share(shares) == 0.5
    found = class_shares(shares)
    np.testing.assert_array_equal(found, [0.25, 0, 0, 0.5, 0, 0, 0, 0.25, 0, 0])
    nats = 2 * 0.25 * math.log(4) + 0.5 * math.log(2)
    balance = balance_entropy(found)
    assert balance == pytest.approx(nats / math.log(10))


def test_balance_is_one_for_equal_shares_and_zero_for_one_digit():
    assert balance_entropy(np.full(10, 0.1)) == pytest.approx(1.0)
    assert balance_entropy(np.eye(10)[4]) == pytest.approx(0.0)
