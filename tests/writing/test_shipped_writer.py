"""The writers that ship stay as legible as they were: fixed texts, a fixed seed.

What is written depends on the last bits of a processor's arithmetic, which grow along a
line, so that the bounds leave room for some letters more.
"""

import functools

import pytest

import scribe
from scribe.models.stroke_model import DEFAULT_MODEL
from scribe.reading import error_rates, load_reader

TEXTS = (
    "The quick brown fox jumps over 13 lazy dogs.",
    "Dear Ada, the engine writes by itself.",
    "Quite a few zebras live in the zoo.",
    "Meet me at the station at 7, will you?",
    "No rain for 26 days, and 48 to go.",
    '"Well," said Vera, "it can be read."',
    "Just pack my box with jugs of water.",
    "Xavier and Zoe like old maps.",
)
MIN_FINISHED = 7
# By model and bias. The weights reach 0.14, 0.02, 0.045 and 0.038, and all eight.
MAX_CER = {
    (DEFAULT_MODEL, 0.0): 0.30,
    (DEFAULT_MODEL, 1.0): 0.08,
    ("synthesis_half_rate", 1.0): 0.08,
    ("graves_synthesis", 1.0): 0.08,
}


@functools.cache
def written(model, bias):
    """A line for each text: a single try, in NumPy."""
    writer = scribe.load(model, engine="numpy")
    return writer.write(TEXTS, bias=bias, seed=11, max_attempts=1)


@pytest.mark.slow
@pytest.mark.regression
@pytest.mark.parametrize(("model", "bias"), MAX_CER)
def test_the_lines_come_to_their_end_at_a_single_try(model, bias):
    finished = [line.finished for line in written(model, bias)]
    assert sum(finished) >= MIN_FINISHED


@pytest.mark.slow
@pytest.mark.regression
@pytest.mark.parametrize(("model", "bias"), MAX_CER)
def test_the_lines_can_be_read(model, bias):
    lines = [line.strokes for line in written(model, bias)]
    readings = load_reader().read(lines)
    errors = error_rates.count_errors(TEXTS, readings)
    assert errors.rates()["cer"] <= MAX_CER[model, bias], readings


@pytest.mark.regression
@pytest.mark.parametrize("bias", [0.0, 1.0])
def test_nothing_more_is_written_after_the_text(bias):
    """A line takes 8 to 14 points a character; one that goes on takes more."""
    for line in written(DEFAULT_MODEL, bias):
        assert 6 * len(line.text) < len(line.strokes) < 18 * len(line.text)
