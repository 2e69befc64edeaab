"""The writers that ship stay as legible as they were: fixed texts, a fixed seed.

What is written depends on the last bits of a processor's arithmetic, which grow along a
line, so that the bounds leave room for some letters more.
"""

import pytest

import scribe
from scribe import reader, reading_errors

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
# The weights reach 0.14 and 0.02, and all eight.
MAX_CER = {0.0: 0.30, 1.0: 0.08}
MIN_FINISHED = 7
BIASES = (0.0, 1.0)
# Of the others at bias 1; they reach 0.045 and 0.038, and all eight.
OTHERS_MAX_CER = {"synthesis": 0.08, "graves_synthesis": 0.08}


@pytest.fixture(scope="module")
def written():
    """By bias, a line for each text: a single try, in NumPy."""
    writer = scribe.load(engine="numpy")
    return {
        bias: writer.write(TEXTS, bias=bias, seed=11, max_attempts=1) for bias in BIASES
    }


@pytest.mark.regression
@pytest.mark.parametrize("bias", BIASES)
def test_the_lines_come_to_their_end_at_a_single_try(written, bias):
    finished = [line.finished for line in written[bias]]
    assert sum(finished) >= MIN_FINISHED


@pytest.mark.regression
@pytest.mark.parametrize("bias", BIASES)
def test_the_lines_can_be_read(written, bias):
    readings = reader.load().read([line.strokes for line in written[bias]])
    errors = reading_errors.count(TEXTS, readings)
    assert errors.rates()["cer"] <= MAX_CER[bias], readings


@pytest.mark.regression
@pytest.mark.parametrize("model", OTHERS_MAX_CER)
def test_the_lines_of_the_other_writers_end_and_can_be_read(model):
    writer = scribe.load(model, engine="numpy")
    lines = writer.write(TEXTS, bias=1.0, seed=11, max_attempts=1)
    assert sum(line.finished for line in lines) >= MIN_FINISHED
    readings = reader.load().read([line.strokes for line in lines])
    errors = reading_errors.count(TEXTS, readings)
    assert errors.rates()["cer"] <= OTHERS_MAX_CER[model], readings


@pytest.mark.regression
@pytest.mark.parametrize("bias", BIASES)
def test_nothing_more_is_written_after_the_text(written, bias):
    """A line takes 8 to 14 points a character; one that goes on takes more."""
    for line in written[bias]:
        assert 6 * len(line.text) < len(line.strokes) < 18 * len(line.text)
