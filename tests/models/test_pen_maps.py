"""What a pen did, as maps."""

import numpy as np
import pytest
from ink_samples import wave

from scribe.models.pen_maps import drawn_pen, pen_maps

pytestmark = pytest.mark.unit


def line(start, end, count=12):
    points = np.linspace(start, end, count)
    ends = np.zeros(count, bool)
    ends[-1] = True
    return points, ends


def test_the_pen_covers_its_way_and_nothing_else():
    covered = pen_maps(*line((10, 20), (50, 20)), 40, 64)[..., 0]
    assert covered[19:21, 12:48].min() > 200
    assert covered[:17].max() == covered[23:].max() == covered[:, 54:].max() == 0
    assert 1.6 * 40 <= covered.sum() / 255 <= 2.1 * 40  # a thin line


def test_directions_are_told_apart_and_speed_is_beside_the_usual():
    down = pen_maps(*line((20, 5), (20, 35)), 40, 40)[10:30, 19:21, 2].max()
    up = pen_maps(*line((20, 35), (20, 5)), 40, 40)[10:30, 19:21, 2].max()
    across = pen_maps(*line((5, 20), (35, 20)), 40, 40)[19:21, 10:30, 2].max()
    assert up < 10 < 100 < across < 150 < 230 < down
    slow, fast = np.linspace(4, 20, 17), np.linspace(24, 60, 10)
    points = np.stack([np.r_[slow, fast], np.full(27, 10.0)], axis=1)
    ends = np.arange(27) == 26
    speed = pen_maps(points, ends, 20, 64)[9:11, :, 1].max(axis=0)
    assert speed[30:55].min() > 2 * speed[6:18].max() > 0


def test_strokes_are_not_joined_and_dots_are_drawn():
    points, ends = wave()
    covered = pen_maps(points, ends, 64, 90)[..., 0]
    at = points[-1].astype(int)
    assert covered[at[1], at[0]] > 100
    assert covered[at[1] + 4, at[0]] == 0


def test_a_part_of_a_picture_is_as_in_the_whole():
    points, ends = wave()
    whole = pen_maps(points, ends, 64, 90)
    lower = pen_maps(points - [0, 32], ends, 32, 90)
    # cv2 cuts lines off a little differently at the border itself.
    np.testing.assert_array_equal(whole[34:], lower[2:])


def test_a_pen_is_as_broad_as_it_is_asked_to_be():
    thin, broad = (drawn_pen(*line((5, 20), (55, 20)), 40, 60, w) for w in (1.5, 5.0))
    assert broad[:, 30].sum() / 255 == pytest.approx(5.0, abs=0.6)
    assert thin[:, 30].sum() / 255 == pytest.approx(1.5, abs=0.4)


def test_points_that_repeat_do_no_harm():
    points, ends = line((10, 20), (50, 20))
    points = points.repeat(2, axis=0)
    ends = np.arange(len(points)) == len(points) - 1
    assert pen_maps(points, ends, 40, 64)[20, 30, 0] > 200
    one = np.repeat([[10.0, 10.0]], 3, axis=0)
    assert pen_maps(one, np.array([False, False, True]), 20, 20)[10, 10, 0] > 100
