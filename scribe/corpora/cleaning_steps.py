"""The steps that clean strokes, as gin files name them and as model.json keeps them."""

from collections.abc import Callable, Sequence

import gin

from scribe.strokes.cleaning import CLEANING_STEPS

for _step in CLEANING_STEPS.values():
    gin.external_configurable(_step, module="scribe.strokes")


def described(steps: Sequence[Callable]) -> list[dict]:
    """The steps by name with their bound arguments, for model.json."""
    return [
        {"step": step.__name__, **gin.get_bindings(step, resolve_references=True)}
        for step in steps
    ]
