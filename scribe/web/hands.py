"""The hands that a visitor can choose: those of the model, and the visitor's own."""

import asyncio
import collections
import dataclasses
import secrets
import time
import weakref
from collections.abc import Callable

from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.reading import Reader
from scribe.strokes.measures import written_height
from scribe.web import messages, sheet
from scribe.web.limits import Limits
from scribe.writing import adaptation, own_hand, styles
from scribe.writing.priming import PrimedState
from scribe.writing.session import Session

PREVIEW_HEIGHT_MM = 10.0
# What the shipped model writes takes 0.69 to 0.95 of the width per character that its
# style has, which is rich in wide letters.
WIDTH_OF_STYLE = 0.88
# Networks that were tuned to a hand and are kept, some 30 MB each.
MAX_TUNED = 4


@dataclasses.dataclass(eq=False)
class Hand:
    """A style under the name that it is asked for by.

    Attributes:
      id: unique; that of a visitor's own cannot be guessed.
      name: for reading only, it may be any text.
      style: what was written in it.
      own: whether a visitor drew it.
      learning: how far the learning of it is; None if nobody asked for it.
    """

    id: str
    name: str
    style: styles.Style
    own: bool = False
    learning: messages.Learning | None = None

    @property
    def has_lines_enough(self) -> bool:
        """Whether it can be learnt."""
        return len(self.style.all_lines()) >= adaptation.MIN_LINES


@dataclasses.dataclass(frozen=True, eq=False)
class Led:
    """Where lines in a hand begin, and the session of the network that was tuned to it;
    None for the network that ships.
    """

    primed: PrimedState
    session: Session | None = None


class Leading:
    """Leads the network into hands, once for each, beside other requests."""

    def __init__(self, session: Session):
        self._session = session
        self._led: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()
        # By style and likeness, the one used longest ago first.
        self._tuned: collections.OrderedDict[tuple, Led] = collections.OrderedDict()

    async def into(self, style: styles.Style, likeness: float | None) -> Led:
        """The network led into a style.

        Args:
          style: of a hand.
          likeness: as for `Writer.style`.

        Raises:
          InputError: there is a likeness, and the hand was not learnt.
        """
        if likeness is not None:
            styles.with_likeness(style, likeness)  # may it be?
        if style.adaptation is not None:
            share = style.likeness if likeness is None else likeness
            return await self._into_tuned(style, share)
        if style not in self._led:
            primed = await asyncio.to_thread(self._session.primed, style)
            self._led.setdefault(style, Led(primed))  # two may have looked for it
        return self._led[style]

    async def _into_tuned(self, style: styles.Style, likeness: float) -> Led:
        key = style, likeness
        if key not in self._tuned:
            found = await asyncio.to_thread(self._adapted, style, likeness)
            self._tuned.setdefault(key, found)
            while len(self._tuned) > MAX_TUNED:
                self._tuned.popitem(last=False)
            return found
        self._tuned.move_to_end(key)
        return self._tuned[key]

    def _adapted(self, style: styles.Style, likeness: float) -> Led:
        learnt = styles.adaptations(styles.with_likeness(style, likeness))
        model = adaptation.applied(self._session.model, learnt)
        primed = Session(model, "numpy").primed(style)
        # Another for the batcher's thread: an engine is of one thread.
        return Led(primed, Session(model, "numpy"))


def shipped(model: StrokeModel) -> dict[str, Hand]:
    """The hands that come with a model, by name."""
    return {
        name: Hand(name, name, styles.find_style(name, model))
        for name in styles.shipped_names(model.folder)
    }


def described(hand: Hand, learns: bool) -> messages.StyleAnswer:
    """What a page shows of a hand.

    Args:
      hand: one of the model's, or a visitor's own.
      learns: whether the server learns hands.
    """
    style = hand.style.all_lines()[0]
    tuned = hand.style.adaptation is not None
    line = sheet.place(style.strokes, PREVIEW_HEIGHT_MM / written_height(style.strokes))
    return messages.StyleAnswer(
        id=hand.id,
        name=hand.name,
        own=hand.own,
        text=style.text,
        tunable=learns and hand.own and not tuned and hand.has_lines_enough,
        tuned=tuned,
        learning=hand.learning,
        mm_per_character=round(WIDTH_OF_STYLE * line.width_mm / len(style.text), 3),
        preview=messages.Preview(
            width_mm=round(line.width_mm, 3),
            height_mm=PREVIEW_HEIGHT_MM,
            paths=line.paths(),
        ),
    )


def spelt(
    lines: list[tuple[list, str]], model: StrokeModel, reader: Reader
) -> styles.Style:
    """The style of drawn lines, if they spell their texts to a reader."""
    hand = own_hand.from_lines(lines, model, reader)
    return styles.find_style(styles.cleaned(hand.style, model), model)


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
        hand = Hand(f"own-{secrets.token_urlsafe(16)}", name, style, own=True)
        hands[hand.id] = hand
        return token, hand

    def remove(self, token: str | None, id: str) -> bool:
        """Forgets a style; False if the visitor has none of this id."""
        return self.hands(token).pop(id, None) is not None

    def _forget_the_absent(self) -> None:
        oldest = self._clock() - 60.0 * self._limits.style_minutes
        while self._visitors and next(iter(self._visitors.values()))[0] < oldest:
            self._visitors.popitem(last=False)
