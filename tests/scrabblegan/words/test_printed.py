"""Printed words: letters that cv2 does not have."""

import numpy as np
import pytest

from scrabblegan.words.printed import printed

pytestmark = pytest.mark.unit

PLAIN = np.zeros(4)  # the mean style


@pytest.mark.parametrize("pair", ["äa", "öo", "üu", "ÄA", "ÖO", "ÜU"])
def test_an_umlaut_is_its_letter_with_two_dots_above(pair):
    marked, plain = (printed(character, PLAIN) < 0.5 for character in pair)
    rows = np.flatnonzero(plain.any(axis=1))
    np.testing.assert_array_equal(marked[rows[0] :], plain[rows[0] :])
    dots = marked[: rows[0]].any(axis=0)
    assert np.count_nonzero(np.diff(np.r_[0, dots, 0])) == 4


def test_a_sharp_s_looks_like_a_b():
    np.testing.assert_array_equal(printed("ß", PLAIN), printed("B", PLAIN))
