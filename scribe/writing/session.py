"""From texts to what an engine is asked, and from what it answers to lines. NumPy only.

`Writer.write` and the web's batcher need the same of a model and differ in when they
let it write: the one all lines at once, the other as requests come and go.
"""

import dataclasses
import sys
from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models import NUMPY_ENGINES, StrokeModel
from scribe.models.engine import Answer, Engine, Request
from scribe.writing import priming, spelling
from scribe.writing.attempts import Attempt
from scribe.writing.limits import MAX_CHARACTERS
from scribe.writing.line import WrittenLine, cut_out
from scribe.writing.priming import PrimedState
from scribe.writing.spelling import Spelling
from scribe.writing.styles import Blend, Style

# From so many lines on TensorFlow's faster loop makes up for its import, and, where it
# is imported already, for the compilation of the loop (3 x 256 units, two cores).
LINES_WORTH_TENSORFLOW = 128
LINES_FOR_TENSORFLOW = 24


class Session:
    """A model and the engines that run it, made when they are first needed.

    Shapes: B lines, P points, U characters with the terminator.

    Attributes:
      model: the StrokeModel.
    """

    def __init__(self, model: StrokeModel, engine: str = "auto"):
        """
        Args:
          model: of a kind that writes.
          engine: "numpy", "tensorflow", or "auto", which goes by the number of lines.
        """
        self.model = model
        self._choice = engine
        self._engines: dict[str, Engine] = {}
        # Whoever writes again what was misread does so in the same style.
        self._last_primed: tuple[Style | Blend, PrimedState] | None = None

    def engine(self, num_lines: int) -> Engine:
        """The engine for so many lines."""
        choice = self._choice
        if choice == "auto":
            loaded = "tensorflow" in self._engines or "tensorflow" in sys.modules
            enough = LINES_FOR_TENSORFLOW if loaded else LINES_WORTH_TENSORFLOW
            choice = "tensorflow" if num_lines >= enough else "numpy"
        return self._engine_of(choice)

    def _engine_of(self, choice: str) -> Engine:
        if choice not in self._engines:
            if choice == "tensorflow":
                from scribe.networks.tensorflow_engine import TensorFlowEngine

                self._engines[choice] = TensorFlowEngine(self.model)
            else:
                self._engines[choice] = NUMPY_ENGINES[self.model.kind](self.model)
        return self._engines[choice]

    def spelled(
        self, texts: Sequence[str], unknown: str, may_be_blank: bool = False
    ) -> list[Spelling]:
        """How the model writes texts of one line each.

        Args:
          texts: any.
          unknown: what to do with what cannot be written, see spelling.spell.
          may_be_blank: whether a text of white space alone is none to be refused.

        Raises:
          InputError: one is empty or too long, or cannot be written.
        """
        found = spelling.spell_lines(texts, self.model.alphabet, unknown)
        for text, spelled in zip(texts, found, strict=True):
            if not spelled.text and not (may_be_blank and not text.strip()):
                raise InputError(f"there is nothing to write in {text!r}")
            length = max(len(spelled.text), len(spelled.base))
            if length > MAX_CHARACTERS:
                raise InputError(
                    f"a text of {length} characters is too long for one line "
                    f"(at most {MAX_CHARACTERS}): split it into lines"
                )
        return found

    def writer_id(self, writer: str | None) -> int:
        """The number of a writer whose hand the model learnt apart; 0 for None."""
        if writer is None:
            return 0
        if writer not in self.model.writers:
            known = ", ".join(self.model.writers[:8]) or "no writers"
            raise InputError(
                f"writer={writer!r}: {self.model.folder} knows {known}"
                f"{', ...' if len(self.model.writers) > 8 else ''}"
            )
        return self.model.writers.index(writer) + 1

    def primed(self, style: Style | Blend | None) -> PrimedState | None:
        """The network led through a style, or through two that are mixed.

        Args:
          style: as `styles.find_style` returns it; None leaves the hand to chance.
        """
        if style is None:
            return None
        last = self._last_primed  # other threads may change it
        if last is None or last[0] is not style:
            last = self._last_primed = style, self._led_through(style)
        return last[1]

    def _led_through(self, style: Style | Blend) -> PrimedState:
        if isinstance(style, Blend):
            first, second = self.primed(style.first), self.primed(style.second)
            if first is None or second is None:
                raise InputError("a blend needs two styles")
            return priming.mixed(first, second, style.share)
        return priming.prime(style, self.model, self._engine_of("numpy"))

    def request(
        self,
        texts: Sequence[str],
        attempts: Sequence[Attempt],
        bias: float,
        primed: PrimedState | None = None,
        writer_id: int = 0,
        max_steps: int = 4000,
        max_stall: int = 60,
        trailing: int = 0,
    ) -> Request:
        """Puts texts, style and random numbers into arrays.

        Args:
          texts: what the network is to write, `Spelling.base`; anything for a model
            without text.
          attempts: one for each text: its random numbers.
          bias: for all texts.
          primed: the style of all texts; None leaves each hand to chance.
          writer_id: number of the writer in `model.writers`, from 1; 0 for none.
          max_steps, max_stall: `max_steps` and `max_steps_per_character` of
            Writer.write.
          trailing: spaces behind each text, for others to go on from there.
        """
        ids = mask = None
        if self.model.reads_text:
            prefix = "" if primed is None else primed.text
            ids, mask = self.encoded([prefix + text + " " * trailing for text in texts])
        point = self.inputs(np.zeros([1, 1, 3]))[0] if primed is None else primed.point
        return Request(
            text=ids,
            text_mask=mask,
            first=np.repeat(point, len(texts), axis=0),
            bias=np.full(len(texts), bias, np.float32),
            noise=np.stack([attempt.noise(max_steps) for attempt in attempts]),
            max_stall=max_stall,
            start=None if primed is None else primed.start,
            writer=np.full(len(texts), writer_id, np.int32),
            trailing=trailing,
        )

    def lines(
        self,
        texts: Sequence[Spelling | None],
        attempts: Sequence[Attempt],
        request: Request,
        answer: Answer,
        primed: PrimedState | None = None,
    ) -> list[WrittenLine]:
        """The lines of a batch.

        Args:
          texts, attempts, primed: that the request was made of; texts are None for a
            model without text.
          request, answer: what the engine was asked and what it wrote.
        """
        prefix = "" if primed is None else primed.text
        lines = []
        for row, (text, attempt) in enumerate(zip(texts, attempts, strict=True)):
            base = "" if text is None else text.base
            number = attempt.number
            line = cut_out(request, answer, row, base, prefix, number, self.model)
            if text is not None and text.letters:
                from scribe.writing.composed_line import compose  # seldom needed

                line = compose(line, text, attempt.generator())
            if text is not None and text.substitutes:
                line = dataclasses.replace(line, substitutes=text.substitutes)
            lines.append(line)
        return lines

    def inputs(self, strokes: np.ndarray) -> np.ndarray:
        """Strokes [B, P, 3] in the network's unit as its first inputs, float32."""
        inputs = np.array(strokes, np.float32)
        if self.model.variant.starts_lifted:
            inputs[:, 0, 2] = 1.0
        return inputs

    def encoded(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Texts as ids int32 [B, U], padded, and their mask float32 [B, U]."""
        rows = [self.model.alphabet.encode(text) for text in texts]
        ids = np.zeros([len(rows), max(map(len, rows))], np.int32)
        mask = np.zeros(ids.shape, np.float32)
        for row, encoded in enumerate(rows):
            ids[row, : len(encoded)] = encoded
            mask[row, : len(encoded)] = 1.0
        return ids, mask
