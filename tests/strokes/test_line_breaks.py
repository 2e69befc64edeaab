"""Pages come apart into lines."""

import numpy as np
import pytest

from scribe.strokes import line_breaks


def line_of(y, random, num_letters=12, left=0.0):
    """Letters of a line on the baseline y, tall ones and deep ones, and their dots."""
    letters, dots = [], []
    for k in range(num_letters):
        x = left + 12.0 * k + random.uniform(0, 2)
        top = y - random.choice([10.0, 20.0])
        bottom = y + random.choice([0.0, 0.0, 8.0])
        letters.append(np.array([[x, top], [x + 3, bottom], [x + 8, y - 5]]))
        if k % 4 == 3:
            dots.append(np.array([[x, y - 15.0], [x + 1, y - 14.0]]))
    return letters, dots


def same(found, expected):
    def ids(lines):
        return [{id(stroke) for stroke in line} for line in lines]

    return ids(found) == ids(expected)


@pytest.mark.unit
@pytest.mark.parametrize("climb", [0.0, 0.08, -0.08])
@pytest.mark.parametrize("dots", ["at once", "after the line", "after the page"])
def test_lines_are_parted_wherever_their_dots_were_set(climb, dots):
    random = np.random.default_rng(1)
    parts = [line_of(40.0 * k, random, left=random.uniform(0, 20)) for k in range(6)]
    for letters, its_dots in parts:
        for stroke in letters + its_dots:
            stroke[:, 1] += climb * stroke[:, 0]
    lines = [letters + its_dots for letters, its_dots in parts]
    if dots == "at once":
        order = [s for line in lines for s in sorted(line, key=lambda s: s[0, 0])]
    elif dots == "after the line":
        order = [stroke for line in lines for stroke in line]
    else:
        order = [s for letters, _ in parts for s in letters]
        order += [s for _, its_dots in parts for s in its_dots]
    assert same(line_breaks.split_lines(order), lines)


@pytest.mark.unit
def test_lines_come_from_top_to_bottom_in_whatever_order_they_were_written():
    random = np.random.default_rng(2)
    first, second, third = (line_of(40.0 * k, random)[0] for k in range(3))
    found = line_breaks.split_lines(third + first + second)
    assert same(found, [first, second, third])
    assert [id(s) for s in found[0]] == [id(s) for s in first]


@pytest.mark.unit
def test_a_line_that_goes_on_after_a_look_at_another_is_one():
    random = np.random.default_rng(3)
    first, second = line_of(0.0, random)[0], line_of(40.0, random)[0]
    order = first[:6] + second + first[6:]
    assert same(line_breaks.split_lines(order), [first, second])


@pytest.mark.unit
def test_what_has_no_size_is_one_line():
    dot = np.array([[5.0, 5.0]])
    assert same(line_breaks.split_lines([dot]), [[dot]])
