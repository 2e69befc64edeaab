r"""Marks in a text: what stands right or in the middle, lists, headings, emphasis.

| in the text | "plain" | "markdown" |
|---|---|---|
| `-> Paris, 3 May` | to the right | to the right |
| `-> Dear all <-` | in the middle | in the middle |
| `\newpage`, a form feed | a new page | a new page |
| `# Title`, `##`, `###` | | larger |
| `- item`, `* item`, `1. item` | | a list; four spaces more, a list in it |
| `*word*`, `_word_` | | underlined |
| `**word**`, `__word__` | | underlined twice |
| `\*` | | the character itself |

In "plain" each line is a paragraph. In "markdown" (CommonMark's rules where they fit)
lines go on until a blank one, two spaces at the end of a line or a backslash; several
blank lines are one. In "none" nothing is a mark.
"""

import dataclasses
import re
from collections.abc import Iterator, Sequence

from scribe.foundation.errors import InputError

MARKUPS = ("plain", "markdown", "none")
RIGHT, CENTER = "right", "center"
UNDERLINED, TWICE_UNDERLINED = "underlined", "twice underlined"
# Control codes, which no text has, stand in the place of marks, so that every other
# character keeps its line and column.
_TOGGLES = {"\x01": UNDERLINED, "\x02": TWICE_UNDERLINED}
_STRENGTHS = ("", UNDERLINED, TWICE_UNDERLINED)
_NOTHING = "\x03"
_AWAY = str.maketrans({**dict.fromkeys(_TOGGLES, " "), _NOTHING: " "})
_EMPHASIS = re.compile(
    r"(?<![\\\w*_])(\*\*|__|\*|_)(?=[^\s*_])"
    r"((?:(?!\n[ \t]*\n).)*?[^\s\\])\1(?![\w*_])",
    re.S,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_RIGHT = re.compile(r"\s*->\s+(?=\S)")
_CENTER_END = re.compile(r"\s+<-\s*$")
_NEW_PAGE = re.compile(r"\s*\\(newpage|pagebreak)\s*$")
_HEADING = re.compile(r" {0,3}(#{1,3})\s+(?=\S)")
_BULLET = re.compile(r"(\s*)[-*+]\s+(?=\S)")
_NUMBER = re.compile(r"(\s*)\d{1,3}[.)]\s+(?=\S)")
# How much larger than the text headings of the first, second and third order are.
_SIZES = (1.5, 1.2, 1.1)
# Lists stand so many spaces in, and those in them so many more.
_LIST_INDENT = 2
_SPACES_PER_LEVEL = 4


@dataclasses.dataclass
class Line:
    """A paragraph of the text.

    Attributes:
      text: with control codes in the place of emphasis, see `words_of`.
      starts_page: whether it begins a page.
      align: RIGHT, CENTER or None.
      size: 1 for text, more for headings.
      bullet: whether a bullet stands before it.
      number: whether its first word is the number of a list.
      indent: spaces before it, None for those in its text.
      broken: whether nothing that follows goes on with it.
    """

    text: str
    starts_page: bool = False
    align: str | None = None
    size: float = 1.0
    bullet: bool = False
    number: bool = False
    indent: int | None = None
    broken: bool = False

    @property
    def is_item(self) -> bool:
        return self.bullet or self.number


def lines_of(text: str, markup: str) -> tuple[list[Line], list[str]]:
    """The lines of a text, and the same with spaces in the place of all marks.

    Args:
      text: form feeds begin pages.
      markup: in MARKUPS.

    Raises:
      InputError: there is no such markup.
    """
    if markup not in MARKUPS:
        raise InputError(f"markup={markup!r}: use {', '.join(MARKUPS)}")
    if markup == "markdown":
        text = _with_toggles(text)
    lines: list[Line] = []
    shown = []
    breaks = False
    for number, page in enumerate(text.split("\f")):
        breaks = breaks or number > 0
        for content in page.splitlines():
            if markup != "none" and _NEW_PAGE.match(content):
                shown.append("")
                breaks = True
                continue
            line = _read(content, markup)
            line.starts_page, breaks = breaks, False
            lines.append(line)
            shown.append(line.text.translate(_AWAY))
    return lines, shown


def paragraphs_of(lines: Sequence[Line]) -> Iterator[Line]:
    """Markdown's paragraphs: lines that go on, joined; blank lines, one at a time."""
    current: Line | None = None
    blank_before = True
    for line in lines:
        is_blank = not line.text.strip()
        if current is not None and not is_blank and _goes_on(current, line):
            current.text = f"{current.text.rstrip()} {line.text.strip()}"
            current.broken = line.broken
            continue
        if current is not None:
            yield current
            if current.broken and not is_blank and line.indent is None:
                line.indent = current.indent
            blank_before = False
        current = None
        if not is_blank:
            current = line
        elif not blank_before or line.starts_page:
            yield line
            blank_before = True
    if current is not None:
        yield current


def _goes_on(line: Line, following: Line) -> bool:
    """Whether the following line is part of the paragraph of a line."""
    alone = line.broken or line.size != 1.0 or line.align
    begins = following.is_item or following.size != 1.0 or following.align
    return not (alone or begins or following.starts_page)


def words_of(contents: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Words of a line without the codes of emphasis, and the mark that each has.

    Args:
      contents: the words of a paragraph in order, codes in them.
    """
    open_marks: set[str] = set()
    for content in contents:
        letters, mark = [], ""
        for character in content:
            if character in _TOGGLES:
                open_marks ^= {character}
            elif character != _NOTHING:
                letters.append(character)
                for toggle in open_marks:
                    mark = max(mark, _TOGGLES[toggle], key=_STRENGTHS.index)
        yield "".join(letters), mark


def _with_toggles(text: str) -> str:
    """A text of the same length whose marks of emphasis are control codes."""

    def toggled(match: re.Match) -> str:
        sign = match[1]
        code = "\x01" if len(sign) == 1 else "\x02"
        code += _NOTHING * (len(sign) - 1)
        return code + match[2] + code

    while True:
        changed = _EMPHASIS.sub(toggled, text)
        if changed == text:
            return _ESCAPE.sub(lambda match: _NOTHING + match[1], text)
        text = changed


def _read(content: str, markup: str) -> Line:
    line = Line(content)
    if markup == "none":
        return line
    if markup == "markdown":
        line.broken = content.endswith(("\\", "  "))
        if content.endswith("\\"):
            content = line.text = content[:-1] + " "
    if match := _RIGHT.match(content):
        line.align, line.text = RIGHT, _blanked(content, match)
        if end := _CENTER_END.search(content, match.end()):
            line.align, line.text = CENTER, _blanked(line.text, end)
        line.indent = 0
    elif markup == "plain":
        return line
    elif match := _HEADING.match(content):
        line.size, line.text = _SIZES[len(match[1]) - 1], _blanked(content, match)
        line.indent = 0
    elif match := _BULLET.match(content):
        line.bullet, line.text = True, _blanked(content, match)
        line.indent = _list_indent(match[1])
    elif match := _NUMBER.match(content):
        line.number, line.indent = True, _list_indent(match[1])
    return line


def _list_indent(spaces: str) -> int:
    level = len(spaces.expandtabs(_SPACES_PER_LEVEL)) // 2
    return _LIST_INDENT + _SPACES_PER_LEVEL * ((level + 1) // 2)


def _blanked(content: str, match: re.Match) -> str:
    start, end = match.span()
    return content[:start] + " " * (end - start) + content[end:]
