"""The load test of the server, at its smallest."""

import json

import pytest

from scribe.foundation import command_line
from scribe.web import load_test

pytest.importorskip("uvicorn")


@pytest.mark.integration
def test_both_ways_of_writing_are_measured_for_each_number_of_clients(tmp_path, capsys):
    path = tmp_path / "load.json"
    arguments = ["--clients=1,3", "--seconds=0.1", "--rounds=1", f"--json={path}"]
    assert command_line.status_of(load_test.main, arguments) == 0
    results = json.loads(path.read_text())
    assert set(results) == set(load_test.WAYS)
    for by_clients in results.values():
        assert set(by_clients) == {"1", "3"}
        for row in by_clients.values():
            assert 0 < row["median_seconds"] <= row["p95_seconds"]
            assert row["points_per_second"] > row["lines_per_second"] > 0
    assert "together / one at a time, 3 clients" in capsys.readouterr().out


@pytest.mark.unit
@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--clients=0"], "--clients=0: use numbers"),
        (["--clients=many"], "--clients=many: use numbers"),
        (["--rounds=0"], "must be more than 0"),
        (["--seconds=0"], "must be more than 0"),
    ],
)
def test_wrong_options_are_one_sentence(arguments, sentence, capsys):
    assert command_line.status_of(load_test.main, arguments) == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.integration
def test_a_server_that_does_not_start_is_one_sentence(capsys):
    arguments = ["--save_dir=nowhere", "--clients=1"]
    assert command_line.status_of(load_test.main, arguments) == 1
    error = capsys.readouterr().err
    assert "there is no run folder nowhere" in error and error.count("\n") == 1
