"""The benchmark of words: its batches, its table, and what it refuses."""

import pytest
from refusals import assert_refusal, refused
from word_samples import prepared_words, tiny_word_dataset

from scrabblegan import benchmark
from scrabblegan.evaluation import word_benchmark
from scribe.foundation import command_line

pytestmark = pytest.mark.unit


def test_random_words_are_like_those_of_a_dataset(tmp_path):
    folder = prepared_words(tmp_path / "w", {"train": ["ab"] * 4, "validation": ["a"]})
    real = next(tiny_word_dataset(folder).train_batches(0))
    made = word_benchmark.RandomWords(4, 2, "ab").batch(0)
    assert made.keys() == real.keys()
    for name, array in real.items():
        assert made[name].shape == array.shape
        assert made[name].dtype.name == array.dtype.name


def test_the_table_compares_medians_with_the_first_form():
    measured = {"eager": ([4.0, 2.0, 9.0], 100.0), "reuse": ([1.0, 3.0, 2.0], 120.0)}
    rows = word_benchmark.costs_table(measured, batch_size=16).splitlines()
    assert rows[2] == "| eager | 4.0 | 4.000 | 2.000 | 1.00 | 100 |"
    assert rows[3] == "| reuse | 8.0 | 2.000 | 1.000 | 2.00 | 120 |"


@pytest.mark.usefixtures("clean_gin")
def test_what_cannot_be_measured_is_refused(capsys):
    with refused("--forms=fast", "eager, compiled, reuse"):
        word_benchmark.costs_per_step("scrabblegan_2", [], ["fast"], 1, 1, 2, 2)
    with refused("digits_wgan_gp", "DigitTrainer"):
        word_benchmark.costs_per_step("digits_wgan_gp", [], ["eager"], 1, 1, 2, 2)
    arguments = ["--gin_file=scrabblegan_2", "--words=0"]
    status = command_line.status_of(benchmark.main, arguments)
    assert_refusal(capsys, status, "--words=0", 1, 20)
