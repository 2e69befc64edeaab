"""Metrics of drawn digits against plain formulas."""

import math

import numpy as np
import pytest

from scrabblegan import digit_metrics

pytestmark = pytest.mark.unit


def test_the_frechet_distance_of_independent_features_is_a_sum_over_them():
    """For diagonal covariances: sum of (m1 - m2)^2 + (s1 - s2)^2."""
    random = np.random.default_rng(0)
    base = random.normal(size=(4000, 3))
    base -= base.mean(axis=0)
    base = base @ np.linalg.inv(np.linalg.cholesky(np.cov(base, rowvar=False))).T
    first = base * [1.0, 2.0, 3.0] + [0.0, 1.0, 0.0]
    second = base * [1.5, 2.0, 1.0] + [0.0, -1.0, 2.0]
    expected = (0.25 + 0.0 + 4.0) + (0.0 + 4.0 + 4.0)
    found = digit_metrics.frechet_distance(first, second)
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_frechet_distance_equals_that_of_the_general_matrix_root():
    random = np.random.default_rng(1)
    first = random.normal(size=(300, 5)) @ random.normal(size=(5, 5))
    second = random.normal(size=(200, 5)) @ random.normal(size=(5, 5)) + 1.0
    c1, c2 = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    # The product of two covariances has real eigenvalues of at least zero.
    root_trace = np.sqrt(np.linalg.eigvals(c1 @ c2).real).sum()
    difference = first.mean(axis=0) - second.mean(axis=0)
    expected = difference @ difference + np.trace(c1 + c2) - 2 * root_trace
    found = digit_metrics.frechet_distance(first, second)
    assert found == pytest.approx(expected, rel=1e-9)
    swapped = digit_metrics.frechet_distance(second, first)
    assert swapped == pytest.approx(found, rel=1e-9)


def test_a_set_has_no_distance_to_itself_even_with_a_feature_that_is_constant():
    features = np.random.default_rng(2).normal(size=(50, 4))
    features[:, 2] = 0.0
    assert digit_metrics.frechet_distance(features, features) == pytest.approx(
        0.0, abs=1e-6
    )


def test_shares_confidence_and_balance_are_counted():
    shares = np.full([4, 10], 0.01)
    shares[0, 3] = 0.91
    shares[1, 3] = 0.95
    shares[2, 7] = 0.89
    shares[3, 0] = 0.2
    assert digit_metrics.confident_share(shares) == 0.5
    found = digit_metrics.class_shares(shares)
    np.testing.assert_array_equal(found, [0.25, 0, 0, 0.5, 0, 0, 0, 0.25, 0, 0])
    nats = 2 * 0.25 * math.log(4) + 0.5 * math.log(2)
    balance = digit_metrics.balance_entropy(found)
    assert balance == pytest.approx(nats / math.log(10))


def test_balance_is_one_for_equal_shares_and_zero_for_one_digit():
    assert digit_metrics.balance_entropy(np.full(10, 0.1)) == pytest.approx(1.0)
    assert digit_metrics.balance_entropy(np.eye(10)[4]) == pytest.approx(0.0)


def test_nearest_distances_equal_a_plain_double_loop():
    random = np.random.default_rng(3)
    images, others = (
        random.integers(0, 256, (n, 28, 28)).astype(np.uint8) for n in (7, 11)
    )
    others[4] = images[2]
    found = digit_metrics.nearest_distances(images, others, block=3)
    for image, distance in zip(images, found, strict=True):
        each = [
            np.sqrt(((image.astype(float) - other) ** 2).sum()) / 255
            for other in others
        ]
        assert distance == pytest.approx(min(each), rel=1e-3, abs=1e-2)
    assert found[2] < 1e-2
