"""The rows of a table of people, from CSV or JSON lines, for letters to all of them."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.files import decoded, read_file

ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson")
_LARGEST_BYTES = 20_000_000
# What spreadsheets put between values, depending on the country.
_DELIMITERS = ",;\t"
# A value is written by hand; a field of more is a mistake of quotation marks.
_LONGEST_VALUE = 10_000


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """The rows of a table in UTF-8, each with all fields that it has.

    Args:
      path: a .csv or .tsv whose first line names the fields (commas, semicolons or tabs
        between them, as spreadsheets save it), or a .jsonl with an object per line.

    Returns:
      for each row its values by field, without spaces around them; a value that is
      missing in JSON (null) is "".

    Raises:
      InputError: another ending, no rows, or a row that does not fit its table.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            f"cannot read rows from {str(path)!r}: its ending must be one of "
            f"{', '.join(ENDINGS)}"
        )
    text = decoded(read_file(path, _LARGEST_BYTES), path)
    read = _from_csv if ending in (".csv", ".tsv") else _from_json_lines
    rows = read(text, path)
    if not rows:
        raise InputError(f"{path} has no rows")
    return rows


def _from_csv(text: str, path: Path) -> list[dict[str, str]]:
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    fields: list[str] | None = None
    rows = []
    try:
        for values in table:
            values = [value.strip() for value in values]
            if not any(values):
                continue  # an empty line, or a spreadsheet's row without values
            if fields is None:
                fields = _checked_fields(values, path)
                continue
            if len(values) != len(fields):
                raise InputError(
                    f"{path} line {table.line_num} has {len(values)} values, but the "
                    f"first line names {len(fields)} fields"
                )
            rows.append(_checked(dict(zip(fields, values, strict=True)), path, rows))
    except csv.Error as error:
        raise InputError(f"{path} line {table.line_num} is no CSV: {error}") from error
    return rows


def _checked_fields(fields: list[str], path: Path) -> list[str]:
    for name in fields:
        if not name or "{" in name or "}" in name:
            raise InputError(f"{path} has a field called {name!r} in its first line")
        if fields.count(name) > 1:
            raise InputError(f"{path} names the field {name!r} twice")
    return fields


def _from_json_lines(text: str, path: Path) -> list[dict[str, str]]:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path} line {number} is not JSON: {error}") from error
        if not isinstance(values, dict):
            raise InputError(f"{path} line {number} is no object: {line[:60]!r}")
        row = {
            name: _plain(name, value, path, number) for name, value in values.items()
        }
        rows.append(_checked(row, path, rows))
    return rows


def _plain(name: str, value, path: Path, number: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise InputError(
            f"{path} line {number}: the field {name!r} is {value!r:.60}, which is "
            "neither a text nor a number"
        )
    return str(value).strip()


def _checked(
    row: dict[str, str], path: Path, before: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    for name, value in row.items():
        if len(value) > _LONGEST_VALUE:
            raise InputError(
                f"{path} row {len(before) + 1}: the field {name!r} has {len(value)} "
                f"characters, more than {_LONGEST_VALUE}"
            )
    return row
