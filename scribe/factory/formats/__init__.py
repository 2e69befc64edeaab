"""Formats of labelled data sets, by the names that --format takes."""

from scribe.factory.formats.format import Format
from scribe.factory.formats.image_folder import ImageFolder

FORMATS: dict[str, type[Format]] = {each.name: each for each in (ImageFolder,)}

__all__ = ["FORMATS", "Format"]
