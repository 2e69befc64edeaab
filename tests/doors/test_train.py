"""The training command: answers, refusals, and what it leaves behind."""

import os
import subprocess
import sys

import numpy as np
import pytest
from refusals import assert_names

from scribe import train
from scribe.foundation import command_line, gin_config

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]

TINY = ["--gin_file=graves_synthesis", "--gin_file=testing/tiny.gin"]


def status_of(*arguments):
    return command_line.status_of(train.main, [str(a) for a in arguments])


def assert_one_sentence(capsys, *facts):
    error = capsys.readouterr().err
    assert_names(error, "error: ", *facts)


@pytest.mark.slow
@pytest.mark.smoke
def test_a_tiny_training_leaves_a_run_folder_that_can_be_read(
    tiny_corpus, tmp_path, capsys, without_tracing
):
    run = tmp_path / "run"
    assert status_of(*TINY, f"--data_dir={tiny_corpus}", f"--save_dir={run}") == 0
    names = {path.name for path in run.iterdir()}
    assert names == {
        "config.gin", "operative_config.gin", "checkpoints", "events", "metrics.json",
        "weights.npz", "model.json",
    }  # fmt: skip
    for name in ("config.gin", "operative_config.gin"):
        gin_config.parse([str(run / name)], [])
        assert "AttentionRNN.num_units = 5\n" in gin_config.config_text()
    with np.load(run / "weights.npz") as arrays:
        assert arrays["lstm_1/recurrent_kernel"].shape == (5, 20)
    assert capsys.readouterr().out == ""


def test_a_dry_run_prints_configuration_shapes_and_creates_nothing(
    tiny_corpus, tmp_path, monkeypatch, capsys, caplog
):
    monkeypatch.chdir(tmp_path)
    assert status_of(*TINY, f"--data_dir={tiny_corpus}", "--dry_run") == 0
    assert list(tmp_path.iterdir()) == []
    printed = capsys.readouterr().out
    assert "AttentionRNN.num_units = 5\n" in printed
    assert f"DATA_DIR = '{tiny_corpus}'" in printed
    assert "lstm_1/kernel                [8, 20]" in caplog.text
    assert "output/bias                  [13]" in caplog.text
    assert "1,428 parameters" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--gin_file=nothing"], ["'nothing'", "scribe_default"]),
        ([*TINY, "--gin_param=AttentionRNN.num_unit = 3"], ["'num_unit'"]),
        ([*TINY, "--gin_param=NUM_STEP = 3"], ["NUM_STEP ", "NUM_STEPS"]),
        ([*TINY, "--gin_param=StrokeTrainer.model = @Nothing"], ["@Nothing"]),
        ([*TINY, "--gin_param=AttentionRNN.dropout = 2.0"], ["dropout=2.0", "[0, 1)"]),
        ([*TINY, "--gin_param=train.summary_every = 0"], ["train.summary_every", 0, 1]),
        ([*TINY, "--device=tpu"], ["--device=tpu", "auto", "cpu", "gpu"]),
        ([*TINY, "--data_dir=/nowhere"], ["/nowhere", "scribe.prepare_data"]),
        (["--gin_file=models/synthesis.gin"], ["train()", "'num_steps'"]),
    ],
)
def test_a_mistake_is_one_sentence_and_status_2(
    arguments, facts, tiny_corpus, tmp_path, capsys
):
    if not any("data_dir" in a or a.endswith("synthesis.gin") for a in arguments):
        arguments = [f"--data_dir={tiny_corpus}", *arguments]
    assert status_of(*arguments, f"--save_dir={tmp_path / 'run'}") == 2
    assert_one_sentence(capsys, *facts)


def test_a_misspelt_experiment_is_refused_before_tensorflow_is_imported():
    program = (
        "import sys\nfrom scribe import train\n"
        "try: train.main(['--gin_file=demo', '--gin_file=dmeo'])\n"
        "except Exception as error: print(error, 'tensorflow' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert result.stdout.startswith("there is no gin file 'dmeo'"), result.stderr
    assert result.stdout.endswith(" False\n")


def test_a_save_dir_that_is_a_file_is_refused(tiny_corpus, tmp_path, capsys):
    (tmp_path / "run").write_text("in the way")
    data = f"--data_dir={tiny_corpus}"
    assert status_of(*TINY, data, f"--save_dir={tmp_path / 'run'}") == 2
    assert_one_sentence(capsys, str(tmp_path / "run"))
    assert status_of(*TINY, data, f"--save_dir={tmp_path / 'run' / 'below'}") == 2
    assert_one_sentence(capsys, str(tmp_path / "run"))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc")
def test_a_save_dir_that_nobody_can_make_is_refused(tiny_corpus, capsys):
    data = f"--data_dir={tiny_corpus}"
    assert status_of(*TINY, data, "--save_dir=/proc/self/run") == 2
    assert_one_sentence(capsys, "/proc/self/run")


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root")
@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_a_save_dir_without_write_permission_is_refused(
    mode, tiny_corpus, tmp_path, capsys
):
    (tmp_path / "run").mkdir()
    (tmp_path / "run").chmod(mode)
    save_dir = f"--save_dir={tmp_path / 'run'}"
    assert status_of(*TINY, f"--data_dir={tiny_corpus}", save_dir) == 2
    assert_one_sentence(capsys, str(tmp_path / "run"))


def test_help_needs_neither_tensorflow_nor_numpy():
    code = (
        "import sys\nfrom scribe import train\n"
        "try: train.main(['--help'])\nexcept SystemExit as end: status = end.code\n"
        "loaded = {'tensorflow', 'keras', 'gin', 'numpy'} & sys.modules.keys()\n"
        "sys.exit(f'{status} {loaded}' if status or loaded else 0)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert finished.returncode == 0, finished.stderr
    for option in (
        "--gin_file",
        "--gin_param",
        "--data_dir",
        "--save_dir",
        "--dry_run",
    ):
        assert option in finished.stdout
