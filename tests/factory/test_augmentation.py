"""What each operation does to ink, paper and picture."""

import numpy as np
import pytest
from factory_samples import model_in, plan_of
from refusals import refused
from writing_samples import printed

from scribe.factory import augmentation as a
from scribe.factory.ink import Placed, ink_of
from scribe.factory.labels import line_labels
from scribe.factory.making import Workshop
from scribe.foundation import gin_config
from scribe.typesetting.words import cut_words
from scribe.writing.measures import measure_line

pytestmark = pytest.mark.unit
UNIT = 20.0
SHAPE = (64, 240)


def random(seed=0):
    return np.random.default_rng(seed)


def scene(ink=0.0):
    """Nothing but paper, or all ink."""
    return a.Scene.plain(np.full(SHAPE, ink, np.float32), UNIT)


def bar():
    """A bar of ink across the picture."""
    found = scene()
    found.ink[28:36] = 1.0
    return found


def image_of(operation, seed=0, of=bar, colour=False):
    found = of()
    operation.on_ink(found, random(seed))
    found.develop(colour)
    operation.on_image(found, random(seed))
    return found.image


@pytest.fixture(scope="module")
def ink():
    line = printed("on a level line")
    words = cut_words(line, measure_line(line))
    return ink_of([Placed(w, 80.0 * i, 50.0, UNIT) for i, w in enumerate(words)])


def test_black_ink_on_white_paper_is_black_and_white():
    found = bar()
    found.develop(colour=True)
    assert found.image.shape == (*SHAPE, 3)
    assert found.image[0].min() == 1.0 and found.image[30].max() == 0.0


def test_a_rotation_turns_ink_and_baselines_alike(ink):
    turned = a.Rotation(1.0, 5.0).move(ink, UNIT, random())
    start, end = turned.baselines[0][0], turned.baselines[-1][1]
    slope = np.degrees(np.arctan2(*(end - start)[::-1]))
    assert slope == pytest.approx(5.0, abs=1e-6)
    before, after = (np.ptp(i.points, axis=0).max() for i in (ink, turned))
    assert after == pytest.approx(before, rel=0.03)


@pytest.mark.parametrize(
    "operation",
    [a.Rotation(1.0, 3.0), a.Perspective(1.0, 0.1), a.Waves(1.0, 0.1)],
    ids=lambda o: type(o).__name__,
)
def test_labels_stay_on_the_ink_that_moves(ink, operation):
    moved = operation.move(ink, UNIT, random(3))
    assert np.abs(moved.points - ink.points).max() > 0.5
    (line,) = line_labels(moved, 0.0)
    for number, word in enumerate(line.words):
        own = moved.points[moved.words == number]
        box = (*own.min(axis=0), *own.max(axis=0))
        assert word.box == pytest.approx(box, abs=0.06)


def test_perspective_makes_one_end_smaller(ink):
    moved = a.Perspective(1.0, 0.3).move(ink, UNIT, random(1))
    heights = [
        np.ptp(moved.points[moved.words == n][:, 1])
        / np.ptp(ink.points[ink.words == n][:, 1])
        for n in (0, len(ink.placed) - 1)
    ]
    assert max(heights) / min(heights) > 1.1


@pytest.mark.parametrize("kind", a.INKS)
def test_every_kind_of_ink_is_darker_than_the_paper_and_not_quite_even(kind):
    image = image_of(a.InkKind(1.0, {kind: 1}, 0.8))
    assert image[:20].min() == 1.0
    ink = image[29:35]
    assert ink.mean() < (0.8 if kind == a.PENCIL else 0.5) and ink.std() > 0.002


def test_pencils_are_grainier_and_paler_than_ballpoints():
    pencil, pen = (
        image_of(a.InkKind(1.0, {k: 1}, 0.8))[29:35] for k in (a.PENCIL, a.BALLPOINT)
    )
    assert pencil.std() > pen.std() and pencil.mean() > pen.mean()


def test_ink_that_bleeds_reaches_further():
    image = image_of(a.Bleed(1.0, 0.1))
    assert (image[26:28] < 0.98).mean() > 0.5 and image[10].min() == 1.0


def test_gaps_have_about_the_share_of_ink_that_is_bound():
    found = scene(ink=1.0)
    a.Gaps(1.0, 0.2).on_ink(found, random(2))
    assert (found.ink < 0.5).mean() == pytest.approx(0.2, abs=0.08)


def test_paper_has_its_brightness_and_its_grain():
    image = image_of(a.PaperTone(1.0, 0.8, 0.03, 0.0), of=scene)
    assert image.mean() == pytest.approx(0.8, abs=0.02)
    assert 0.01 < image.std() < 0.05
    yellow = image_of(a.PaperTone(1.0, 0.8, 0.0, 1.0), of=scene, colour=True)
    assert yellow[..., 0].mean() > yellow[..., 2].mean() + 0.1


def test_rules_are_a_line_height_apart_and_squares_go_both_ways():
    ruled = image_of(a.Ruling(1.0, 0.0, 0.5), of=scene)
    assert ruled.min() < 0.6 and np.ptp(ruled, axis=1).max() < 0.55
    squared = image_of(a.Ruling(1.0, 1.0, 0.5), of=scene)
    assert np.ptp(squared.mean(axis=0)) > 0.1 and np.ptp(squared.mean(axis=1)) > 0.1


def test_a_shadow_darkens_one_side():
    image = image_of(a.Shadow(1.0, 0.5), of=scene)
    assert 0.45 < image.min() < 0.8 and np.ptp(image) > 0.1


def test_blur_softens_edges():
    sharp, soft = image_of(a.Blur(1.0, 0.001)), image_of(a.Blur(1.0, 0.2))
    steepest = [np.abs(np.diff(i, axis=0)).max() for i in (sharp, soft)]
    assert steepest[1] < 0.5 * steepest[0]


def test_contrast_below_1_makes_ink_paler():
    assert image_of(a.Contrast(1.0, 1.0, 0.5))[30].mean() == pytest.approx(0.4)


def test_noise_has_its_deviation_and_dust_its_number():
    image = image_of(a.Noise(1.0, 0.05, 0), of=scene)
    assert image.std() == pytest.approx(0.05, abs=0.005)
    dusty = image_of(a.Noise(1.0, 0.0, 500), of=scene)
    assert 5 < (dusty < 0.9).sum() < 2000


def test_a_jpeg_is_nearly_the_picture():
    image = image_of(a.Jpeg(1.0, 60))
    assert 0 < np.abs(image - image_of(a.Blur(1.0, 0.0))).max() < 0.5


def test_an_operation_happens_as_often_as_is_bound():
    scan = a.Scan([a.Blur(0.25, 0.1), a.Noise(1.0, 0.1, 0)], colour=False)
    happened = [len(scan.happening(random(n))) for n in range(1000)]
    assert min(happened) == 1
    assert np.mean(happened) == pytest.approx(1.25, abs=0.05)


def test_noise_of_any_grain_is_of_deviation_one_and_neighbours_resemble_each_other():
    for grain in (0.0, 4.0, 20.0):
        fields = [a.noise((300, 400), grain, random(n)) for n in range(20)]
        assert all(field.shape == (300, 400) for field in fields)
        assert 0.6 < np.std(fields) < 1.1
        step = np.std(np.diff(fields[0], axis=1))
        assert step < (2.0 if grain < 1 else 1.5 / grain)


@pytest.mark.usefixtures("clean_gin")
def test_pictures_in_colour_and_grey_come_from_the_same_ink(tmp_path):
    from scribe.factory import shard

    model = model_in(tmp_path / "model")
    pictures = []
    for colour in (False, True):
        bindings = ("Recipe.scan = @Scan()", f"Scan.colour = {colour}")
        workshop = Workshop(plan_of(model, *bindings))
        order = shard.Order(3, 0, 2)
        pictures.append(list(shard.samples(workshop.recipe, workshop._penman, order)))
    for grey, coloured in zip(*pictures, strict=True):
        assert grey.lines == coloured.lines
        assert coloured.image.shape == (*grey.image.shape, 3)


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (lambda: a.Rotation(1.5, 0), ["Rotation.probability", 1.5]),
        (lambda: a.Blur(0.5, ("uniform", 0, 2)), ["Blur.reach", 2]),
        (lambda: a.InkKind(1, {"crayon": 1}, 0.5), ["crayon", "pencil"]),
        (lambda: a.Jpeg(1, 0), ["Jpeg.quality", 0]),
    ],
)
def test_an_operation_that_cannot_be_is_refused(make, facts):
    with refused(*facts):
        make()


@pytest.mark.usefixtures("clean_gin")
def test_every_operation_is_bound_and_switched_off_by_one_binding():
    gin_config.parse(["factory/words.gin"], [])
    text = gin_config.config_text()
    names = {
        name
        for name, kind in vars(a).items()
        if isinstance(kind, type) and issubclass(kind, a.Operation)
    } - {"Operation"}
    assert len(names) >= 12
    assert all(f"@{name}()" in text and f"{name}.probability" in text for name in names)
