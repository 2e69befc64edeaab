"""Who wrote which form of IAM-OnDB, from the clock of its forms."""

import math

import pytest

from scribe.corpora.iam_ondb_writers import MAX_PAUSE_SECONDS, writers_of

pytestmark = pytest.mark.unit

KINDS = "aceglnpr"
WRITING = 150.0


def session(start, number, kinds=KINDS, pauses=None):
    """Forms one after another; `pauses` before some of them, else 30 seconds."""
    times, clock = {}, start
    for place, kind in enumerate(kinds):
        clock += (pauses or {}).get(place, 30.0 if place else 0.0)
        times[f"{kind}01-{number:03d}z"] = (clock, clock + WRITING)
        clock += WRITING
    return times, clock


def by_writer(times):
    found = {}
    for form, writer in writers_of(times).items():
        found.setdefault(writer, []).append(form)
    return found


def test_eight_forms_make_a_writer_also_without_a_pause_to_the_next():
    first, clock = session(1e6, 1)
    second, _ = session(clock + 20.0, 21, pauses={3: 350.0})
    found = by_writer(second | first)
    assert found == {"a01-001z": list(first), "a01-021z": list(second)}


def test_a_long_pause_parts_two_writers_of_few_forms():
    first, clock = session(1e6, 1, "ace")
    second, _ = session(clock + MAX_PAUSE_SECONDS + 1.0, 21, "gln")
    assert list(by_writer(first | second)) == ["a01-001z", "g01-021z"]
    near, _ = session(clock + MAX_PAUSE_SECONDS - 1.0, 21, "gln")
    assert list(by_writer(first | near)) == ["a01-001z"]


def test_a_kind_of_text_that_comes_again_is_another_writers():
    first, clock = session(1e6, 1, "prac")
    second, _ = session(clock + 200.0, 21, "egpl")  # "p" comes again, "e" may be new
    assert by_writer(first | second) == {
        "p01-001z": list(first),
        "e01-021z": list(second),
    }


def test_a_ninth_form_of_another_kind_parts_at_the_longest_pause():
    first, clock = session(1e6, 1)
    second, _ = session(clock + 300.0, 21, "b")
    assert list(by_writer(first | second)) == ["a01-001z", "b01-021z"]


def test_forms_without_an_absolute_time_have_no_known_writer():
    times = {"a01-001z": (1e6, 1.1e6), "a01-003": (3.0, 90.0)}
    times["a01-004z"] = (math.nan, math.nan)
    assert writers_of(times) == {"a01-001z": "a01-001z"}
