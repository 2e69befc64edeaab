"""Tables of people: CSV as spreadsheets save it, and JSON lines."""

import pytest
from refusals import refused

from scribe.typesetting.rows import read_rows

pytestmark = pytest.mark.unit


@pytest.fixture
def table(tmp_path):
    def write(name: str, content: str | bytes):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheets_csv_is_read_whatever_it_puts_between_values(table, delimiter):
    rows = [["name", "town"], ["Ada", " Paris "], ["", ""], ['"Bob\nJr."', ""]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    found = read_rows(table("a.csv", b"\xef\xbb\xbf" + text.encode()))
    assert found == [
        {"name": "Ada", "town": "Paris"},
        {"name": "Bob\nJr.", "town": ""},
    ]


def test_json_lines_hold_texts_numbers_and_nothing(table):
    path = table(
        "a.jsonl", '{"name": "Zoë", "age": 36, "title": null}\n\n{"name": ""}\n'
    )
    assert read_rows(path) == [
        {"name": "Zoë", "age": "36", "title": ""},
        {"name": ""},
    ]


@pytest.mark.parametrize(
    ("name", "content", "facts"),
    [
        ("a.xlsx", "", ["'", "a.xlsx", ".csv, .tsv, .jsonl, .ndjson"]),
        ("a.csv", "name\n", ["a.csv", "no rows"]),
        ("a.csv", "name,town\nAda\n", ["line 2", "1 values", "2 fields"]),
        ("a.csv", "name,name\nAda,Bob\n", ["'name'", "twice"]),
        ("a.csv", "name,\nAda,Bob\n", ["''"]),
        ("a.csv", 'name\n"Ada\n', ["line 2", "CSV"]),
        ("a.csv", "name\nZo\xeb".encode("latin-1"), ["UTF-8", "0xeb"]),
        ("a.csv", "name\n" + "a" * 20_000, ["row 1", "'name'", 20000, 10000]),
        ("a.jsonl", "{", ["line 1", "JSON"]),
        ("a.jsonl", "[1]", ["line 1", "object"]),
        ("a.jsonl", '{"name": ["Ada"]}', ["line 1", "'name'", "['Ada']"]),
    ],
)
def test_tables_that_are_none_are_refused(table, name, content, facts):
    with refused(*facts):
        read_rows(table(name, content))
