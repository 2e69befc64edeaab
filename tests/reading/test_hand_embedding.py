"""The embedding of hands in NumPy: its features, its layers, what it refuses."""

from pathlib import Path

import numpy as np
import pytest
from refusals import refused

from scribe.foundation.alphabet import Alphabet
from scribe.models import StrokeModel, save_model
from scribe.models.sizes import hand_embedding_shapes
from scribe.reading import hand_embedding
from scribe.reading.hand_embedding import HandEmbedding, convolution, features
from scribe.strokes.arrays import rescale, strokes_from_paths

pytestmark = pytest.mark.unit

SIZES = {"channels": [5, 7], "widths": [3, 5], "strides": [2, 1], "embedding_dim": 4}


def random_embedding(seed=0) -> HandEmbedding:
    random = np.random.default_rng(seed)
    shapes = hand_embedding_shapes(SIZES)
    model = StrokeModel(
        folder=Path(),
        kind="hand_embedding",
        sizes=SIZES,
        alphabet=Alphabet("ab"),
        offset_scale=np.ones(2),
        cleaning=[
            {"step": "deskew"},
            {"step": "divide_by_spread"},
            {"step": "resample_curve", "spacing": 0.12},
        ],
        weights={n: random.normal(size=s).astype("f4") for n, s in shapes.items()},
    )
    return HandEmbedding(model)


def loops(num_points=300):
    t = np.linspace(0.0, 9.0 * np.pi, num_points)
    path = np.column_stack([np.cos(t) + 0.4 * t, np.sin(t)])
    return strokes_from_paths([path, [[8.0, -2.0]]])


def test_features_are_directions_heights_and_jumps():
    # A stroke of two pieces, down and then right, and a dot 20 to the left and 2 above.
    strokes = np.array([[0, 0, 0], [0, 3, 0], [4, 0, 1], [-20, -2, 1]], float)
    np.testing.assert_allclose(
        features(strokes),
        [
            [0, 0, -2, 0, 0, 1],  # heights 0, 3, 3 and 1 lie around their median, 2
            [0, 1, 1, 0, 0, 0],
            [1, 0, 1, 0, 0, 0],
            [0, 0, -1, -3, -1, 1],  # halves, of at most 6
        ],
    )


@pytest.mark.parametrize("stride", [1, 2])
def test_a_convolution_is_that_of_plain_loops(stride):
    random = np.random.default_rng(1)
    x, kernel = random.normal(size=[7, 2]), random.normal(size=[3, 2, 4])
    expected = []
    for centre in range(0, 7, stride):
        total = np.zeros(4)
        for k in range(3):
            if 0 <= centre + k - 1 < 7:
                total += x[centre + k - 1] @ kernel[k]
        expected.append(total)
    np.testing.assert_allclose(convolution(x, kernel, stride), expected)


def test_a_line_is_a_direction_whatever_its_size_and_rate():
    embedding = random_embedding()
    lines = [loops(), rescale(loops(), 40.0), loops(900)]
    found = embedding.embed(lines)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, rtol=1e-5)
    similar = found[0] @ found.T
    assert similar[1] > 0.9999 and similar[2] > 0.99
    assert embedding.embed([]).shape == (0, 4)


def test_what_is_no_line_is_refused():
    embedding = random_embedding()
    with refused("[P, 3]", "[4, 2]"):
        embedding.embed([np.zeros([4, 2])])
    with refused("not finite"):
        embedding.embed([np.full([4, 3], np.nan)])


def test_another_kind_of_model_is_refused(tmp_path):
    with refused("reader", "hand_embedding"):
        hand_embedding.load_embedding("reader")
    with refused(tmp_path / "none"):
        hand_embedding.load_embedding(tmp_path / "none")
    save_model(random_embedding().model, tmp_path, {})
    line = [loops()]
    np.testing.assert_array_equal(
        hand_embedding.load_embedding(tmp_path).embed(line),
        random_embedding().embed(line),
    )
