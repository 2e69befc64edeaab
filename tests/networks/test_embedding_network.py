"""The Keras network of the embedding against the same in NumPy."""

import numpy as np
import pytest

from scribe.corpora.hand_batches import features
from scribe.models.sizes import hand_embedding_shapes
from scribe.reading.hand_embedding import HandEmbedding

tf = pytest.importorskip("tensorflow")

from scribe.foundation.alphabet import Alphabet  # noqa: E402
from scribe.foundation.errors import InputError  # noqa: E402
from scribe.models import StrokeModel  # noqa: E402
from scribe.networks.embedding_network import EmbeddingNetwork  # noqa: E402

pytestmark = pytest.mark.unit


def test_padded_lines_are_embedded_as_numpy_embeds_each():
    network = EmbeddingNetwork((5, 7, 6), (3, 5, 3), (2, 3, 1), 4)
    named = network.named_weights()
    assert {n: tuple(v.shape) for n, v in named.items()} == hand_embedding_shapes(
        network.sizes()
    )
    random = np.random.default_rng(0)
    for variable in named.values():
        variable.assign(random.normal(0.0, 1.0, variable.shape))
    weights = {name: variable.numpy() for name, variable in named.items()}
    model = StrokeModel(
        None, "hand_embedding", network.sizes(), Alphabet("a"), np.ones(2), [], weights
    )
    lines = [random.normal(0.0, 1.0, [n, 3]).astype(np.float32) for n in (31, 24, 9)]
    batch, mask = np.zeros([3, 40, 6], np.float32), np.zeros([3, 40], np.float32)
    for row, line in enumerate(lines):
        batch[row, : len(line)], mask[row, : len(line)] = features(line), 1.0
    batch[mask == 0.0] = 3.0  # padding is not looked at
    np.testing.assert_allclose(
        network(batch, mask), HandEmbedding(model).embed(lines), atol=1e-5
    )


@pytest.mark.parametrize(
    "arguments",
    [((5,), (3, 3), (1,), 4), ((), (), (), 4), ((5,), (4,), (1,), 4),
     ((0,), (3,), (1,), 4), ((5,), (3,), (1,), 0)],
)  # fmt: skip
def test_a_network_of_impossible_size_is_refused(arguments):
    with pytest.raises(InputError):
        EmbeddingNetwork(*arguments)
