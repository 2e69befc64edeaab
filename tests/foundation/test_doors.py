"""One command for a package: its list of doors, and what opens them."""

import sys

import pytest
from refusals import refused

from scribe.foundation import doors
from scribe.foundation.command_line import status_of

pytestmark = pytest.mark.unit

GROUPS = {"Greet": ("hello", "good_bye"), "Fail": ("broken",)}


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A package with three doors, one of which cannot be imported."""
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for name in ("hello", "good_bye"):
        (folder / f"{name}.py").write_text(
            f'"""Says {name}.\n\nMore of it."""\n\n'
            f"def main(arguments):\n    print('{name}', *arguments)\n    return 7\n"
        )
    (folder / "broken.py").write_text('"""Fails."""\n\nimport there_is_no_such_one\n')
    monkeypatch.syspath_prepend(tmp_path)
    yield "house"
    for name in [m for m in sys.modules if m.partition(".")[0] == "house"]:
        del sys.modules[name]


@pytest.mark.parametrize("arguments", [[], ["--help"], ["help"]])
def test_alone_it_lists_the_doors_without_importing_them(house, capsys, arguments):
    assert doors.open_door(house, GROUPS, arguments) == 0
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert shown[2:] == [
        ["Greet"],
        ["hello", "Says", "hello."],
        ["good_bye", "Says", "good_bye."],
        [],
        ["Fail"],
        ["broken", "Fails."],
    ]


def test_a_door_gets_the_arguments_after_its_name(house, capsys):
    assert doors.open_door(house, GROUPS, ["hello", "--to", "Ada"]) == 7
    assert capsys.readouterr().out == "hello --to Ada\n"


def test_the_arguments_of_the_program_are_those_after_its_name(house, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["scribe", "good_bye"])
    assert doors.open_door(house, GROUPS, None) == 7


@pytest.mark.parametrize("name", ["good-bye", "goodbye", "god_bye"])
def test_a_mistyped_door_is_one_sentence_with_those_that_are_like_it(
    house, capsys, name
):
    def main(arguments):
        return doors.open_door(house, GROUPS, arguments)

    assert status_of(main, [name]) == 2
    error = capsys.readouterr().err
    assert "good_bye" in error and error.count("\n") == 1


def test_a_name_that_is_like_none_is_refused_as_well(house):
    with refused("'xylophone'", "--help"):
        doors.open_door(house, GROUPS, ["xylophone"])
