"""Drawing with a trained SketchRNN: again, between two, or freely. NumPy only."""

from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models.engine import random_numbers
from scribe.models.sketch_engine import SketchEngine
from scribe.models.stroke_model import StrokeModel
from scribe.strokes.arrays import rescale
from scribe.strokes.cleaning import clean
from scribe.writing import limits
from scribe.writing.line import WrittenLine

MAX_TEMPERATURE = 2.0
# Longer than any word of IAM-OnDB at half the point rate.
MAX_POINTS = 400
# Steps of cleaning that change the point rate.
_RATE_STEPS = ("decimate", "resample", "resample_path")
# Drawings that are made together.
_BATCH = 64


class Sketcher:
    """A trained network, loaded once.

    Latent vectors are arrays [N] or [B, N]; they can be added and subtracted, as
    `decode(encode(a) - encode(b) + encode(c))` (Ha & Eck 2017, section 4.4).

    Attributes:
      model: the StrokeModel.
    """

    def __init__(self, model: StrokeModel, engine: str = "auto"):
        """
        Args:
          model: of kind sketch_rnn.
          engine: "auto" or "numpy", which are the same here.

        Raises:
          InputError: there is no such engine.
        """
        if engine == "tensorflow":
            raise InputError("a sketch_rnn draws with NumPy: leave --engine out")
        self.model = model
        self._engine = SketchEngine(model)

    def encode(
        self, drawings: Sequence[np.ndarray], recorded: bool = True
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where drawings lie in the latent space.

        Args:
          drawings: [P, 3] (dx, dy, end_of_stroke), y down, of one word each, in any
            unit.
          recorded: whether they are at the corpus's point rate, and not at the lower
            one of what networks write.

        Returns:
          mu [B, N] and sigma [B, N].

        Raises:
          InputError: the network has no encoder, or strokes cannot be used.
        """
        return self.encode_cleaned([self.clean(s, recorded) for s in drawings])

    def clean(self, strokes: np.ndarray, recorded: bool = True) -> np.ndarray:
        """Strokes as training saw them, in the network's unit: [P, 3] -> [P', 3]."""
        strokes = np.asarray(strokes, np.float32)
        if strokes.ndim != 2 or strokes.shape[1] != 3 or len(strokes) < 2:
            raise InputError(
                "strokes to encode must be [P, 3] with 2 points or more, not "
                f"{list(strokes.shape)}"
            )
        if not np.isfinite(strokes).all():
            raise InputError("strokes to encode have numbers that are not finite")
        if recorded:
            cleaned = self.model.clean(strokes)
        else:
            steps = [s for s in self.model.cleaning if s.get("step") not in _RATE_STEPS]
            cleaned = clean(strokes, steps, f"{self.model.folder}/model.json")
        if len(cleaned) > MAX_POINTS:
            raise InputError(
                f"a drawing of {len(cleaned)} points is too long for one word (at most "
                f"{MAX_POINTS})"
            )
        return rescale(cleaned, 1.0 / self.model.offset_scale)

    def encode_cleaned(
        self, drawings: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `encode`, of drawings as `clean` returns them."""
        if not self.model.sizes["latent_dim"]:
            raise InputError(
                f"{self.model.folder} is a decoder alone: it can only draw freely"
            )
        parts = [
            self._engine.encode(drawings[start : start + _BATCH])
            for start in range(0, len(drawings), _BATCH)
        ]
        mu, log_variance = (np.concatenate(part) for part in zip(*parts, strict=True))
        return mu, np.exp(0.5 * log_variance)

    def decode(
        self,
        z: np.ndarray,
        temperature: float = 0.2,
        seed: int = 0,
        texts: Sequence[str] | None = None,
    ) -> list[WrittenLine]:
        """Draws what latent vectors stand for.

        Args:
          z: [B, N].
          temperature: 0 takes the most probable at every step, 1 varies as people do.
          seed: the same seed gives the same drawings.
          texts: what each is meant to say, for the names of files; None if unknown.

        Returns:
          a WrittenLine for each, in pen units; `finished` is False for one that did
          not end within MAX_POINTS.
        """
        z = np.atleast_2d(z)
        latent_dim = self.model.sizes["latent_dim"]
        if z.ndim != 2 or z.shape[1] != latent_dim:
            raise InputError(
                f"latent vectors are {list(z.shape)}, this model's have {latent_dim} "
                "numbers each"
            )
        return self._draw(z, len(z), temperature, seed, texts or [""] * len(z))

    def free(
        self, num_samples: int, temperature: float = 0.2, seed: int = 0
    ) -> list[WrittenLine]:
        """Draws latent vectors from N(0, 1) and what they stand for."""
        limits.check_positive(num_samples=num_samples)
        limits.check_seed(seed)
        latent_dim = self.model.sizes["latent_dim"]
        texts = [""] * num_samples
        if not latent_dim:
            return self._draw(None, num_samples, temperature, seed, texts)
        # Column 1 of the noise is normal; attempt 1 is another one than `_draw` takes.
        noise = [random_numbers(seed, 0, i, latent_dim, 1) for i in range(num_samples)]
        z = np.stack([numbers[:, 1] for numbers in noise])
        return self._draw(z, num_samples, temperature, seed, texts)

    def _draw(self, z, count: int, temperature: float, seed: int, texts):
        if not 0.0 <= temperature <= MAX_TEMPERATURE:
            raise InputError(
                f"temperature={temperature}: must be from 0 to {MAX_TEMPERATURE:g}"
            )
        limits.check_seed(seed)
        lines = []
        for start in range(0, count, _BATCH):
            numbers = range(start, min(start + _BATCH, count))
            noise = np.stack([random_numbers(seed, 0, i, MAX_POINTS) for i in numbers])
            part = None if z is None else z[start : start + _BATCH]
            drawings, finished = self._engine.draw(part, noise, temperature)
            for i, strokes, over in zip(numbers, drawings, finished, strict=True):
                strokes = rescale(strokes, self.model.offset_scale)
                lines.append(WrittenLine(strokes, texts[i], bool(over), 1, None, None))
        return lines


def between(first: np.ndarray, second: np.ndarray, num_steps: int) -> np.ndarray:
    """Latent vectors from one to another along the great circle (White 2016).

    Latent vectors lie near a sphere; a straight way would lead through its inside,
    where the decoder has seen little. Lengths change evenly.

    Args:
      first, second: [N].
      num_steps: 2 or more, with both ends.

    Returns:
      [num_steps, N].
    """
    if num_steps < 2:
        raise InputError(f"num_steps={num_steps}: an interpolation has 2 or more")
    lengths = np.linalg.norm(first), np.linalg.norm(second)
    share = np.linspace(0.0, 1.0, num_steps)[:, None]
    product = lengths[0] * lengths[1]
    cosine = np.dot(first, second) / product if product > 0.0 else 1.0
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if np.sin(angle) < 1e-6:  # one direction, or none
        return (1.0 - share) * first + share * second
    ways = [
        np.sin(weight * angle) / np.sin(angle) * vector / length
        for weight, vector, length in zip(
            (1.0 - share, share), (first, second), lengths, strict=True
        )
    ]
    return (ways[0] + ways[1]) * ((1.0 - share) * lengths[0] + share * lengths[1])
