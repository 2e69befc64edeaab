"""Registers what gin files may name of the factory."""

from scribe.factory import (  # noqa: F401
    augmentation,
    check,
    hands,
    pens,
    recipe,
    sheets,
    sizes,
    texts,
)
