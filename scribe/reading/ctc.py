"""Connectionist temporal classification: texts against a reader's scores. NumPy only.

Graves, Fernandez, Gomez and Schmidhuber (2006). A path names one symbol, or the blank
(id 0), in each frame; it spells what is left when repetitions are merged and blanks
dropped. All functions take one line's logits [T, V].
"""

import numpy as np

from scribe.foundation.alphabet import TERMINATOR_ID
from scribe.models.numpy_layers import log_softmax


def text_nats(logits: np.ndarray, label: np.ndarray) -> float:
    """Minus the logarithm of the probability that CTC gives a labelling.

    Graves et al. (2006), equations 6 to 8, in log space: alpha[s] sums all paths that
    have come to entry s of the label with blanks (id 0) around its symbols.

    Args:
      logits: [T, V] scores of a line.
      label: [U] ids without blanks.

    Returns:
      nats; infinite if there are too few frames for the label.
    """
    log_p, extended, skips = trellis(logits, label)
    alpha = np.full(len(extended), -np.inf)
    alpha[:2] = log_p[0, extended[:2]]
    for frame in log_p[1:].astype(np.float64):
        stay = alpha
        advance = np.concatenate([[-np.inf], alpha[:-1]])
        skip = np.concatenate([[-np.inf, -np.inf], alpha[:-2]])[: len(alpha)]
        skip = np.where(skips, skip, -np.inf)
        alpha = np.logaddexp(np.logaddexp(stay, advance), skip) + frame[extended]
    return -float(np.logaddexp.reduce(alpha[-2:]))


def best_path(
    logits: np.ndarray, label: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """The most probable path of a labelling, frame by frame (Viterbi).

    The recursion of `text_nats` with the maximum in place of the sum.

    Args:
      logits: [T, V] scores of a line.
      label: [U] ids without blanks, U at least 1.

    Returns:
      [T] entries of the label with blanks around its symbols, never falling: entry
      2 u + 1 is symbol u, the others are blanks; and [T] their log probabilities. None
      if there are too few frames.
    """
    log_p, extended, skips = trellis(logits, label)
    log_p = log_p[:, extended].astype(np.float64)
    steps = np.zeros(log_p.shape, np.int8)
    best = np.full(len(extended), -np.inf)
    best[:2] = log_p[0, :2]
    moves = np.full([3, len(extended)], -np.inf)
    skipped = np.where(skips, 0.0, -np.inf)[2:]
    for t in range(1, len(log_p)):
        moves[0] = best
        moves[1, 1:] = best[:-1]
        moves[2, 2:] = best[:-2] + skipped
        steps[t] = moves.argmax(axis=0)
        best = moves.max(axis=0) + log_p[t]
    state = len(best) - 1 - int(best[-2] > best[-1])
    if best[state] == -np.inf:
        return None
    path = np.empty(len(log_p), int)
    for t in range(len(log_p) - 1, -1, -1):
        path[t] = state
        state -= int(steps[t, state])
    return path, log_p[np.arange(len(path)), path]


def collapse(path: np.ndarray) -> np.ndarray:
    """The ids that a path [T] spells, equation 1: repetitions merge, blanks go."""
    starts = np.diff(path, prepend=TERMINATOR_ID) != 0
    return path[starts & (path != TERMINATOR_ID)]


def trellis(
    logits: np.ndarray, label: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the paths of a labelling run through (Graves et al. 2006, section 4.1).

    Args:
      logits: [T, V] scores of a line.
      label: [U] ids without blanks.

    Returns:
      log probabilities [T, V]; the label with blanks around its symbols, [2 U + 1];
      whether each entry may follow the one before the last, as a symbol may if the
      symbol before it is another, [2 U + 1].
    """
    extended = np.full(2 * len(label) + 1, TERMINATOR_ID)
    extended[1::2] = label
    skips = np.zeros(len(extended), bool)
    skips[3::2] = label[1:] != label[:-1]
    return log_softmax(logits), extended, skips
