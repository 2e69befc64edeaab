"""Filling a letter in for each row, and what is refused before any is written."""

import pytest
from refusals import refused

from scribe.typesetting.mail_merge import fill, plan_letters

pytestmark = pytest.mark.unit

PEOPLE = [
    {"name": "Ada", "street": "Main Road", "flat": "2 b"},
    {"name": "Bob", "street": "The Lane", "flat": ""},
]


def test_each_row_has_its_own_text_file_and_strokes_in_one_hand():
    letters = plan_letters("Dear {name},", PEOPLE, "to/{name}.pdf", seed=7)
    assert [letter.text for letter in letters] == ["Dear Ada,", "Dear Bob,"]
    assert [str(letter.path) for letter in letters] == ["to/Ada.pdf", "to/Bob.pdf"]
    assert [letter.style for letter in letters] == ["seed:7", "seed:7"]
    assert [letter.seed for letter in letters] == [7, 8]


def test_the_hand_may_change_from_row_to_row():
    letters = plan_letters("Hi", PEOPLE, "{row}.pdf", style="seed:{row}")
    assert [letter.style for letter in letters] == ["seed:1", "seed:2"]


def test_a_line_of_fields_that_are_empty_is_left_out():
    text = "{name}\n{flat}\n{street}\n\n{flat}, {street}"
    ada, bob = (x.text for x in plan_letters(text, PEOPLE, "{name}.pdf"))
    assert ada == "Ada\n2 b\nMain Road\n\n2 b, Main Road"
    assert bob == "Bob\nThe Lane\n\n, The Lane"


def test_doubled_braces_are_braces():
    assert fill("{{name}} is { name }", {"name": "Ada"}) == "{name} is Ada"


@pytest.mark.parametrize(
    ("text", "output", "facts"),
    [
        ("Dear\n {nam},", "{name}.pdf", ["text", "2:2", "'nam'", "name, street"]),
        ("Dear", "{nam}.pdf", ["--output", "'nam'"]),
        ("Dear {name", "{name}.pdf", ["1:6", "'{'", "'{{'"]),
        ("Dear", "letter.pdf", ["rows 1 and 2", "letter.pdf", "{row}"]),
        ("Dear", "{flat}.pdf", ["row 2", "flat", "empty", "{row}"]),
    ],
)
def test_fields_that_rows_lack_are_refused(text, output, facts):
    with refused(*facts):
        plan_letters(text, PEOPLE, output)


def test_rows_without_a_field_are_named():
    rows = [{"name": "Ada"}, {"name": "Bob", "town": "Rome"}, {"name": "Cy"}]
    with refused("'town'", "2 of 3", "1, 3"):
        plan_letters("{town}", rows, "{name}.pdf")


@pytest.mark.parametrize(
    "name",
    ["a/b", "..", "a\\b", ".ada", "-x", "ada.", "a:b", "NUL", "con.txt", "é" * 99],
)
def test_values_that_name_no_file_are_refused(name):
    with refused("row 1", "name", "{row}"):
        plan_letters("Dear", [{"name": name}], "letters/{name}.pdf")


def test_names_that_one_disk_cannot_tell_apart_are_refused():
    rows = [{"name": "Zoë"}, {"name": "ZOE\u0308"}]
    with refused("rows 1 and 2"):
        plan_letters("Dear", rows, "{name}.pdf")
