"""What all command lines share."""

import importlib
import os
import subprocess
import sys

import pytest

from scribe.foundation import command_line
from scribe.foundation.command_line import status_of
from scribe.foundation.errors import InputError, Interrupted, WorkFailed


def raising(error):
    def main(arguments):
        raise error

    return main


@pytest.mark.unit
@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (InputError("no such\n  thing"), 2, "error: no such thing\n"),
        (FileNotFoundError(2, "No such file", "a.txt"), 2, "error: a.txt: No such"),
        (PermissionError(13, "Permission denied", "b"), 2, "error: b: Permission"),
        (OSError("odd"), 2, "error: odd\n"),
        (
            OSError("[Errno 28] No space left: '/a b' -> None\n  In call to x"),
            2,
            "error: /a b: No space left\n",
        ),
        (WorkFailed("2 of 3 lines"), 1, "error: 2 of 3 lines\n"),
        (Interrupted(15, "saved; start again"), 143, "saved; start again\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_an_error_is_a_sentence_and_a_status(capsys, error, status, sentence):
    assert status_of(raising(error), []) == status
    printed = capsys.readouterr()
    assert printed.err.startswith(sentence) and printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.unit
def test_a_mistake_of_our_own_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        status_of(lambda arguments: 1 // 0, [])


@pytest.mark.unit
def test_the_place_of_an_error_is_shown_on_request(monkeypatch):
    monkeypatch.setenv("SCRIBE_TRACEBACK", "1")
    with pytest.raises(InputError):
        status_of(raising(InputError("no")), [])


@pytest.mark.unit
@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (1, 1)])
def test_what_main_returns_is_the_status(returned, status):
    assert status_of(lambda arguments: returned, []) == status


@pytest.mark.unit
@pytest.mark.parametrize("arguments", [["--sed=1"], ["--seed=x"], ["extra"]])
def test_a_mistyped_option_is_one_sentence(capsys, arguments):
    parser = command_line.parser("Does things.", "scribe.things")
    parser.add_argument("--seed", type=int)
    with pytest.raises(SystemExit) as exit_:
        parser.parse_args(arguments)
    assert exit_.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith("error: ") and printed.count("\n") == 1
    assert arguments[0].split("=")[0] in printed


@pytest.mark.integration
@pytest.mark.parametrize("num_lines", [3, 100_000])
def test_a_reader_that_leaves_early_is_no_error(num_lines):
    program = f"""
from scribe.foundation import command_line
def main(arguments):
    for i in range({num_lines}):
        print("line", i)
command_line.run(main)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 1
    assert errors == b""


@pytest.mark.unit
def test_a_package_that_is_not_installed_is_named_in_a_sentence(capsys):
    def main(arguments):
        importlib.import_module("pandoras_box.lid")

    assert command_line.status_of(main, []) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: this needs pandoras_box, which is not installed")


@pytest.mark.unit
def test_a_module_of_our_own_that_is_missing_is_our_fault():
    def main(arguments):
        importlib.import_module("scribe.there_is_none")

    with pytest.raises(ModuleNotFoundError):
        command_line.status_of(main, [])


@pytest.fixture
def renaming():
    parser = command_line.parser("Does things.", "scribe.things")
    command_line.add_model(parser, required=True, action="append")
    parser.add_argument("rest", nargs="*")
    return parser


@pytest.mark.unit
@pytest.mark.parametrize(
    "arguments", [["--save_dir=a"], ["--save_dir", "a"], ["--model", "a"]]
)
def test_an_option_has_its_old_name_too_which_is_told(renaming, capsys, arguments):
    assert renaming.parse_args(arguments).model == ["a"]
    hint = capsys.readouterr().err
    expected = [] if arguments[0] == "--model" else ["--save_dir", "--model"]
    assert [word for word in hint.split() if word.startswith("--")] == expected
    assert "--save_dir" not in renaming.format_help()


@pytest.mark.unit
def test_old_and_new_names_are_one_option(renaming):
    options = renaming.parse_args(["--save_dir=a", "--model=b", "--", "--save_dir"])
    assert options.model == ["a", "b"]
    assert options.rest == ["--save_dir"]


@pytest.mark.unit
def test_a_command_of_a_command_has_old_names_too(capsys):
    parser = command_line.parser("Does things.", "scribe.things")
    sub = parser.add_subparsers(dest="command").add_parser("one")
    command_line.add_model(sub)
    assert parser.parse_args(["one", "--save_dir=a"]).model == "a"
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.unit
def test_tensorflow_is_kept_quiet_in_one_place(monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    levels = []
    status_of(lambda _: levels.append(os.environ["TF_CPP_MIN_LOG_LEVEL"]), [])
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    status_of(lambda _: levels.append(os.environ["TF_CPP_MIN_LOG_LEVEL"]), [])
    assert levels == ["3", "0"]
