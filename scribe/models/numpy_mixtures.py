"""The output distribution in NumPy: its parameters, its density, points drawn from it.

The equations and the order of the activations are those of scribe.networks.mixtures,
whose docstrings name their sources; tests hold both sides equal.

Shapes: B rows, M mixture components.
"""

import numpy as np

from scribe.models.numpy_layers import sigmoid, softmax
from scribe.models.variant import GRAVES, Variant


def mixture_from_activations(
    activations: np.ndarray, bias: np.ndarray, variant: Variant = GRAVES
) -> dict[str, np.ndarray]:
    """As scribe.networks.mixtures.mixture_from_activations: arrays [..., M] by name.

    Args:
      activations: [..., 6 M + 1].
      bias: [...].
      variant: the network's; its bounds hold.

    Returns:
      pi, mu_x, mu_y, sigma_x, sigma_y, rho [..., M] and pen_probability [...].
    """
    num_mixtures = activations.shape[-1] // 6
    parts = np.split(activations, num_mixtures * np.arange(1, 7), axis=-1)
    bias = bias[..., None]
    return {
        "pi": softmax(parts[0] * (1.0 + bias)),
        "mu_x": parts[1],
        "mu_y": parts[2],
        "sigma_x": np.exp(np.maximum(parts[3], variant.min_log_sigma) - bias),
        "sigma_y": np.exp(np.maximum(parts[4], variant.min_log_sigma) - bias),
        "rho": variant.max_rho * np.tanh(parts[5]),
        "pen_probability": sigmoid(parts[6][..., 0]),
    }


def offset_log_density(
    mixture: dict[str, np.ndarray], offsets: np.ndarray
) -> np.ndarray:
    """As scribe.networks.mixtures.offset_log_density: [..., M] by name, [..., 2] ->
    [...]."""
    x = (offsets[..., 0:1] - mixture["mu_x"]) / mixture["sigma_x"]
    y = (offsets[..., 1:2] - mixture["mu_y"]) / mixture["sigma_y"]
    one_minus_rho2 = 1.0 - mixture["rho"] ** 2
    z = x**2 + y**2 - 2.0 * mixture["rho"] * x * y
    norm = 2 * np.pi * mixture["sigma_x"] * mixture["sigma_y"] * one_minus_rho2**0.5
    logs = np.log(mixture["pi"] + 1e-30) - z / (2.0 * one_minus_rho2) - np.log(norm)
    top = logs.max(axis=-1, keepdims=True)
    return top[..., 0] + np.log(np.exp(logs - top).sum(axis=-1))


def choose(probabilities: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """The number of the interval of [0, 1] that each number falls into.

    Args:
      probabilities: [B, N].
      uniform: [B] in [0, 1).

    Returns:
      int [B]; rounding may leave the cumulated probabilities short of 1: the last
      choice takes the rest.
    """
    cumulative = np.cumsum(probabilities, axis=1)
    chosen = (cumulative < uniform[:, None]).sum(axis=1)
    return np.minimum(chosen, probabilities.shape[1] - 1)


def draw_offsets(
    mixture: dict[str, np.ndarray], noise: np.ndarray, spread: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """dx and dy [B] from the mixtures.

    Args:
      mixture: [B, M] by name.
      noise: [B, 3 or more]: uniform for the component, two normals for the offset.
      spread: multiplies the standard deviations.
    """
    component = choose(mixture["pi"], noise[:, 0])
    rows = np.arange(len(component))
    mu_x, mu_y, sigma_x, sigma_y, rho = (
        mixture[name][rows, component]
        for name in ("mu_x", "mu_y", "sigma_x", "sigma_y", "rho")
    )
    correlated = rho * noise[:, 1] + np.sqrt(1.0 - rho**2) * noise[:, 2]
    return mu_x + spread * sigma_x * noise[:, 1], mu_y + spread * sigma_y * correlated


def sample(
    activations: np.ndarray,
    bias: np.ndarray,
    noise: np.ndarray,
    variant: Variant = GRAVES,
) -> np.ndarray:
    """Draws the next points: [B, 6 M + 1], [B], [B, 4] -> float32 [B, 3].

    The columns of the noise are those of scribe.models.engine.Request.
    """
    mixture = mixture_from_activations(activations, bias, variant)
    pen_probability = mixture["pen_probability"]
    if variant.min_probability:
        # The most probable component stays, however many there are.
        pi = mixture["pi"]
        least = np.minimum(variant.min_probability, pi.max(axis=1, keepdims=True))
        pi = np.where(pi < least, 0.0, pi)
        mixture["pi"] = pi / pi.sum(axis=1, keepdims=True)
        rare = pen_probability < variant.min_probability
        pen_probability = np.where(rare, 0.0, pen_probability)
    limit = noise[:, 3] if variant.pen_threshold is None else variant.pen_threshold
    lifted = limit < pen_probability
    points = np.stack([*draw_offsets(mixture, noise), lifted], axis=1)
    return points.astype(np.float32)
