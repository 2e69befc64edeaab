"""What the eye sees in images of words is counted, and a fresh network tells them."""

import numpy as np
import pytest

from scrabblegan.evaluation.eye_measures import (
    eye_figures,
    has_loose_tail,
    is_smudged,
    num_pieces,
)
from scrabblegan.evaluation.honest_figures import (
    hands_of_words,
    hands_of_writer,
    honest_table,
)
from scrabblegan.evaluation.real_or_not import area_under_curve, crops, fresh_auc
from scrabblegan.evaluation.told_hands import num_told_apart
from scrabblegan.words import Words

pytestmark = pytest.mark.unit


def paper(columns=64):
    return np.full([32, columns], 255, np.uint8)


def test_a_grey_rim_is_no_smudge_but_a_veil_is():
    image = paper()
    image[10:20, 10:13] = 0
    image[10:20, 13:15] = 200  # the rim of a pen's line
    assert not is_smudged(image)
    image[10:16, 40] = 225
    assert is_smudged(image)
    image[10, 40] = 255  # five pixels are no smudge
    assert not is_smudged(image)


def test_pieces_are_counted_with_corners_joined_and_specks_left_out():
    image = paper()
    image[10:14, 5:8] = 0
    image[14:18, 8:11] = 0  # touches it at a corner
    image[3, 30:32] = 0  # two pixels
    image[20:24, 40:44] = 0
    assert num_pieces(image) == 2


def test_a_tail_must_hang_on_a_letter_that_has_one():
    image = paper()
    image[11:22, 10:12] = 0
    assert not has_loose_tail(image, "i")
    image[22:30, 10:12] = 0  # now it has a tail
    assert has_loose_tail(image, "i")
    assert not has_loose_tail(image, "y")
    image[26:31, 20:22] = 0  # and this one is loose
    assert has_loose_tail(image, "y")
    image[26:31, 20:22] = 255
    image[23:27, 40:42] = 0
    assert not has_loose_tail(image, "y,")


def test_figures_are_means_over_words():
    image = paper()
    image[10:20, 10:12] = 0
    veiled = image.copy()
    veiled[8:20, 40:42] = 200
    figures = eye_figures([image, veiled], ["ab", "cd"])
    assert figures == {"smudged": 0.5, "pieces": 0.5, "loose_tails": 0.0}
    assert eye_figures([image], ["a"], has_baseline=False)["loose_tails"] is None


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order():
    low, high = np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0])
    pairs = [(h > x) + 0.5 * (h == x) for h in high for x in low]
    assert area_under_curve(low, high) == pytest.approx(np.mean(pairs))


def strokes(random, darkness, count=120):
    found = []
    for _ in range(count):
        image = paper(80)
        for column in random.integers(4, 76, 12):
            image[6:28, column : column + 2] = 255 - darkness
        found.append(image)
    return found


@pytest.mark.slow
def test_a_fresh_classifier_tells_pencil_from_ink_and_not_ink_from_ink():
    random = np.random.default_rng(0)
    ink, other, pencil = (strokes(random, d) for d in (220, 220, 120))
    assert fresh_auc(ink, pencil, seeds=(0,))[0] > 0.95
    assert fresh_auc(ink, other, seeds=(0,))[0] < 0.75


def test_crops_have_ink_and_narrow_or_few_images_have_no_figure():
    random = np.random.default_rng(0)
    found = crops([paper(80), strokes(random, 200, 1)[0], paper(20)], random)
    assert found.shape == (1, 32, 64, 1) and found.max() > 0.7
    several = crops(strokes(random, 200, 5), random, per_image=3)
    assert len(several) == 15
    assert fresh_auc([paper(20)] * 200, strokes(random, 200)) is None


def slanted(random, slant):
    image = paper(160)
    for column in random.integers(20, 130, 9):
        for row in range(4, 28):
            left = round(column + slant * (16 - row))
            image[row, left : left + 3] = 0
    return image


def test_hands_that_slant_differently_are_told_apart_and_equal_ones_are_not():
    random = np.random.default_rng(0)
    slants = np.linspace(-0.9, 0.9, 4)
    first, second = ([slanted(random, s) for s in slants] for _ in range(2))
    assert num_told_apart(first, second) == 4
    alike = [slanted(np.random.default_rng(1), 0.2)] * 8
    assert num_told_apart(alike, alike) == 1


def test_hands_of_real_words_need_sixteen_pages():
    random = np.random.default_rng(0)
    slants = np.linspace(-1, 1, 16)
    pages = [(f"page{i}/{k}", s) for i, s in enumerate(slants) for k in range(16)]
    images = [slanted(random, s) for _, s in pages]
    words = Words(images, ["ab"] * len(pages), [name for name, _ in pages])
    assert hands_of_words(words) >= 12
    assert hands_of_words(words.chosen(range(200))) is None


class Hands:
    """Writes in as many slants as there are hands, or in one only."""

    def __init__(self, num_slants):
        self.num_slants = num_slants

    def write(self, line, seed):
        slant = np.linspace(-1, 1, self.num_slants)[seed % self.num_slants]
        random = np.random.default_rng([seed, len(line)])
        return np.hstack([slanted(random, slant) for _ in line.split()])


def test_the_hands_of_a_writer_are_those_that_it_keeps_from_line_to_line():
    texts = [f"word{n}" for n in range(30)]
    assert hands_of_writer(Hands(16), texts, seed=0) >= 14
    assert hands_of_writer(Hands(2), texts, seed=0) <= 6
    assert hands_of_writer(Hands(2), texts[:15], seed=0) is None


def test_the_table_has_a_row_for_each_source():
    row = {
        "smudged": 0.775, "pieces": 1.4, "loose_tails": 0.1, "auc": 0.95,
        "auc_by_seed": [0.94, 0.95, 0.96], "hands": 4,
    }  # fmt: skip
    expected = "| gan | 77.5% | 1.40 | 10.0% | 0.950 (0.94, 0.95, 0.96) | 4 of 16 |"
    assert honest_table({"gan": row}).splitlines()[2] == expected
