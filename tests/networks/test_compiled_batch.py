"""Lines that TensorFlow writes several steps at a call are those of a rolling batch."""

import dataclasses

import numpy as np
import pytest
from engine_samples import assert_same_lines, request, scribbles
from refusals import refused
from writing_samples import encoding_scribbler, scribbler

from scribe.models.numpy_engine import NumpyEngine
from scribe.models.rolling_batch import RollingBatch
from scribe.models.variant import Variant
from scribe.networks.compiled_batch import CompiledBatch
from scribe.networks.compiled_steps import CompiledSteps

pytestmark = pytest.mark.unit


def row_of(asked, row):
    """A request for one line of several."""
    names = ("text", "text_mask", "first", "bias", "noise")
    return dataclasses.replace(
        asked, **{name: getattr(asked, name)[row : row + 1] for name in names}
    )


def written(batch, requests):
    """The answers to requests of one line each; a new one joins after each call."""
    waiting, answers = dict(enumerate(requests)), {}
    while waiting or len(batch):
        if waiting:
            ticket = min(waiting)
            batch.add([ticket], waiting.pop(ticket))
        answers.update(batch.step())
    return [answers[ticket] for ticket in range(len(requests))]


def assert_same(compiled, others):
    for one, other in zip(compiled, others, strict=True):
        assert_same_lines(one, other)


@pytest.mark.parametrize(
    ("layers", "changes"),
    [
        (1, {}),
        (3, {}),
        (2, {"window_feedback": False}),
        (2, {"output_skips": False}),
        (2, {"window_reads_input": True}),
    ],
)
def test_lines_are_those_of_a_rolling_batch(layers, changes):
    model = scribbler(num_layers=layers, variant=Variant(**changes))
    asked = request(model, num_steps=90)
    requests = [row_of(asked, row) for row in range(len(asked.bias))]
    compiled = written(CompiledBatch(CompiledSteps(model, "float32")), requests)
    assert_same(compiled, written(RollingBatch(NumpyEngine(model)), requests))


def test_rows_are_taken_by_others_and_laid_out_anew():
    model = scribbler()
    asked = request(model, texts=["the quick brown fox"] * 70, num_steps=150)
    # Lines use their noise up in different calls.
    requests = [
        dataclasses.replace(one, noise=one.noise[:, : 10 + 2 * row])
        for row, one in enumerate(row_of(asked, row) for row in range(70))
    ]
    batch = CompiledBatch(CompiledSteps(model, "float32"))
    for row in range(60):
        batch.add([row], requests[row])
    answers = dict(batch.step())
    for row in range(60, 70):
        batch.add([row], requests[row])
    while len(batch):
        answers.update(batch.step())
    others = RollingBatch(NumpyEngine(model))
    assert_same([answers[r] for r in range(70)], written(others, requests))


def test_lines_go_on_from_what_a_hand_has_reached():
    model = scribbler()
    start, _ = NumpyEngine(model).lead(
        scribbles(20)[None], model.alphabet.encode("fox ")[None], np.ones([1, 5])
    )
    asked = dataclasses.replace(request(model, num_steps=60), start=start, trailing=3)
    requests = [row_of(asked, row) for row in (0, 2)]
    batches = (
        CompiledBatch(CompiledSteps(model, "float32")),
        RollingBatch(NumpyEngine(model)),
    )
    found = [written(batch, requests) for batch in batches]
    assert_same(*found)
    for one, other in zip(*found, strict=True):
        for name in ("h", "c", "window", "kappa", "phi"):
            pair = (getattr(answer.reached, name) for answer in (one, other))
            for array, same in zip(*pair, strict=True):
                np.testing.assert_allclose(array, same, atol=2e-4)


def test_rounded_operands_write_something_near():
    model = scribbler()
    asked = request(model, texts=["a fox"], num_steps=8)
    one, other = (
        written(CompiledBatch(CompiledSteps(model, products)), [asked])[0].strokes
        for products in ("float32", "bfloat16")
    )
    np.testing.assert_allclose(one[0, 0], other[0, 0], atol=0.05)
    assert np.abs(one - other).max() > 0


def test_other_kinds_are_refused():
    with refused("encoder_decoder", "attention_rnn"):
        CompiledSteps(encoding_scribbler(), "float32")
    with refused("float16", "bfloat16"):
        CompiledSteps(scribbler(), "float16")
