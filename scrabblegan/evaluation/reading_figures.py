"""Error rates of words that were read, all together and by their length."""

from collections.abc import Sequence

import numpy as np

from scribe.reading import error_rates
from scribe.reading.error_rates import ReadingErrors

# Names of groups of words, and their fewest characters.
_GROUPS = {"1 to 3": 1, "4 to 6": 4, "7 and more": 7}
_NUM_WORST = 10
_LEAST_OCCURRENCES = 20  # of a character whose errors are worth telling


def reading_figures(
    texts: Sequence[str], readings: Sequence[str]
) -> tuple[dict, ReadingErrors]:
    """Compares readings with texts.

    Returns:
      "cer" and "wer" with 95 % intervals, "wer_by_length", and "worst_characters", the
      shares of those missed most often; and the errors of each word.
    """
    errors = error_rates.count_errors(texts, readings)
    return {
        **errors.rates(),
        "wer_by_length": _by_length(errors),
        "worst_characters": _worst(errors.by_character),
    }, errors


def _by_length(errors: ReadingErrors) -> dict[str, float | None]:
    group = np.searchsorted(list(_GROUPS.values()), errors.characters, side="right") - 1
    found = {}
    for i, name in enumerate(_GROUPS):
        words = errors.words[group == i].sum()
        wrong = errors.word_errors[group == i].sum()
        found[name] = float(wrong / words) if words else None
    return found


def _worst(by_character: dict[str, tuple[int, int]]) -> dict[str, float]:
    shares = {
        character: missed / occurs
        for character, (occurs, missed) in by_character.items()
        if occurs >= _LEAST_OCCURRENCES
    }
    return dict(sorted(shares.items(), key=lambda item: -item[1])[:_NUM_WORST])


def rate_cell(row: dict, name: str) -> str:
    """A rate with its interval, for a table."""
    low, high = row[f"{name}_interval"]
    return f"{row[name]:.1%} ({low:.1%} to {high:.1%})"


def length_cells(row: dict) -> list[str]:
    """The cells of the columns that `LENGTH_COLUMNS` names."""
    values = row["wer_by_length"].values()
    return ["-" if value is None else f"{value:.1%}" for value in values]


LENGTH_COLUMNS = [f"{name} characters" for name in _GROUPS]
