"""How well a network foresees recorded lines: log loss, squared error, pen lifts."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from scribe.corpora.batches import pad_batch
from scribe.corpora.prepared import Line
from scribe.evaluation import likelihood_units
from scribe.foundation import intervals
from scribe.foundation.errors import InputError
from scribe.models.engine import Engine
from scribe.models.stroke_model import StrokeModel
from scribe.models.variant import Variant
from scribe.networks import mixtures
from scribe.networks.tensorflow_engine import TensorFlowEngine
from scribe.strokes.arrays import rescale

_BATCH = 32


@dataclasses.dataclass(frozen=True, eq=False)
class Predictions:
    """Sums over the points of each of N lines, in the network's unit.

    The first point of a line has no offset and is not counted.

    Attributes:
      points: [N].
      nats: [N] minus the log likelihood.
      squared_error: [N, 2] of the mean prediction, for x and y.
      pens_right: [N] points whose more probable pen state is the true one.
      pens_down: [N] points that end no stroke: what always saying so gets right.
      adapted: number of lines whose text has characters that the model lacks; they
        were replaced by look-alikes or left out.
      unit: [2] tablet units per unit of the network.
    """

    points: np.ndarray
    nats: np.ndarray
    squared_error: np.ndarray
    pens_right: np.ndarray
    pens_down: np.ndarray
    adapted: int
    unit: np.ndarray

    def figures(self, unit: np.ndarray | None = None) -> dict:
        """The means of all points and of all lines, in the network's or another unit.

        Args:
          unit: [2] tablet units; None for the network's own.

        Returns:
          nats_per_step and its 95 % interval over lines, nats_per_line (mean over
          lines), nats_per_batch (of likelihood_units.BATCH lines on average),
          squared_error (per point), pen_accuracy; in another unit than the network's
          also nats_per_700_steps, which is what Graves (2013) says a line has.
        """
        own = unit is None
        unit = self.unit if own else unit
        shift = likelihood_units.nats_per_step(unit, self.unit)
        nats = self.nats + shift * self.points
        squared_error = self.squared_error * np.square(self.unit / unit)
        points = self.points.sum()
        per_step = float(nats.sum() / points)
        found = {
            "nats_per_step": per_step,
            "nats_per_step_interval": intervals.bootstrap(
                intervals.ratio_of_sums, nats, self.points
            ),
            "nats_per_line": float(nats.mean()),
            "nats_per_batch": likelihood_units.BATCH * float(nats.mean()),
            "squared_error": float(squared_error.sum() / points),
            "pen_accuracy": float(self.pens_right.sum() / points),
        }
        # The steps of the paper are those of the tablet.
        return found if own else {"nats_per_700_steps": 700 * per_step, **found}


def predict(
    model: StrokeModel,
    lines: Sequence[Line],
    progress: Callable[[int], None] = lambda done: None,
) -> Predictions:
    """Leads a network through lines, each cleaned as its training lines were.

    Args:
      model: with or without text.
      lines: as recorded; every point that cleaning leaves is counted.
      progress: called with the number of points done, now and then.

    Raises:
      InputError: a line has fewer than two points, or a text with no character that
        the model knows.
    """
    engine = TensorFlowEngine(model)
    cleaned, texts, adapted = [], [], 0
    for line in lines:
        strokes = rescale(model.clean(line.strokes), 1.0 / model.offset_scale)
        if len(strokes) < 2:
            raise InputError(f"the line {line.name} has no second point to foresee")
        text = line.text
        if model.reads_text:
            text = model.alphabet.adapt(line.text, "replace")
            adapted += text != line.text
            if not text:
                raise InputError(f"the model knows no character of {line.text!r}")
        cleaned.append(strokes)
        texts.append(text)
    sums: dict[str, np.ndarray] = {
        name: np.zeros([len(lines), *shape])
        for name, shape in (
            *(("points", ()), ("nats", ()), ("squared_error", (2,))),
            *(("pens_right", ()), ("pens_down", ())),
        )
    }
    order = np.argsort([len(strokes) for strokes in cleaned], kind="stable")
    done = 0
    for start in range(0, len(order), _BATCH):
        rows = order[start : start + _BATCH]
        encoded = [
            model.alphabet.encode(texts[i]) if model.reads_text else np.zeros(1, int)
            for i in rows
        ]
        batch = pad_batch([cleaned[i] for i in rows], encoded)
        for name, values in _sums(engine, model.variant, batch).items():
            sums[name][rows] = values
        done += int(sums["points"][rows].sum())
        progress(done)
    return Predictions(**sums, adapted=adapted, unit=model.offset_scale)


def _sums(engine: Engine, variant: Variant, batch: dict) -> dict[str, np.ndarray]:
    """Sums over the points of each line of a batch, by the names of Predictions."""
    inputs, targets = batch["strokes"][:, :-1], batch["strokes"][:, 1:]
    mask = batch["stroke_mask"][:, 1:].astype(np.float64)
    activations, _ = engine.activations(inputs, batch["text"], batch["text_mask"])
    error = mixtures.mean_offset(activations).numpy() - targets[..., :2]
    per_point = {
        "points": np.ones_like(mask),
        "nats": -mixtures.log_likelihood(activations, targets, variant).numpy(),
        "squared_error": np.square(error, dtype=np.float64),
        "pens_right": mixtures.pen_accuracy(activations, targets).numpy(),
        "pens_down": targets[..., 2] < 0.5,
    }
    return {
        name: np.einsum("bt,bt...->b...", mask, values.astype(np.float64))
        for name, values in per_point.items()
    }
