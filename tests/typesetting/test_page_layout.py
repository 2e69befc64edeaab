"""Paragraphs, line breaks, and where words come to stand on pages."""

import dataclasses
import itertools
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refusals import refused
from writing_samples import printed

from scribe.foundation.alphabet import Alphabet
from scribe.typesetting import layout, long_words
from scribe.typesetting.manuscript import PIECE_CHARACTERS, read_manuscript
from scribe.typesetting.pages import compose
from scribe.typesetting.setting import ALIGNMENTS, Setting
from scribe.typesetting.sheet import Sheet, margins, paper_size
from scribe.typesetting.wrapping import belong_together, wrap

pytestmark = pytest.mark.unit

ALPHABET = Alphabet(" -.1abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
CODE = Alphabet(" -./abcdefghijklmnopqrstuvwxyz")
WORDS = "so the wind kept turning all the pages of my book in the garden".split()
STEADY = Setting(jitter=0.0)


def read(text, **options):
    return read_manuscript(text, ALPHABET, **options)


def composed(text, sheet=None, setting=STEADY, seed=0, markup="plain", **drawing):
    parts = read(text, markup=markup)
    lines = [[printed(text, **drawing)] for text in parts.texts]
    return compose(parts, lines, sheet or Sheet(), setting, seed)


def ink(page):
    """Left, top, right, bottom of all strokes."""
    points = np.concatenate([curve[::3] for curve in page.curves])
    return (*points.min(axis=0), *points.max(axis=0))


def lines_of(page, sheet):
    """Left and right end of the ink of each line, by the baselines of the sheet."""
    ends = {}
    for curve in page.curves:
        foot = curve[::3, 1].max() - sheet.baseline_mm(0)
        line = int(np.floor(foot / sheet.line_height_mm + 0.5))
        left, right = ends.get(line, (np.inf, -np.inf))
        x = curve[::3, 0]
        ends[line] = min(left, x.min()), max(right, x.max())
    return [ends[line] for line in sorted(ends)]


# Text


def test_lines_are_paragraphs_and_blank_lines_indents_and_pages_stay():
    parts = read("Dear Ada.\n\n  so it\tgoes \r\nyes\fnew page\n")
    found = [(p.words, p.indent, p.starts_page) for p in parts.paragraphs]
    assert found == [
        (("Dear", "Ada."), 0, False),
        ((), 0, False),
        (("so", "it", "goes"), 2, False),
        (("yes",), 0, False),
        (("new", "page"), 0, True),
    ]


def test_reflow_joins_lines_that_nothing_parts():
    text = "one two\nthree\n\nfour\n  five\nsix\n"
    parts = read(text, reflow=True)
    found = [" ".join(p.words) for p in parts.paragraphs]
    assert found == ["one two three", "", "four", "five six"]


@pytest.mark.property
@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([*WORDS, "a" * 44, "\n"]), min_size=1))
def test_the_pieces_of_a_text_are_all_its_words_and_none_is_long(words):
    if not "".join(words).strip():
        return
    parts = read(" ".join(words))
    # A word that is longer than a piece is broken.
    together = "".join(word for piece in parts.pieces for word in piece)
    assert together.replace("-", "") == "".join("".join(words).split())
    target = PIECE_CHARACTERS
    for piece, text in zip(parts.pieces, parts.texts, strict=True):
        assert text == " ".join(["and", *piece, "so"])
        assert len(" ".join(piece)) < 1.6 * target


def test_words_longer_than_a_line_are_written_in_parts():
    (paragraph,) = read("an internationalisation", longest_word=8).paragraphs
    assert paragraph.words == ("an", "interna", "tionali", "sation")
    assert paragraph.joints == (" ", " ", "-", "-")


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("https://example.org/a/page", ["https://", "example.", "org/a/", "page"]),
        ("somebody@example.org", ["somebody@", "example.", "org"]),
        ("www.example-site.org", ["www.", "example-", "site.org"]),
        ("0123456789012", ["012345678", "9012"]),
    ],
)
def test_addresses_and_numbers_break_without_a_hyphen(word, parts):
    found = list(long_words.parts(word, 9))
    assert [part for part, _ in found] == parts
    assert [joint for _, joint in found] == [" "] + [""] * (len(parts) - 1)


@pytest.mark.property
@given(st.text("ab-/.@1'", min_size=1), st.integers(3, 9))
def test_the_parts_of_a_word_are_all_of_it_and_none_is_too_long(word, longest):
    found = [part for part, _ in long_words.parts(word, longest)]
    assert "".join(found) == word and max(map(len, found)) <= longest


def test_every_place_of_an_unknown_character_is_named():
    with refused("'π' at 1:4, 3:15;", "'☃' at 3:10", "unknown=replace", "unknown=skip"):
        read("cafπ\n\nfor five ☃ an π")
    replaced = read("cafπ ☃\n\nan π", unknown="replace")
    assert replaced.pieces == [("cafp",), ("an", "p")]
    assert [(s.written, s.line, s.column) for s in replaced.substitutes] == [
        *(("p", 1, 4), ("", 1, 6), ("p", 3, 4))
    ]
    assert read("cafπ €", unknown="skip").pieces == [("caf", "€")]


def test_an_alphabet_without_the_letters_of_the_padding_pads_with_the_text():
    parts = read_manuscript("12 34", Alphabet(" 1234"))
    assert parts.texts == ["12 12 34 34"]


def test_many_unknown_characters_are_all_named():
    unknown = "".join(map(chr, range(0x400, 0x414)))
    with refused(*(f"{c!r} at 1:{i}" for i, c in enumerate(unknown, 1))):
        read(unknown)


def test_a_text_from_a_word_processor_is_read_without_a_word():
    pasted = "\u201cDear\u00a0Ada\u201d \u2013 it\u2019s of\ufb01ce\u00ad\u2026"
    alphabet = Alphabet(" -.'\"" + string.ascii_letters)
    words = ['"Dear', 'Ada"', "-", "it's", "office..."]
    assert [list(p) for p in read_manuscript(pasted, alphabet).pieces] == [words]


def test_texts_that_cannot_be_a_letter_are_refused():
    for empty in ("", " \n\t\n", "\f"):
        with refused("text"):
            read(empty)
    with refused("120000 characters", 100000):
        read("a " * 60_000)


# Paper


def test_papers_are_known_by_name_and_by_size():
    assert paper_size("A4") == (210, 297)
    assert paper_size("letter") == (215.9, 279.4)
    assert paper_size("a5") == (148, 210)
    assert paper_size("120.5x80mm") == (120.5, 80)


@pytest.mark.parametrize(
    "paper", ["a3x", "0x100mm", "100x0mm", "-5x9mm", "100x100", "1e9x3mm", "6000x9mm"]
)
def test_papers_that_cannot_be_are_refused(paper):
    with refused("paper", repr(paper)):
        paper_size(paper)


def test_margins_are_one_number_or_four():
    assert set(margins("12.5").values()) == {12.5}
    assert margins("1,2,3,4") == {
        "top_mm": 1,
        "right_mm": 2,
        "bottom_mm": 3,
        "left_mm": 4,
    }
    for text in ("1,2", "wide", "1,2,3,4,5", ""):
        with refused("margins", repr(text), "top,right,bottom,left"):
            margins(text)


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"width_mm": 0.0}, ["width_mm=0.0", "more than 0", 5000]),
        ({"left_mm": -1.0}, ["left_mm=-1.0", 0, 5000]),
        ({"line_height_mm": float("nan")}, ["line_height_mm=nan", 5000]),
        ({"left_mm": 150.0, "right_mm": 60.0}, ["210 x 297 mm", "0 x 257 mm"]),
        ({"line_height_mm": 200.0}, ["200 mm", "170 x 257 mm"]),
        ({"rule": "dots"}, ["rule='dots'", "none, lines, grid"]),
    ],
)
def test_sheets_that_cannot_be_written_on_are_refused(fields, facts):
    with refused(*facts):
        Sheet(**fields)


def test_rules_run_under_every_line_and_a_grid_meets_them():
    lines = Sheet(rule="lines")
    levels = [rule[0, 1] for rule in lines.rules()]
    assert len(levels) == lines.num_lines
    below = [y - lines.baseline_mm(i) for i, y in enumerate(levels)]
    assert all(0 <= y < 0.1 * lines.line_height_mm for y in below)
    grid = Sheet(rule="grid").rules()
    across = [rule[0, 1] for rule in grid if rule[0, 1] == rule[1, 1]]
    for level in levels:
        assert min(abs(level - y) for y in across) < 1e-9
    assert Sheet().rules() == []


# Line breaks


def raggedness(lines, widths, gaps, room):
    free = [room - sum(widths[a:b]) - sum(gaps[a + 1 : b]) for a, b in lines]
    return sum(f**2 for f in free[:-1])


@pytest.mark.property
@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(2, 9), st.integers(1, 2)), min_size=1, max_size=9)
)
def test_lines_are_as_even_as_the_best_of_all_ways_to_break_them(words):
    widths, gaps = zip(*words, strict=True)
    room = 12
    lines = wrap(widths, gaps, room)
    assert [i for a, b in lines for i in range(a, b)] == list(range(len(widths)))
    best = np.inf
    for cuts in itertools.product([0, 1], repeat=len(widths) - 1):
        at = [0, *(i + 1 for i, cut in enumerate(cuts) if cut), len(widths)]
        ways = list(zip(at[:-1], at[1:], strict=True))
        used = [sum(widths[a:b]) + sum(gaps[a + 1 : b]) for a, b in ways]
        if max(used) <= room:
            best = min(best, raggedness(ways, widths, gaps, room))
    # A line more, or one almost empty at the end, is worth a little raggedness.
    allowed = 0.031 * room**2 + 1e-3 * room**2 * len(widths)
    assert raggedness(lines, widths, gaps, room) <= best + allowed


def test_a_word_wider_than_a_line_stands_alone():
    assert wrap([3, 20, 3], [1, 1, 1], 10) == [(0, 1), (1, 2), (2, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "which makes 82.40 € in",
        "it cost (12 £), he",
        "parcel No. 4829 came",
        "ran 5 km on",
    ],
)
def test_an_amount_and_its_sign_stay_in_one_line(text):
    words = text.split()
    first = next(i for i, word in enumerate(words) if word.strip("(")[0] in "158N")
    widths, gaps = [2] * len(words), [1] * len(words)
    room = 3 * (first + 1) - 1  # the line would end between the two
    assert wrap(widths, gaps, room)[0][1] == first + 1
    ends = {end for _, end in wrap(widths, gaps, room, texts=words)}
    assert first + 1 not in ends
    assert wrap(widths, gaps, 2, texts=words) == [(i, i + 1) for i in range(len(words))]


@pytest.mark.parametrize("words", ["1999 the", "5 men", "No. of", "€ 5", "p. x"])
def test_other_words_may_be_parted(words):
    assert not belong_together(*words.split())


def test_an_indent_and_ink_beyond_the_ends_take_room():
    widths, gaps = [4, 4], [1, 1]
    assert wrap(widths, gaps, 9) == [(0, 2)]
    assert wrap(widths, gaps, 9, indent=1) == [(0, 1), (1, 2)]
    assert wrap(widths, gaps, 9, overhangs=[(0, 0), (0, 0.5)]) == [(0, 1), (1, 2)]
    assert wrap(widths, gaps, 9, overhangs=[(0, 0.5), (0.5, 0)]) == [(0, 2)]


def test_a_single_short_word_is_not_left_for_the_last_line():
    widths, gaps = [1.0] * 17, [0.3] * 17  # eight would fit into a line
    assert wrap(widths, gaps, 10.5)[-1] == (15, 17)


# Pages


@pytest.mark.parametrize("setting", [STEADY, Setting(jitter=3.0, align="justify")])
@pytest.mark.parametrize("paper", ["a4", "a5", "60x90mm"])
def test_no_ink_is_beyond_the_margins(paper, setting):
    width, height = paper_size(paper)
    sheet = Sheet(width_mm=width, height_mm=height, **margins("9,8,7,6"))
    pages = composed(" ".join(6 * WORDS), sheet, setting)
    assert len(pages) == (3 if paper == "60x90mm" else 1)
    for page in pages:
        left, top, right, bottom = ink(page)
        assert left >= sheet.left_mm - 1e-6
        assert right <= sheet.width_mm - sheet.right_mm + 1e-6
        assert top >= sheet.top_mm and bottom <= sheet.height_mm - sheet.bottom_mm


def test_pages_follow_each_other_when_their_lines_are_full():
    sheet = Sheet(height_mm=85)
    assert sheet.num_lines == 5
    pages = composed("so\n" * 11, sheet)
    assert [len(lines_of(page, sheet)) for page in pages] == [5, 5, 1]
    assert all((page.width, page.height) == (210, 85) for page in pages)


def test_blank_lines_take_a_line_and_form_feeds_the_rest_of_a_page():
    sheet = Sheet()
    first, second = composed("so\n\nso\fit", sheet)
    feet = sorted({round(float(c[::3, 1].max()), 3) for c in first.curves})
    assert feet == pytest.approx([sheet.baseline_mm(0), sheet.baseline_mm(2)], abs=0.05)
    assert ink(second)[3] == pytest.approx(sheet.baseline_mm(0), abs=0.05)


def test_no_blank_line_stands_at_the_head_of_a_page():
    sheet = Sheet(height_mm=85)
    assert sheet.num_lines == 5
    pages = composed("\n\n" + "so\n" * 5 + "\n\nit\f\nit", sheet)
    heads = [lines_of(page, sheet)[0] for page in pages]
    feet = [max(c[::3, 1].max() for c in page.curves) for page in pages]
    assert len(heads) == 3
    assert feet[0] == pytest.approx(sheet.baseline_mm(4), abs=0.05)
    for foot in feet[1:]:
        assert foot == pytest.approx(sheet.baseline_mm(0), abs=0.05)


def starts(page, sheet):
    """Where each word begins, line by line, mm: words are more than 1 mm apart."""
    found = {}
    for curve in sorted(page.curves, key=lambda curve: curve[::3, 0].min()):
        x = curve[::3, 0]
        foot = curve[::3, 1].max() - sheet.baseline_mm(0)
        line = found.setdefault(int(np.floor(foot / sheet.line_height_mm + 0.5)), [])
        if not line or x.min() - line[-1][1] > 2.2:
            line.append([x.min(), x.max()])
        line[-1][1] = max(line[-1][1], x.max())
    return [[left for left, _ in found[line]] for line in sorted(found)]


def test_tabs_and_wide_spaces_put_words_under_each_other():
    sheet = Sheet()
    for text in (
        "bread\tone\tmm\negg\tten\tam\nxxxxxxxxxx\tmm\tsee",
        "bread       one    mm\negg         ten    am\nxxxxxxxxxx  mm     see",
    ):
        lines = starts(composed(text, sheet)[0], sheet)
        assert [len(line) for line in lines] == [3, 3, 3]
        for column in zip(*lines, strict=True):
            assert np.ptp(column) < 1e-6
    tabs = starts(composed("so\tmm\nso\t\tam", sheet)[0], sheet)
    assert tabs[1][1] > tabs[0][1] + 5


def test_columns_of_lines_that_a_blank_one_parts_are_their_own():
    lines = starts(composed("mmmmmmm\tso\n\nso\tso", Sheet())[0], Sheet())
    assert lines[0][1] > lines[1][1] + 5


def test_columns_that_are_too_wide_for_the_page_are_wrapped_as_words():
    sheet = Sheet(width_mm=80, **margins("10"))
    (page,) = composed("the wind\tand the garden\tin the book", sheet)
    assert len(lines_of(page, sheet)) == 2
    assert ink(page)[2] <= 70 + 1e-6


def test_two_spaces_after_a_sentence_are_one():
    once, twice = (composed(f"see it.{gap}we see", Sheet())[0] for gap in (" ", "  "))
    for one, other in zip(once.curves, twice.curves, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("word", "hyphens"), [("nevernever" * 3, 2), ("www.never.nu/nevernever/so", 0)]
)
def test_a_long_word_is_one_word_where_it_fits_and_breaks_where_it_does_not(
    word, hyphens
):
    wide, narrow = Sheet(), Sheet(width_mm=65, **margins("10"))
    assert layout.characters_per_line(narrow) < len(word)
    parts = read_manuscript(f"a {word}", CODE, longest_word=12)
    lines = [[printed(text)] for text in parts.texts]
    expected = sum(len(printed(part).strokes) for part in parts.paragraphs[0].words)
    (page,) = compose(parts, lines, wide, STEADY)
    assert len(lines_of(page, wide)) == 1
    assert sum(page.num_points) == expected
    assert [len(line) for line in starts(page, wide)] == [2]
    (page,) = compose(parts, lines, narrow, STEADY)
    assert len(lines_of(page, narrow)) > 1
    assert sum(page.num_points) == expected + 3 * hyphens  # points of each
    assert ink(page)[2] <= 55 + 1e-6


def test_the_words_around_a_piece_stay_out_of_the_page_even_without_ink():
    parts = read("we see")
    line = printed(parts.texts[0])
    belongs = line.phi.argmax(axis=1)
    written = belongs < parts.texts[0].rindex(" ")  # it ended before its last word
    ended = dataclasses.replace(
        line, strokes=line.strokes[written], phi=line.phi[written]
    )
    (page,), (whole,) = compose(parts, [[ended]], Sheet(), STEADY), composed("we see")
    assert len(page.curves) == len(whole.curves) == 5
    for curve, expected in zip(page.curves, whole.curves, strict=True):
        np.testing.assert_allclose(curve, expected, atol=0.1)


def test_strokes_are_in_writing_order_line_by_line():
    sheet = Sheet()
    (page,) = composed(" ".join(3 * WORDS), sheet)
    centres = np.array([curve[::3].mean(axis=0) for curve in page.curves])
    lines = np.round((centres[:, 1] - sheet.baseline_mm(0)) / sheet.line_height_mm)
    assert (np.diff(lines) >= 0).all()
    assert len(page.num_points) == len(page.curves)


def test_single_lines_stand_right_or_in_the_middle():
    sheet = Sheet(width_mm=140)
    (page,) = composed("-> so it is\n-> so it is <-\nso it is", sheet)
    right, middle, left = lines_of(page, sheet)
    assert right[1] == pytest.approx(140 - 20, abs=0.1)
    assert sum(middle) / 2 == pytest.approx(70, abs=0.1)
    assert left[0] == pytest.approx(20, abs=0.1)
    aligned = Setting(align="right", jitter=0.0)
    (page,) = composed("so it is\nso it goes on", sheet, aligned)
    for _, end in lines_of(page, sheet):
        assert end == pytest.approx(140 - 20, abs=0.1)


def test_the_first_line_of_each_paragraph_is_indented_on_demand():
    sheet = Sheet(width_mm=90)
    text = " ".join(WORDS) + "\n  own indent\n-> right"
    (page,) = composed(text, sheet, Setting(indent_mm=12, jitter=0.0))
    starts = [start for start, _ in lines_of(page, sheet)]
    assert starts[0] == pytest.approx(32, abs=0.1)
    assert starts[1] == pytest.approx(20, abs=0.1)
    assert 20 < starts[-2] < 30 and lines_of(page, sheet)[-1][1] > 69.9


def test_items_of_a_list_hang_behind_their_bullets():
    sheet = Sheet(width_mm=90)
    text = "so it is\n- " + " ".join(WORDS) + "\n    - so\n- so"
    (page,) = composed(text, sheet, markup="markdown")
    starts = [round(start, 1) for start, _ in lines_of(page, sheet)]
    x, item, *wrapped, inner, last = starts
    assert x == 20 < item < inner and item == last
    assert len(set(wrapped)) == 1 and wrapped[0] == pytest.approx(
        item + 1.9 * sheet.x_height_mm, abs=0.3
    )
    bullets = [c for c in page.curves if np.ptp(c[:, 1]) < 1e-6]
    assert len(bullets) == 3


def test_numbers_of_a_list_stand_before_words_that_are_in_one_column():
    sheet = Sheet(width_mm=200)
    (page,) = composed("1. " + " ".join(WORDS * 3), sheet, markup="markdown")
    first, *others = [start for start, _ in lines_of(page, sheet)]
    assert len(others) > 1
    for start in others:
        assert start == pytest.approx(first + 3.2 * sheet.x_height_mm, abs=0.3)


def test_headings_are_larger_keep_their_distance_and_never_end_a_page():
    sheet = Sheet()
    (page,) = composed("# so\nso", sheet, markup="markdown")
    (small,) = composed("so\nso", sheet)
    heading, text = (c for c in lines_of(page, sheet))
    plain, _ = lines_of(small, sheet)
    assert heading[1] - heading[0] == pytest.approx(1.5 * (plain[1] - plain[0]))
    assert text[1] - text[0] == pytest.approx(plain[1] - plain[0])
    assert ink(page)[1] >= sheet.top_mm
    short = Sheet(height_mm=40 + 3 * 9, line_height_mm=9)
    pages = composed("so\\\nso\n## it\nso", short, markup="markdown")
    assert [len(lines_of(page, short)) for page in pages] == [2, 2]


def test_emphasis_is_a_line_below_its_words():
    sheet = Sheet()
    (plain,) = composed("so it is here", sheet)
    (page,) = composed("so *it is* **here**", sheet, markup="markdown")
    lines = [c for c in page.curves if np.ptp(c[:, 1]) < 1e-6]
    assert len(lines) == 3 and len(page.curves) == len(plain.curves) + 3
    below = [(c[0, 1] - sheet.baseline_mm(0)) / sheet.x_height_mm for c in lines]
    assert below == pytest.approx([0.42, 0.42, 0.72])
    assert lines[0][-1, 0] < lines[1][0, 0]
    assert ink(plain)[2] == pytest.approx(lines[1][:, 0].max(), abs=0.01)


def test_a_word_that_is_struck_out_has_a_line_through_it_at_once():
    import dataclasses

    parts = read("so it is")
    (paragraph,) = parts.paragraphs
    paragraph = dataclasses.replace(paragraph, marks=("", "struck", ""))
    parts = dataclasses.replace(parts, paragraphs=(paragraph,))
    lines = [[printed(text)] for text in parts.texts]
    (page,) = compose(parts, lines, Sheet(), STEADY)
    (strike,) = [i for i, c in enumerate(page.curves) if np.ptp(c[:, 1]) < 1e-6]
    line = page.curves[strike]
    height = (Sheet().baseline_mm(0) - line[0, 1]) / Sheet().x_height_mm
    assert 0.3 < height < 0.7
    before = np.concatenate(page.curves[:strike])[:, 0].max()
    after = np.concatenate(page.curves[strike + 1 :])[:, 0].min()
    assert line[0, 0] < before < line[-1, 0] < after


@pytest.mark.parametrize("setting", [Setting(), Setting(jitter=3.0)])
def test_marks_and_headings_stay_between_the_margins(setting):
    sheet = Sheet(width_mm=80, height_mm=100)
    text = "# " + " ".join(WORDS[:4]) + "\n- *" + " ".join(WORDS) + "*\n\n## so"
    for page in composed(text, sheet, setting, markup="markdown"):
        left, top, right, bottom = ink(page)
        assert left >= 20 and right <= 60 and top >= 20 and bottom <= 80


def test_the_size_of_the_writing_may_be_chosen_apart_from_the_lines():
    sheets = [Sheet(), Sheet(size_mm=3.51), Sheet(line_height_mm=18, size_mm=7.02)]
    usual, small, apart = (composed("so it is\nso", sheet)[0] for sheet in sheets)
    widths = [ink(page)[2] - ink(page)[0] for page in (usual, small, apart)]
    assert widths[1] == pytest.approx(widths[0] / 2, rel=1e-6)
    assert widths[2] == pytest.approx(widths[0], rel=1e-6)
    down = ink(apart)[3] - ink(usual)[3]
    assert down == pytest.approx(sheets[2].baseline_mm(1) - sheets[0].baseline_mm(1))


def test_one_size_for_all_whatever_size_the_pieces_were_written_in():
    parts = read("the wind so\nthe wind so")
    lines = [[printed(t, size)] for t, size in zip(parts.texts, (9, 11), strict=True)]
    (page,) = compose(parts, lines, Sheet(), STEADY)
    first, second = np.split(np.arange(len(page.curves)), 2)
    heights = [
        np.ptp(np.concatenate([page.curves[i][::3, 1] for i in half]))
        for half in (first, second)
    ]
    assert heights[0] == pytest.approx(heights[1], rel=0.15)


def test_words_stand_on_the_baseline_whatever_slope_they_were_written_on():
    sheet = Sheet()
    text = "so the wave was the one so we saw the oak"
    (page,) = composed(text, sheet, slope=0.06)
    feet = [curve[::3, 1].max() for curve in page.curves]
    np.testing.assert_allclose(feet, sheet.baseline_mm(0), atol=0.2)
    kept = Setting(jitter=0.0, drift="keep")
    (page,) = composed(
        "so the wave was the one so we saw the oak", sheet, kept, slope=0.06
    )
    feet = np.array([curve[::3, 1].max() for curve in page.curves])
    assert feet[-1] - feet[0] > 1.0
    assert feet.max() < sheet.baseline_mm(0) + 0.4 * sheet.line_height_mm


def test_alignment_moves_the_ends_of_lines():
    sheet, text = Sheet(), " ".join(4 * WORDS)
    right = sheet.width_mm - sheet.right_mm
    for align in ALIGNMENTS:
        (page,) = composed(text, sheet, Setting(align=align, jitter=0.0))
        ends = lines_of(page, sheet)
        lefts, rights = np.array(ends[:-1]).T
        if align == "right":
            np.testing.assert_allclose([end for _, end in ends], right, atol=0.01)
            continue
        if align == "justify":
            np.testing.assert_allclose(rights, right, atol=0.01)
        else:
            assert np.ptp(rights) > 1
        if align == "center":
            np.testing.assert_allclose((lefts + rights) / 2, 105, atol=0.01)
        else:
            np.testing.assert_allclose(lefts, sheet.left_mm, atol=0.01)
        assert ends[-1][1] < right - 1  # the last line of a paragraph stays short


def test_jitter_moves_lines_a_little_and_by_the_seed():
    shaky = Setting(jitter=1.0)
    text = "so the wind\n" * 12
    (steady,), (one,), (again,), (other,) = (
        composed(text, setting=setting, seed=seed)
        for setting, seed in ((STEADY, 0), (shaky, 1), (shaky, 1), (shaky, 2))
    )
    starts = [curve[0] for curve in one.curves]
    np.testing.assert_array_equal(starts, [curve[0] for curve in again.curves])
    assert not np.allclose(starts, [curve[0] for curve in other.curves])
    moved = np.array(starts) - [curve[0] for curve in steady.curves]
    assert 0.05 < np.abs(moved).max() < 3


def test_an_indent_moves_the_first_line_only():
    sheet = Sheet()
    (page,) = composed("    " + " ".join(3 * WORDS), sheet)
    lefts = [left for left, _ in lines_of(page, sheet)]
    assert lefts[0] > lefts[1] + 4
    assert lefts[1:] == pytest.approx([sheet.left_mm] * len(lefts[1:]), abs=0.01)


def test_a_word_too_wide_for_the_paper_is_written_smaller():
    sheet = Sheet(width_mm=50, height_mm=60, **margins("5"))
    (page,) = composed("so " + "m" * 40 + " so", sheet)
    left, _, right, _ = ink(page)
    assert left >= 5 and right <= 45 + 1e-6


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"align": "up"}, ["align='up'", "left, center, right, justify"]),
        ({"indent_mm": -1.0}, ["indent_mm=-1.0", 0, 200]),
        ({"drift": "more"}, ["drift='more'", "remove, keep"]),
        ({"jitter": -1.0}, ["jitter=-1.0", 0, 3]),
        ({"jitter": float("nan")}, ["jitter=nan", 0, 3]),
    ],
)
def test_settings_that_make_no_sense_are_refused(fields, facts):
    with refused(*facts):
        Setting(**fields)
