"""Lines of a minute, by a clock that is turned by hand."""

import pytest

from scribe.web.rates import Rates, TooOften

pytestmark = pytest.mark.unit


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def seconds_until(rates, visitor, num_lines) -> int:
    with pytest.raises(TooOften) as refused:
        rates.take(visitor, num_lines)
    return refused.value.seconds


def test_the_lines_of_a_minute_come_back_evenly(clock):
    rates = Rates(60, clock)
    rates.take("a", 60)
    assert seconds_until(rates, "a", 5) == 5
    clock.now += 4.5
    assert seconds_until(rates, "a", 5) == 1
    clock.now += 0.5
    rates.take("a", 5)
    assert seconds_until(rates, "a", 1) == 1


def test_what_is_refused_is_not_counted_and_others_are_not_concerned(clock):
    rates = Rates(10, clock)
    rates.take("a", 9)
    seconds_until(rates, "a", 2)
    rates.take("a", 1)
    rates.take("b", 10)


def test_more_than_a_minute_s_lines_are_met_once_and_paid_off(clock):
    rates = Rates(10, clock)
    rates.take("a", 30)
    assert seconds_until(rates, "a", 10) == 180
    assert seconds_until(rates, "a", 1) == 126
    clock.now += 126
    rates.take("a", 1)


def test_who_has_rested_is_forgotten(clock):
    rates = Rates(10, clock)
    for visitor in "abc":
        rates.take(visitor, 5)
        clock.now += 10
    assert len(rates) == 3
    clock.now += 15  # a and b are full again, c is not
    rates.take("d", 1)
    assert len(rates) == 2
