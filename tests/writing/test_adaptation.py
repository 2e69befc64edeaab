"""Hands that were learnt: differences of weights, applied and kept."""

import dataclasses

import numpy as np
import pytest
from refusals import refused
from writing_samples import scribbler

from scribe.writing import Blend, Writer, adaptation, styles

pytestmark = pytest.mark.unit


@pytest.fixture
def model():
    return scribbler()


def changed(model, by: float):
    """Its weights, each a little larger."""
    return {name: value + by for name, value in model.weights.items()}


def learnt(model, by: float, rank: int = 16):
    return adaptation.learnt(model, changed(model, by), rank)


def test_a_change_of_full_rank_is_the_difference(model):
    found = adaptation.applied(model, [(learnt(model, 0.5), 1.0)])
    for name, value in found.weights.items():
        np.testing.assert_allclose(value, model.weights[name] + 0.5, atol=1e-5)


def test_half_the_likeness_is_half_the_way(model):
    found = adaptation.applied(model, [(learnt(model, 0.5), 0.5)])
    for name, value in found.weights.items():
        np.testing.assert_allclose(value, model.weights[name] + 0.25, atol=1e-5)


def test_a_matrix_is_cut_to_the_nearest_of_its_rank(model):
    random = np.random.default_rng(0)
    name = max(model.weights, key=lambda n: min(model.weights[n].shape))
    shape = model.weights[name].shape
    change = random.normal(0.0, 1.0, shape)
    weights = {**model.weights, name: model.weights[name] + change}
    rank = min(shape) - 1
    found = adaptation.learnt(model, weights, rank).change(name)
    values = np.linalg.svd(change, compute_uv=False)
    assert np.linalg.matrix_rank(found, tol=1e-3) == rank
    assert np.linalg.norm(found - change) == pytest.approx(values[-1], rel=1e-3)


def test_it_comes_back_from_its_file_to_half_precision(model, tmp_path):
    before = learnt(model, 0.5)
    before.save(tmp_path / "mine.npz")
    after = adaptation.load_adaptation(tmp_path / "mine.npz")
    assert after.fingerprint == before.fingerprint
    for name in model.weights:
        np.testing.assert_allclose(after.change(name), before.change(name), atol=1e-3)


def test_it_belongs_to_one_model(model):
    other = dataclasses.replace(model, weights=changed(model, 0.1))
    with refused("another model", "style tune"):
        adaptation.applied(other, [(learnt(model, 0.5), 1.0)])


@pytest.mark.parametrize("likeness", [-0.1, 1.1, float("nan")])
def test_a_likeness_beyond_its_range_is_refused(model, likeness):
    with refused(f"likeness={likeness}"):
        adaptation.applied(model, [(learnt(model, 0.5), likeness)])


def test_a_file_of_other_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "x.npz", a=np.ones(3))
    with refused("x.npz", "tuned"):
        adaptation.load_adaptation(tmp_path / "x.npz")


@pytest.fixture
def mine(model):
    """A style whose hand was learnt."""
    line = Writer(model).write("abc")[0]
    return styles.Style("abc", line.strokes, adaptation=learnt(model, 0.05))


def strokes_of(writer, style):
    return writer.write("cab", style=style, seed=3)[0].strokes


def test_a_tuned_style_writes_with_other_weights_and_likeness_0_without(model, mine):
    writer = Writer(model)
    plain = dataclasses.replace(mine, adaptation=None)
    none = styles.with_likeness(mine, 0.0)
    assert not np.array_equal(strokes_of(writer, mine), strokes_of(writer, plain))
    np.testing.assert_array_equal(strokes_of(writer, none), strokes_of(writer, plain))


def test_a_tuned_style_writes_as_a_model_of_the_adapted_weights(model, mine):
    whole = styles.with_likeness(mine, 1.0)
    adapted = adaptation.applied(model, [(mine.adaptation, 1.0)])
    plain = dataclasses.replace(mine, adaptation=None)
    np.testing.assert_array_equal(
        strokes_of(Writer(model), whole), strokes_of(Writer(adapted), plain)
    )


def test_a_blend_takes_of_each_hand_in_proportion(model, mine):
    plain = dataclasses.replace(mine, adaptation=None)
    for blend, expected in (
        (Blend(mine, plain, 0.25), 0.525),
        (Blend(plain, mine, 0.25), 0.175),
    ):
        ((hand, share),) = styles.adaptations(blend)
        assert hand is mine.adaptation and share == pytest.approx(expected)


def test_likeness_is_for_hands_that_were_learnt(mine):
    plain = dataclasses.replace(mine, adaptation=None)
    with refused("tuned", "only primes"):
        styles.with_likeness(plain, 0.5)


def test_the_weights_of_a_few_hands_are_kept(model, mine):
    writer = Writer(model)
    assert writer.session_of(mine) is writer.session_of(dataclasses.replace(mine))
    for share in np.linspace(0.0, 1.0, 9):
        writer.session_of(styles.with_likeness(mine, float(share)))
    assert len(writer._adapted) == 4
