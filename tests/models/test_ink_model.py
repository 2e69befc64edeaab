"""Ink by NumPy: convolutions as loops, bands, pens, and what is refused."""

import json

import numpy as np
import pytest
from ink_samples import tiny_ink, wave
from refusals import refused

from scribe.models import ink_model
from scribe.models.ink_model import InkModel

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return InkModel.load(tiny_ink(tmp_path_factory.mktemp("ink") / "tiny"))


def looped(x, kernel):
    """A 3x3 convolution with zeros around, one product at a time."""
    rows, columns, _ = x.shape
    padded = np.pad(x, [(1, 1), (1, 1), (0, 0)])
    found = np.zeros([rows, columns, kernel.shape[-1]])
    for row in range(rows):
        for column in range(columns):
            window = padded[row : row + 3, column : column + 3]
            found[row, column] = np.tensordot(window, kernel, 3)
    return found


def test_convolutions_are_those_of_loops():
    random = np.random.default_rng(0)
    x = random.normal(size=[6, 8, 3]).astype(np.float32)
    kernel = random.normal(size=[3, 3, 3, 5]).astype(np.float32)
    expected = looped(x, kernel)
    found = ink_model._convolved(x, kernel)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    means = expected.reshape(3, 2, 4, 2, 5).mean(axis=(1, 3))
    found = ink_model._averaged(x, kernel)
    np.testing.assert_allclose(found, means, rtol=1e-4, atol=1e-4)


def test_large_pictures_are_the_same_in_bands(model, monkeypatch):
    points, ends = wave(120, row=150.0, height=60.0)
    pen = model.pen(np.random.default_rng(0), 12.0)

    def drawn():
        return model.ink(points, ends, 300, 121, pen, np.random.default_rng(1))

    whole = drawn()
    assert whole.shape == (300, 121) and whole.min() >= 0.0
    monkeypatch.setattr(ink_model, "_BAND", 64)
    np.testing.assert_allclose(drawn(), whole, atol=1e-5)


def test_the_pen_is_that_of_real_words_of_this_height(model):
    random = np.random.default_rng(0)
    pens = np.stack([model.pen(random, 18.0) for _ in range(20)])
    expected = model.normalized(np.float32([18, 0.8, 2.5]))
    np.testing.assert_allclose(pens[:, :3], expected[None].repeat(20, 0), atol=1e-5)
    assert pens[:, 3:].std() == pytest.approx(1.0, abs=0.3)


def test_a_scan_is_the_same_for_the_same_random_numbers(model):
    points, ends = wave()
    one, same, other = (
        model.scan(points, ends, 64, 90, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert one.shape == (64, 90) and one.dtype == np.uint8
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert 225 <= np.median(one) <= 251  # paper


def test_writing_far_larger_than_any_that_it_saw_is_drawn_at_its_own_size(model):
    points, ends = wave(900, row=320.0, height=200.0)
    random = np.random.default_rng(0)
    found = model.scan(points, ends, 641, 903, random)
    assert found.shape == (641, 903)


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (100_000, 100_000)])
def test_pictures_without_a_size_or_of_a_huge_one_are_refused(model, size):
    pen = model.pen(np.random.default_rng(0), 12.0)
    with refused(f"{size[1]} x {size[0]}"):
        model.ink(*wave(), *size, pen, np.random.default_rng(0))


def test_there_must_be_such_a_model_and_it_must_be_of_ink(tmp_path):
    with refused("'blood'"):
        InkModel.load("blood")
    with refused("reader"):
        InkModel.load("reader")


@pytest.mark.parametrize(
    "damage",
    [
        lambda arrays: arrays.pop("halo/logits"),
        lambda arrays: arrays.update({"first/kernel": np.zeros([3, 3, 4, 5])}),
        lambda arrays: arrays.update({"figures": np.zeros([3, 3])}),
        lambda arrays: arrays.update({"paper_kernels": np.zeros([1, 33, 33])}),
        lambda arrays: arrays.update({"more": np.zeros(2)}),
    ],
)
def test_damaged_weights_are_refused(tmp_path, damage):
    folder = tiny_ink(tmp_path / "ink")
    arrays = dict(np.load(folder / "weights.npz"))
    damage(arrays)
    np.savez(folder / "weights.npz", **arrays)
    with refused(folder):
        InkModel.load(folder)


@pytest.mark.parametrize("channels", [[2, 3], [0, 1, 2], "abc", [10**6, 2, 2], None])
def test_damaged_sizes_are_refused(tmp_path, channels):
    folder = tiny_ink(tmp_path / "ink")
    facts = {"kind": "ink", "sizes": {"channels": channels}}
    (folder / "model.json").write_text(json.dumps(facts))
    with refused(folder):
        InkModel.load(folder)
