"""The load test of the server, at its smallest."""

import pytest
from refusals import refused

from scribe.foundation.errors import WorkFailed
from scribe.web import load_test

pytest.importorskip("uvicorn")
pytestmark = pytest.mark.integration


@pytest.mark.slow
def test_both_ways_of_writing_are_measured_for_each_number_of_clients():
    results = load_test.measure([1, 3], seconds=0.1, rounds=1)
    assert set(results) == set(load_test.WAYS)
    for by_clients in results.values():
        assert set(by_clients) == {1, 3}
        for row in by_clients.values():
            assert 0 < row["median_seconds"] <= row["p95_seconds"]
            assert row["points_per_second"] > row["lines_per_second"] > 0
    assert "together / one at a time, 3 clients" in load_test.table(results)


def test_a_server_that_does_not_start_is_one_sentence():
    with refused("nowhere", "scribe_default", error=WorkFailed):
        load_test.measure([1], seconds=0.1, rounds=1, model="nowhere")
