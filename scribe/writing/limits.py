"""What may be asked of a model that writes, and the sentences that refuse the rest."""

from scribe.foundation.errors import InputError

MAX_BIAS = 10.0
# Longer than any line of IAM-OnDB; a pen changes lines before that.
MAX_CHARACTERS = 120
MAX_LINES = 10_000
MAX_NUMBER = 100_000  # of points and attempts; memory is kept for each point


def check_bias(bias: float) -> None:
    if not 0.0 <= bias <= MAX_BIAS:
        raise InputError(f"bias={bias}: must be from 0 (as written) to {MAX_BIAS:g}")


def check_seed(seed: int) -> None:
    if seed < 0:
        raise InputError(f"seed={seed}: must be 0 or more")


def check_positive(**values: int) -> None:
    """Refuses the first of some numbers, given by name, that is less than 1."""
    for name, value in values.items():
        if value < 1:
            raise InputError(f"{name}={value}: must be 1 or more")


def check_extent(**values: int) -> None:
    """Refuses the first of some numbers, by name, that is not from 1 to MAX_NUMBER."""
    check_positive(**values)
    for name, value in values.items():
        if value > MAX_NUMBER:
            raise InputError(f"{name}={str(value)[:30]}: must be {MAX_NUMBER} or less")


def check_count(num_lines: int) -> None:
    if num_lines > MAX_LINES:
        raise InputError(
            f"{num_lines} lines at once are too many (at most {MAX_LINES}): write them "
            "in several calls"
        )
