"""The density of the NumPy engines, and draws from it, beside plain loops.

tests/models/test_engines.py compares `sample` with that of TensorFlow.
"""

import math

import numpy as np
import pytest

from scribe.models import numpy_mixtures
from scribe.models.engine import random_numbers
from scribe.models.numpy_mixtures import choose, draw_offsets, mixture_from_activations
from scribe.models.variant import GRAVES

M = 3


def mixtures(count, seed=0):
    activations = np.random.default_rng(seed).normal(0, 1, [count, 6 * M + 1])
    return activations.astype(np.float32)


@pytest.mark.unit
def test_the_parameters_are_the_papers_equations():
    """Graves (2013), equations 18 to 22, 61 and 62."""
    activations = mixtures(4)
    bias = np.array([0.0, 0.5, 1.0, 3.0], np.float32)
    found = mixture_from_activations(activations, bias)
    for row, b in enumerate(bias):
        a = [float(x) for x in activations[row]]
        total = sum(math.exp(x * (1 + b)) for x in a[:M])
        for m in range(M):
            expected = {
                "pi": math.exp(a[m] * (1 + b)) / total,
                "mu_x": a[M + m],
                "mu_y": a[2 * M + m],
                "sigma_x": math.exp(a[3 * M + m] - b),
                "sigma_y": math.exp(a[4 * M + m] - b),
                "rho": GRAVES.max_rho * math.tanh(a[5 * M + m]),
            }
            for name, value in expected.items():
                assert found[name][row, m] == pytest.approx(value, rel=1e-5), name
        pen = 1 / (1 + math.exp(-a[-1]))
        assert found["pen_probability"][row] == pytest.approx(pen, rel=1e-5)


@pytest.mark.unit
def test_the_density_of_offsets():
    """Graves (2013), equations 23 to 25."""
    from scribe.networks import mixtures as in_tensorflow

    activations = mixtures(5)
    offsets = np.random.default_rng(1).normal(0, 1, [5, 2]).astype(np.float32)
    mixture = mixture_from_activations(activations, np.zeros(5, np.float32))
    found = numpy_mixtures.offset_log_density(mixture, offsets)
    for row in range(5):
        density = 0.0
        for m in range(M):
            pi, mu_x, mu_y, sigma_x, sigma_y, rho = (
                float(mixture[name][row, m])
                for name in ("pi", "mu_x", "mu_y", "sigma_x", "sigma_y", "rho")
            )
            x = (offsets[row, 0] - mu_x) / sigma_x
            y = (offsets[row, 1] - mu_y) / sigma_y
            z = x**2 + y**2 - 2 * rho * x * y
            norm = 2 * math.pi * sigma_x * sigma_y * math.sqrt(1 - rho**2)
            density += pi * math.exp(-z / (2 * (1 - rho**2))) / norm
        assert found[row] == pytest.approx(math.log(density), rel=1e-4)
    theirs = in_tensorflow.mixture_from_activations(activations)
    np.testing.assert_allclose(
        found, in_tensorflow.offset_log_density(theirs, offsets), rtol=1e-4
    )


@pytest.mark.unit
def test_a_choice_is_the_interval_that_the_number_falls_into():
    random = np.random.default_rng(0)
    probabilities = random.dirichlet(np.ones(4), 50)
    uniform = random.random(50)
    found = choose(probabilities, uniform)
    for row in range(50):
        chosen, below = 0, probabilities[row, 0]
        while below < uniform[row]:
            chosen += 1
            below += probabilities[row, chosen]
        assert found[row] == chosen


@pytest.mark.unit
def test_the_last_choice_takes_what_rounding_leaves_over():
    short = np.array([[0.25, 0.25, 0.4999]])
    assert choose(short, np.array([0.99999])).tolist() == [2]


@pytest.mark.unit
@pytest.mark.parametrize("spread", [1.0, 0.3])
def test_offsets_are_drawn_as_in_plain_loops(spread):
    noise = random_numbers(1, 0, 0, 20)
    mixture = mixture_from_activations(mixtures(20), np.zeros(20, np.float32))
    found = np.stack(draw_offsets(mixture, noise, spread), axis=1)
    component = choose(mixture["pi"], noise[:, 0])
    for row, m in enumerate(component):
        rho = float(mixture["rho"][row, m])
        first, second = float(noise[row, 1]), float(noise[row, 2])
        across = rho * first + math.sqrt(1 - rho**2) * second
        expected = [
            mixture["mu_x"][row, m] + spread * mixture["sigma_x"][row, m] * first,
            mixture["mu_y"][row, m] + spread * mixture["sigma_y"][row, m] * across,
        ]
        np.testing.assert_allclose(found[row], expected, atol=1e-5)


@pytest.mark.property
def test_drawn_offsets_have_the_means_and_the_spread_of_their_mixture():
    row = mixtures(1, seed=3)
    noise = random_numbers(2, 0, 0, 40_000)
    one = mixture_from_activations(row, np.zeros(1, np.float32))
    many = {name: np.repeat(values, len(noise), axis=0) for name, values in one.items()}
    x, y = draw_offsets(many, noise)
    for drawn, mu, sigma in ((x, "mu_x", "sigma_x"), (y, "mu_y", "sigma_y")):
        pi, mu, sigma = (one[name][0].astype(float) for name in ("pi", mu, sigma))
        mean = (pi * mu).sum()
        variance = (pi * (sigma**2 + mu**2)).sum() - mean**2
        assert drawn.mean() == pytest.approx(mean, abs=4 * (variance / 40_000) ** 0.5)
        assert drawn.std() == pytest.approx(variance**0.5, rel=0.03)
