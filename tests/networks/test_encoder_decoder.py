"""The encoder-decoder: its attention, its two forms, its engines."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
from engine_samples import assert_same_lines, request, scribbles
from network_samples import copy_weights, loss_and_gradients, relative_difference
from refusals import refused
from training_samples import random_batch, tiny_dataset, tiny_trainer
from writing_samples import encoding_scribbler

from scribe.models.encoder_decoder_engine import EncoderDecoderEngine
from scribe.models.engine import random_numbers
from scribe.models.rolling_batch import RollingBatch
from scribe.models.sizes import ATTENTIONS, encoder_decoder_shapes
from scribe.models.stroke_model import load_model, save_model
from scribe.networks.attention import ContentAttention, LocationAttention
from scribe.networks.encoder_decoder import EncoderDecoder
from scribe.networks.tensorflow_engine import TensorFlowEngine
from scribe.writing import Style, Writer
from scribe.writing.attempts import Attempt

each_attention = pytest.mark.parametrize("attention", ATTENTIONS)


def small(seed=0, **changes):
    """An EncoderDecoder whose weights depend on `seed` only."""
    options = {
        "num_layers": 2,
        "num_units": 6,
        "num_mixtures": 2,
        "embedding_dim": 3,
        "encoder_units": 4,
        "attention": "gaussian",
        "num_window_components": 2,
        "attention_units": 5,
        "location_filters": 3,
        "location_width": 4,
        "dropout": 0.0,
        "recurrence": "fast",
        "products": "float32",
        "alphabet_size": 5,
    }
    keras.utils.set_random_seed(seed)
    return EncoderDecoder(**options | changes)


# The network


@pytest.mark.unit
@each_attention
@pytest.mark.usefixtures("without_tracing")
def test_fast_and_portable_form_give_equal_losses_and_gradients(attention):
    portable = small(1, attention=attention, recurrence="portable")
    fast = small(2, attention=attention)
    copy_weights(portable, fast)
    expected_loss, expected = loss_and_gradients(portable, random_batch())
    loss, gradients = loss_and_gradients(fast, random_batch())
    assert loss == pytest.approx(expected_loss, rel=1e-5)
    assert gradients.keys() == encoder_decoder_shapes(fast.sizes()).keys()
    for name, gradient in gradients.items():
        assert np.linalg.norm(gradient) > 0.0, name
        assert relative_difference(gradient, expected[name]) < 1e-4, name


@pytest.mark.unit
@each_attention
def test_padding_of_the_text_changes_nothing(attention):
    network, batch = small(attention=attention), random_batch()
    arguments = batch["strokes"], batch["text"], batch["text_mask"]
    activations, phi, _ = network.run(*arguments)
    assert not (phi * (1 - batch["text_mask"][:, None])).numpy().any()
    wider = [np.pad(x, [(0, 0), (0, 4)], constant_values=n) for x, n in
        ((batch["text"], 3), (batch["text_mask"], 0))]  # fmt: skip
    others, wider_phi, _ = network.run(batch["strokes"], *wider)
    np.testing.assert_allclose(others, activations, atol=1e-6)
    width = phi.shape[2]
    np.testing.assert_allclose(wider_phi[..., :width], phi, atol=1e-6)
    assert not wider_phi.numpy()[..., width:].any()


@pytest.mark.unit
def test_the_encoder_is_two_lstms_added_in_plain_loops():
    network, batch = small(4), random_batch()
    text, mask = batch["text"], batch["text_mask"]
    found = network.encoder(text, mask).numpy()
    weights = {n: v.numpy() for n, v in network.named_weights().items()}

    def lstm(name, inputs):
        kernel, recurrent, bias = (
            weights[f"encoder/{name}/{part}"]
            for part in ("kernel", "recurrent_kernel", "bias")
        )
        h = c = np.zeros(4)
        outputs = []
        for x in inputs:
            i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
            i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
            c = f * c + i * np.tanh(g)
            h = o * np.tanh(c)
            outputs.append(h)
        return outputs

    for row in range(len(text)):
        characters = weights["encoder/embedding"][text[row][mask[row] > 0]]
        there = lstm("forward", characters)
        back = lstm("backward", characters[::-1])[::-1]
        for u, (one, other) in enumerate(zip(there, back, strict=True)):
            np.testing.assert_allclose(found[row, u], one + other, atol=1e-5)
        assert not found[row, len(characters) :].any()


@pytest.mark.unit
@pytest.mark.parametrize("sees_location", [False, True])
def test_attention_is_its_equations_in_plain_loops(sees_location):
    random = np.random.default_rng(0)
    if sees_location:
        layer = LocationAttention(3, 2, num_units=4, num_filters=2, width=3)
    else:
        layer = ContentAttention(3, 2, num_units=4)
    w = {n.split("/")[1]: v.numpy() for n, v in layer.named_weights().items()}
    q, m = random.normal(size=3), random.normal(size=[5, 2])
    before = random.dirichlet(np.ones(5))
    mask = np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    energies = []
    for u in range(4):
        parts = q @ w["query"] + m[u] @ w["keys"] + w["bias"]
        if sees_location:
            near = [before[v] if 0 <= v < 5 else 0.0 for v in (u - 1, u, u + 1)]
            parts += near @ w["filters"][:, 0] @ w["location"]
        energies.append(np.exp(np.tanh(parts) @ w["energy"]))
    expected = np.array([*energies, 0.0]) / np.sum(energies)

    def row(x):
        return tf.constant(x[None], tf.float32)

    window, carried, phi = layer(row(q), row(before), layer.prepare(row(m)), row(mask))
    np.testing.assert_allclose(phi[0], expected, atol=1e-6)
    np.testing.assert_allclose(carried, phi)
    np.testing.assert_allclose(window[0], expected @ m, atol=1e-6)
    position = layer.position(carried, phi).numpy()
    assert position == pytest.approx(expected @ np.arange(5), rel=1e-5)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "choices"),
    [
        ({"attention": "dot"}, ["gaussian", "content", "location"]),
        ({"encoder_units": 0}, ["whole number", 1]),
        ({"embedding_dim": 2.5}, ["whole number", 1]),
        ({"recurrence": "slow"}, ["auto", "fast", "portable"]),
        ({"dropout": 1.0}, ["[0, 1)"]),
        ({"products": "int8"}, ["float32", "bfloat16"]),
    ],
)
def test_a_network_of_impossible_size_is_refused(changes, choices):
    with refused(*(f"{name}={value!r}" for name, value in changes.items()), *choices):
        small(**changes)


# Training


@pytest.mark.slow
@pytest.mark.integration
def test_training_on_one_batch_learns_it(tiny_corpus):
    """The overfit test of this family of models."""
    trainer = tiny_trainer(
        tiny_dataset(tiny_corpus),
        model=lambda alphabet_size: small(
            alphabet_size=alphabet_size, num_units=24, num_mixtures=3
        ),
        optimizer=keras.optimizers.Adam(0.02),
        clip_norm=5.0,
    )
    batch = next(trainer.dataset.train_batches(0))
    losses = [float(trainer.train_step(batch)["loss"]) for _ in range(80)]
    assert losses[0] > 1.5
    assert np.mean(losses[-5:]) < losses[0] - 2.0


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.usefixtures("without_tracing")
def test_what_is_exported_is_what_was_evaluated(tiny_corpus, tmp_path):
    from scribe.evaluation.log_loss import predict

    trainer = tiny_trainer(
        tiny_dataset(tiny_corpus), model=lambda alphabet_size: small()
    )
    metrics = trainer.evaluate(trainer.dataset.validation_batches())
    trainer.export(tmp_path, metrics)
    model = load_model(tmp_path)
    assert model.kind == "encoder_decoder" and model.reads_text
    assert model.sizes["attention"] == "gaussian"
    lines = [
        dataclasses.replace(line, strokes=line.strokes * [*model.offset_scale, 1])
        for line in trainer.dataset.validation
    ]
    figures = predict(model, lines).figures()
    assert figures["nats_per_step"] == pytest.approx(metrics["loss"], rel=1e-4)
    assert figures["pen_accuracy"] == pytest.approx(metrics["pen_accuracy"])


# Writing


@pytest.fixture(scope="module")
def models():
    return {name: encoding_scribbler(attention=name) for name in ATTENTIONS}


@pytest.mark.slow
@pytest.mark.integration
@each_attention
def test_both_engines_and_the_network_agree(models, attention):
    model = models[attention]
    engines = EncoderDecoderEngine(model), TensorFlowEngine(model)
    strokes = np.stack([scribbles(30, seed) for seed in range(3)])
    asked = request(model, num_steps=60)
    network = engines[1]._network
    expected, phi, _ = network.run(strokes, asked.text, asked.text_mask)
    for engine in engines:
        activations, phis = engine.activations(strokes, asked.text, asked.text_mask)
        np.testing.assert_allclose(activations, expected, atol=1e-4)
        np.testing.assert_allclose(phis, phi, atol=1e-4)
    first, second = (engine.write(asked) for engine in engines)
    assert_same_lines(first, second)
    # A style goes on in the same way, whichever engine writes.
    writer = Writer(model)
    line = writer.write("style", max_attempts=1, max_steps=40)[0]
    hand = writer.session.primed(Style("style", line.strokes))
    attempts = [Attempt(0, 0), Attempt(0, 1)]
    asked = writer.session.request(["fox", "jumps"], attempts, 0.5, hand, max_steps=40)
    first, second = (engine.write(asked) for engine in engines)
    assert_same_lines(first, second)


@pytest.mark.integration
@each_attention
def test_a_line_does_not_depend_on_those_that_join_and_leave(models, attention):
    writer = Writer(models[attention])
    engine = EncoderDecoderEngine(models[attention])

    def asked(i, text):
        attempts = [Attempt(0, i)]
        return writer.session.request([text], attempts, 0.5, max_steps=20 + 9 * i)

    texts = ["a fox", "The quick brown fox", "b"]
    batch, answers = RollingBatch(engine), {}
    for i, text in enumerate(texts):
        batch.add([i], asked(i, text))
        for _ in range(4):
            answers |= dict(batch.step())
    while len(batch):
        answers |= dict(batch.step())
    for i, text in enumerate(texts):
        assert_same_lines(engine.write(asked(i, text)), answers[i])


# Writers that the network tells apart


@pytest.fixture(scope="module")
def with_writers(tiny_corpus):
    dataset = tiny_dataset(tiny_corpus, known_writers=0.7)
    return tiny_trainer(
        dataset,
        model=lambda alphabet_size: small(
            alphabet_size=alphabet_size, num_writers=len(dataset.writers)
        ),
    )


@pytest.mark.unit
def test_batches_name_the_writers_of_some_training_lines(tiny_corpus):
    dataset = tiny_dataset(tiny_corpus, known_writers=0.7)
    assert dataset.writers == sorted({line.form for line in dataset.train})
    named, right = [], []
    for _, batch in zip(range(60), dataset.train_batches(0), strict=False):
        named.extend(batch["writer"] > 0)
        for strokes, mask, writer in zip(
            batch["strokes"], batch["stroke_mask"], batch["writer"], strict=True
        ):
            points = strokes[: int(mask.sum())]
            forms = {x.form for x in dataset.train if np.array_equal(x.strokes, points)}
            right.append(writer == 0 or dataset.writers[writer - 1] in forms)
    assert all(right)
    assert 0.6 < np.mean(named) < 0.8
    # Nobody knows who wrote the validation lines.
    assert not any(batch["writer"].any() for batch in dataset.validation_batches())
    assert "writer" not in next(tiny_dataset(tiny_corpus).train_batches(0))


@pytest.mark.unit
@pytest.mark.parametrize("known_writers", [-0.1, 1.1])
def test_an_impossible_share_of_known_writers_is_refused(tiny_corpus, known_writers):
    with refused(known_writers, 0, 1):
        tiny_dataset(tiny_corpus, known_writers=known_writers)


@pytest.mark.unit
def test_a_network_that_knows_other_writers_is_refused(tiny_corpus):
    dataset = tiny_dataset(tiny_corpus, known_writers=1.0)
    with refused("EncoderDecoder", 0):
        tiny_trainer(dataset)


@pytest.mark.integration
@pytest.mark.usefixtures("without_tracing")
def test_a_training_learns_the_writers_that_it_sees(with_writers, tmp_path):
    trainer = with_writers
    index = list(trainer.network.named_weights()).index("encoder/writers")
    before = trainer._weights[index].numpy()
    batch = next(trainer.dataset.train_batches(0))
    assert np.isfinite(trainer.train_step(batch)["loss"])
    moved = (trainer._weights[index].numpy() != before).any(axis=1)
    assert set(np.flatnonzero(moved)) == set(batch["writer"])
    trainer.export(tmp_path, {})
    model = load_model(tmp_path)
    assert model.writers == tuple(trainer.dataset.writers)
    path = tmp_path / "model.json"
    path.write_text(path.read_text().replace(f'"{model.writers[0]}",', "", 1))
    with refused(path):
        load_model(tmp_path)


@pytest.mark.integration
def test_each_writer_has_a_hand_in_both_engines():
    model = encoding_scribbler(writers=("Ada", "Bob"))
    writer = Writer(model, engine="numpy")
    lines = {
        name: writer.write("fox", writer=name, max_attempts=1, max_steps=60)[0].strokes
        for name in (None, "Ada", "Bob")
    }
    ada, bob, anybody = lines["Ada"][:5], lines["Bob"][:5], lines[None][:5]
    assert not np.allclose(ada, bob) and not np.allclose(ada, anybody)
    other = Writer(model, engine="tensorflow")
    again = other.write("fox", writer="Ada", max_attempts=1, max_steps=60)[0].strokes
    np.testing.assert_allclose(again, lines["Ada"], atol=1e-3)
    with refused("writer='Eve'", "Ada", "Bob"):
        writer.write("fox", writer="Eve")


@pytest.mark.unit
def test_the_weights_of_another_attention_are_refused(tmp_path, models):
    model = models["content"]
    sizes = model.sizes | {"attention": "location"}
    save_model(dataclasses.replace(model, sizes=sizes), tmp_path, {})
    with refused(tmp_path, "attention/filters"):
        load_model(tmp_path)
    save_model(
        dataclasses.replace(model, sizes=model.sizes | {"attention": "x"}), tmp_path, {}
    )
    with refused(tmp_path / "model.json"):
        load_model(tmp_path)


@pytest.mark.unit
def test_the_same_seed_writes_the_same_line(models):
    writer = Writer(models["gaussian"])
    first, second = (writer.write("a fox", seed=3)[0] for _ in range(2))
    np.testing.assert_array_equal(first.strokes, second.strokes)
    assert first.finished and first.phi.shape[1] == len("a fox") + 1
    assert random_numbers(3, 0, 0, 2).shape == (2, 4)
