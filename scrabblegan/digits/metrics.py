"""What a classifier says of drawn digits, in numbers. NumPy only."""

import numpy as np

_CONFIDENT = 0.9


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
