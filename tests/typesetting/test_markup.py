r"""What marks in a text mean, and that nothing else is taken for one."""

import pytest
from refusals import refused

from scribe.typesetting.markup import lines_of, paragraphs_of, words_of

pytestmark = pytest.mark.unit


def read(text, markup="markdown"):
    lines, shown = lines_of(text, markup)
    return list(paragraphs_of(lines)) if markup == "markdown" else lines


def words(line):
    return [pair for pair in words_of(line.text.split()) if pair[0]]


def plain(line):
    return " ".join(word for word, _ in words(line))


def test_single_lines_stand_right_or_in_the_middle():
    lines = read("-> Paris, 3 May\n-> Dear all <-\nto -> here\n->go", "plain")
    assert [line.align for line in lines] == ["right", "center", None, None]
    assert plain(lines[0]) == "Paris, 3 May" and plain(lines[1]) == "Dear all"
    assert [line.align for line in read("-> right", "none")] == [None]


def test_a_page_begins_after_a_mark_or_a_form_feed():
    lines = read("one\n\\newpage\ntwo\fthree\n\\pagebreak\n\nfour", "plain")
    assert [line.text for line in lines] == ["one", "two", "three", "", "four"]
    assert [line.starts_page for line in lines] == [False, True, True, True, False]


def test_paragraphs_go_on_until_a_blank_line_and_blank_lines_are_one():
    lines = read("\none\ntwo  \nthree\\\nfour\n\n\n\nfive\n")
    found = [line.text.strip() for line in lines]
    assert found == ["one two", "three", "four", "", "five"]


def test_headings_are_larger_and_stand_alone():
    lines = read("# Title\ntext\n## Part\n### Chapter\n#5 is no heading")
    assert [line.size for line in lines] == [1.5, 1.0, 1.2, 1.1, 1.0]
    assert [plain(line) for line in lines][:2] == ["Title", "text"]
    assert plain(lines[-1]) == "#5 is no heading"


def test_lists_have_items_that_go_on_and_lists_in_them():
    lines = read(
        "to buy:\n- apples\n  and pears\n    - red ones\n* plums\n1. first\n10) last"
    )
    assert [plain(line) for line in lines] == [
        "to buy:",
        "apples and pears",
        "red ones",
        "plums",
        "1. first",
        "10) last",
    ]
    assert [line.bullet for line in lines] == [False, True, True, True, False, False]
    assert [line.number for line in lines] == [False] * 4 + [True] * 2
    assert [line.indent for line in lines[1:4]] == [2, 6, 2]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("so *it* is", ["", "underlined", ""]),
        ("so _it is_, yes", ["", "underlined", "underlined", ""]),
        ("so **it** is", ["", "twice underlined", ""]),
        ("*so\nit* is", ["underlined", "underlined", ""]),
        ("**so *it* is**", ["twice underlined"] * 3),
        ("so *it is", ["", "", ""]),
        ("a * b * c", [""] * 5),
        ("snake_case_name _x_", ["", "underlined"]),
        (r"so \*it\* is", ["", "", ""]),
    ],
)
def test_emphasis_is_underlined_where_markdown_sees_it(text, wanted):
    (line,) = read(text)
    assert [mark for _, mark in words(line)] == wanted


def test_what_is_no_mark_stays_as_it_is():
    (line,) = read(r"so \*it\* is *5")
    assert plain(line) == "so *it* is *5"
    assert plain(read("a **b")[0]) == "a **b"
    assert plain(read("- [x] done")[0]) == "[x] done"


def test_every_character_keeps_its_line_and_column():
    text = "# Zo\u00eb\n\n- *caf\u00e9*\n**\u20ac**\\\nso"
    _, shown = lines_of(text, "markdown")
    for line, (before, after) in enumerate(zip(text.splitlines(), shown, strict=True)):
        assert len(before) == len(after), line
        for a, b in zip(before, after, strict=True):
            assert a == b or b == " "


def test_an_unknown_markup_is_refused():
    with refused("markup='html'", "plain, markdown, none"):
        lines_of("so", "html")
