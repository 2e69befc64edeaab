"""Beam makes the same bytes as the local runner."""

import pytest
from factory_samples import files_in, model_in, plan_of

from scribe.factory import runner

pytest.importorskip("apache_beam")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.integration,
    pytest.mark.usefixtures("clean_gin"),
]


def test_the_direct_runner_writes_the_bytes_of_the_local_one(tmp_path):
    from scribe.factory import beam_runner

    plan = plan_of(model_in(tmp_path / "model"))
    runner.make(plan, tmp_path / "local")
    options = ["--runner=DirectRunner", "--direct_num_workers=1"]
    facts = beam_runner.make(plan, str(tmp_path / "beam"), options)
    assert facts["finished"]
    assert files_in(tmp_path / "beam") == files_in(tmp_path / "local")


def test_beam_goes_on_with_what_is_there(tmp_path):
    from scribe.factory import beam_runner

    plan = plan_of(model_in(tmp_path / "model"))
    runner.make(plan, tmp_path / "set")
    whole = files_in(tmp_path / "set")
    (tmp_path / "set" / ".shards" / "00001.json").unlink()
    beam_runner.make(plan, str(tmp_path / "set"), ["--runner=DirectRunner"])
    assert files_in(tmp_path / "set") == whole
