"""In which hands is written, and how each writes.

A hand is a style that comes with the model, one of the user's own, one that the network
invents, or one between two styles. It writes several lines, or a page, before another
takes its place.
"""

import dataclasses
from collections.abc import Sequence

import gin
import numpy as np

from scribe.factory import amounts
from scribe.factory.amounts import Amount
from scribe.foundation.errors import InputError
from scribe.writing import Blend
from scribe.writing.limits import MAX_BIAS

KINDS = ("styles", "own", "invented", "blends")


@dataclasses.dataclass(frozen=True)
class Hand:
    """One writer of a data set.

    Attributes:
      name: what labels call it; hands that are invented have a name of their own.
      style: as Writer.write takes it; None for a hand that the network invents.
      bias: Graves' probability bias.
      slant: x per unit of height that is added, to the right if positive.
      size: factor on the height of the writing.
      width: factor on x.
      speed: factor on the pen's speed; a fast pen leaves less ink.
    """

    name: str
    style: str | Blend | None
    bias: float
    slant: float
    size: float
    width: float
    speed: float


@gin.register(module="scribe")
class Hands:
    """Draws hands.

    Attributes:
      lines_per_hand: that one writes before the next takes its place.
    """

    def __init__(
        self,
        shares: dict[str, float],
        styles: Sequence[str] | None,
        own: Sequence[str],
        lines_per_hand: int,
        bias: Amount,
        slant: Amount,
        size: Amount,
        width: Amount,
        speed: Amount,
    ):
        """
        Args:
          shares: of each of KINDS.
          styles: names of styles that come with the model; None for all.
          own: names or files of styles of the user's own.
          lines_per_hand: 1 or more.
          bias, slant, size, width, speed: distributions, see Hand and
            scribe.factory.amounts.

        Raises:
          InputError: a kind is unknown, a share has no hands, or a number is out of its
            range.
        """
        for kind in shares:
            if kind not in KINDS:
                raise InputError(f"Hands.shares={kind!r}: use some of {KINDS}")
        if shares.get("own") and not own:
            raise InputError("Hands.shares has own hands, but Hands.own names none")
        if lines_per_hand < 1:
            raise InputError(f"lines_per_hand={lines_per_hand}: must be 1 or more")
        self._kinds = list(shares)
        self._shares = amounts.check_shares("Hands.shares", list(shares.values()))
        amounts.check_within("Hands.bias", bias, 0.0, MAX_BIAS)
        amounts.check_within("Hands.slant", slant, -1.0, 1.0)
        for name, amount in (("size", size), ("width", width), ("speed", speed)):
            amounts.check_within(f"Hands.{name}", amount, 0.2, 5.0)
        self._amounts = {
            "bias": bias, "slant": slant, "size": size, "width": width, "speed": speed
        }  # fmt: skip
        self._styles, self._own = styles, list(own)
        self.lines_per_hand = lines_per_hand

    def draw(
        self, random: np.random.Generator, shipped: Sequence[str], name: str
    ) -> Hand:
        """A hand.

        Args:
          random: of the draws.
          shipped: names of the styles that come with the model.
          name: of the hand, if it is invented.

        Raises:
          InputError: the model has no styles, and the shares ask for them.
        """
        styles = list(shipped if self._styles is None else self._styles)
        kind = self._kinds[random.choice(len(self._kinds), p=self._shares)]
        style: str | Blend | None = None
        if kind in ("styles", "blends") and not styles:
            raise InputError(f"Hands.shares asks for {kind}, but the model has none")
        if kind == "styles":
            style = name = styles[random.integers(len(styles))]
        elif kind == "own":
            style = name = self._own[random.integers(len(self._own))]
        elif kind == "blends":
            first, second = (styles[random.integers(len(styles))] for _ in range(2))
            share = round(float(random.uniform(0.25, 0.75)), 2)
            style = Blend(first, second, share)
            name = f"{first}+{second}:{share:g}"
        drawn = {
            each: amounts.draw(amount, random) for each, amount in self._amounts.items()
        }
        return Hand(name, style, **drawn)
