"""Experiments by name: untested ones, former names, and those that are included."""

import pytest
from refusals import refused

from scribe.foundation import experiments, gin_config

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]
FOLDER = gin_config.gin_folder() / "experiments"


@pytest.mark.parametrize("name", ["digits_wgan_gp", "graves_prediction_1x900.gin"])
def test_an_untested_experiment_is_found_and_said_to_be_one(name, caplog):
    file = FOLDER / "untested" / f"{name.removesuffix('.gin')}.gin"
    assert experiments.find(name, FOLDER.parent) == file
    gin_config.parse([name], [])
    assert "never run to its end" in caplog.text


@pytest.mark.parametrize("former", experiments.RENAMED)
def test_a_former_name_leads_to_an_experiment(former):
    file = experiments.find(former, FOLDER.parent)
    assert file.stem == experiments.RENAMED[former]
    assert former not in experiments.names(FOLDER.parent)


@pytest.mark.parametrize(
    "name",
    ["scribe_400", "experiments/scribe_400.gin", "gin/experiments/scribe_400.gin"],
)
def test_a_former_name_is_read_with_a_hint(name, tmp_path, monkeypatch, caplog):
    gin_config.parse(["scribe_default_3"], [])
    text = gin_config.config_text()
    assert caplog.text == ""
    monkeypatch.chdir(tmp_path)
    gin_config.parse([name], [])
    assert gin_config.config_text() == text
    assert "scribe_400 is called scribe_default_3 now" in caplog.text


@pytest.mark.parametrize("name", ["scribe_default_rare", "graves_prediction_1x900"])
def test_a_file_of_one_s_own_may_include_an_experiment_that_was_moved(
    name, tmp_path, caplog
):
    mine = tmp_path / "mine.gin"
    mine.write_text(f"include 'experiments/{name}.gin'\nAttentionRNN.num_units = 123\n")
    gin_config.parse([str(mine)], [])
    assert "AttentionRNN.num_units = 123\n" in gin_config.config_text()
    assert name in caplog.text


def test_a_file_of_one_s_own_comes_before_a_former_name(tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experiments").mkdir()
    text = "include 'experiments/scribe_quick.gin'\nAttentionRNN.num_units = 123\n"
    (tmp_path / "experiments" / "scribe_400.gin").write_text(text)
    gin_config.parse(["experiments/scribe_400.gin"], [])
    assert "AttentionRNN.num_units = 123\n" in gin_config.config_text()
    assert caplog.text == ""


def test_a_path_elsewhere_is_no_experiment():
    with refused("'mine/scribe_400.gin'"):
        gin_config.parse(["mine/scribe_400.gin"], [])


def test_all_experiments_are_listed_untested_ones_last():
    names = experiments.names(FOLDER.parent)
    assert len(names) == len(set(names))
    assert names.index("synthesis") < names.index("digits_wgan_gp")
    files = {path.stem for path in FOLDER.rglob("*.gin")}
    assert set(names) == files
