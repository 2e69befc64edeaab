"""Handwriting that a program draws: a corpus in seconds, without any download.

The single-stroke alphabets that A. V. Hershey digitised in the 1960s, from the PyPI
package Hershey-Fonts (MIT licence), bent, slanted and trembled like a hand and timed
like a pen. It serves demonstrations and tests; a model trained on it has learnt to copy
an alphabet, not to write like people.
"""

import dataclasses
import functools
from collections.abc import Iterator

import numpy as np

from scribe.corpora.corpus_reader import Reader
from scribe.corpora.phrases import phrases
from scribe.corpora.prepared import Line
from scribe.foundation import installing
from scribe.foundation.errors import InputError
from scribe.strokes.arrays import strokes_from_points

FONTS = ("rowmans", "scripts")
MIN_LINES = 10
POINTS_PER_SECOND = 66.0

_BASELINE = 9.0  # of the fonts; their capitals are 21 units high
_TABLET_UNITS = 12.0  # per font unit, which gives capitals of about 250 as in IAM-OnDB
_SPACING = 0.5  # of the curve before it is timed, in font units
_STEP = 2.1  # of a pen that goes straight on, in font units per point
_MAX_LINES_PER_HAND = 4


@dataclasses.dataclass(frozen=True)
class Hand:
    """How one imagined writer bends the letters. Lengths are in font units.

    Attributes:
      font: one of `FONTS`.
      size: factor on everything.
      width: factor on x.
      slant: x per unit of height.
      spacing: added between letters.
      unsteadiness: deviation of each letter's height on the line, and with it of its
        size and turn.
      tremor: deviation of each point.
      wave: (height, length, phase) of the baseline.
    """

    font: str
    size: float
    width: float
    slant: float
    spacing: float
    unsteadiness: float
    tremor: float
    wave: tuple[float, float, float]

    @classmethod
    def random(cls, random: np.random.Generator) -> "Hand":
        """A hand drawn by chance."""
        return cls(
            font=str(random.choice(FONTS)),
            size=float(np.exp(random.normal(0.0, 0.12))),
            width=float(random.uniform(0.75, 1.0)),
            slant=float(random.normal(0.15, 0.15)),
            spacing=float(random.uniform(-1.0, 1.0)),
            unsteadiness=float(random.uniform(0.2, 0.8)),
            tremor=float(random.uniform(0.05, 0.2)),
            wave=(
                float(random.uniform(0.0, 2.0)),
                float(random.uniform(100.0, 300.0)),
                float(random.uniform(0.0, 2.0 * np.pi)),
            ),
        )

    def write(self, text: str, random: np.random.Generator) -> np.ndarray:
        """float32 [P, 3] strokes of `text` in tablet units (whole numbers).

        Raises:
          InputError: the fonts lack a character.
        """
        points, ends = [], []
        for curve in self._curves(text, random):
            stroke = _as_timed(_with_round_corners(curve))
            stroke += self.tremor * _smooth_noise(stroke.shape, random)
            points.append(self._on_the_line(stroke))
            ends.append(np.arange(len(stroke)) == len(stroke) - 1)
        if not points:
            raise InputError(f"there is nothing to write in {text!r}")
        tablet_points = np.round(_TABLET_UNITS * np.concatenate(points))
        return strokes_from_points(tablet_points, np.concatenate(ends))

    def _curves(self, text, random) -> Iterator[np.ndarray]:
        """Each stroke of each letter as [n, 2] corner points, baseline at 0."""
        glyphs = _glyphs(self.font)
        left = 0.0
        for character in text:
            if character not in glyphs:
                raise InputError(f"the font {self.font} has no {character!r}")
            curves, width = glyphs[character]
            size = 1.0 + 0.08 * self.unsteadiness * random.normal()
            turn = 0.05 * self.unsteadiness * random.normal()
            bend = 0.01 * self.unsteadiness * random.normal()
            lift = self.unsteadiness * random.normal()
            for curve in curves:
                x, y = size * curve.T
                x, y = x - turn * y + bend * y * y, y + turn * x
                yield np.stack([left + x, y + lift], axis=1)
            left += width * (1.0 + 0.05 * random.normal()) + self.spacing

    def _on_the_line(self, points: np.ndarray) -> np.ndarray:
        """Slants, stretches and lays letters on this hand's wavy baseline."""
        x, y = points.T
        x = self.width * x
        height, length, phase = self.wave
        rise = height * np.sin(2.0 * np.pi * x / length + phase)
        return self.size * np.stack([x - self.slant * y, y + rise], axis=1)


class Synthetic(Reader):
    """Makes its lines itself: the same ones for the same seed and number.

    Each hand writes up to four lines and is in one split only.
    """

    name = "synthetic"

    def __init__(self, num_lines: int, seed: int, progress=None):
        """
        Args:
          num_lines: at least 10.
          seed: of everything that is left to chance.
          progress: see Reader.
        """
        super().__init__(progress)
        if num_lines < MIN_LINES:
            raise InputError(f"num_lines={num_lines}: must be {MIN_LINES} or more")
        self._num_lines = num_lines
        self._seed = seed
        self.points_per_second = POINTS_PER_SECOND

    @classmethod
    def add_arguments(cls, parser):
        parser.add_argument("--num_lines", type=int, default=1000, metavar="N")
        parser.add_argument("--seed", type=int, default=0, metavar="N")

    @classmethod
    def from_arguments(cls, arguments, progress=None):
        if arguments.source:
            raise InputError("--format=synthetic reads nothing: leave --source out")
        return cls(arguments.num_lines, arguments.seed, progress)

    def samples(self) -> Iterator[tuple[str | None, Line]]:
        # MIN_LINES lines or more make ten hands or more: each split gets at least one.
        lines_per_hand = min(_MAX_LINES_PER_HAND, self._num_lines // MIN_LINES)
        texts = phrases(self._num_lines, np.random.default_rng([self._seed, 0]))
        for index, text in enumerate(texts):
            hand_index = index // lines_per_hand
            hand = Hand.random(np.random.default_rng([self._seed, 1, hand_index]))
            random = np.random.default_rng([self._seed, 2, index])
            split = {8: "validation", 9: "test"}.get(hand_index % 10, "train")
            yield (
                split,
                Line(
                    hand.write(text, random),
                    text,
                    f"synthetic-{index:06d}",
                    f"hand-{hand_index:05d}",
                ),
            )
            self.progress((index + 1) / self._num_lines, index + 1)


@functools.cache
def _glyphs(font: str) -> dict[str, tuple[list[np.ndarray], float]]:
    """{character: (its strokes as [n, 2] points from its left edge, its width)}."""
    try:
        from HersheyFonts import HersheyFonts
    except ImportError as error:
        raise InputError(
            installing.sentence("HersheyFonts", "Hershey-Fonts")
        ) from error
    fonts = HersheyFonts()
    fonts.load_default_font(font)
    return {
        character: (
            [
                np.array(list(stroke), np.float64) - [glyph.left_offset, _BASELINE]
                for stroke in glyph.strokes
            ],
            float(glyph.char_width),
        )
        for character, glyph in fonts.all_glyphs.items()
    }


def _with_round_corners(curve: np.ndarray) -> np.ndarray:
    """Chaikin's corner cutting, twice; both ends stay."""
    for _ in range(2):
        if len(curve) < 3:
            break
        ahead = 0.75 * curve[:-1] + 0.25 * curve[1:]
        behind = 0.25 * curve[:-1] + 0.75 * curve[1:]
        inner = np.stack([ahead, behind], axis=1).reshape(-1, 2)[1:-1]
        curve = np.concatenate([curve[:1], inner, curve[-1:]])
    return curve


def _as_timed(curve: np.ndarray) -> np.ndarray:
    """The points that a tablet would record of a pen on this curve.

    The speed goes with the curvature to the power of -1/3 (the two-thirds law of hand
    movement, Lacquaniti et al. 1983) and is low where a stroke begins and ends.
    """
    along = _path_length(curve)
    num_dense = max(3, int(np.ceil(along[-1] / _SPACING)) + 1)
    at = np.linspace(0.0, along[-1], num_dense)
    dense = np.stack([np.interp(at, along, curve[:, k]) for k in (0, 1)], axis=1)
    heading = np.unwrap(np.arctan2(*np.diff(dense, axis=0).T[::-1]))
    turn = np.abs(np.gradient(heading)) if len(heading) > 1 else np.zeros(1)
    turn = np.convolve(turn, [0.25, 0.5, 0.25], "same")
    curvature = turn / max(along[-1] / (num_dense - 1), 1e-9)  # radians per unit
    speed = np.clip((0.1 / np.maximum(curvature, 1e-3)) ** (1.0 / 3.0), 0.4, 1.4)
    middle = 0.5 * (at[:-1] + at[1:])
    from_end = np.minimum(middle, along[-1] - middle)
    speed *= np.minimum(1.0, 0.4 + from_end / 5.0)
    time = np.concatenate([[0.0], np.cumsum(np.diff(at) / speed)]) / _STEP
    moments = np.linspace(0.0, time[-1], max(2, int(round(time[-1])) + 1))
    return np.stack([np.interp(moments, time, dense[:, k]) for k in (0, 1)], axis=1)


def _path_length(curve: np.ndarray) -> np.ndarray:
    """[n] length of the path up to each point."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])


def _smooth_noise(shape, random: np.random.Generator) -> np.ndarray:
    """Unit noise whose neighbours along the first axis resemble each other."""
    noise = random.normal(size=(shape[0] + 2, shape[1]))
    return 0.5 * noise[:-2] + np.sqrt(0.5) * noise[1:-1] + 0.5 * noise[2:]
