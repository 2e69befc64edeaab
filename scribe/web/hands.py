"""The hands that a visitor can choose: those of the model, and the visitor's own."""

import asyncio
import collections
import dataclasses
import secrets
import time
from collections.abc import Callable

from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.web.limits import Limits
from scribe.writing import styles
from scribe.writing.priming import PrimedState
from scribe.writing.session import Session


@dataclasses.dataclass(eq=False)
class Hand:
    """A style under the name that it is asked for by.

    Attributes:
      id: unique; that of a visitor's own cannot be guessed.
      name: for reading only, it may be any text.
      style: what was written in it.
      primed: the style as Session.primed returns it; None until first used.
    """

    id: str
    name: str
    style: styles.Style
    primed: PrimedState | None = None


async def primed_state(hand: Hand | None, session: Session) -> PrimedState | None:
    """Where lines in a hand begin; found once for each, beside other requests."""
    if hand is None:
        return None
    if hand.primed is None:
        primed = await asyncio.to_thread(session.primed, hand.style)
        hand.primed = hand.primed or primed  # two requests may have looked for it
    return hand.primed


def shipped(model: StrokeModel) -> dict[str, Hand]:
    """The hands that come with a model, by name."""
    return {
        name: Hand(name, name, styles.find_style(name, model))
        for name in styles.shipped_names(model.folder)
    }


class Visitors:
    """What visitors drew, in memory only, each seen by its own visitor alone.

    A visitor is known by a random token, which a cookie keeps. Tokens are made here,
    never taken over from a request.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic):
        self._limits = limits
        self._clock = clock
        # By token, the one seen longest ago first: (when last seen, hands by id).
        self._visitors: collections.OrderedDict[str, tuple[float, dict[str, Hand]]] = (
            collections.OrderedDict()
        )

    def hands(self, token: str | None) -> dict[str, Hand]:
        """The visitor's hands by id, in the order of drawing; empty for strangers."""
        self._forget_the_absent()
        if token not in self._visitors:
            return {}
        _, hands = self._visitors.pop(token)
        self._visitors[token] = self._clock(), hands
        return hands

    def add(self, token: str | None, name: str, style: styles.Style):
        """Keeps a style.

        Returns:
          the visitor's token, a new one for a stranger, and the Hand.

        Raises:
          InputError: the visitor has as many as are kept.
        """
        hands = self.hands(token)
        if len(hands) >= self._limits.max_styles:
            raise InputError(
                f"at most {self._limits.max_styles} styles of yours are kept: remove "
                "one first"
            )
        if token not in self._visitors:
            token = secrets.token_urlsafe(32)
            self._visitors[token] = self._clock(), hands
            while len(self._visitors) > self._limits.max_visitors:
                self._visitors.popitem(last=False)
        hand = Hand(f"own-{secrets.token_urlsafe(16)}", name, style)
        hands[hand.id] = hand
        return token, hand

    def remove(self, token: str | None, id: str) -> bool:
        """Forgets a style; False if the visitor has none of this id."""
        return self.hands(token).pop(id, None) is not None

    def _forget_the_absent(self) -> None:
        oldest = self._clock() - 60.0 * self._limits.style_minutes
        while self._visitors and next(iter(self._visitors.values()))[0] < oldest:
            self._visitors.popitem(last=False)
