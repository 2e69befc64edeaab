"""Letters to many people: one text, a table of rows, a file for each row.

    letters = plan_letters("Dear {name},", rows, "letters/{name}.pdf", style="neat")

`{field}` stands for a row's value in the text, in the name of the file and in the name
of the hand; `{row}` for the row's number, from 1; `{{` and `}}` for braces. All rows
are filled in and checked here, before the first is written.
"""

import contextlib
import dataclasses
import re
import signal
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from scribe.foundation.errors import InputError, Interrupted, WorkFailed
from scribe.typesetting import files
from scribe.typesetting.pages import Letter, manuscript_for
from scribe.typesetting.sheet import Sheet
from scribe.writing import Writer
from scribe.writing.spelling import named

ROW = "row"
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}|[{}]")
# A part of a path that some system refuses, or takes for something else.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
_LONGEST_NAME = 120


@dataclasses.dataclass(frozen=True)
class PlannedLetter:
    """A letter that is to be written.

    Attributes:
      row: its number in the table, from 1.
      text: of the letter.
      path: file, as the command was given it with the row's values.
      style: the hand; None for that of the seed.
      seed: of the strokes.
      header: of each page, see `write_pages`; None for none.
    """

    row: int
    text: str
    path: Path
    style: str | None
    seed: int
    header: str | None = None

    def is_written(self) -> bool:
        """Whether its files are there.

        Of pages in a file each the first is written last (`files.save_pages`).
        """
        return any(path.is_file() for path in files.first_paths(self.path))


def plan_letters(
    text: str,
    rows: Sequence[Mapping[str, str]],
    output: str,
    style: str | None = None,
    seed: int = 0,
    header: str | None = None,
) -> list[PlannedLetter]:
    """Fills a text in for each row.

    A line of the text that has fields and nothing else is left out where all of them
    are empty, as the second line of an address may be. Without a style, all letters are
    in the hand of the seed. The same words look different in each letter: the first has
    the seed, the second the seed + 1, and so on.

    Args:
      text: with fields.
      rows: values by field.
      output: a file's name with fields.
      style: as for `Writer.write`, with fields where the hand changes from row to row.
      seed: as for `Writer.write`.
      header: as for `write_pages`, with fields.

    Raises:
      InputError: a field is unknown, a name is no name for a file, or two rows would
        be written into the same one.
    """
    pages = {name: f"{{{name}}}" for name in ("page", "pages")}  # filled in later
    _check_fields(text, "text", rows)
    _check_fields(output, "--output", rows)
    _check_fields(style or "", "--style", rows)
    _check_fields(header or "", "--header", [{**pages, **row} for row in rows])
    letters: list[PlannedLetter] = []
    taken: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        values = {ROW: str(number), **row}
        path = fill(output, values, lambda name, value: _name(name, value, number))  # noqa: B023
        same = unicodedata.normalize("NFC", path).casefold()
        if same in taken:
            raise InputError(
                f"rows {taken[same]} and {number} would both be written into {path}: "
                "name --output by a field that tells them apart, or by {row}"
            )
        taken[same] = number
        letters.append(
            PlannedLetter(
                row=number,
                text=_filled_text(text, values),
                path=Path(path),
                style=f"seed:{seed}" if style is None else fill(style, values),
                seed=seed + number - 1,
                header=None if header is None else fill(header, {**pages, **values}),
            )
        )
    return letters


def check_letters(
    letters: Sequence[PlannedLetter], writer: Writer, sheet: Sheet, **of_text
) -> None:
    """Refuses what cannot be written, before the first letter is.

    Args:
      letters: all of them.
      writer: who shall write.
      sheet: the paper.
      **of_text: as for `pages.manuscript_for`.

    Raises:
      InputError: as `manuscript_for`, or a hand is not known; it names the row.
    """
    known: set[str | None] = set()
    for letter in letters:
        try:
            manuscript_for(writer, letter.text, sheet, **of_text)
            named = str(letter.style)
            invented = re.fullmatch(r"seed:\d+", named)  # to ask for it is to write it
            if letter.style not in known and not invented:
                writer.style(letter.style)
            known.add(letter.style)
        except InputError as error:
            raise InputError(f"row {letter.row}: {error}") from error


class Report:
    """How far a merge is, and what is to be said at its end."""

    def __init__(self, num_letters: int, kept: int = 0):
        """
        Args:
          num_letters: of the merge; 1 for a single letter.
          kept: of these, how many were there before.
        """
        self._all, self._kept, self._done = num_letters, kept, kept
        self._problems: list[str] = []

    def progress(self, num_lines: int, share: float) -> tuple[float, str]:
        """What a Bar shows, of the letter that is being written."""
        if self._all == 1:
            return share, f"{num_lines} lines"
        return (self._done + share) / self._all, f"{self._done} of {self._all} letters"

    def add(self, planned: PlannedLetter, letter: Letter, one_page: bool) -> None:
        """A letter is saved. What of its text was replaced or left out is named.

        Args:
          planned: what it was to be.
          letter: what became of it.
          one_page: whether it has to fit on one page, as on an envelope.
        """
        self._done += 1
        name = "" if self._all == 1 else f"{planned.path}: "
        for sentence in named(letter.substitutes):
            print(f"{name}{sentence}", file=sys.stderr)
        if letter.unfinished:
            self._problems.append(
                f"{name}{len(letter.unfinished)} pieces of the text left letters out, "
                f"first {letter.unfinished[0]!r}: try another --seed or a higher --bias"
            )
        if one_page and len(letter.pages) > 1:
            self._problems.append(
                f"{name}the address takes {len(letter.pages)} envelopes: choose a "
                "smaller --line_height_mm or other --margins"
            )

    def check(self) -> None:
        """Raises WorkFailed if a letter is not as it was to be."""
        if self._kept:
            print(f"{self._kept} letters were there already", file=sys.stderr)
        if self._problems:
            raise WorkFailed("; ".join(self._problems))

    @contextlib.contextmanager
    def of_interruption(self) -> Iterator[None]:
        """Says at Ctrl-C how many letters are there, and how the others come."""
        try:
            yield
        except KeyboardInterrupt:
            if self._all == 1:
                raise
            raise Interrupted(
                signal.SIGINT,
                f"stopped; {self._done} of {self._all} letters are written: --resume "
                "writes the others",
            ) from None


def fill(
    template: str,
    values: Mapping[str, str],
    checked: Callable[[str, str], str] = lambda name, value: value,
) -> str:
    """A template with values in the place of its fields.

    Args:
      template: `{field}` is replaced, `{{` and `}}` are braces.
      values: by field.
      checked: what becomes of (field, value).
    """

    def replaced(match: re.Match) -> str:
        if match[1] is None:
            return match[0][0]
        name = match[1].strip()
        return checked(name, values[name])

    return _FIELD.sub(replaced, template)


def _filled_text(text: str, values: Mapping[str, str]) -> str:
    lines = []
    for line in text.split("\n"):
        names = [m[1].strip() for m in _FIELD.finditer(line) if m[1] is not None]
        nothing_else = not _FIELD.sub("", line).strip()
        if names and nothing_else and not any(values[name] for name in names):
            continue
        lines.append(fill(line, values))
    return "\n".join(lines)


def _check_fields(template: str, what: str, rows: Sequence[Mapping[str, str]]) -> None:
    for match in _FIELD.finditer(template):
        if match[0] in ("{{", "}}"):
            continue
        before = template[: match.start()]
        line = before.count("\n") + 1
        column = match.start() - before.rfind("\n")
        place = f"{what}, {line}:{column}" if what == "text" else what
        if match[1] is None:
            raise InputError(
                f"{place}: {match[0]!r} is half of a field: write {match[0] * 2!r} for "
                "the character itself"
            )
        name = match[1].strip()
        lacking = [n for n, row in enumerate(rows, start=1) if name not in row]
        if name == ROW or not lacking:
            continue
        known = ", ".join(sorted(set().union(*rows)))
        if len(lacking) == len(rows):
            raise InputError(f"{place}: there is no field {name!r}; rows have {known}")
        some = ", ".join(map(str, lacking[:10])) + ", ..." * (len(lacking) > 10)
        raise InputError(
            f"{place}: rows without a field {name!r}, {len(lacking)} of {len(rows)}: "
            f"{some}"
        )


def _name(field: str, value: str, row: int) -> str:
    """A value as a part of a file's name."""
    strange = _NOT_IN_NAMES.search(value)
    if strange:
        problem = f"{strange[0]!r} cannot stand in the name of a file"
    elif not value:
        problem = "it is empty"
    elif value[0] in ".-" or value[-1] == ".":
        problem = "no file should begin with . or -, or end with ."
    elif _DEVICES.fullmatch(value):
        problem = "Windows takes it for a device"
    elif len(value.encode()) > _LONGEST_NAME:
        problem = f"it is longer than {_LONGEST_NAME} bytes"
    else:
        return value
    raise InputError(
        f"row {row}: {field} = {value!r:.80} names no file: {problem}; use another "
        "field in --output, or {row}"
    )
