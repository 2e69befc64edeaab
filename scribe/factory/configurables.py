"""Registers what gin files may name of the factory."""

from scribe.factory import augmentation, check, hands, pens, recipe, sizes, texts  # noqa: F401
