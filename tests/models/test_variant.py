"""Networks that differ from Graves' equations: the same in training and in engines."""

import dataclasses
import json
import math

import numpy as np
import pytest
from refusals import refused
from training_samples import tiny_dataset, tiny_network, tiny_trainer
from writing_samples import saved, scribbler

from scribe.models import numpy_layers
from scribe.models.engine import Request, random_numbers
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.numpy_mixtures import mixture_from_activations, sample
from scribe.models.sizes import attention_rnn_inputs, attention_rnn_shapes
from scribe.models.stroke_model import load_model
from scribe.models.variant import GRAVES, Variant

VARIANTS = {
    "no feedback": Variant(window_feedback=False),
    "window reads input": Variant(window_reads_input=True),
    "softplus": Variant(window_form="softplus"),
    "not clipped": Variant(window_form="exp"),
    "few skips": Variant(skip_layers=2, output_skips=False),
    "bounds": Variant(min_log_sigma=-0.5, max_rho=0.3, min_probability=0.1),
    "all": Variant(
        window_feedback=False,
        window_reads_input=True,
        window_form="softplus",
        skip_layers=2,
        output_skips=False,
        min_log_sigma=-9.0,
        max_rho=0.999,
        min_probability=0.01,
        starts_lifted=True,
    ),
}
TEXTS = ("The quick", "a")


def request(model, num_steps=120):
    encoded = [model.alphabet.encode(text) for text in TEXTS]
    longest = max(len(ids) for ids in encoded)
    return Request(
        text=np.stack([np.pad(ids, (0, longest - len(ids))) for ids in encoded]),
        text_mask=np.stack(
            [(np.arange(longest) < len(ids)).astype(np.float32) for ids in encoded]
        ),
        first=np.zeros([len(TEXTS), 3], np.float32),
        bias=np.full(len(TEXTS), 0.5, np.float32),
        noise=np.stack([random_numbers(0, i, 0, num_steps) for i in (0, 1)]),
        max_stall=60,
    )


def scribbles(num_lines, num_points):
    random = np.random.default_rng(1)
    strokes = random.normal(0, 1, [num_lines, num_points, 3]).astype(np.float32)
    strokes[..., 2] = random.random([num_lines, num_points]) < 0.2
    return strokes


@pytest.mark.unit
@pytest.mark.parametrize("name", VARIANTS)
def test_both_recurrences_and_the_numpy_engine_compute_the_same(name):
    from scribe.networks.tensorflow_engine import attention_rnn

    model = scribbler(num_layers=3, variant=VARIANTS[name])
    asked, strokes = request(model), scribbles(2, 20)
    network = attention_rnn(model)
    expected, expected_phi, _ = network.run(strokes, asked.text, asked.text_mask)
    network.recurrence = "portable"
    portable = network(strokes, asked.text, asked.text_mask)
    np.testing.assert_allclose(portable, expected, atol=1e-5)
    engine = NumpyEngine(model)
    activations, phi = engine.activations(strokes, asked.text, asked.text_mask)
    np.testing.assert_allclose(activations, expected, atol=1e-4)
    np.testing.assert_allclose(phi, expected_phi, atol=1e-4)


@pytest.mark.integration
def test_both_engines_write_the_same():
    from scribe.networks.tensorflow_engine import TensorFlowEngine

    model = scribbler(num_layers=3, variant=VARIANTS["all"])
    asked = request(model)
    first, second = (e(model).write(asked) for e in (NumpyEngine, TensorFlowEngine))
    np.testing.assert_array_equal(first.lengths, second.lengths)
    for row, length in enumerate(first.lengths):
        for name in ("strokes", "phi"):
            mine, other = (getattr(a, name)[row, :length] for a in (first, second))
            np.testing.assert_allclose(mine, other, atol=2e-4)


@pytest.mark.unit
@pytest.mark.parametrize("name", VARIANTS)
def test_every_weight_matters_and_none_is_missing(name):
    """The widths are those of what each part reads."""
    variant = VARIANTS[name]
    network = tiny_network(num_layers=3, variant=variant)
    shapes = {n: tuple(v.shape) for n, v in network.named_weights().items()}
    assert shapes == attention_rnn_shapes(network.sizes(), variant)
    import tensorflow as tf
    from training_samples import random_batch

    batch = random_batch(max_points=5)
    weights = [v.value for v in network.named_weights().values()]
    with tf.GradientTape() as tape:
        sums = tf.reduce_sum(
            network(batch["strokes"], batch["text"], batch["text_mask"]) ** 2
        )
    for name_, gradient in zip(shapes, tape.gradient(sums, weights), strict=True):
        rows = np.abs(gradient.numpy()).reshape(len(gradient), -1).sum(axis=1)
        assert (rows > 0).mean() > 0.6, name_  # not every character is in the batch


@pytest.mark.unit
def test_the_widths_of_graves_network_are_those_of_his_skip_connections():
    sizes = {
        "num_layers": 3,
        "num_units": 400,
        "num_window_components": 10,
        "alphabet_size": 57,
    }
    assert attention_rnn_inputs(sizes) == {
        "lstm_1": 60,
        "lstm_2": 460,
        "lstm_3": 460,
        "window": 400,
        "output": 1200,
    }
    without_text = attention_rnn_inputs(sizes | {"num_window_components": 0})
    assert without_text["lstm_1"] == 3 and without_text["window"] == 0
    few = attention_rnn_inputs(sizes, VARIANTS["all"])
    assert few == {"lstm_1": 3, "lstm_2": 460, "lstm_3": 400, "window": 460,
                   "output": 400}  # fmt: skip


@pytest.mark.unit
def test_the_softplus_window_in_plain_loops():
    import tensorflow as tf

    from scribe.networks.layers import window_parameters

    raw = np.linspace(-9, 9, 12, dtype=np.float32)[None]
    for values in (
        window_parameters(tf.constant(raw), "softplus"),
        numpy_layers.window_parameters(raw, "softplus"),
    ):
        alpha, beta, step = (np.asarray(value)[0] for value in values)
        for k in range(4):
            soft = [math.log1p(math.exp(raw[0, i * 4 + k])) for i in range(3)]
            assert alpha[k] == pytest.approx(soft[0], rel=1e-5)
            assert beta[k] == pytest.approx(1 / max(soft[1], 0.01), rel=1e-5)
            assert step[k] == pytest.approx(soft[2] / 25, rel=1e-5)


@pytest.mark.unit
def test_bounds_hold_in_the_density_of_training_as_in_sampling():
    from scribe.networks.mixtures import log_likelihood
    from scribe.networks.mixtures import mixture_from_activations as in_tensorflow

    variant = VARIANTS["bounds"]
    activations = np.linspace(-6, 6, 25, dtype=np.float32)[None]
    mine = mixture_from_activations(activations, np.zeros(1), variant)
    theirs = in_tensorflow(activations, variant=variant)
    np.testing.assert_allclose(mine["rho"], theirs.rho, atol=1e-6)
    np.testing.assert_allclose(mine["sigma_y"], np.exp(theirs.log_sigma_y), rtol=1e-5)
    assert np.abs(mine["rho"]).max() < 0.3
    assert mine["sigma_x"].min() >= math.exp(-0.5) - 1e-6
    target = np.zeros([1, 3], np.float32)
    assert log_likelihood(activations, target) != log_likelihood(
        activations, target, variant
    )


@pytest.mark.unit
def test_what_is_too_improbable_is_never_drawn_and_a_threshold_replaces_chance():
    from scribe.networks.tensorflow_engine import sample as in_tensorflow

    pi, pen = [0.05, 0.35, 0.6], 0.05
    parts = [np.log(pi), [-10, 0, 10], [0, 0, 0], *[[-3, -3, -3]] * 2, [0, 0, 0]]
    row = np.concatenate([*parts, [math.log(pen / (1 - pen))]]).astype(np.float32)
    noise = random_numbers(0, 0, 0, 4000)
    activations, bias = np.repeat(row[None], 4000, axis=0), np.zeros(4000, np.float32)
    bounded = VARIANTS["bounds"]
    plain = sample(activations, bias, noise)
    assert (plain[:, 0] < -5).mean() == pytest.approx(0.05, abs=0.02)
    assert plain[:, 2].mean() == pytest.approx(0.05, abs=0.02)
    drawn = sample(activations, bias, noise, bounded)
    assert not (drawn[:, 0] < -5).any() and not drawn[:, 2].any()
    assert (drawn[:, 0] > 5).mean() == pytest.approx(0.6 / 0.95, abs=0.03)
    np.testing.assert_allclose(
        drawn, in_tensorflow(activations, bias, noise, bounded), atol=1e-5
    )
    for threshold, share in ((0.04, 1.0), (0.06, 0.0)):
        variant = Variant(pen_threshold=threshold)
        for draw in (sample, in_tensorflow):
            points = np.asarray(draw(activations, bias, noise, variant))
            assert points[:, 2].mean() == share
    even = np.zeros([1, 6 * 20 + 1], np.float32)  # none reaches the share
    assert np.isfinite(sample(even, bias[:1], noise[:1], bounded)).all()


@pytest.mark.integration
def test_a_line_that_starts_lifted_begins_with_what_was_written(tmp_path):
    from scribe.writing import Writer

    model = scribbler(variant=Variant(starts_lifted=True))
    line = Writer(model, "numpy").write("fox", max_attempts=1)[0]
    plain = scribbler()
    asked = dataclasses.replace(
        request(plain), first=np.array([[0, 0, 1]] * 2, np.float32)
    )
    assert len(line.strokes) == len(line.phi) == len(line.kappa)
    # The same network led by hand: row 0 is the first point that it drew.
    text, mask = plain.alphabet.encode("fox")[None], np.ones([1, 4], np.float32)
    alone = dataclasses.replace(
        asked,
        text=text,
        text_mask=mask,
        first=asked.first[:1],
        bias=np.ones(1, np.float32),
        noise=random_numbers(0, 0, 0, 4000)[None],
    )
    expected = NumpyEngine(plain).write(alone).strokes[0] * [*plain.offset_scale, 1]
    count = len(line.strokes) - 1
    np.testing.assert_allclose(line.strokes[1:count], expected[1:count], rtol=1e-5)
    assert not line.strokes[0, :2].any()


@pytest.mark.unit
@pytest.mark.parametrize("name", VARIANTS)
def test_a_run_folder_keeps_the_variant(tmp_path, name):
    model = saved(tmp_path / "run", variant=VARIANTS[name])
    assert load_model(tmp_path / "run").variant == model.variant == VARIANTS[name]


@pytest.mark.unit
def test_the_files_of_other_networks_say_nothing_of_variants(tmp_path):
    saved(tmp_path / "run")
    assert "variant" not in json.loads((tmp_path / "run" / "model.json").read_text())


@pytest.mark.unit
@pytest.mark.parametrize(
    ("variant", "facts"),
    [
        (
            {"window_form": "linear"},
            ["window_form='linear'", "clipped_exp, exp, softplus"],
        ),
        ({"colour": "blue"}, ["'colour'"]),
        (["window_form"], []),
        (
            {"window_feedback": False},
            ["weights.npz", "lstm_1/kernel", (73, 64), (3, 64)],
        ),
        ({"output_skips": False}, ["weights.npz", "output/kernel", (32, 25), (16, 25)]),
    ],
)
def test_a_variant_that_does_not_fit_its_weights_is_refused(tmp_path, variant, facts):
    saved(tmp_path / "run")
    path = tmp_path / "run" / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"variant": variant}))
    with refused("model.json", *facts):
        load_model(tmp_path / "run")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("wrong", "facts"),
    [
        (
            {"window_form": "gauss"},
            ["window_form='gauss'", "clipped_exp, exp, softplus"],
        ),
        ({"window_feedback": "no"}, ["window_feedback='no'", "True or False"]),
        ({"skip_layers": 0}, ["skip_layers=0", 1]),
        (
            {"skip_layers": 1, "window_feedback": False},
            ["skip_layers=1", "window_feedback"],
        ),
        ({"max_rho": 1.0}, ["max_rho=1.0", 0, 0.999999]),
        ({"pen_threshold": 2}, ["pen_threshold=2", 0, 1]),
        ({"min_log_sigma": -math.inf}, ["min_log_sigma=-inf", -50, 0]),
        ({"min_probability": "rare"}, ["min_probability='rare'", 0, 0.5]),
    ],
)
def test_wrong_options_are_refused(wrong, facts):
    with refused(*facts):
        Variant(**wrong)


@pytest.mark.slow
@pytest.mark.integration
def test_a_variant_is_trained_and_exported(tmp_path, tiny_corpus):
    variant = VARIANTS["all"]
    dataset = tiny_dataset(tiny_corpus)
    trainer = tiny_trainer(dataset, network={"num_layers": 2, "variant": variant})
    losses = [
        float(trainer.train_step(batch)["loss"])
        for _, batch in zip(range(12), dataset.train_batches(0), strict=False)
    ]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
    trainer.export(tmp_path, {})
    assert load_model(tmp_path).variant == variant
    other = tiny_trainer(dataset, network={"num_layers": 2})
    assert other.stroke_model().variant == GRAVES


@pytest.mark.unit
def test_gin_binds_a_variant(clean_gin):
    from scribe.networks.attention_rnn import AttentionRNN

    clean_gin.parse_config(
        "AttentionRNN.variant = @Variant()\nVariant.window_feedback = False\n"
    )
    sizes = {"num_layers": 1, "num_units": 3, "num_mixtures": 2, "dropout": 0.0,
             "num_window_components": 2, "recurrence": "fast", "products": "float32",
             "alphabet_size": 5}  # fmt: skip
    network = clean_gin.get_configurable(AttentionRNN)(**sizes)
    assert network.variant == VARIANTS["no feedback"]
