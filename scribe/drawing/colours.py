"""Ink and paper colours."""

import re

from scribe.foundation.errors import InputError

_NAMES = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "grey": (128, 128, 128),
    "gray": (128, 128, 128),
    "navy": (0, 0, 128),
    "blue": (0, 0, 255),
    "red": (255, 0, 0),
    "darkred": (139, 0, 0),
    "green": (0, 128, 0),
    "darkgreen": (0, 100, 0),
    "brown": (165, 42, 42),
    "purple": (128, 0, 128),
    "ivory": (255, 255, 240),
}


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of 0 to 255.

    Args:
      colour: "#rrggbb", "#rgb", or one of a few CSS names.
    """
    lowered = colour.lower() if isinstance(colour, str) else ""
    if lowered in _NAMES:
        return _NAMES[lowered]
    if re.fullmatch(r"#[0-9a-f]{6}", lowered):
        return tuple(int(lowered[i : i + 2], 16) for i in (1, 3, 5))
    if re.fullmatch(r"#[0-9a-f]{3}", lowered):
        return tuple(17 * int(digit, 16) for digit in lowered[1:])
    raise InputError(
        f"the colour {colour!r} is not known: write it as #rrggbb or name one of "
        f"{', '.join(_NAMES)}"
    )


def hexadecimal(colour: str) -> str:
    """The colour as "#rrggbb", safe inside a document."""
    return "#{:02x}{:02x}{:02x}".format(*rgb(colour))


def mixed(ink: str, paper: str | None, share: float) -> tuple[float, float, float]:
    """`share` of ink on paper (white where there is none), 0 to 255."""
    ground = rgb(paper or "white")
    return tuple(share * i + (1 - share) * p for i, p in zip(rgb(ink), ground))  # noqa: B905
