"""Texts against scores: sums and maxima over all paths, as plain loops."""

import itertools

import numpy as np
import pytest

from scribe.reading import ctc

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("label", [[], [1], [1, 2], [2, 2], [1, 2, 1]])
def test_the_nats_of_a_text_sum_all_its_paths(label):
    random = np.random.default_rng(len(label))
    logits = random.normal(0.0, 2.0, [5, 3])
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    total = 0.0
    for path in itertools.product(range(3), repeat=5):
        if [symbol for symbol, _ in itertools.groupby(path) if symbol] == label:
            total += np.exp(sum(log_p[t, s] for t, s in enumerate(path)))
    nats = ctc.text_nats(logits, np.array(label, int))
    assert nats == pytest.approx(-np.log(total), rel=1e-9)


def test_a_text_with_more_letters_than_frames_is_impossible():
    logits = np.zeros([3, 3])
    assert ctc.text_nats(logits, np.array([1, 2, 1, 2])) == np.inf
    assert ctc.text_nats(logits, np.array([1, 1, 1])) == np.inf


def test_the_best_path_is_the_most_probable_of_all_paths():
    random = np.random.default_rng(0)
    logits = random.normal(0.0, 2.0, [6, 4])
    label = np.array([2, 2, 1])
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    extended = [0, 2, 0, 2, 0, 1, 0]
    best, found = -np.inf, None
    for states in itertools.product(range(7), repeat=6):
        symbols = [extended[s] for s in states]
        moves = np.diff(states)
        whole = states[0] < 2 and states[-1] > 4
        legal = all(
            move in (0, 1) or (move == 2 and symbol and symbol != extended[s])
            for move, s, symbol in zip(moves, states[:-1], symbols[1:], strict=True)
        )
        score = sum(log_p[t, symbol] for t, symbol in enumerate(symbols))
        if whole and legal and score > best:
            best, found = score, states
    path, log_p_of_path = ctc.best_path(logits, label)
    assert path.tolist() == list(found)
    assert log_p_of_path.sum() == pytest.approx(best)
    assert ctc.text_nats(logits, label) < -best


def test_a_label_that_does_not_fit_has_no_path():
    assert ctc.best_path(np.zeros([2, 4]), np.array([2, 2])) is None
