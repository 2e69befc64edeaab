"""Character and word errors of readings, and what is read after the text."""

import numpy as np
import pytest

from scribe.reading import error_rates


def distances(text, reading) -> list[int]:
    """Levenshtein's distance of `text` to each beginning of `reading`, by the table."""
    above = list(range(len(reading) + 1))
    for i, a in enumerate(text, start=1):
        row = [i]
        for j, b in enumerate(reading, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
        above = row
    return above


@pytest.fixture(scope="module")
def pairs():
    """Texts and readings with errors of every kind."""
    random = np.random.default_rng(0)
    found = []
    for _ in range(40):
        text = "".join(random.choice(list("ab c"), 12)).strip() or "a"
        letters = list(text)
        for _ in range(int(random.integers(0, 6))):
            at = int(random.integers(0, len(letters) + 1))
            letters[at : at + int(random.integers(0, 2))] = random.choice(
                list("abcd"), int(random.integers(0, 3))
            )
        found.append((" ".join(text.split()), " ".join("".join(letters).split())))
    return found


@pytest.mark.property
def test_errors_are_levenshtein_s_distance_of_characters_and_of_words(pairs):
    errors = error_rates.count_errors(*zip(*pairs, strict=True))
    for i, (text, reading) in enumerate(pairs):
        assert errors.character_errors[i] == distances(text, reading)[-1]
        assert errors.characters[i] == len(text)
        words = text.split()
        assert errors.word_errors[i] == distances(words, reading.split())[-1]
        assert errors.words[i] == len(words)
    rates = errors.rates()
    total = sum(distances(text, reading)[-1] for text, reading in pairs)
    assert rates["cer"] == pytest.approx(total / sum(len(t) for t, _ in pairs))
    assert rates["cer_interval"][0] < rates["cer"] < rates["cer_interval"][1]


@pytest.mark.property
def test_the_surplus_is_the_longest_ending_that_an_alignment_can_leave_over(pairs):
    for text, reading in pairs:
        to_beginnings = distances(text, reading)
        longest = max(
            extra
            for extra in range(len(reading) + 1)
            if to_beginnings[len(reading) - extra] + extra == to_beginnings[-1]
        )
        assert error_rates.surplus_characters(text, reading) == longest


@pytest.mark.unit
@pytest.mark.parametrize(
    ("reading", "surplus"),
    [("The end.", 0), ("The end.s", 1), ("The end. so", 3), ("Then end", 0), ("", 0)],
)
def test_what_follows_the_text_is_counted(reading, surplus):
    assert error_rates.surplus_characters("The end.", reading) == surplus


@pytest.mark.unit
def test_characters_that_were_missed_are_counted_by_character():
    errors = error_rates.count_errors(["aab Q", "QQ"], ["ab O", "QQx"])
    assert errors.by_character == {" ": (1, 0), "Q": (3, 1), "a": (2, 1), "b": (1, 0)}
    assert errors.character_errors.tolist() == [2, 1]


@pytest.mark.unit
def test_spaces_count_once_and_an_empty_reading_misses_all():
    errors = error_rates.count_errors(["a  word"], [" a word "])
    assert errors.rates()["cer"] == errors.rates()["wer"] == 0.0
    errors = error_rates.count_errors(["a word"], [""])
    assert errors.rates()["cer"] == errors.rates()["wer"] == 1.0


@pytest.mark.unit
def test_written_lines_are_compared_with_real_ones_of_the_same_texts():
    texts = ["four", "word", "text"]
    written = error_rates.count_errors(texts, ["four", "wxxx", "text"])
    real = error_rates.count_errors(texts, ["foux", "word", "textxxxxx"])
    found = error_rates.compare_errors(written, real)
    assert found["cer_difference"] == pytest.approx((3 - 6) / 12)
    assert found["cer_ratio"] == pytest.approx(3 / 6)
    assert found["wer_ratio"] == pytest.approx(1 / 2)
    low, high = found["cer_difference_interval"]
    assert low < found["cer_difference"] < high
    flawless = error_rates.count_errors(texts, texts)
    assert error_rates.compare_errors(written, flawless)["cer_ratio"] is None
