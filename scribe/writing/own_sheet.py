"""A sheet to write on: short lines that together show every character twice.

The lines stand in sheet_lines.txt: the first eight have each letter, digit and common
mark at least twice; two more have the marks of programs, for models that write them.
"""

from pathlib import Path

from scribe.drawing.page import Caption, Page, ruled_lines
from scribe.foundation.alphabet import Alphabet

_FILE = Path(__file__).with_name("sheet_lines.txt")
# A4, and a line in 22 mm of it: words to copy above, the rule to write on below.
WIDTH_MM, HEIGHT_MM = 210.0, 297.0
_TOP_MM, _PITCH_MM, _MARGIN_MM = 16.0, 26.0, 15.0
_WORDS_MM, _RULE_MM = 4.0, 17.0


def sheet_lines(alphabet: Alphabet) -> list[str]:
    """The lines to write for a model, without characters that it lacks.

    Args:
      alphabet: of the model; a line that loses more than a quarter is left out.
    """
    lines = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        known = " ".join(alphabet.adapt(line, "skip").split())
        if len(known) >= 0.75 * len(line):
            lines.append(known)
    return lines


def sheet_page(lines: list[str]) -> Page:
    """The sheet on paper: each line in small print above a rule to write it on."""
    tops = [_TOP_MM + _PITCH_MM * k for k in range(len(lines))]
    captions = [
        Caption(line, _MARGIN_MM, top + _WORDS_MM)
        for line, top in zip(lines, tops, strict=True)
    ]
    rules = ruled_lines(WIDTH_MM, HEIGHT_MM, [top + _RULE_MM for top in tops])
    return Page(WIDTH_MM, HEIGHT_MM, [], [], captions=captions, rules=rules)
