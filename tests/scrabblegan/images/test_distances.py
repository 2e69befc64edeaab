"""Distances of sets of images against plain formulas."""

import numpy as np
import pytest

from scrabblegan.images import distances

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
    found = distances.frechet_distance(first, second)
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
    found = distances.frechet_distance(first, second)
    assert found == pytest.approx(expected, rel=1e-9)
    swapped = distances.frechet_distance(second, first)
    assert swapped == pytest.approx(found, rel=1e-9)


def test_a_set_has_no_distance_to_itself_even_with_a_feature_that_is_constant():
    features = np.random.default_rng(2).normal(size=(50, 4))
    features[:, 2] = 0.0
    assert distances.frechet_distance(features, features) == pytest.approx(
        0.0, abs=1e-6
    )


def test_the_kernel_distance_equals_plain_sums_over_pairs():
    random = np.random.default_rng(4)
    first, second = random.normal(size=(6, 3)), random.normal(size=(5, 3)) + 0.5

    def kernel(x, y):
        return (x @ y / 3 + 1.0) ** 3

    def within(rows):
        pairs = [(a, b) for a in range(len(rows)) for b in range(len(rows)) if a != b]
        return np.mean([kernel(rows[a], rows[b]) for a, b in pairs])

    between = np.mean([kernel(x, y) for x in first for y in second])
    found = distances.kernel_distance(first, second)
    assert found == pytest.approx(within(first) + within(second) - 2 * between)


def test_the_kernel_distance_of_one_distribution_is_zero_on_average():
    random = np.random.default_rng(5)
    sets = random.normal(size=(40, 2, 50, 4))
    found = [distances.kernel_distance(a, b) for a, b in sets]
    other = [distances.kernel_distance(a, b + 1.0) for a, b in sets]
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(len(found))
    assert min(other) > max(found)


def test_variation_is_the_mean_distance_of_two_images():
    images = np.full([3, 4, 5], 255, np.uint8)
    images[1, 0, 0] = 0  # one pixel of ink
    images[2, 1:3, 1:3] = 0  # four others
    expected = (1.0 + 2.0 + np.sqrt(5.0)) / 3
    assert distances.variation(images) == pytest.approx(expected)
    assert distances.variation(images[[0, 0]]) == 0.0


def test_nearest_neighbours_equal_a_plain_double_loop():
    random = np.random.default_rng(3)
    images, others = (
        random.integers(0, 256, (n, 28, 28)).astype(np.uint8) for n in (7, 11)
    )
    others[4] = images[2]
    found, indices = distances.nearest_images(images, others, block=3)
    for image, distance, index in zip(images, found, indices, strict=True):
        each = [
            np.sqrt(((image.astype(float) - other) ** 2).sum()) / 255
            for other in others
        ]
        assert distance == pytest.approx(min(each), rel=1e-3, abs=1e-2)
        assert index == np.argmin(each)
    assert found[2] < 1e-2 and indices[2] == 4
