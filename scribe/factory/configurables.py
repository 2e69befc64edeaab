"""Registers what gin files may name of the factory."""

from scribe.factory import check, hands, pens, recipe, sizes, texts  # noqa: F401
