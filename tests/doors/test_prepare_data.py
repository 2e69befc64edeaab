"""The command that prepares a corpus."""

import os
import signal
import subprocess
import sys

import iam_ondb_samples as samples
import pytest
from refusals import assert_refusal
from terminal import terminal

from scribe import prepare_data
from scribe.corpora.prepared import load_description, load_lines
from scribe.foundation.command_line import status_of
from scribe.foundation.locks import sole_writer


def run(*arguments):
    return status_of(prepare_data.main, [str(argument) for argument in arguments])


def command(*arguments):
    return [sys.executable, "-m", "scribe.prepare_data", *map(str, arguments)]


@pytest.mark.integration
def test_iam_ondb_is_prepared_and_every_dropped_line_accounted_for(tmp_path, capsys):
    source = samples.write(tmp_path / "source")
    output = tmp_path / "prepared"
    assert run("--format=iam_ondb", f"--source={source}", f"--output={output}") == 0
    corpus = load_description(output)
    assert corpus.name == "iam_ondb"
    assert corpus.splits == {"train": 9, "validation_large": 1}
    assert sum(corpus.dropped.values()) == 6
    printed = capsys.readouterr().out
    assert "kept 10 lines" in printed
    assert "dropped 6 lines" in printed
    for reason, num_lines in corpus.dropped.items():
        assert f"{num_lines:9}  {reason}\n" in printed
    assert "a01-000x-02.xml" in printed
    assert len(load_lines(output, corpus.splits)) == 10


@pytest.mark.integration
def test_two_do_not_prepare_one_folder_at_once(tmp_path, capsys):
    with sole_writer(tmp_path / "prepared"):
        arguments = "--format=synthetic", f"--output={tmp_path / 'prepared'}"
        assert_refusal(capsys, run(*arguments), tmp_path / "prepared")
    assert not list(tmp_path.iterdir())


@pytest.mark.smoke
def test_a_synthetic_corpus_is_prepared_without_any_source(tmp_path):
    output = tmp_path / "prepared"
    assert run("--format=synthetic", "--num_lines=20", f"--output={output}") == 0
    assert load_description(output).splits == {"train": 16, "validation": 2, "test": 2}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (
            ["--format=iam"],
            ["--format=iam", "iam_ondb, deepwriting, scribe_pickle, synthetic"],
        ),
        (["--format=iam_ondb"], ["--format=iam_ondb", "--source"]),
        (["--format=scribe_pickle"], ["--format=scribe_pickle", "--source"]),
        (["--format=iam_ondb", "--source=missing"], ["missing", "data/README.md"]),
        (["--format=scribe_pickle", "--source=missing"], ["missing"]),
        (["--format=synthetic", "--source=x"], ["--format=synthetic", "--source"]),
        (["--format=synthetic", "--num_lines=3"], ["num_lines=3", 10]),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(
    tmp_path, monkeypatch, capsys, arguments, facts
):
    monkeypatch.chdir(tmp_path)
    assert_refusal(capsys, run(*arguments, "--output=prepared"), "error: ", *facts)
    assert not list(tmp_path.iterdir())


@pytest.mark.unit
def test_an_output_folder_in_use_is_refused_before_anything_is_read(tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("chapter 1")
    status = run("--format=iam_ondb", "--source=missing", f"--output={tmp_path}")
    assert_refusal(capsys, status, tmp_path)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "shown", "not_shown"),
    [
        (["--help"], ["--split_lists", "--num_lines"], []),
        (["--format=synthetic", "--help"], ["--num_lines"], ["--split_lists"]),
    ],
)
def test_help_shows_the_options_of_the_format(capsys, arguments, shown, not_shown):
    with pytest.raises(SystemExit) as exit_:
        prepare_data.main(arguments)
    assert exit_.value.code == 0
    printed = capsys.readouterr().out
    assert all(option in printed for option in shown)
    assert not any(option in printed for option in not_shown)


@pytest.mark.unit
def test_an_option_of_another_format_is_refused(tmp_path):
    with pytest.raises(SystemExit) as exit_:
        prepare_data.main(["--format=synthetic", "--split_lists=x", "--output=y"])
    assert exit_.value.code == 2


@pytest.mark.smoke
@pytest.mark.parametrize("module", ["scribe.prepare_data", "scribe.verify_data"])
def test_tensorflow_is_not_imported(module):
    program = f"import sys, {module}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.integration
@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)],
)
def test_a_signal_leaves_no_half_written_corpus(tmp_path, number, status):
    output = tmp_path / "prepared"
    with terminal() as (ours, theirs):
        process = subprocess.Popen(
            command("--format=synthetic", "--num_lines=100000", f"--output={output}"),
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        shown = b""
        while b" lines" not in shown:  # progress: it is at work
            shown += os.read(ours, 1024)
        os.kill(process.pid, number)
        printed, _ = process.communicate(timeout=60)
        os.write(theirs, b"end")
        while not shown.endswith(b"end"):
            shown += os.read(ours, 1024)
    assert process.returncode == status
    assert printed == b""
    assert b"Traceback" not in shown
    # Nothing can remove a lock's file after kill -9; it blocks nobody.
    lock = [".prepared.lock"] if number == signal.SIGKILL else []
    assert [path.name for path in tmp_path.iterdir()] == lock
    assert run("--format=synthetic", "--num_lines=20", f"--output={output}") == 0
    assert [path.name for path in tmp_path.iterdir()] == ["prepared"]


@pytest.mark.integration
def test_a_termination_while_writing_leaves_nothing(tmp_path):
    program = """
import os, signal, sys
from scribe import prepare_data
from scribe.corpora import prepared
from scribe.foundation import command_line
def interrupt(path, lines):
    path.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGTERM)
prepared._save_split = interrupt
command_line.run(prepare_data.main)
"""
    output = tmp_path / "prepared"
    arguments = ["--format=synthetic", "--num_lines=10", f"--output={output}"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 143
    assert "nothing was written" in done.stderr
    assert not list(tmp_path.iterdir())
