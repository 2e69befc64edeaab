"""The two sampling engines: the same lines from the same random numbers."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from engine_samples import TEXTS, assert_same_lines, led, request, scribbles
from writing_samples import scribbler

from scribe.models import numpy_engine, numpy_mixtures
from scribe.models.batch_state import Ending
from scribe.models.engine import MAX_STEPS_AFTER_TEXT, random_numbers
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.numpy_layers import MAX_WORKERS, num_workers
from scribe.models.sizes import attention_rnn_shapes


@pytest.fixture(scope="module")
def model():
    return scribbler()


@pytest.fixture(scope="module")
def textless():
    return scribbler(reads_text=False, seed=1)


@pytest.fixture(scope="module")
def tensorflow_engine(model):
    from scribe.networks.tensorflow_engine import TensorFlowEngine

    return TensorFlowEngine(model)


@pytest.fixture(scope="module")
def both(model, tensorflow_engine):
    return NumpyEngine(model), tensorflow_engine


@pytest.fixture(scope="module")
def both_textless(textless):
    from scribe.networks.tensorflow_engine import TensorFlowEngine

    return NumpyEngine(textless), TensorFlowEngine(textless)


# Teacher forcing


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("recurrence", ["fast", "portable"])
def test_both_engines_and_the_network_agree_under_teacher_forcing(
    model, both, recurrence
):
    from scribe.networks.attention_rnn import AttentionRNN
    from scribe.networks.mixtures import mixture_from_activations

    strokes = np.stack([scribbles(40, seed) for seed in range(3)])
    strokes[1, 10:] = 0.0  # padding
    asked = request(model)
    network = AttentionRNN(
        **model.sizes, dropout=0.0, recurrence=recurrence, products="float32"
    )
    named = network.named_weights()
    assert {name: tuple(v.shape) for name, v in named.items()} == attention_rnn_shapes(
        model.sizes
    )
    for name, variable in named.items():
        variable.assign(model.weights[name])
    expected = network(strokes, asked.text, asked.text_mask).numpy()
    for engine in both:
        activations, phi = engine.activations(strokes, asked.text, asked.text_mask)
        np.testing.assert_allclose(activations, expected, atol=1e-4)
        np.testing.assert_array_equal(phi[asked.text_mask[:, None] * phi != phi], [])
    mine = numpy_mixtures.mixture_from_activations(expected, np.full([3, 40], 0.7))
    theirs = mixture_from_activations(expected, 0.7)
    pairs = [
        ("pi", np.exp(theirs.log_pi)),
        ("mu_x", theirs.mu_x),
        ("mu_y", theirs.mu_y),
        ("sigma_x", np.exp(theirs.log_sigma_x)),
        ("sigma_y", np.exp(theirs.log_sigma_y)),
        ("rho", theirs.rho),
        ("pen_probability", 1 / (1 + np.exp(-theirs.pen_logit.numpy()))),
    ]
    assert len(pairs) == len(mine)
    for name, values in pairs:
        np.testing.assert_allclose(mine[name], values, atol=1e-5, err_msg=name)


@pytest.mark.integration
def test_padding_changes_nothing_under_teacher_forcing(model, both):
    strokes = scribbles(30)[None]
    alone = request(model, TEXTS[1:2])
    padded = request(model)
    for engine in both:
        short, short_phi = engine.activations(strokes, alone.text, alone.text_mask)
        rows = np.pad(strokes, [(1, 1), (0, 5), (0, 0)])
        long, long_phi = engine.activations(rows, padded.text, padded.text_mask)
        np.testing.assert_allclose(long[1, :30], short[0], atol=1e-5)
        width = short_phi.shape[2]
        np.testing.assert_allclose(long_phi[1, :30, :width], short_phi[0], atol=1e-5)
        assert not long_phi[1, :, width:].any()


@pytest.mark.integration
def test_a_network_without_text_agrees_as_well(both_textless):
    strokes = np.stack([scribbles(25, seed) for seed in range(2)])
    (first, no_phi), (second, _) = (
        engine.activations(strokes, None, None) for engine in both_textless
    )
    assert no_phi is None
    np.testing.assert_allclose(first, second, atol=1e-4)


@pytest.mark.unit
def test_the_step_of_the_numpy_engine_is_the_papers_equations_in_plain_loops(model):
    w, sizes = model.weights, model.sizes
    units, components = sizes["num_units"], sizes["num_window_components"]
    strokes, ids = scribbles(6), model.alphabet.encode("fox")

    def logistic(x):
        return 1 / (1 + math.exp(-x))

    h = [[0.0] * units, [0.0] * units]
    c = [[0.0] * units, [0.0] * units]
    kappa = [0.0] * components
    window = [0.0] * sizes["alphabet_size"]
    for point in strokes:
        for i in range(2):
            inputs = [*point, *(h[0] if i else []), *window]
            z = list(w[f"lstm_{i + 1}/bias"])
            for column in range(4 * units):
                for row, x in enumerate(inputs):
                    z[column] += x * w[f"lstm_{i + 1}/kernel"][row, column]
                for row, x in enumerate(h[i]):
                    z[column] += x * w[f"lstm_{i + 1}/recurrent_kernel"][row, column]
            new_h = []
            for unit in range(units):
                gate_i, gate_f, candidate, gate_o = z[unit::units]
                c[i][unit] *= logistic(gate_f)
                c[i][unit] += logistic(gate_i) * math.tanh(candidate)
                new_h.append(logistic(gate_o) * math.tanh(c[i][unit]))
            h[i] = new_h
            if i == 0:
                raw = w["window/bias"] + np.array(h[0]) @ w["window/kernel"]
                phi = [0.0] * len(ids)
                for k in range(components):
                    alpha, beta, move = np.exp(raw[k::components])
                    kappa[k] += move
                    for u in range(len(ids)):
                        phi[u] += alpha * math.exp(-beta * (kappa[k] - u) ** 2)
                window = [0.0] * sizes["alphabet_size"]
                for u, character in enumerate(ids):
                    window[character] += phi[u]
    expected = w["output/bias"] + np.concatenate(h) @ w["output/kernel"]
    activations, phis = NumpyEngine(model).activations(
        strokes[None], ids[None], np.ones([1, len(ids)], np.float32)
    )
    np.testing.assert_allclose(activations[0, -1], expected, atol=1e-5)
    np.testing.assert_allclose(phis[0, -1], phi, atol=1e-5)


@pytest.mark.unit
def test_extreme_activations_are_bounded_alike():
    from scribe.networks.mixtures import mixture_from_activations

    activations = np.linspace(-60, 60, 13, dtype=np.float32)[None]
    mine = numpy_mixtures.mixture_from_activations(activations, np.zeros(1))
    theirs = mixture_from_activations(activations)
    np.testing.assert_allclose(mine["rho"], theirs.rho, atol=1e-6)
    np.testing.assert_allclose(mine["sigma_x"], np.exp(theirs.log_sigma_x), rtol=1e-5)
    np.testing.assert_allclose(mine["pi"], np.exp(theirs.log_pi), atol=1e-6)
    assert mine["pen_probability"] == 1.0


# Writing


@pytest.mark.integration
@pytest.mark.parametrize("seed", range(10))
def test_both_engines_write_the_same_strokes(model, both, seed):
    asked = request(model, seed=seed)
    first, second = (engine.write(asked) for engine in both)
    assert_same_lines(first, second)
    assert second.finished.all() and (second.lengths < 400).all()


@pytest.mark.unit
@pytest.mark.parametrize("workers", [2, 3])
def test_several_threads_write_the_same_lines_and_tell_how_far_they_are(
    model, monkeypatch, workers
):
    shares = []
    asked = dataclasses.replace(request(model, TEXTS, seed=3), watch=shares.append)
    alone = NumpyEngine(model).write(asked)
    monkeypatch.setattr(numpy_engine, "num_workers", lambda num_rows: workers)
    together = NumpyEngine(model).write(asked)
    assert_same_lines(alone, together)
    assert shares[-1] == 1.0 and all(0 <= share <= 1 for share in shares)


@pytest.mark.unit
def test_a_thread_that_fails_says_so(model, monkeypatch):
    def fail(self, *arguments):
        raise ArithmeticError("in a thread")

    monkeypatch.setattr(numpy_engine, "num_workers", lambda num_rows: 2)
    monkeypatch.setattr(NumpyEngine, "sample", fail)
    with pytest.raises(ArithmeticError):
        NumpyEngine(model).write(request(model, TEXTS, seed=3))


@pytest.mark.unit
def test_few_lines_are_not_shared_and_many_by_no_more_threads_than_cores(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda process: range(2), raising=False)
    assert [num_workers(n) for n in (0, 1, 15, 16, 100)] == [1, 1, 1, 2, 2]
    monkeypatch.setattr("os.sched_getaffinity", lambda process: range(64))
    assert num_workers(1000) == MAX_WORKERS


@pytest.mark.integration
def test_both_engines_write_the_same_without_text(textless, both_textless):
    asked = request(textless, num_steps=60)
    first, second = (engine.write(asked) for engine in both_textless)
    assert first.phi is None and first.kappa is None
    assert first.finished.all() and (first.lengths == 60).all()
    assert_same_lines(first, second)


@pytest.mark.integration
@pytest.mark.parametrize("num_points", [2, 20, 33])
def test_both_engines_go_on_from_a_style(model, both, num_points):
    strokes = scribbles(num_points, seed=num_points)
    asked = request(model, [f"then {text}" for text in TEXTS])
    asked = led(asked, model, strokes, "then ")
    first, second = (engine.write(asked) for engine in both)
    assert_same_lines(first, second)
    assert (first.lengths > 1).all()
    for engine, whole in zip(both, (first, second), strict=True):
        for row in range(len(TEXTS)):
            alone = dataclasses.replace(
                asked,
                **{
                    name: getattr(asked, name)[row : row + 1]
                    for name in ("text", "text_mask", "first", "bias", "noise")
                },
            )
            assert_same_lines(whole, engine.write(alone), [row])


@pytest.mark.integration
def test_a_style_is_what_the_network_reads(model, both):
    """The drawn points follow from the style as under teacher forcing."""
    style = scribbles(12)
    asked = led(request(model, TEXTS[:1]), model, style, TEXTS[0])
    for engine in both:
        answer = engine.write(asked)
        written = answer.strokes[:, : answer.lengths[0]]
        inputs = np.concatenate([style[None], written[:, :-1]], axis=1)
        activations, phi = engine.activations(inputs, asked.text, asked.text_mask)
        steps = written.shape[1]
        assert phi.shape[1] == steps + 11
        np.testing.assert_allclose(phi[:, 11:], answer.phi[:, :steps], atol=1e-4)
        again = numpy_mixtures.sample(
            activations[0, 11:], np.full(steps, 0.5), asked.noise[0, :steps]
        )
        np.testing.assert_allclose(again, written[0], atol=1e-4)


@pytest.mark.integration
def test_a_line_depends_neither_on_its_batch_nor_on_the_steps_allowed(model, both):
    for engine in both:
        whole = engine.write(request(model))
        for row in range(len(TEXTS)):
            asked = request(model, num_steps=300)
            alone = dataclasses.replace(
                request(model, TEXTS[row : row + 1]), noise=asked.noise[row : row + 1]
            )
            assert_same_lines(whole, engine.write(alone), [row])


@pytest.mark.integration
def test_the_tensorflow_loop_is_traced_once(model, tensorflow_engine):
    for texts, num_steps in ((("a",), 50), (("fox", "dogs"), 60), (TEXTS, 70)):
        tensorflow_engine.write(request(model, texts, num_steps=num_steps))
        asked = request(model, texts)
        strokes = np.stack([scribbles(num_steps)] * len(texts))
        tensorflow_engine.activations(strokes, asked.text, asked.text_mask)
    assert tensorflow_engine._write.experimental_get_tracing_count() == 1
    assert tensorflow_engine._predict.experimental_get_tracing_count() == 1


# Where a line ends


def watched_in_plain_loops(phi, pen, max_stall):
    """(steps, finished) of one line: phi [T, U], pen [T]."""
    furthest = rests = past = 0
    for t in range(len(phi)):
        focus = max(range(phi.shape[1]), key=lambda u: phi[t, u])
        if focus > furthest:
            rests = 0
        else:
            rests += 1
        furthest = max(furthest, focus)
        if focus == phi.shape[1] - 1:
            past += 1
            if pen[t] or past > MAX_STEPS_AFTER_TEXT:
                return t + 1, True
        else:
            past = 0
            if rests > max_stall:
                return t + 1, False
    return len(phi), False


def watched_by_numpy(asked, phi, pen):
    ending = Ending(asked)
    for t in range(phi.shape[1]):
        yield ending.update(phi[:, t], pen[:, t])


def watched_by_tensorflow(asked, phi, pen):
    import tensorflow as tf

    from scribe.networks.tensorflow_engine import _watch

    zero = tf.zeros([len(phi)], tf.int32)
    counters = (zero, zero, zero)
    terminator = tf.constant(asked.text_mask.sum(1).astype(np.int32) - 1)
    for t in range(phi.shape[1]):
        counters, ended, stalled = _watch(
            counters,
            tf.constant(phi[:, t]),
            tf.constant(pen[:, t]),
            terminator,
            asked.max_stall,
        )
        yield ended.numpy(), stalled.numpy()


def outcome(steps, row):
    for t, (ended, stalled) in enumerate(steps):
        if ended[row] or stalled[row]:
            return t + 1, bool(ended[row])
    return t + 1, False


def focused_on(path, num_characters):
    """[1, T, U] phi with the largest weight at path[t]."""
    phi = np.full([1, len(path), num_characters], 0.1, np.float32)
    phi[0, np.arange(len(path)), path] = 1.0
    return phi


ENDINGS = {
    "ends_with_the_stroke": ([0, 1, 2, 3, 3, 3, 3], [0, 1, 0, 0, 0, 1, 0], 6, True),
    "a_lift_before_the_end_is_none": ([0, 1, 2, 2], [1, 1, 1, 1], 4, False),
    "comes_back_from_the_end": ([2, 3, 2, 2, 3], [0, 0, 1, 1, 1], 5, True),
    "stalls": ([0, 1] + [2] * 9, [1] * 11, 9, False),
    "stalls_at_the_start": ([0] * 9, [0] * 9, 6, False),
    "going_back_is_no_progress": ([2, 1, 2, 1, 2, 1, 2, 3], [1] * 8, 7, False),
    "never_stalls_at_the_end": (
        [0, 1, 2] + [3] * 60,
        [0] * 63,
        4 + MAX_STEPS_AFTER_TEXT,
        True,
    ),
}


@pytest.mark.unit
@pytest.mark.parametrize("name", ENDINGS)
def test_a_line(model, name):
    path, pen, steps, finished = ENDINGS[name]
    asked = dataclasses.replace(request(model, ["fox"]), max_stall=5)
    phi = focused_on(path, 4)
    pen = np.array([pen], np.float32)
    assert watched_in_plain_loops(phi[0], pen[0], 5) == (steps, finished)
    for watched in (watched_by_numpy, watched_by_tensorflow):
        assert outcome(watched(asked, phi, pen), 0) == (steps, finished)


@pytest.mark.property
def test_random_walks_of_the_window_end_as_in_plain_loops(model):
    texts = ["fox", "a", "The lazy dogs"]
    for seed in range(8):
        random = np.random.default_rng(seed)
        asked = dataclasses.replace(request(model, texts), max_stall=9)
        kappa = np.cumsum(random.random([3, 120, 1]) ** 6, axis=1)
        characters = np.arange(asked.text.shape[1])
        phi = np.exp(-((kappa + random.normal(0, 0.5, [3, 120, 1]) - characters) ** 2))
        phi += 1e-9 * random.random(phi.shape)  # TensorFlow takes denormals for zeros
        phi = (phi * asked.text_mask[:, None]).astype(np.float32)
        pen = (random.random([3, 120]) < 0.1).astype(np.float32)
        for row, text in enumerate(texts):
            expected = watched_in_plain_loops(phi[row, :, : len(text) + 1], pen[row], 9)
            for watched in (watched_by_numpy, watched_by_tensorflow):
                assert outcome(watched(asked, phi, pen), row) == expected


# Random numbers


@pytest.mark.unit
def test_a_longer_request_begins_with_the_noise_of_a_shorter_one():
    long = random_numbers(3, 1, 2, 500)
    assert long.dtype == np.float32 and long.shape == (500, 4)
    for num_steps in (1, 2, 77, 499):
        np.testing.assert_array_equal(
            random_numbers(3, 1, 2, num_steps), long[:num_steps]
        )


@pytest.mark.unit
def test_every_seed_text_sample_and_attempt_has_noise_of_its_own():
    seeds = (0, 1, 7, 2**32, 2**32 + 1, 2**64, 2**70 + 7)
    keys = list(itertools.product(seeds, (0, 1), (0, 1), (0, 1)))
    noise = {
        random_numbers(seed, text, sample, 5, attempt).tobytes()
        for seed, text, sample, attempt in keys
    }
    assert len(noise) == len(keys)


@pytest.mark.regression
def test_the_noise_of_a_seed_never_changes():
    """Else every published seed would write another line."""
    np.testing.assert_allclose(
        random_numbers(1, 2, 3, 2, attempt=1), GOLDEN_NOISE, atol=1e-6
    )


GOLDEN_NOISE = [
    [0.040786, 0.149030, 0.022481, 0.176174],
    [0.660257, -0.819384, 1.615943, 0.029274],
]


@pytest.mark.unit
def test_the_noise_is_uniform_and_normal_without_correlation():
    noise = random_numbers(0, 0, 0, 40_000).astype(np.float64)
    for column in (0, 3):
        uniform = np.sort(noise[:, column])
        assert uniform[0] >= 0.0 and uniform[-1] < 1.0
        ranks = (np.arange(len(uniform)) + 0.5) / len(uniform)
        assert np.abs(uniform - ranks).max() < 0.01
    for column in (1, 2):
        normal = noise[:, column]
        assert abs(normal.mean()) < 0.02 and abs(normal.std() - 1) < 0.02
        for limit, share in ((-2, 0.02275), (-1, 0.15866), (1, 0.84134), (2, 0.97725)):
            assert abs((normal < limit).mean() - share) < 0.006
    correlations = np.corrcoef(noise.T) - np.eye(4)
    assert np.abs(correlations).max() < 0.02
    steps = [np.corrcoef(noise[1:, k], noise[:-1, k])[0, 1] for k in range(4)]
    assert np.abs(steps).max() < 0.02


# Drawing a point


def activations_of(pi, mu, log_sigma, rho, pen_logit):
    """[6 M + 1] in the order of scribe.networks.mixtures."""
    mu, log_sigma = np.array(mu).T, np.array(log_sigma).T
    parts = [np.log(pi), *mu, *log_sigma, np.arctanh(np.array(rho) / 0.995)]
    return np.concatenate([*parts, [pen_logit]]).astype(np.float32)


MIXTURE = activations_of(
    pi=[0.5, 0.3, 0.2],
    mu=[(-20, 5), (0, -5), (20, 0)],
    log_sigma=[(0.0, 0.3), (-0.5, 0.2), (0.4, -0.4)],
    rho=[0.8, -0.6, 0.0],
    pen_logit=-0.8,
)


def draws(sample, bias, count=20_000):
    noise = random_numbers(5, 0, 0, count)
    activations = np.repeat(MIXTURE[None], count, axis=0)
    return np.asarray(sample(activations, np.full(count, bias, np.float32), noise))


def samplers():
    from scribe.networks.tensorflow_engine import sample

    return numpy_mixtures.sample, sample


@pytest.mark.unit
@pytest.mark.parametrize("bias", [0.0, 0.7])
def test_drawn_points_have_the_distribution_of_the_mixture(bias):
    points = draws(numpy_mixtures.sample, bias).astype(np.float64)
    np.testing.assert_allclose(points, draws(samplers()[1], bias), atol=1e-4)
    assert points[:, 2].mean() == pytest.approx(1 / (1 + math.exp(0.8)), abs=0.01)
    component = np.digitize(points[:, 0], [-10, 10])
    weights = np.array([0.5, 0.3, 0.2]) ** (1 + bias)
    for m, (mu, log_sigma, rho) in enumerate(
        [
            ((-20, 5), (0.0, 0.3), 0.8),
            ((0, -5), (-0.5, 0.2), -0.6),
            ((20, 0), (0.4, -0.4), 0.0),
        ]
    ):
        mine = points[component == m]
        share = weights[m] / weights.sum()
        assert len(mine) / len(points) == pytest.approx(share, abs=0.015)
        np.testing.assert_allclose(mine[:, :2].mean(axis=0), mu, atol=0.07)
        sigma = np.exp(np.array(log_sigma) - bias)
        np.testing.assert_allclose(mine[:, :2].std(axis=0), sigma, rtol=0.04)
        assert np.corrcoef(mine[:, 0], mine[:, 1])[0, 1] == pytest.approx(rho, abs=0.04)
        assert np.corrcoef(mine[:, 0], mine[:, 2])[0, 1] == pytest.approx(0, abs=0.05)


@pytest.mark.unit
def test_a_point_is_drawn_as_in_plain_loops():
    random = np.random.default_rng(0)
    activations = random.normal(0, 1, [30, 25]).astype(np.float32)
    noise = random_numbers(1, 0, 0, 30)
    bias = random.uniform(0, 2, 30).astype(np.float32)
    for sample in samplers():
        points = np.asarray(sample(activations, bias, noise))
        for row in range(30):
            a, b = [float(x) for x in activations[row]], float(bias[row])
            weights = [math.exp(x * (1 + b)) for x in a[:4]]
            m, below = 0, weights[0]
            while below / sum(weights) < noise[row, 0]:
                m += 1
                below += weights[m]
            rho = 0.995 * math.tanh(a[20 + m])
            n1, n2 = float(noise[row, 1]), float(noise[row, 2])
            x = a[4 + m] + math.exp(a[12 + m] - b) * n1
            y = a[8 + m] + math.exp(a[16 + m] - b) * (
                rho * n1 + math.sqrt(1 - rho**2) * n2
            )
            lifted = noise[row, 3] < 1 / (1 + math.exp(-a[24]))
            np.testing.assert_allclose(points[row], [x, y, lifted], atol=1e-5)


@pytest.mark.unit
def test_the_last_component_takes_what_rounding_leaves_over():
    activations = np.zeros([1, 6 * 20 + 1], np.float32)
    noise = np.array([[np.nextafter(np.float32(1), np.float32(0)), 0, 0, 0.5]])
    for sample in samplers():
        point = np.asarray(
            sample(activations, np.zeros(1, np.float32), noise.astype(np.float32))
        )
        assert np.isfinite(point).all()
