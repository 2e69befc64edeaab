"""Sampling in one compiled TensorFlow loop, for many lines at once."""

import numpy as np
import tensorflow as tf

from scribe.models.engine import MAX_STEPS_AFTER_TEXT, Answer, Request
from scribe.models.stroke_model import StrokeModel
from scribe.models.variant import GRAVES, Variant
from scribe.networks.attention_rnn import AttentionRNN
from scribe.networks.encoder_decoder import EncoderDecoder
from scribe.networks.mixtures import mixture_from_activations

# A single line is written so many times over: the product of one row with a matrix is
# summed up in one go, which rounds four times as much as that of several rows does.
_COPIES = 2


class TensorFlowEngine:
    """Writes with the weights of a StrokeModel; see scribe.models.engine.Engine.

    Every size but that of the network is unknown to the graph: it is traced once,
    whatever the lines.
    """

    def __init__(self, model: StrokeModel):
        self.variant = model.variant
        self._network = NETWORKS[model.kind](model)
        spec = tf.TensorSpec
        text = [
            spec([None, None], tf.int32),  # [B, U]
            spec([None, None], tf.float32),  # [B, U]
        ]
        self._write = tf.function(
            self._write_loop,
            input_signature=text
            + [
                spec([None, 3], tf.float32),  # [B, 3]
                spec([None], tf.float32),  # [B]
                spec([None, None, 4], tf.float32),  # [T, B, 4]
                spec([], tf.int32),
                spec([None], tf.int32),  # [B]
                tf.nest.map_structure(
                    # A state that belongs to the characters is as wide as the text.
                    lambda one, two: spec(
                        [1, _same(one.shape[1], two.shape[1])], one.dtype
                    ),
                    self._summed(self._network.initial_states(1, num_characters=1)),
                    self._summed(self._network.initial_states(1, num_characters=2)),
                ),
            ],
        )
        self._predict = tf.function(
            self._network.run,
            input_signature=[spec([None, None, 3], tf.float32), *text],
        )

    def write(self, request: Request) -> Answer:
        text, text_mask = request.text, request.text_mask
        if not self._network.reads_text:  # a text of one character that nobody reads
            text = np.zeros([len(request.bias), 1], np.int32)
            text_mask = np.ones([len(request.bias), 1], np.float32)
        writer = np.zeros(len(text), np.int32)
        if request.writer is not None:
            writer = request.writer
        lines = [
            np.repeat(rows, _COPIES if len(text) == 1 else 1, axis=0)
            for rows in (
                text, text_mask, request.first, request.bias, request.noise, writer
            )
        ]  # fmt: skip
        text, text_mask, first, bias, noise, writer = lines
        answered = self._write(
            text,
            text_mask,
            first,
            bias,
            noise.swapaxes(0, 1),
            request.max_stall,
            writer,
            self._states(request, text.shape[1]),
        )
        count = len(request.bias)
        written, phi, kappa = (array.numpy()[:, :count] for array in answered[:3])
        lengths, finished = (array.numpy()[:count] for array in answered[3:])
        reads_text = self._network.reads_text
        if request.watch is not None:
            request.watch(1.0)
        return Answer(
            strokes=written.swapaxes(0, 1),
            phi=phi.swapaxes(0, 1) if reads_text else None,
            kappa=kappa.swapaxes(0, 1) if reads_text else None,
            lengths=lengths,
            finished=finished,
        )

    def _states(self, request: Request, num_characters: int):
        """As AttentionRNN.initial_states, of one line."""
        start = request.start
        if start is None:
            return self._summed(self._network.initial_states(1, num_characters))
        states = list(zip(start.h, start.c, strict=True))
        if self._network.reads_text:
            phi = start.phi[:, :num_characters]
            phi = np.pad(phi, [(0, 0), (0, num_characters - phi.shape[1])])
            carried = self._network.carried(start.kappa, phi)
            states[0] += (start.window, carried)
        return self._summed(states)

    def _summed(self, states):
        """States in which the window's place, a sum of all steps, is float64."""
        if self._network.reads_text and isinstance(self._network, AttentionRNN):
            *others, kappa = states[0]
            states[0] = (*others, tf.cast(kappa, tf.float64))
        return states

    def activations(self, strokes, text, text_mask):
        if not self._network.reads_text:
            return self._network(strokes).numpy(), None
        activations, phi, _ = self._predict(strokes, text, text_mask)
        return activations.numpy(), phi.numpy()

    def _write_loop(
        self, text, text_mask, first, bias, noise, max_stall, writer, states
    ):
        """The loop of scribe.models.rolling_batch, in a graph; time stands first."""
        network = self._network
        num_steps, batch = tf.shape(noise)[0], tf.shape(noise)[1]
        memory = network.read(text, text_mask, writer)
        terminator = tf.cast(tf.reduce_sum(text_mask, axis=1), tf.int32) - 1
        reads_text = network.reads_text
        zero = tf.zeros([batch], tf.int32)
        arrays = tuple(
            tf.TensorArray(tf.float32, 0, dynamic_size=True) for _ in range(3)
        )

        def step(t, point, states, counters, lengths, finished, arrays):
            activations, states, phi = network.step(point, states, memory, text_mask)
            point = sample(activations, bias, noise[t], network.variant)
            phi = phi if reads_text else tf.zeros([batch, 1])
            kappa = tf.zeros([batch, 1])
            if reads_text:
                kappa = tf.cast(network.position(states, phi), tf.float32)
            written = zip(arrays, (point, phi, kappa), strict=True)
            arrays = tuple(array.write(t, value) for array, value in written)
            if reads_text:
                counters, ended, stalled = _watch(
                    counters, phi, point[:, 2], terminator, max_stall
                )
                over = (ended | stalled) & tf.equal(lengths, num_steps)
                finished = finished | (over & ended)
                lengths = tf.where(over, t + 1, lengths)
            return t + 1, point, states, counters, lengths, finished, arrays

        def goes_on(t, point, states, counters, lengths, finished, arrays):
            return (t < num_steps) & tf.reduce_any(tf.equal(lengths, num_steps))

        _, _, _, _, lengths, finished, arrays = tf.while_loop(
            goes_on,
            step,
            (
                0,
                first,
                tf.nest.map_structure(lambda s: tf.repeat(s, batch, axis=0), states),
                (zero, zero, zero),
                tf.fill([batch], num_steps),
                tf.fill([batch], not reads_text),
                arrays,
            ),
        )
        return (*(array.stack() for array in arrays), lengths, finished)


def attention_rnn(model: StrokeModel, products: str = "float32") -> AttentionRNN:
    """Graves' network with the weights of `model`."""
    network = AttentionRNN(
        **model.sizes,
        dropout=0.0,
        recurrence="fast",
        products=products,
        variant=model.variant,
    )
    return _weighted(network, model)


def encoder_decoder(model: StrokeModel, products: str = "float32") -> EncoderDecoder:
    """The encoder-decoder with the weights of `model`."""
    network = EncoderDecoder(
        **model.sizes, dropout=0.0, recurrence="fast", products=products
    )
    return _weighted(network, model)


# By kind: (StrokeModel, products) -> its network with these weights.
NETWORKS = {"attention_rnn": attention_rnn, "encoder_decoder": encoder_decoder}


def _weighted(network, model: StrokeModel):
    for name, variable in network.named_weights().items():
        variable.assign(model.weights[name])
    return network


def _same(one: int, two: int) -> int | None:
    return one if one == two else None


def _watch(counters, phi, end_of_stroke, terminator, max_stall):
    """As scribe.models.batch_state.Ending.update: new counters, ended [B], stalled
    [B]."""
    furthest, stalled_for, past_for = counters
    focus = tf.argmax(phi, axis=1, output_type=tf.int32)
    moved = focus > furthest
    furthest = tf.maximum(furthest, focus)
    stalled_for = tf.where(moved, 0, stalled_for + 1)
    past = tf.equal(focus, terminator)
    past_for = tf.where(past, past_for + 1, 0)
    ended = past & ((end_of_stroke > 0.5) | (past_for > MAX_STEPS_AFTER_TEXT))
    stalled = ~past & (stalled_for > max_stall)
    return (furthest, stalled_for, past_for), ended, stalled


def sample(activations, bias, noise, variant: Variant = GRAVES):
    """Draws the next points: [B, 6 M + 1], [B], [B, 4] -> [B, 3]."""
    mixture = mixture_from_activations(activations, bias, variant)
    pi, pen_probability = tf.exp(mixture.log_pi), tf.sigmoid(mixture.pen_logit)
    if variant.min_probability:  # as scribe.models.numpy_mixtures.sample
        most = tf.reduce_max(pi, axis=1, keepdims=True)
        pi = tf.where(pi < tf.minimum(variant.min_probability, most), 0.0, pi)
        pi = pi / tf.reduce_sum(pi, axis=1, keepdims=True)
        rare = pen_probability < variant.min_probability
        pen_probability = tf.where(rare, 0.0, pen_probability)
    cumulative = tf.cumsum(pi, axis=1)
    below = tf.cast(cumulative < noise[:, 0:1], tf.int32)
    component = tf.minimum(tf.reduce_sum(below, axis=1), cumulative.shape[1] - 1)

    def chosen(parameter):
        return tf.gather(parameter, component, axis=1, batch_dims=1)

    limit = noise[:, 3] if variant.pen_threshold is None else variant.pen_threshold
    rho = chosen(mixture.rho)
    correlated = rho * noise[:, 1] + tf.sqrt(1.0 - tf.square(rho)) * noise[:, 2]
    return tf.stack(
        [
            chosen(mixture.mu_x) + tf.exp(chosen(mixture.log_sigma_x)) * noise[:, 1],
            chosen(mixture.mu_y) + tf.exp(chosen(mixture.log_sigma_y)) * correlated,
            tf.cast(limit < pen_probability, tf.float32),
        ],
        axis=1,
    )
