"""Compiled steps write what the NumPy engine writes."""

import numpy as np
import pytest
from engine_samples import assert_same_lines, request
from refusals import refused
from writing_samples import encoding_scribbler, scribbler

from scribe.models.numpy_engine import NumpyEngine
from scribe.models.variant import Variant
from scribe.networks.compiled_steps import CompiledSteps

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("layers", [1, 3])
def test_lines_are_those_of_the_numpy_engine(layers):
    model = scribbler(num_layers=layers)
    asked = request(model)
    compiled = CompiledSteps(model, "float32").write(asked)
    assert_same_lines(compiled, NumpyEngine(model).write(asked))


@pytest.mark.parametrize(
    "changes",
    [{"window_feedback": False}, {"output_skips": False}, {"window_reads_input": True}],
)
def test_so_are_those_of_every_variant(changes):
    model = scribbler(variant=Variant(**changes))
    asked = request(model)
    compiled = CompiledSteps(model, "float32").write(asked)
    assert_same_lines(compiled, NumpyEngine(model).write(asked))


def test_rounded_operands_give_nearly_the_same_activations():
    model = scribbler()
    engines = NumpyEngine(model), CompiledSteps(model, "bfloat16")
    point = np.array([[0.5, -0.2, 0.0]] * 4, np.float32)
    text = np.ones([4, 6], np.int32)
    found = [
        engine.step(point, engine.start(text, np.ones([4, 6], np.float32), 4))
        for engine in engines
    ]
    np.testing.assert_allclose(*found, atol=0.05)
    assert np.abs(found[0] - found[1]).max() > 0


def test_other_kinds_are_refused():
    with refused("encoder_decoder", "attention_rnn"):
        CompiledSteps(encoding_scribbler(), "float32")
    with refused("float16", "bfloat16"):
        CompiledSteps(scribbler(), "float16")
