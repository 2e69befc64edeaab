"""Random changes of word images: what each does, and that none does nothing."""

import numpy as np
import pytest
import tensorflow as tf
from refusals import refused

from scrabblegan.words.augmentation import ImageAugmentation, sampled

pytestmark = pytest.mark.unit

NONE = {
    "rotation_std": 0.0,
    "slant_std": 0.0,
    "scale_std": 0.0,
    "shift_std": 0.0,
    "elastic_std": 0.0,
    "elastic_spacing": 8,
    "thickness_std": 0.0,
    "max_blur": 0.0,
    "max_fading": 0.0,
    "max_specks": 0.0,
    "max_gaps": 0.0,
}
EACH = {
    "rotation_std": 0.1,
    "slant_std": 0.3,
    "scale_std": 0.2,
    "shift_std": 2.0,
    "elastic_std": 1.5,
    "thickness_std": 0.5,
    "max_blur": 1.0,
    "max_fading": 0.5,
    "max_specks": 0.5,
    "max_gaps": 1.0,
}


@pytest.fixture(scope="module")
def bars():
    """[8, 32, 48, 1]: an upright bar of ink in the middle, 16 rows of 4 columns."""
    images = np.ones([8, 32, 48, 1], np.float32)
    images[:, 8:24, 22:26] = -1.0
    return tf.constant(images)


def ink(images):
    return (1.0 - np.asarray(images)[..., 0]) / 2.0


def columns_of_ink(images):
    """The centre of ink of each row with some: [8, 32]."""
    x = np.arange(images.shape[2])
    weights = ink(images)
    return (weights * x).sum(axis=2) / np.maximum(weights.sum(axis=2), 1e-6)


def test_without_changes_an_image_stays_as_it_is(bars):
    same = ImageAugmentation(**NONE)(bars, [1, 2])
    np.testing.assert_allclose(same, bars, atol=1e-5)


@pytest.mark.parametrize("name", EACH)
def test_each_change_alone_makes_other_images_within_the_same_bounds(name, bars):
    changed = ImageAugmentation(**NONE | {name: EACH[name]})(bars, [1, 2]).numpy()
    assert changed.shape == bars.shape
    assert changed.min() >= -1.0001 and changed.max() <= 1.0001
    assert np.abs(changed - bars).max() > 0.05
    assert np.abs(changed[0] - changed[1]).max() > 0.01  # every word its own
    again = ImageAugmentation(**NONE | {name: EACH[name]})(bars, [1, 2])
    np.testing.assert_array_equal(changed, again)


def test_slant_moves_rows_sideways_by_their_height(bars):
    changed = ImageAugmentation(**NONE | {"slant_std": 0.3})(bars, [1, 3])
    places = columns_of_ink(changed)[:, 8:24]
    steps = np.diff(places, axis=1)
    assert np.ptp(steps, axis=1).max() < 0.05
    assert 0.1 < steps.mean(axis=1).std() < 0.6
    np.testing.assert_allclose(places.mean(axis=1), 23.5, atol=0.05)


def test_thickness_and_fading_change_the_ink_and_not_its_place(bars):
    for name in ("thickness_std", "max_fading"):
        changed = ImageAugmentation(**NONE | {name: 0.5})(bars, [1, 4])
        mass = ink(changed).sum(axis=(1, 2)) / ink(bars).sum(axis=(1, 2))
        assert mass.std() > 0.05
        places = columns_of_ink(changed)[:, 10:22]
        np.testing.assert_allclose(places, 23.5, atol=1e-3)
        if name == "max_fading":
            assert 0.5 <= mass.min() and mass.max() <= 1.0


def test_specks_are_everywhere_on_the_paper_and_no_darker_than_asked(bars):
    changed = ImageAugmentation(**NONE | {"max_specks": 0.4})(bars, [1, 5])
    added = ink(changed) - ink(bars)
    assert np.abs(added[:, 8:24, 22:26]).max() < 1e-6
    assert 0.2 < added.max() <= 0.4
    darkest = added.max(axis=(1, 2))
    assert darkest.max() > 2 * darkest.min()
    for half in (added[:, :16], added[:, 16:], added[:, :, :22], added[:, :, 26:]):
        assert 0.1 < (half > 0).mean() < 0.7


def test_gaps_take_ink_away_here_and_there():
    black = -tf.ones([8, 32, 48, 1])
    changed = ImageAugmentation(**NONE | {"max_gaps": 1.0})(black, [1, 6])
    lost = 1.0 - ink(changed)
    assert lost.min() > -1e-6 and 0.3 < lost.max() <= 1.0
    assert 0.02 < (lost > 0.1).mean() < 0.3
    lightest = lost.max(axis=(1, 2))
    assert lightest.max() > 2 * lightest.min()


def test_values_between_pixels_are_those_of_a_plain_loop():
    random = np.random.default_rng(0)
    images = random.uniform(0, 1, [2, 5, 6]).astype(np.float32)
    rows = random.uniform(-2, 6, [2, 4, 3]).astype(np.float32)
    columns = random.uniform(-2, 7, [2, 4, 3]).astype(np.float32)

    def at(b, i, j):
        return images[b, i, j] if 0 <= i < 5 and 0 <= j < 6 else 0.0

    expected = np.zeros([2, 4, 3])
    for b, y, x in np.ndindex(2, 4, 3):
        top, left = int(np.floor(rows[b, y, x])), int(np.floor(columns[b, y, x]))
        down, right = rows[b, y, x] - top, columns[b, y, x] - left
        expected[b, y, x] = (1 - down) * (
            (1 - right) * at(b, top, left) + right * at(b, top, left + 1)
        ) + down * (
            (1 - right) * at(b, top + 1, left) + right * at(b, top + 1, left + 1)
        )
    # Far outside, places come to rest a thousandth of a pixel before the edge.
    found = sampled(tf.constant(images), tf.constant(rows), tf.constant(columns))
    np.testing.assert_allclose(found, expected, atol=2e-3)


@pytest.mark.parametrize("change", [{"slant_std": -0.1}, {"elastic_spacing": 0}])
def test_impossible_settings_are_refused(change):
    with refused(*(f"{name}={value}" for name, value in change.items())):
        ImageAugmentation(**NONE | change)
