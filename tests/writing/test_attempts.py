"""When a line is tried again, with which random numbers, and which line is best."""

import dataclasses
import string

import numpy as np
import pytest
from writing_samples import printed

from scribe.foundation.alphabet import Alphabet
from scribe.models.engine import random_numbers
from scribe.writing import attempts
from scribe.writing.attempts import MAX_ATTEMPTS, Attempt

pytestmark = pytest.mark.unit

GOOD = printed("a word")
BAD = dataclasses.replace(GOOD, finished=False)


def test_a_line_that_came_to_its_end_is_kept():
    assert Attempt(5, 0).after(GOOD) is None


def test_a_line_that_did_not_is_tried_again_until_there_were_enough_attempts():
    attempt, numbers = Attempt(5, 2, sample=1), []
    while attempt is not None:
        numbers.append(attempt.number)
        assert (attempt.seed, attempt.text, attempt.sample) == (5, 2, 1)
        attempt = attempt.after(BAD)
    assert numbers == list(range(1, MAX_ATTEMPTS + 1))
    assert Attempt(5, 0).after(BAD, max_attempts=1) is None


def test_each_attempt_has_numbers_of_its_own():
    first = Attempt(3, 1, sample=2)
    again = first.after(BAD)
    for attempt, key in ((first, 0), (again, 1)):
        expected = random_numbers(3, 1, 2, 9, attempt=key)
        np.testing.assert_array_equal(attempt.noise(9), expected)
    assert not np.array_equal(first.noise(9), again.noise(9))


class Chooser:
    alphabet = Alphabet(string.printable)

    def __init__(self, *nats):
        self._nats = nats

    def nats(self, strokes, texts):
        assert len(strokes) == len(texts) == len(self._nats)
        return np.array(self._nats)


@pytest.mark.parametrize(
    ("finished", "nats", "best"),
    [
        ([True, True, True], [0.5, 0.1, 0.2], 1),
        ([False, True, False], [0.1, 9.0, 0.2], 1),
        ([True, False, True], [np.inf, 0.1, 5.0], 2),
        ([False, False, False], [0.3, 0.2, 0.2], 1),
        ([False, True, True], None, 1),
        ([False, False, False], None, 0),
    ],
)
def test_the_best_line_came_to_its_end_and_is_the_easiest_to_read(finished, nats, best):
    lines = [dataclasses.replace(GOOD, finished=value) for value in finished]
    ranked = attempts.ranks(lines, None if nats is None else Chooser(*nats))
    assert attempts.best(lines, ranked) is lines[best]
