"""Writing with a trained network: from text, primed with a style, or freely."""

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models import StrokeModel
from scribe.models.engine import Request
from scribe.strokes.arrays import rescale
from scribe.writing import adaptation, limits, styles
from scribe.writing.attempts import MAX_ATTEMPTS, Attempt
from scribe.writing.line import WrittenLine
from scribe.writing.priming import PrimedState
from scribe.writing.session import Session
from scribe.writing.spelling import Spelling

# Lines that an engine writes together: more take memory and gain no speed.
MAX_BATCH = 128
# Tuned hands whose weights a writer keeps; some 15 MB each.
MAX_ADAPTED = 4
# What is written for a hand of chance, `style="seed:7"`: many letters in few words.
FIRST_WORDS = "The quick brown fox jumps over"


class Writer:
    """A trained network, loaded once, that writes as often as it is asked.

    Attributes:
      model: the StrokeModel.
      session: what writing it takes, see Session.
    """

    def __init__(self, model: StrokeModel, engine: str = "auto"):
        self.model = model
        self.session = Session(model, engine)
        self._engine = engine
        self._adapted: dict[tuple, Session] = {}

    def style_names(self) -> list[str]:
        """Names of the hands that come with the model."""
        return styles.shipped_names(self.model.folder)

    def style(
        self,
        style: str | int | styles.Style | styles.Blend | None,
        likeness: float | None = None,
    ) -> styles.Style | styles.Blend | None:
        """The style that a user names, as `write` takes it.

        As `styles.find_style`; beyond that the line that the network invents for
        "seed:7", and a Blend of two styles that are named.

        Args:
          style: the user's.
          likeness: how much of a tuned hand is applied, from 0 to 1; None for what
            most will keep.
        """
        if likeness is not None:
            return styles.with_likeness(self.style(style), likeness)
        if isinstance(style, styles.Blend):
            first, second = self.style(style.first), self.style(style.second)
            return styles.Blend(first, second, style.share)
        if isinstance(style, str) and style.startswith("seed:"):
            number = style.removeprefix("seed:")
            if not number.isdecimal():
                raise InputError(f"style {style!r}: seed: takes a number, as in seed:7")
            (line,) = self.write(FIRST_WORDS, seed=int(number))
            style = styles.Style(line.text, line.strokes)
        return styles.find_style(style, self.model)

    def session_of(self, style: styles.Style | styles.Blend | None) -> Session:
        """The session that writes a style: of the model as adapted to its hand.

        Args:
          style: as `style` returns it.
        """
        learnt = styles.adaptations(style)
        if not learnt:
            return self.session
        key = tuple((hand.digest, share) for hand, share in learnt)
        if key not in self._adapted:
            if len(self._adapted) >= MAX_ADAPTED:
                self._adapted.pop(next(iter(self._adapted)))
            adapted = adaptation.applied(self.model, learnt)
            self._adapted[key] = Session(adapted, self._engine)
        return self._adapted[key]

    def write(
        self,
        texts: str | Sequence[str],
        bias: float = 1.0,
        style: str | int | styles.Style | styles.Blend | None = None,
        seed: int = 0,
        num_samples: int = 1,
        max_steps_per_character: int = 60,
        max_steps: int = 4000,
        max_attempts: int = MAX_ATTEMPTS,
        unknown: str = "refuse",
        writer: str | None = None,
        progress: Callable[[int, float], None] | None = None,
    ) -> list[WrittenLine]:
        """Writes texts, one line each, many at a time.

        Args:
          texts: one text or several, at most MAX_CHARACTERS characters each.
          bias: Graves' probability bias; 0 writes as variedly as the corpus, 1 and more
            neatly (Graves 2013, section 5.4).
          style: a hand to continue in (section 5.5): name or number of a shipped one,
            name of one of the user's own, a file, "seed:7" for the hand of that number
            among all that the network can invent, a Style, or a Blend of two. None
            leaves the hand of each line to chance (the seed).
          seed: the same seed gives the first text, the second, ... the same strokes,
            whichever engine writes and whatever the other texts are.
          num_samples: lines per text. A sample stays the same when more are asked for.
          max_steps_per_character: an attempt fails when the window rests on one
            character for longer.
          max_steps: an attempt fails when it needs more.
          max_attempts: how often a line is tried before it is given up.
          unknown: what to do with characters that can neither be written nor be
            composed (scribe.writing.spelling): "refuse", "replace" by a look-alike or
            "skip". `WrittenLine.substitutes` says what was not written as it stands.
          writer: name of one of the writers whose hands the model learnt apart
            (`model.writers`); None for any hand.
          progress: called from time to time with the number of lines in the making and
            the share of their text that is written.

        Returns:
          The samples of the first text, then those of the second, ...; lines that no
          attempt finished have `finished` False.

        Raises:
          InputError: a text is empty, too long or has unknown characters, or an
            argument is out of its range.
        """
        spelled = self.spelled(texts, unknown)
        limits.check_positive(num_samples=num_samples)
        limits.check_seed(seed)
        limits.check_count(len(spelled) * num_samples)
        wanted = [
            Attempt(seed, text, sample)
            for text in range(len(spelled))
            for sample in range(num_samples)
        ]
        return self.write_attempts(
            [spelled[attempt.text] for attempt in wanted],
            wanted,
            bias=bias,
            style=style,
            max_steps_per_character=max_steps_per_character,
            max_steps=max_steps,
            max_attempts=max_attempts,
            writer=writer,
            progress=progress,
        )

    def spelled(self, texts: str | Sequence[str], unknown: str) -> list[Spelling]:
        """How texts are written, see `Session.spelled`.

        Raises:
          InputError: they cannot be.
        """
        if not self.model.reads_text:
            raise InputError(
                f"{self.model.folder} is a model without text: use write_freely "
                "(--num_steps on the command line)"
            )
        texts = [texts] if isinstance(texts, str) else list(texts)
        if not texts:
            raise InputError("there are no texts to write")
        return self.session.spelled(texts, unknown)

    def write_attempts(
        self,
        texts: Sequence[Spelling],
        attempts: Sequence[Attempt],
        bias: float = 1.0,
        style: str | int | styles.Style | styles.Blend | None = None,
        max_steps_per_character: int = 60,
        max_steps: int = 4000,
        max_attempts: int = MAX_ATTEMPTS,
        writer: str | None = None,
        progress: Callable[[int, float], None] | None = None,
    ) -> list[WrittenLine]:
        """Writes lines of which it is said with which random numbers.

        Args:
          texts: of each line, as `spelled`.
          attempts: of each line the first.
          bias, style, max_steps_per_character, max_steps, max_attempts, writer,
          progress: as for `write`.

        Returns:
          a line for each text.
        """
        limits.check_bias(bias)
        limits.check_extent(
            max_steps_per_character=max_steps_per_character,
            max_steps=max_steps,
            max_attempts=max_attempts,
        )
        style = self.style(style)
        session = self.session_of(style)
        primed = session.primed(style)
        ask = functools.partial(
            session.request,
            bias=bias,
            primed=primed,
            writer_id=session.writer_id(writer),
            max_steps=max_steps,
            max_stall=max_steps_per_character,
        )
        lines: list[WrittenLine | None] = [None] * len(texts)
        # Lines of one batch take about as long as each other: sorted by length.
        waiting = sorted(enumerate(attempts), key=lambda one: len(texts[one[0]].base))
        while waiting:
            spelt = [texts[i] for i, _ in waiting]
            tried = [attempt for _, attempt in waiting]
            written = self._in_batches(session, spelt, tried, ask, primed, progress)
            again = []
            for (i, attempt), line in zip(waiting, written, strict=True):
                lines[i] = line
                again.append((i, attempt.after(line, max_attempts)))
            waiting = [one for one in again if one[1] is not None]
        return lines

    def write_freely(
        self,
        num_steps: int = 700,
        num_samples: int = 1,
        bias: float = 1.0,
        seed: int = 0,
    ) -> list[WrittenLine]:
        """Lets a network without text write whatever comes (Graves 2013, section 4).

        Args:
          num_steps: points per line.
          num_samples: lines.
          bias, seed: as in `write`.
        """
        if self.model.reads_text:
            raise InputError(
                f"{self.model.folder} writes text: use write (--text on the command "
                "line)"
            )
        limits.check_bias(bias)
        limits.check_positive(num_samples=num_samples)
        limits.check_extent(num_steps=num_steps)
        limits.check_seed(seed)
        limits.check_count(num_samples)
        attempts = [Attempt(seed, 0, sample) for sample in range(num_samples)]
        ask = functools.partial(
            self.session.request, bias=bias, max_steps=num_steps, max_stall=num_steps
        )
        return self._in_batches(self.session, [None] * num_samples, attempts, ask)

    def predict(self, line: WrittenLine) -> dict[str, np.ndarray]:
        """What the network expected at each point of a line it is led through again.

        Of a line with marks set upon it, those of `line.plain`.

        Returns:
          pi [T, M], mu [T, M, 2], sigma [T, M, 2], rho [T, M] in pen units: row t is
          the density of `strokes[t + 1]`; T is the number of points less one.
        """
        from scribe.models.numpy_mixtures import mixture_from_activations

        if len(line.strokes) < 2:
            raise InputError("a line of one point has nothing to predict")
        line = line.plain
        scale = self.model.offset_scale
        strokes = rescale(line.strokes, 1.0 / scale)[None, :-1]
        text = mask = None
        if self.model.reads_text:
            text, mask = self.session.encoded([line.text])
        engine, bias = self.session.engine(1), np.zeros(len(strokes[0]))
        inputs = self.session.inputs(strokes)
        activations, _ = engine.activations(inputs, text, mask)
        mixture = mixture_from_activations(activations[0], bias, self.model.variant)
        return {
            "pi": mixture["pi"],
            "mu": np.stack([mixture["mu_x"], mixture["mu_y"]], axis=-1) * scale,
            "sigma": np.stack([mixture["sigma_x"], mixture["sigma_y"]], -1) * scale,
            "rho": mixture["rho"],
        }

    def _in_batches(
        self,
        session: Session,
        texts: Sequence[Spelling | None],
        attempts: Sequence[Attempt],
        ask: Callable[..., Request],
        primed: PrimedState | None = None,
        progress: Callable[[int, float], None] | None = None,
    ) -> list[WrittenLine]:
        """Makes an attempt at each of some texts.

        Args:
          session: that writes.
          texts: of each line, as `Session.spelled`; None for a model without text.
          attempts: of each line, in the order in which they share batches.
          ask: `Session.request`, but for its texts and attempts.
          primed: the style that `ask` has.
          progress: as for `write`.
        """
        engine = session.engine(len(attempts))
        lines = []
        for first in range(0, len(attempts), MAX_BATCH):
            batch = attempts[first : first + MAX_BATCH]
            spelt = texts[first : first + MAX_BATCH]
            request = ask([text.base if text else "" for text in spelt], batch)
            if progress is not None:
                watch = functools.partial(progress, len(batch))
                request = dataclasses.replace(request, watch=watch)
            answer = engine.write(request)
            lines += session.lines(spelt, batch, request, answer, primed)
        return lines
