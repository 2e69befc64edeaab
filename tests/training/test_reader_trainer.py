"""Training the reader: its loss against all paths, overfitting, files of a run."""

import itertools
import json
import math
import re

import numpy as np
import pytest
from refusals import refused
from training_samples import tiny_dataset

from scribe.corpora.batches import pad_batch
from scribe.corpora.prepared import load_lines, save_corpus
from scribe.models.sizes import reader_shapes
from scribe.reading import reader as reading

tf = pytest.importorskip("tensorflow")
keras = pytest.importorskip("keras")

from scribe.foundation import gin_config  # noqa: E402
from scribe.foundation.errors import InputError  # noqa: E402
from scribe.networks.reader_network import ReaderNetwork  # noqa: E402
from scribe.training import reader_trainer  # noqa: E402
from scribe.training.reader_trainer import ReaderTrainer  # noqa: E402

pytestmark = pytest.mark.unit


def tiny_trainer(data_dir, num_units=8, rate=1e-2, **changes) -> ReaderTrainer:
    def network(alphabet_size):
        return ReaderNetwork(num_units, (1, 2), 0.1, "float32", alphabet_size)

    keras.utils.set_random_seed(1)
    options = {
        "dataset": tiny_dataset(data_dir),
        "network": network,
        "optimizer": keras.optimizers.Adam(rate),
        "clip_norm": 5.0,
        "ema_decay": 0.9,
        "seed": 1,
    }
    return ReaderTrainer(**(options | changes))


def test_the_loss_is_that_of_all_paths_that_collapse_to_the_text():
    random = np.random.default_rng(0)
    logits = random.normal(0.0, 1.0, [1, 5, 3]).astype(np.float32)
    batch = {"text": tf.constant([[1, 2, 0]])}  # "ab" and the terminator
    nats = reader_trainer._nats(tf.constant(logits), tf.constant([4]), batch)
    log_probability = tf.nn.log_softmax(logits)[0].numpy()
    total = 0.0
    for path in itertools.product(range(3), repeat=4):  # the fifth frame is padding
        merged = [symbol for symbol, _ in itertools.groupby(path) if symbol]
        if merged == [1, 2]:
            total += np.exp(sum(log_probability[t, s] for t, s in enumerate(path)))
    np.testing.assert_allclose(nats, [-np.log(total)], rtol=1e-5)


def test_features_of_a_padded_batch_are_those_of_each_line():
    random = np.random.default_rng(1)
    lines = [random.normal(0.0, 2.0, [n, 3]).astype(np.float32) for n in (9, 5)]
    batch = pad_batch(lines, [np.array([0])] * 2)
    together = reader_trainer.features(batch["strokes"], batch["stroke_mask"])
    for line, row in zip(lines, together.numpy(), strict=True):
        np.testing.assert_allclose(
            row[: len(line)], reading.features(line), rtol=1e-4, atol=1e-4
        )
        assert not row[len(line) :].any()


@pytest.mark.slow
def test_it_learns_to_read_a_few_lines(tiny_corpus, tmp_path):
    lines = load_lines(tiny_corpus, ["train"])[:8]
    splits = {"train": lines, "validation": lines, "test": lines[:1]}
    save_corpus(tmp_path / "few", "few", splits, {})
    trainer = tiny_trainer(tmp_path / "few", num_units=16)
    data = trainer.dataset
    batches = data.tensors(lambda: data.train_batches(0))
    for batch in batches.take(300):
        metrics = trainer.train_step(batch)
    assert float(metrics["loss"]) < 0.2
    lines = [line.strokes * [*data.offset_scale, 1.0] for line in data.train]
    assert trainer.reader().read(lines) == [line.text for line in data.train]


@pytest.mark.slow
def test_validation_judges_the_averages_and_leaves_the_weights(tiny_corpus):
    trainer = tiny_trainer(tiny_corpus)
    data = trainer.dataset
    for batch in data.tensors(lambda: data.train_batches(0)).take(2):
        trainer.train_step(batch)
    before = [weight.numpy() for weight in trainer._weights]
    metrics = trainer.evaluate(data.tensors(data.validation_batches))
    for weight, value in zip(trainer._weights, before, strict=True):
        np.testing.assert_array_equal(weight, value)
    averaged = trainer.reader()
    nats = edits = 0.0
    for line in data.validation:
        strokes = line.strokes * [*data.offset_scale, 1.0]
        (scores,) = averaged.scores([strokes])
        label = data.alphabet.encode(line.text)[None]
        nats += float(
            reader_trainer._nats(scores[None], [len(scores)], {"text": label})[0]
        )
        edits += distance(averaged.read(strokes), line.text)
    characters = sum(len(line.text) for line in data.validation)
    assert metrics["loss"] == pytest.approx(nats / characters, rel=1e-4)
    assert metrics["character_error_rate"] == pytest.approx(edits / characters)


def distance(a, b):
    """Levenshtein's."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            diagonal, row[j] = (
                row[j],
                min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y)),
            )
    return row[-1]


@pytest.mark.slow
def test_an_exported_reader_is_the_averaged_one(tiny_corpus, tmp_path):
    trainer = tiny_trainer(tiny_corpus)
    data = trainer.dataset
    for batch in data.tensors(lambda: data.train_batches(0)).take(2):
        trainer.train_step(batch)
    trainer.export(tmp_path, {"loss": 1.0})
    exported = reading.load_reader(tmp_path)
    facts = json.loads((tmp_path / "model.json").read_text())
    assert facts["step"] == 2 and facts["validation"] == {"loss": 1.0}
    line = data.validation[0].strokes
    np.testing.assert_array_equal(
        exported.scores([line])[0], trainer.reader().scores([line])[0]
    )


@pytest.mark.parametrize(
    "arguments",
    [(0, (1,), 0.0, "float32"), (4, (), 0.0, "float32"), (4, (0,), 0.0, "float32"),
     (4, (1,), 1.0, "float32"), (4, (1,), 0.0, "float8")],
)  # fmt: skip
def test_a_network_of_impossible_size_is_refused(arguments):
    with pytest.raises(InputError):
        ReaderNetwork(*arguments, alphabet_size=5)


@pytest.mark.slow
def test_the_experiment_has_its_size_and_binds_nothing_in_vain(tiny_corpus, clean_gin):
    gin_config.parse(["reader"], [])
    network = clean_gin.get_configurable("ReaderNetwork")(alphabet_size=80)
    shapes = {n: tuple(v.shape) for n, v in network.named_weights().items()}
    assert shapes == reader_shapes(network.sizes())
    count = sum(math.prod(shape) for shape in shapes.values())
    readme = (gin_config.gin_folder() / "README.md").read_text()
    assert f"| `reader` | 3 x 128 in each direction | {count:,} |" in readme

    folders = re.findall(r"(?m)^(\w+_DIR) = ", gin_config.config_text())
    bindings = [f"{name} = {str(tiny_corpus)!r}" for name in folders]
    gin_config.parse(["reader", "testing/tiny_reader.gin"], bindings)
    dataset, trainer = gin_config.build_trainer()
    metrics = trainer.train_step(next(dataset.train_batches(0)))
    assert all(math.isfinite(value) for value in metrics.values())
    loop_s_own = ("train.", "NUM_STEPS")  # this test plays the loop
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []


def test_a_reader_of_more_characters_reads_the_old_ones_as_before(
    tiny_corpus, tmp_path
):
    few = tiny_trainer(tiny_corpus)
    batch = next(few.dataset.train_batches(0))
    few.train_step(batch)
    few.start_averages()
    few.export(tmp_path, {})
    known = few.dataset.alphabet.characters
    more = tiny_dataset(tiny_corpus, alphabet="~" + known[::-1] + "@")
    many = tiny_trainer(tiny_corpus, dataset=more, initial_model=str(tmp_path))
    line = load_lines(tiny_corpus, ["validation"])[0].strokes
    (before,) = few.reader().scores([line])
    (after,) = many.reader().scores([line])
    places = more.alphabet.encode(known)
    np.testing.assert_allclose(
        after[:, places], before[:, few.dataset.alphabet.encode(known)], atol=1e-5
    )
    new = more.alphabet.encode("~@")[:-1]
    assert (after[:, new].mean(axis=0) < before.max(axis=1).mean()).all()


def test_a_reader_does_not_begin_as_one_that_knows_more(tiny_corpus, tmp_path):
    more = tiny_trainer(tiny_corpus)
    more.export(tmp_path, {})
    fewer = tiny_dataset(tiny_corpus, alphabet=more.dataset.alphabet.characters[1:])
    with refused("no start for this reader"):
        tiny_trainer(tiny_corpus, dataset=fewer, initial_model=str(tmp_path))
