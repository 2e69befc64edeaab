"""How far drawn images are from real ones and from each other. NumPy only."""

import numpy as np


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


def kernel_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Squared maximum mean discrepancy of two sets with a cubic kernel.

    Binkowski et al. (2018), arXiv 1801.01401, sections 3 and 4: k(x, y) = (x y / F +
    1)^3, and the estimate without bias, which unlike Frechet's distance does not grow
    where sets are small. They use the features of an Inception network; with others the
    values cannot be compared.

    Args:
      first, second: float [N, F] and [M, F] features, two rows or more each.

    Returns:
      about 0 for equal distributions; chance may make it a little less.
    """
    within = [_mean_kernel_of_pairs(features) for features in (first, second)]
    return float(sum(within) - 2.0 * _kernel(first, second).mean())


def _mean_kernel_of_pairs(features: np.ndarray) -> float:
    """Over all pairs of two different rows."""
    kernel, count = _kernel(features, features), len(features)
    return (kernel.sum() - np.trace(kernel)) / (count * (count - 1))


def _kernel(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first @ second.T / first.shape[1] + 1.0) ** 3


def variation(images: np.ndarray) -> float:
    """How much images of one thing differ: the mean distance of two, in pixels.

    Args:
      images: uint8 [N, H, W], N of 2 or more.
    """
    flat = _flat(images).astype(np.float64)
    lengths = (flat**2).sum(axis=1)
    squared = lengths[:, None] + lengths - 2.0 * flat @ flat.T
    pairs = np.triu_indices(len(flat), 1)
    return float(np.sqrt(np.maximum(squared[pairs], 0.0)).mean())


def nearest_images(
    images: np.ndarray, others: np.ndarray, block: int = 250
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of others to each image, by Euclidean distance in pixels.

    Args:
      images: uint8 [N, H, W].
      others: uint8 [M, H, W].
      block: images at once.

    Returns:
      distances [N], where 1.0 is one pixel that is ink in the one and paper in the
      other; and indices [N].
    """
    flat = _flat(images)
    reference = _flat(others)
    lengths = (reference**2).sum(axis=1)
    distances, indices = [], []
    for start in range(0, len(flat), block):
        part = flat[start : start + block]
        squared = (part**2).sum(axis=1)[:, None] - 2.0 * part @ reference.T + lengths
        indices.append(squared.argmin(axis=1))
        distances.append(np.sqrt(np.maximum(squared.min(axis=1), 0.0)))
    return np.concatenate(distances), np.concatenate(indices)


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1).astype(np.float32) / 255.0
