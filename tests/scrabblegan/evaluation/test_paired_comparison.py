"""Paired comparisons: counting, intervals over words and seeds, verdicts."""

import numpy as np
import pytest
from refusals import refused

from scrabblegan.evaluation import paired_comparison as paired
from scrabblegan.evaluation.paired_comparison import Readings

pytestmark = pytest.mark.unit


def readings(wrong) -> Readings:
    """Words of three letters, each read wrongly in one of them or not."""
    wrong = np.asarray(wrong, bool)
    return Readings(wrong.astype(int), wrong, np.full(wrong.shape[1], 3))


def draws(rates, num_words=400, seed=0) -> Readings:
    random = np.random.default_rng(seed)
    return readings([random.random(num_words) < rate for rate in rates])


def test_edits_are_counted_as_jiwer_does():
    import jiwer

    texts, read = ["hand", "the", "of"], ["band", "", "off"]
    found = paired.count_errors(texts, [read, texts])
    np.testing.assert_array_equal(found.edits, [[1, 3, 1], [0, 0, 0]])
    np.testing.assert_array_equal(found.wrong, [[True] * 3, [False] * 3])
    assert found.character_error_rates()[0] == pytest.approx(jiwer.cer(texts, read))
    assert found.word_error_rates()[1] == 0.0


def test_the_mean_difference_is_that_of_the_rates():
    a, b = draws([0.5, 0.4, 0.6]), draws([0.3, 0.2, 0.4], seed=1)
    expected = b.word_error_rates().mean() - a.word_error_rates().mean()
    assert paired.word_errors(a, b).mean == pytest.approx(expected)
    expected = b.character_error_rates().mean() - a.character_error_rates().mean()
    assert paired.character_errors(a, b).mean == pytest.approx(expected)


def test_the_interval_over_seeds_is_student_s():
    """Differences 0.1, 0.2, 0.3: 0.2 -+ 4.303 * 0.1 / sqrt(3)."""
    a = readings(np.zeros([3, 10]))
    b = np.zeros([3, 10])
    b[0, :1] = b[1, :2] = b[2, :3] = 1
    low, high = paired.word_errors(a, readings(b)).over_seeds
    assert low == pytest.approx(0.2 - 4.303 * 0.1 / np.sqrt(3), rel=1e-6)
    assert high == pytest.approx(0.2 + 4.303 * 0.1 / np.sqrt(3), rel=1e-6)


def test_the_interval_over_words_is_that_of_a_mean_of_differences():
    a, b = draws([0.5, 0.5]), draws([0.3, 0.3], seed=1)
    by_word = (b.wrong.astype(float) - a.wrong).mean(axis=0)
    reach = 1.96 * by_word.std() / np.sqrt(len(by_word))
    low, high = paired.word_errors(a, b).over_words
    assert low == pytest.approx(by_word.mean() - reach, abs=0.01)
    assert high == pytest.approx(by_word.mean() + reach, abs=0.01)


def test_a_clear_difference_counts_and_its_sign_says_who_is_better():
    a, b = draws([0.60, 0.61, 0.59]), draws([0.20, 0.21, 0.19], seed=1)
    assert paired.word_errors(a, b).verdict() == "B is read better"
    assert paired.word_errors(b, a).verdict() == "A is read better"


def test_what_differs_between_seeds_as_much_as_between_models_does_not_count():
    a, b = draws([0.5, 0.5, 0.5]), draws([0.05, 0.4, 0.75], seed=1)
    difference = paired.word_errors(a, b)
    low, high = difference.over_words
    assert high < 0.0  # to the words alone it would be clear
    assert difference.verdict() == "no significant difference"


def test_what_hangs_on_few_words_does_not_count():
    a, b = np.zeros([3, 20]), np.zeros([3, 20])
    a[:, 0] = 1  # one word of twenty, with each seed
    difference = paired.word_errors(readings(a), readings(b))
    assert difference.over_seeds == (pytest.approx(-0.05), pytest.approx(-0.05))
    assert difference.verdict() == "no significant difference"


def test_equal_models_differ_by_nothing():
    a = draws([0.5, 0.6, 0.4])
    difference = paired.word_errors(a, a)
    assert difference.over_words == difference.over_seeds == (0.0, 0.0)
    assert not difference.is_significant


def test_other_seeds_or_words_cannot_be_compared():
    with refused((1, 400), "2 to 10 seeds"):
        paired.word_errors(draws([0.5]), draws([0.5]))
    with refused((2, 400), (2, 399), "seeds", "words"):
        paired.word_errors(draws([0.5, 0.5]), draws([0.5, 0.5], num_words=399))
