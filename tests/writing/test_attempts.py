"""When a line is tried again, with which random numbers, and which line is best."""

import dataclasses
import string

import numpy as np
import pytest
from writing_samples import printed

from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
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

    def check(self, strokes, texts):
        assert len(strokes) == len(texts) == len(self._nats)
        return np.array(self._nats), np.array([n < 0.15 for n in self._nats])


@pytest.mark.parametrize(
    ("finished", "nats", "best", "settled"),
    [
        ([True, True, True], [0.5, 0.1, 0.2], 1, True),
        ([True, True, True], [0.5, 0.3, 0.2], 2, False),
        ([False, True, False], [0.1, 9.0, 0.2], 1, False),
        ([True, False, True], [np.inf, 0.1, 5.0], 2, False),
        ([False, False, False], [0.3, 0.2, 0.2], 1, False),
        ([False, True, True], None, 1, True),
        ([False, False, False], None, 0, False),
    ],
)
def test_the_best_line_came_to_its_end_and_is_the_easiest_to_read(
    finished, nats, best, settled
):
    lines = [dataclasses.replace(GOOD, finished=value) for value in finished]
    found = attempts.verdicts(lines, None if nats is None else Chooser(*nats))
    assert attempts.best(found) == best
    assert attempts.is_settled(found, 4) is settled
    assert attempts.is_settled(found, 3)


def test_the_candidates_after_the_second_are_written_together():
    for num_candidates in range(1, 7):
        written = 0
        sizes = []
        while written < num_candidates:
            sizes.append(attempts.num_next(written, num_candidates))
            written += sizes[-1]
        assert written == num_candidates
        assert sizes == [1, 1, num_candidates - 2][: min(3, num_candidates)]


def test_a_line_that_cannot_be_read_is_misread_and_spares_the_others():
    class Picky(Chooser):
        def check(self, strokes, texts):
            if any(len(line) < 2 for line in strokes):
                raise InputError("a lone dot")
            return super().check(strokes, texts)

    dot = dataclasses.replace(GOOD, strokes=GOOD.strokes[:1])
    bad, good = attempts.verdicts([dot, GOOD], Picky(0.1))
    assert not bad.right and bad.nats == np.inf
    assert good.right and good.nats == 0.1
