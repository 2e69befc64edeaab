"""Typing conventions of transcribers, undone: what stands on the page.

A part of IAM-OnDB was transcribed like the tokens of the LOB corpus, with blanks around
punctuation (`Mr . Foot ' s line`, `I 'm`, `( Treasury )`), while the pen wrote
`Mr. Foot's line`. Only blanks are ever taken out, and only where no other reading is
likely: a hyphen between blanks (`warm - hearted`) stays, since it may be a dash, and so
does the blank before an ellipsis.
"""

import re

# Transcribers put "#" for a word that they could not read and "*" for a scribble.
ILLEGIBLE = re.compile(r"[#*]")

_BLANKS = re.compile(r"\s+")
# A mark once (",," is a low quotation mark) and not before a word (".5").
_BLANK_BEFORE_MARK = re.compile(r" +(?=([.,;:?!])(?!\1)(?:\W|$))")
_BLANK_INSIDE_BRACKETS = re.compile(r"(?<=[(\[]) | (?=[)\]])")
_CLITIC = re.compile(r"(?<=\w) ?' ?(?=(?:s|t|m|d|ll|re|ve)(?![\w']))")


def tidy(text: str) -> str:
    """`text` with single blanks and without blanks that only a typist puts.

    >>> tidy("Mr . Foot ' s  line ( of 1/2 in . )")
    "Mr. Foot's line (of 1/2 in.)"
    """
    text = _BLANKS.sub(" ", text).strip()
    text = _BLANK_INSIDE_BRACKETS.sub("", text)
    text = _CLITIC.sub("'", text)
    text = _attach_quotation_marks(text)
    return _BLANK_BEFORE_MARK.sub("", text)


def _attach_quotation_marks(text: str) -> str:
    """Puts quotation marks that stand between blanks against what they enclose.

    Where it is clear: two marks in a row (one speaker ends, another begins), the only
    two of a line, one at the line's start or end or before punctuation.
    """
    text = re.sub(r'(?<=\S) " " (?=\S)', '" "', text)
    if text.count('"') == 2:
        before, inside, after = text.split('"')
        opens = not before or before[-1] in " (-"
        closes = not after or not after[0].isalnum()
        if opens and closes:
            return f'{before}"{inside.strip()}"{after}'
    text = re.sub(r'^" ', '"', text)
    text = re.sub(r' "$', '"', text)
    return re.sub(r' "(?= ?[.,;:?!)](?:\W|$))', '"', text)
