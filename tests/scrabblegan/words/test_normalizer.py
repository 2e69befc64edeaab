"""One image of a word: polarity, closing, debris, the frame, and what is refused."""

import numpy as np
import pytest
from refusals import refused
from word_samples import drawn_word, png

from scrabblegan.images import Unusable, decode_image
from scrabblegan.words import normalizer
from scrabblegan.words.normalizer import WordNormalizer

pytestmark = pytest.mark.unit


def word_normalizer(**changes) -> WordNormalizer:
    options = {
        "preprocess": "normal",
        "kernel_pixels": 3,
        "frame": "text",
        "max_stretch": 3.0,
    }
    return WordNormalizer(**(options | changes))


def rows_of_ink(image):
    rows = np.flatnonzero((image < 128).any(axis=1))
    return rows[0], rows[-1]


def test_a_word_has_32_rows_and_16_columns_a_character_of_black_on_white():
    image = word_normalizer()(drawn_word("Hand"), "Hand")
    assert image.shape == (32, 64) and image.dtype == np.uint8
    assert np.median(image) == 255 and image.min() == 0


def test_bright_ink_on_dark_paper_gives_the_same_image():
    scan = drawn_word("Hand", noise=3.0)
    np.testing.assert_array_equal(
        word_normalizer()(scan, "Hand"), word_normalizer()(255 - scan, "Hand")
    )


def test_grey_paper_and_pale_ink_come_out_as_white_and_black():
    pale = word_normalizer()(drawn_word("Hand", ink=150, paper=200), "Hand")
    strong = word_normalizer()(drawn_word("Hand", ink=0, paper=255), "Hand")
    assert np.abs(pale.astype(int) - strong).max() < 30


def test_closing_fills_gaps_of_ink_whether_it_is_dark_or_bright():
    """A gap of two columns in a bar goes, the paper around it stays."""
    scan = np.full([40, 60], 220, np.uint8)
    scan[15:25, 10:50] = 30
    scan[:, 29:31] = 220
    for pixels in (scan, 255 - scan):
        ink = normalizer.ink_of(pixels)
        assert ink[20, 29] == 0
        closed = normalizer.closed(ink, 3)
        assert (closed[15:25, 10:50] == 255).all()
        assert np.count_nonzero(closed) == 10 * 40


def test_closing_erases_no_thin_stroke():
    scan = np.full([40, 60], 255, np.uint8)
    scan[20, 5:55] = 0  # one pixel thin
    ink = normalizer.ink_of(scan)
    np.testing.assert_array_equal(normalizer.closed(ink, 5), ink)


def test_morphology_changes_a_broken_word_and_normal_does_not_mend_it():
    scan = drawn_word("Hand")
    scan[:, ::6] = 220
    broken = word_normalizer()(scan, "Hand")
    mended = word_normalizer(preprocess="morphology")(scan, "Hand")
    whole = word_normalizer()(drawn_word("Hand"), "Hand")
    far, near = (np.abs(x.astype(int) - whole).mean() for x in (broken, mended))
    assert near < 0.7 * far


@pytest.mark.parametrize("text", ["man", "had", "gap", "hedge", "Ape"])
def test_small_letters_stand_at_one_height_whatever_the_word(text):
    """The x-height band of the frame is 10/28 of it for any word; tight is not."""
    image = word_normalizer()(drawn_word(text), text)
    top, bottom = rows_of_ink(image)
    rise = max(normalizer.rise_of(c) for c in text)
    fall = max(normalizer.fall_of(c) for c in text)
    assert top == pytest.approx(32 * (0.9 - rise) / 2.8, abs=1.5)
    assert bottom == pytest.approx(32 * (1.9 + fall) / 2.8, abs=2)
    tight = word_normalizer(frame="tight")(drawn_word(text), text)
    top, bottom = rows_of_ink(tight)
    assert top <= 1 and bottom >= 30


def test_a_form_s_lines_specks_and_black_corners_do_not_move_the_word():
    scan = drawn_word("Hand", margin=24)
    expected = word_normalizer()(scan, "Hand")
    spoilt = scan.copy()
    spoilt[-3:-1, 10:] = 60  # the line to write on
    spoilt[10:40, 1:3] = 60  # the frame of the field
    spoilt[5, 50] = 60
    spoilt[:6, -6:] = 0
    found = word_normalizer()(spoilt, "Hand")
    assert np.abs(found.astype(int) - expected).max() <= 4  # of the levels of grey
    ink = normalizer.ink_of(spoilt)
    assert len(normalizer.trimmed(ink)) > 0.9 * len(ink)  # it would have


def test_a_dot_and_a_bar_at_the_upper_edge_are_no_debris():
    scan = drawn_word("Ti")
    ink = normalizer.trimmed(normalizer.ink_of(scan))
    kept = normalizer.without_debris(ink)
    np.testing.assert_array_equal(kept, ink)


def test_the_bar_of_a_t_in_a_corner_of_a_tight_image_is_no_debris():
    word = np.full([40, 200], 255, np.uint8)
    word[:3, :14] = 0  # the bar
    word[6:, 6:9] = 0  # the stem, which does not meet it
    word[20:, 9:] = np.where(np.arange(6, 197) % 12 < 5, 0, 255)
    ink = normalizer.ink_of(word)
    np.testing.assert_array_equal(normalizer.without_debris(ink), ink)
    loose = normalizer.ink_of(np.pad(word, 10, constant_values=255))
    loose[:4, :6] = 255
    assert not normalizer.without_debris(loose)[:4, :6].any()


def test_images_out_of_proportion_are_refused_from_three_times_on():
    scan = drawn_word("wood")
    assert word_normalizer()(scan, "wood").shape == (32, 64)
    for text in ("d", "wood" * 4):
        with refused(3, "wide or narrow", error=Unusable):
            word_normalizer()(scan, text)


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.full([40, 40], 255, np.uint8), "blank"),
        (np.zeros([40, 40], np.uint8), "blank"),
        (np.zeros([0, 7], np.uint8), "blank"),
        (drawn_word("ab", ink=205, paper=215), "blank"),
    ],
)
def test_paper_without_ink_is_refused(pixels, reason):
    with refused(reason, error=Unusable):
        word_normalizer()(pixels, "ab")


def test_a_lone_mark_is_refused_since_it_would_fill_the_height():
    with refused("letter", "digit", error=Unusable):
        word_normalizer()(drawn_word("-"), "-")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "I;16", "alpha"])
def test_every_mode_of_an_image_file_gives_the_same_grey(mode):
    scan = drawn_word("ab")
    np.testing.assert_array_equal(decode_image(png(scan, mode)), scan)


@pytest.mark.parametrize("data", [b"", b"no image", png(drawn_word("ab"))[:-40]])
def test_a_damaged_file_is_refused(data):
    with refused("image", error=Unusable):
        decode_image(data)


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        (
            {"preprocess": "opening"},
            ["WordNormalizer.preprocess", "'opening'", "normal", "morphology"],
        ),
        ({"frame": "loose"}, ["WordNormalizer.frame", "'loose'", "text", "tight"]),
        ({"kernel_pixels": 0}, ["kernel_pixels=0", 1]),
        ({"max_stretch": float("nan")}, ["max_stretch=nan", 1]),
    ],
)
def test_wrong_settings_are_refused(change, facts):
    with refused(*facts):
        word_normalizer(**change)
