"""How good drawn digits are, in numbers. NumPy only."""

import numpy as np

_CONFIDENT = 0.9


def frechet_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Squared Frechet distance of the normal distributions fitted to two sets.

    Heusel et al. (2017), arXiv 1706.08500, equation 6: the squared distance of the
    means plus tr(C1 + C2 - 2 (C1 C2)^(1/2)). They use the features of an Inception
    network; with others the values cannot be compared.

    Args:
      first, second: float [N, F] and [M, F] features.

    Returns:
      0 for equal means and covariances, in squared units of the features. Small sets
      come out too far apart: compare equal sizes only.
    """
    mean_1, mean_2 = first.mean(axis=0), second.mean(axis=0)
    covariance_1 = np.cov(first, rowvar=False)
    covariance_2 = np.cov(second, rowvar=False)
    # tr (C1 C2)^(1/2) = tr (R C2 R)^(1/2) with R the root of C1: symmetric, so stable.
    root = _symmetric_root(covariance_1)
    eigenvalues = np.linalg.eigvalsh(root @ covariance_2 @ root)
    cross = np.sqrt(np.maximum(eigenvalues, 0.0)).sum()
    distance = np.sum((mean_1 - mean_2) ** 2)
    distance += np.trace(covariance_1) + np.trace(covariance_2) - 2.0 * cross
    return float(max(distance, 0.0))


def _symmetric_root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def confident_share(shares: np.ndarray) -> float:
    """Share of images that are given some digit with over 0.9.

    Args:
      shares: [N, 10] probabilities.
    """
    return float((shares.max(axis=1) > _CONFIDENT).mean())


def class_shares(shares: np.ndarray) -> np.ndarray:
    """How often each digit is the answer: [N, 10] -> [10], sum 1."""
    counts = np.bincount(shares.argmax(axis=1), minlength=shares.shape[1])
    return counts / len(shares)


def balance_entropy(class_shares: np.ndarray) -> float:
    """Entropy of the digits' shares over that of equal shares: 1 is even, 0 one digit.

    Args:
      class_shares: [K], sum 1.
    """
    present = class_shares[class_shares > 0]
    return float(-(present * np.log(present)).sum() / np.log(len(class_shares)))


def nearest_distances(
    images: np.ndarray, others: np.ndarray, block: int = 250
) -> np.ndarray:
    """Euclidean distance of each image to the nearest of others, in pixels.

    Args:
      images: uint8 [N, 28, 28].
      others: uint8 [M, 28, 28].
      block: images at once.

    Returns:
      [N], where 1.0 is one pixel that is ink in the one and paper in the other.
    """
    flat = _flat(images)
    reference = _flat(others)
    lengths = (reference**2).sum(axis=1)
    found = []
    for start in range(0, len(flat), block):
        part = flat[start : start + block]
        squared = (part**2).sum(axis=1)[:, None] - 2.0 * part @ reference.T + lengths
        found.append(np.sqrt(np.maximum(squared.min(axis=1), 0.0)))
    return np.concatenate(found)


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / 255.0
