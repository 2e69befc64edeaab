"""Batches, networks and losses of ink, and a step of the training."""

import math

import numpy as np
import pytest
import tensorflow as tf
from ink_samples import prepared_ink, tiny_ink_trainer, wave
from refusals import refused

from scrabblegan.ink.dataset import InkDataset, units_like
from scrabblegan.ink.losses import content_loss, look_distance
from scrabblegan.ink.network import make_ink_network
from scrabblegan.ink.trainer import on_paper
from scribe.foundation import gin_config
from scribe.models.ink_model import InkModel
from scribe.models.pen_maps import drawn_pen, pen_maps

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return prepared_ink(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def dataset(data_dir):
    return InkDataset(str(data_dir), batch_size=4, num_strips=12, seed=1)


@pytest.fixture(scope="module")
def untraced():
    """Steps run as they stand: to compile them takes longer than three of them."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def trained(dataset, untraced, tmp_path_factory):
    """A trainer after three steps, and the folder of its export."""
    trainer = tiny_ink_trainer(dataset)
    before = {n: v.numpy() for n, v in trainer.generator.named_weights().items()}
    batches = (_tensors(batch) for batch in dataset.train_batches(0))
    metrics = [trainer.train_step(next(batches)) for _ in range(3)]
    folder = tmp_path_factory.mktemp("run")
    trainer.export(folder, {"loss": 1.0})
    return trainer, before, metrics, folder


def _tensors(batch):
    return {name: tf.constant(value) for name, value in batch.items()}


def test_batches_have_ink_in_every_crop_and_depend_on_their_step(dataset):
    batches = dataset.train_batches(5)
    first, second = next(batches), next(batches)
    again = next(dataset.train_batches(6))
    for name in first:
        np.testing.assert_array_equal(second[name], again[name])
    assert (first["scan"] != second["scan"]).any()
    assert first["scan"].shape == first["paper"].shape == (4, 64, 64, 1)
    assert first["maps"].shape == (4, 64, 64, 3)
    assert (first["maps"][..., 0] > 128).sum(axis=(1, 2)).min() > 25
    assert first["paper"].min() > 200 > first["scan"].min()
    assert np.abs(first["scan_figures"]).max() <= 3.0


def test_strips_stand_where_the_words_of_scans_do(dataset):
    for strip in dataset.strips:
        rows = np.flatnonzero((strip.maps[..., 0] > 100).any(axis=1))
        assert 2 <= rows[0] and rows[-1] <= 61
        assert strip.figures[0] == pytest.approx(2 * strip.points[:, 1].std(), rel=0.01)
    made = np.mean([strip.figures[0] for strip in dataset.strips])
    assert made == pytest.approx(dataset.figures[:, 0].mean(), rel=0.2)


def test_words_are_set_as_high_as_scans_and_vary_as_much():
    random = np.random.default_rng(0)
    words = np.exp(random.normal(0.0, 0.2, 4000))
    for deviation in (0.4, 0.2, 0.1):
        scans = np.exp(random.normal(2.5, deviation, 4000))
        logs = np.log(units_like(scans, words) * random.permutation(words))
        assert logs.mean() == pytest.approx(2.5, abs=0.02)
        assert logs.std() == pytest.approx(max(deviation, 0.2), abs=0.02)


def test_numpy_draws_what_keras_draws(trained):
    trainer, _, _, folder = trained
    model = InkModel.load(folder)
    points, ends = wave()
    maps = pen_maps(points, ends, 64, 92).astype(np.float32) / 255
    random = np.random.default_rng(0)
    noise = random.standard_normal([64, 92, 1]).astype(np.float32)
    pen = model.pen(random, 12.0)
    expected = trainer.averaged(maps[None], pen[None], noise[None]).numpy()[0, ..., 0]
    found = model.ink_of_maps(np.concatenate([maps, noise], -1), pen)
    # The weights were stored with half the digits.
    np.testing.assert_allclose(found, expected, atol=5e-3)
    assert expected.max() > 0.5


def test_a_step_moves_both_players_and_the_average(trained):
    trainer, before, metrics, _ = trained
    for name, variable in trainer.generator.named_weights().items():
        assert (variable.numpy() != before[name]).any(), name
    for step in metrics:
        assert all(math.isfinite(float(value)) for value in step.values())
    assert int(trainer.step) == 3
    averaged = trainer.averaged.named_weights()
    assert (averaged["first/kernel"].numpy() != before["first/kernel"]).any()


def test_the_export_has_papers_and_figures_and_a_film(trained, dataset):
    trainer, _, _, folder = trained
    model = InkModel.load(folder)
    assert model.facts["step"] == 3 and model.facts["corpus"] == "folder"
    assert len(model.papers[0]) == 3
    assert model.figures.shape[1] == 3
    assert model.paper(30, 40, np.random.default_rng(0)).mean() == pytest.approx(
        235, abs=4
    )
    assert (folder / "samples.gif").is_file()
    held_out = [_tensors(batch) for batch in dataset.validation_batches()]
    figures = trainer.evaluate(held_out)
    assert figures["loss"] == pytest.approx(figures["content"] + figures["look"])


def test_ink_is_near_the_way_of_the_pen_from_the_first_step_on(dataset):
    trainer = tiny_ink_trainer(dataset)
    points, ends = wave()
    maps = pen_maps(points, ends, 64, 92)[None].astype(np.float32) / 255
    ink = trainer.generator(maps, np.zeros([1, 8]), np.zeros([1, 64, 92, 1])).numpy()
    assert ink[maps[..., :1] > 0.9].mean() > 0.4
    assert ink[0, :6].max() < 0.1


def ink_of(breadth, darkness=0.8, shift=0):
    points, ends = wave()
    drawn = darkness * drawn_pen(points + [0, shift], ends, 64, 92, breadth) / 255
    return tf.constant(drawn[None, ..., None], tf.float32)


def test_content_is_kept_by_ink_on_the_way_and_by_no_other():
    points, ends = wave()
    covered = tf.constant(pen_maps(points, ends, 64, 92)[None, ..., :1] / 255.0)
    covered = tf.cast(covered, tf.float32)

    def loss(ink, tolerance=0.3):
        return float(content_loss(ink, covered, tolerance))

    right = loss(ink_of(2.0))
    assert loss(ink_of(4.0)) < right + 0.4
    assert loss(ink_of(2.0, shift=12)) > right + 1.0  # elsewhere
    assert loss(ink_of(2.0, darkness=0.1)) > right + 0.3  # almost none
    half = ink_of(2.0).numpy()
    half[:, :, 46:] *= 0.3
    assert loss(tf.constant(half)) > right + 0.005  # unevenly
    assert loss(tf.constant(half), 0.9) < loss(tf.constant(half), 0.3)


def test_looks_are_apart_as_ink_is():
    random = np.random.default_rng(0)

    def crops(darkness):
        return np.stack(
            [ink_of(2.0, darkness * random.uniform(0.9, 1.1))[0, ..., 0]] * 3
        )

    same = look_distance(crops(0.8), crops(0.8))
    assert look_distance(crops(0.8), crops(0.4)) > 4 * same
    image = crops(0.8)
    assert look_distance(image, image) == 0.0


def test_ink_on_paper_has_whole_grey_levels_and_a_gradient():
    ink, paper = tf.constant([[0.503]]), tf.constant([[0.1]])
    with tf.GradientTape() as tape:
        tape.watch(ink)
        darkness = on_paper(ink, paper)
    levels = 255 * darkness.numpy()
    assert levels == pytest.approx(np.round(levels), abs=1e-4)
    assert tape.gradient(darkness, ink).numpy() == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("change", "facts"),
    [({"batch_size": 0}, ["batch_size=0"]), ({"num_strips": 0}, ["num_strips=0"])],
)
def test_datasets_without_batches_are_refused(data_dir, change, facts):
    options = {"batch_size": 4, "num_strips": 4, "seed": 1} | change
    with refused(*facts):
        InkDataset(str(data_dir), **options)


def test_wrong_networks_and_penalties_are_refused(dataset):
    with refused("channels=[1, 2]"):
        make_ink_network((1, 2), "float32")
    with refused("'float8'"):
        make_ink_network((1, 2, 3), "float8")
    with refused("penalty_every=0"):
        tiny_ink_trainer(dataset, penalty_every=0)


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("experiment", ["ink_dhsd", "ink_gw"])
def test_an_experiment_trains_a_step_and_binds_nothing_in_vain(
    experiment, data_dir, clean_gin, untraced
):
    gin_config.parse(
        [experiment, "testing/tiny_ink.gin"], [f"DATA_DIR = {str(data_dir)!r}"]
    )
    bindings = clean_gin.get_bindings("scribe.train")
    dataset = bindings["dataset"]()
    trainer = bindings["trainer"](dataset=dataset)
    metrics = trainer.train_step(_tensors(next(dataset.train_batches(0))))
    assert all(math.isfinite(float(value)) for value in metrics.values())
    loop_s_own = ("train.", "NUM_STEPS")
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []
