"""The compiled reader scores lines as the reader in NumPy does."""

import numpy as np
import pytest
from writing_samples import random_reader

from scribe.networks.compiled_reader import CompiledReader

pytestmark = pytest.mark.unit


def scrawls(*lengths):
    random = np.random.default_rng(0)
    for length in lengths:
        strokes = random.normal(0.0, 1.0, [length, 3]).astype(np.float32)
        strokes[:, 2] = random.random(length) < 0.1
        strokes[-1, 2] = 1.0
        yield strokes


@pytest.mark.parametrize("stacks", [(1,), (2, 2, 1)])
def test_scores_are_those_of_the_reader(stacks):
    reader, lines = random_reader(stacks=stacks), list(scrawls(40, 9, 23, 40))
    found = CompiledReader(reader, "float32").scores(lines)
    for one, other in zip(found, reader.scores(lines), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_rounded_operands_give_nearly_the_same_scores():
    reader, lines = random_reader(), list(scrawls(40, 9))
    found = CompiledReader(reader, "bfloat16").scores(lines)
    for one, other in zip(found, reader.scores(lines), strict=True):
        np.testing.assert_allclose(one, other, atol=0.05)
        assert np.abs(one - other).max() > 0


def test_no_lines_have_no_scores():
    assert CompiledReader(random_reader(), "float32").scores([]) == []
