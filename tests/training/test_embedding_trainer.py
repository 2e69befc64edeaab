"""Training the embedding of hands: its loss, overfitting, files of a run."""

import json
import math

import numpy as np
import pytest
from hand_samples import hand_corpus, hand_dataset

from scribe.models.sizes import hand_embedding_shapes
from scribe.reading.hand_embedding import load_embedding

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

from scribe.foundation import gin_config  # noqa: E402
from scribe.networks.embedding_network import EmbeddingNetwork  # noqa: E402
from scribe.training.embedding_trainer import (  # noqa: E402
    EmbeddingTrainer,
    contrastive_loss,
    nearest_share,
)

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return hand_corpus(tmp_path_factory.mktemp("data") / "hands")


def tiny_trainer(corpus, **changes) -> EmbeddingTrainer:
    keras.utils.set_random_seed(1)
    options = {
        "dataset": hand_dataset(corpus, writers_per_batch=4),
        "network": lambda: EmbeddingNetwork((6, 8), (5, 3), (2, 1), 4),
        "optimizer": keras.optimizers.Adam(1e-2),
        "clip_norm": 5.0,
        "ema_decay": 0.5,
        "seed": 1,
        "temperature": 0.1,
    }
    return EmbeddingTrainer(**(options | changes))


def test_the_loss_is_that_of_plain_loops():
    random = np.random.default_rng(0)
    embedded = random.normal(size=[6, 4]).astype(np.float32)
    embedded /= np.linalg.norm(embedded, axis=1, keepdims=True)
    writer = np.array([3, 3, 7, 7, 7, 3])
    total = 0.0
    for i in range(6):
        others = [j for j in range(6) if j != i]
        whole = sum(math.exp(embedded[i] @ embedded[j] / 0.2) for j in others)
        own = [j for j in others if writer[j] == writer[i]]
        for j in own:
            share = math.exp(embedded[i] @ embedded[j] / 0.2) / whole
            total -= math.log(share) / len(own) / 6
    found = contrastive_loss(tf.constant(embedded), tf.constant(writer), 0.2)
    assert float(found) == pytest.approx(total, rel=1e-5)


def test_the_nearest_other_line_is_the_writers_or_not():
    embedded = tf.constant([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-1.0, 0.0]])
    assert float(nearest_share(embedded, tf.constant([1, 1, 2, 2]))) == 0.75


@pytest.mark.slow
def test_it_learns_to_tell_a_few_hands_apart(corpus, tmp_path):
    trainer = tiny_trainer(corpus)
    data = trainer.dataset
    losses = [
        float(trainer.train_step(batch)["loss"])
        for batch in data.tensors(lambda: data.train_batches(0)).take(60)
    ]
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:5])
    metrics = trainer.evaluate(data.tensors(data.validation_batches))
    assert metrics.keys() == {"loss", "nearest"}
    trainer.export(tmp_path, metrics)
    facts = json.loads((tmp_path / "model.json").read_text())
    assert facts["step"] == 60 and facts["validation"] == metrics
    line = [np.cumsum(np.ones([30, 3]), axis=0) % 3.0 - 1.0]
    np.testing.assert_array_equal(
        load_embedding(tmp_path).embed(line), trainer.embedding().embed(line)
    )


@pytest.mark.slow
def test_the_experiment_has_its_size_and_binds_nothing_in_vain(corpus, clean_gin):
    gin_config.parse(["hand_embedding"], [])
    network = clean_gin.get_configurable("EmbeddingNetwork")()
    shapes = {n: tuple(v.shape) for n, v in network.named_weights().items()}
    assert shapes == hand_embedding_shapes(network.sizes())
    count = sum(math.prod(shape) for shape in shapes.values())
    readme = (gin_config.gin_folder() / "README.md").read_text()
    assert f"| `hand_embedding` | 4 convolutions, 64 dimensions | {count:,} |" in readme

    bindings = [f"{name} = {str(corpus)!r}" for name in ("DATA_DIR", "UNIPEN_DIR")]
    gin_config.parse(["hand_embedding", "testing/tiny_hand_embedding.gin"], bindings)
    dataset, trainer = gin_config.build_trainer()
    metrics = trainer.train_step(next(dataset.train_batches(0)))
    assert all(math.isfinite(value) for value in metrics.values())
    loop_s_own = ("train.", "NUM_STEPS")  # this test plays the loop
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []
