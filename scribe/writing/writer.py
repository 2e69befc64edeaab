"""Writing with a trained network: from text, primed with a style, or freely."""

import dataclasses
import functools
import itertools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models import kinds, stroke_model
from scribe.models.engine import Answer, Engine, Request, random_numbers
from scribe.strokes.arrays import rescale
from scribe.writing import priming, styles, window_path

MAX_BIAS = 10.0
# Longer than any line of IAM-OnDB; a pen changes lines before that.
MAX_CHARACTERS = 120
MAX_LINES = 10_000
# Lines that an engine writes together: more take memory and gain no speed.
MAX_BATCH = 128
# From so many lines on TensorFlow's faster loop makes up for its import, and, where it
# is imported already, for the compilation of the loop (3 x 256 units, two cores).
LINES_WORTH_TENSORFLOW = 128
LINES_FOR_TENSORFLOW = 24
# What is written for a hand of chance, `style="seed:7"`: many letters in few words.
FIRST_WORDS = "The quick brown fox jumps over"


@dataclasses.dataclass(frozen=True, eq=False)
class WrittenLine:
    """One line that a network wrote.

    Attributes:
      strokes: float32 [P, 3] (dx, dy, end_of_stroke) in pen units, y down.
      text: what was to be written; "" without text.
      finished: whether the line came to its end without leaving letters out; False if
        no attempt did.
      attempts: how many were needed.
      phi: float32 [P, U] the window's weight on each character (and the terminator in
        the last column) when the point was drawn; None without text.
      kappa: float32 [P, K] the window's centres; None without text.
    """

    strokes: np.ndarray
    text: str
    finished: bool
    attempts: int
    phi: np.ndarray | None
    kappa: np.ndarray | None

    def save(self, path: str | Path, **look) -> None:
        """Draws the line into an .svg, .png, .gif or .pdf, or keeps it as a style.

        Args:
          path: a drawing (see scribe.drawing.save), or a .json file that `style=`
            accepts.
          **look: fields of scribe.drawing.Look.
        """
        if Path(path).suffix == ".json":
            styles.save(path, styles.Style(self.text, self.strokes))
            return
        from scribe import drawing

        drawing.save(self.strokes, path, **look)


def load(save_dir: str | Path | None = None, engine: str = "auto") -> "Writer":
    """Loads a trained network for writing.

    Args:
      save_dir: a run folder, or the name of a shipped model; None for the default one.
      engine: "numpy" (starts at once), "tensorflow" (many lines at once), or "auto".

    Raises:
      InputError: there is no such model, it is damaged, or the engine is unknown.
    """
    if engine not in ("auto", "numpy", "tensorflow"):
        raise InputError(f"engine={engine!r}: use auto, numpy or tensorflow")
    folder = stroke_model.find(None if save_dir is None else str(save_dir))
    kind = kinds.of(folder)
    return kind.need("open", folder)(kind.load(folder), engine)


class Writer:
    """A trained network, loaded once, that writes as often as it is asked."""

    def __init__(self, model: stroke_model.StrokeModel, engine: str = "auto"):
        self.model = model
        self._choice = engine
        self._engines: dict[str, Engine] = {}

    def style_names(self) -> list[str]:
        """Names of the hands that come with the model."""
        return styles.names(self.model.folder)

    def write(
        self,
        texts: str | Sequence[str],
        bias: float = 1.0,
        style: str | int | styles.Style | styles.Blend | None = None,
        seed: int = 0,
        num_samples: int = 1,
        max_steps_per_character: int = 60,
        max_steps: int = 4000,
        max_attempts: int = 4,
        unknown: str = "error",
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
          unknown: what to do with characters that the model lacks: "error", "skip" or
            "replace", see Alphabet.adapt.
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
        if not self.model.reads_text:
            raise InputError(
                f"{self.model.folder} is a model without text: use write_freely "
                "(--num_steps on the command line)"
            )
        texts = [texts] if isinstance(texts, str) else list(texts)
        if not texts:
            raise InputError("there are no texts to write")
        texts = [self.checked_text(text, unknown) for text in texts]
        _check_bias(bias)
        for name, value in (
            ("num_samples", num_samples),
            ("max_steps_per_character", max_steps_per_character),
            ("max_steps", max_steps),
            ("max_attempts", max_attempts),
        ):
            _check_positive(name, value)
        _check_seed(seed)
        _check_count(len(texts) * num_samples)
        hand = self.hand(style)
        writer_id = self._writer_id(writer)
        wanted = list(itertools.product(range(len(texts)), range(num_samples)))
        lines: dict[tuple[int, int], WrittenLine] = {}
        # Lines of one batch take about as long as each other: sorted by length.
        waiting = sorted(wanted, key=lambda key: len(texts[key[0]]))
        for attempt in range(max_attempts):
            if not waiting:
                break
            engine = self._engine(len(waiting))
            for first in range(0, len(waiting), MAX_BATCH):
                batch = waiting[first : first + MAX_BATCH]
                request = self.request(
                    [texts[i] for i, _ in batch],
                    hand,
                    bias,
                    [(seed, *key) for key in batch],
                    attempt,
                    max_steps,
                    max_steps_per_character,
                    writer_id,
                )
                if progress is not None:
                    watch = functools.partial(progress, len(batch))
                    request = dataclasses.replace(request, watch=watch)
                answer = engine.write(request)
                for row, key in enumerate(batch):
                    lines[key] = self.line(
                        request, answer, row, texts[key[0]], hand, attempt + 1
                    )
            waiting = [key for key in waiting if not lines[key].finished]
        return [lines[key] for key in wanted]

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
        _check_bias(bias)
        _check_positive("num_steps", num_steps)
        _check_positive("num_samples", num_samples)
        _check_seed(seed)
        _check_count(num_samples)
        engine = self._engine(num_samples)
        lines = []
        for first in range(0, num_samples, MAX_BATCH):
            samples = range(first, min(first + MAX_BATCH, num_samples))
            noise = [random_numbers(seed, 0, i, num_steps) for i in samples]
            request = Request(
                text=None,
                text_mask=None,
                first=np.repeat(self._first_point(), len(samples), axis=0),
                bias=np.full(len(samples), bias, np.float32),
                noise=np.stack(noise),
                max_stall=num_steps,
            )
            answer = engine.write(request)
            lines.extend(
                self.line(request, answer, row, "", None, 1)
                for row in range(len(samples))
            )
        return lines

    def predict(self, line: WrittenLine) -> dict[str, np.ndarray]:
        """What the network expected at each point of a line it is led through again.

        Returns:
          pi [T, M], mu [T, M, 2], sigma [T, M, 2], rho [T, M] in pen units: row t is
          the density of `strokes[t + 1]`; T is the number of points less one.
        """
        from scribe.models.numpy_engine import mixture_from_activations

        if len(line.strokes) < 2:
            raise InputError("a line of one point has nothing to predict")
        scale = self.model.offset_scale
        strokes = rescale(line.strokes, 1.0 / scale)[None, :-1]
        text = mask = None
        if self.model.reads_text:
            text, mask = _padded([self.model.alphabet.encode(line.text)])
        engine, bias = self._engine(1), np.zeros(len(strokes[0]))
        activations, _ = engine.activations(self._led(strokes), text, mask)
        mixture = mixture_from_activations(activations[0], bias, self.model.variant)
        return {
            "pi": mixture["pi"],
            "mu": np.stack([mixture["mu_x"], mixture["mu_y"]], axis=-1) * scale,
            "sigma": np.stack([mixture["sigma_x"], mixture["sigma_y"]], -1) * scale,
            "rho": mixture["rho"],
        }

    def _engine(self, num_lines: int) -> Engine:
        choice = self._choice
        if choice == "auto":
            loaded = "tensorflow" in self._engines or "tensorflow" in sys.modules
            enough = LINES_FOR_TENSORFLOW if loaded else LINES_WORTH_TENSORFLOW
            choice = "tensorflow" if num_lines >= enough else "numpy"
        return self._engine_of(choice)

    def _engine_of(self, choice: str) -> Engine:
        if choice not in self._engines:
            kind = kinds.KINDS[self.model.kind]
            make = {"numpy": kind.numpy_engine, "tensorflow": kind.tensorflow_engine}
            self._engines[choice] = make[choice](self.model)
        return self._engines[choice]

    def checked_text(self, text: str, unknown: str) -> str:
        """`text` with single spaces, in characters that the model knows."""
        adapted = self.model.alphabet.adapt(" ".join(text.split()), unknown)
        adapted = " ".join(adapted.split())
        if not adapted:
            raise InputError(f"there is nothing to write in {text!r}")
        if len(adapted) > MAX_CHARACTERS:
            raise InputError(
                f"a text of {len(adapted)} characters is too long for one line "
                f"(at most {MAX_CHARACTERS}): split it into lines"
            )
        self.model.alphabet.encode(adapted)
        return adapted

    def hand(self, style) -> priming.Hand | None:
        """The hand that `style` names, as `write` takes it; None for none."""
        if isinstance(style, styles.Blend):
            pair = (self.style(style.first), self.style(style.second))
            return self.parted(styles.Blend(*pair, style.share))
        return self.parted(self.style(style))

    def _writer_id(self, writer: str | None) -> int:
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

    def style(self, style) -> styles.Style | None:
        """As `styles.find`, and the line that the network invents for "seed:7"."""
        if isinstance(style, str) and style.startswith("seed:"):
            number = style.removeprefix("seed:")
            if not number.isdecimal():
                raise InputError(f"style {style!r}: seed: takes a number, as in seed:7")
            (line,) = self.write(FIRST_WORDS, seed=int(number))
            style = styles.Style(line.text, line.strokes)
        return styles.find(style, self.model)

    def parted(self, style: styles.Style | styles.Blend | None) -> priming.Hand | None:
        """The network led through a style, or through two that are mixed.

        Args:
          style: as `styles.find` returns it.
        """
        if style is None:
            return None
        if isinstance(style, styles.Blend):
            first, second = self.parted(style.first), self.parted(style.second)
            if first is None or second is None:
                raise InputError("a blend needs two styles")
            return priming.mixed(first, second, style.share)
        return priming.prime(style, self.model, self._engine_of("numpy"))

    def request(
        self,
        texts,
        hand,
        bias,
        keys,
        attempt,
        max_steps=4000,
        max_stall=60,
        writer_id=0,
    ) -> Request:
        """Puts texts, style and random numbers into arrays.

        Args:
          texts: as `checked_text` returns them.
          hand: as `parted` returns it, for all texts.
          bias: for all texts.
          keys: (seed, text, sample) of each line's random numbers.
          attempt: 0, 1, ...
          max_steps, max_stall: `max_steps` and `max_steps_per_character` of `write`.
          writer_id: number of the writer in `model.writers`, from 1; 0 for none.
        """
        prefix = "" if hand is None else hand.text
        point = self._first_point() if hand is None else hand.point
        ids, mask = _padded([self.model.alphabet.encode(prefix + t) for t in texts])
        return Request(
            text=ids,
            text_mask=mask,
            first=np.repeat(point, len(texts), axis=0),
            bias=np.full(len(texts), bias, np.float32),
            noise=np.stack(
                [random_numbers(*key, max_steps, attempt=attempt) for key in keys]
            ),
            max_stall=max_stall,
            start=None if hand is None else hand.start,
            writer=np.full(len(texts), writer_id, np.int32),
        )

    def _first_point(self) -> np.ndarray:
        """float32 [1, 3], the input before anything is drawn."""
        return self._led(np.zeros([1, 1, 3]))[0]

    def _led(self, strokes: np.ndarray) -> np.ndarray:
        """Strokes [B, P, 3] in the network's unit as its first inputs."""
        inputs = np.array(strokes, np.float32)
        if self.model.variant.starts_lifted:
            inputs[:, 0, 2] = 1.0
        return inputs

    def line(
        self, request: Request, answer: Answer, row: int, text: str, hand, attempts: int
    ) -> WrittenLine:
        """Cuts one line out of a batch: without its priming, in pen units."""
        stop = answer.lengths[row]
        if text and answer.finished[row]:
            end = int(request.text_mask[row].sum()) - 1
            stop -= window_path.flourish(
                answer.strokes[row, :stop], answer.phi[row, :stop], end
            )
        strokes = answer.strokes[row, :stop]
        phi = kappa = None
        # The pen starts on the paper: the first input is the first point.
        starts_down = hand is None and not self.model.variant.starts_lifted
        if hand is None:
            if starts_down:
                strokes = np.concatenate([request.first[row : row + 1], strokes])
            start, shift = 0, 0
        else:
            shift = len(hand.text)
            phi = answer.phi[row, :stop]
            start = window_path.rest_of_style(strokes, phi, shift)
            strokes = strokes[start:]
        strokes = rescale(strokes, self.model.offset_scale)
        strokes[0, :2] = 0.0
        strokes[-1, 2] = 1.0
        if text:
            columns = slice(shift, shift + len(text) + 1)
            phi = answer.phi[row, start:stop, columns].copy()  # not the whole batch
            kappa = answer.kappa[row, start:stop] - shift
            if starts_down:  # nothing was looked at when the first point was set
                phi = np.concatenate([np.zeros_like(phi[:1]), phi])
                kappa = np.concatenate([np.zeros_like(kappa[:1]), kappa])
        finished = bool(answer.finished[row])
        if phi is not None:
            finished = finished and not window_path.leaps(phi[:, :-1])
        return WrittenLine(strokes, text, finished, attempts, phi, kappa)


def _padded(encoded: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Ids of different lengths as int32 [B, U] and their mask float32 [B, U]."""
    longest = max(len(ids) for ids in encoded)
    text = np.zeros([len(encoded), longest], np.int32)
    mask = np.zeros([len(encoded), longest], np.float32)
    for row, ids in enumerate(encoded):
        text[row, : len(ids)] = ids
        mask[row, : len(ids)] = 1.0
    return text, mask


def _check_bias(bias: float) -> None:
    if not 0.0 <= bias <= MAX_BIAS:
        raise InputError(f"bias={bias}: must be from 0 (as written) to {MAX_BIAS:g}")


def _check_count(num_lines: int) -> None:
    if num_lines > MAX_LINES:
        raise InputError(
            f"{num_lines} lines at once are too many (at most {MAX_LINES}): write them "
            "in several calls"
        )


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        raise InputError(f"{name}={value}: must be 1 or more")


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise InputError(f"seed={seed}: must be 0 or more")
