"""How well a SketchRNN foresees and keeps drawings that it has not seen. NumPy only.

Nats are natural logarithms in the network's own unit; docs/understand/SKETCH_RNN.md
defines every figure.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from scribe.corpora.prepared import Line, load_lines
from scribe.evaluation.likelihood_units import BATCH
from scribe.foundation import intervals
from scribe.foundation.errors import InputError
from scribe.foundation.progress import Bar
from scribe.models.engine import random_numbers
from scribe.models.numpy_layers import log_softmax
from scribe.models.numpy_mixtures import mixture_from_activations, offset_log_density
from scribe.models.sizes import PEN_STATES
from scribe.models.sketch_engine import (
    ACTIVE_NATS,
    ACTIVE_VARIANCE,
    SketchEngine,
    latent_figures,
)
from scribe.models.stroke_model import StrokeModel, data_dir_of_training
from scribe.strokes import arrays as pen
from scribe.writing.sketcher import MAX_POINTS

# With fewer active dimensions, or with less to gain from the drawing, the decoder does
# without the latent vector.
_COLLAPSED_SHARE = 0.1
_COLLAPSED_NATS = 1.0
_BATCH = 64


def evaluate(model: StrokeModel, options) -> tuple[dict, str]:
    """The figures that the options of scribe.evaluate ask for, and their text."""
    data_dir = options.data_dir or data_dir_of_training(model.folder)
    lines = load_lines(data_dir, [options.split])
    if not lines:
        raise InputError(f"{data_dir} has no words in the split {options.split!r}")
    found = {
        "model": model.folder.name,
        "corpus": Path(data_dir).name,
        "split": options.split,
    }
    if options.legibility:
        from scribe.evaluation import sketch_legibility

        found |= sketch_legibility.redrawn(model, usable(model, lines), options)
        return found, sketch_legibility.redrawn_text(found)
    with Bar("measuring", None, "words", options.quiet) as bar:
        found |= _nats(model, lines, options.seed, bar)
    return found, _nats_text(found)


def verdict(latent_dim: int, active_dims: int, nats_worth: float) -> str:
    """Whether the posterior has collapsed onto the prior, in words.

    Args:
      latent_dim: N.
      active_dims: of them.
      nats_worth: of reconstruction that a drawing loses if it is decoded with the
        latent vector of another drawing.
    """
    if latent_dim == 0:
        return "a decoder alone: there is no posterior"
    share = active_dims / latent_dim
    if share < _COLLAPSED_SHARE or nats_worth < _COLLAPSED_NATS:
        return (
            f"posterior collapse: {active_dims} of {latent_dim} latent dimensions are "
            f"used, and they are worth {nats_worth:.1f} nats a drawing"
        )
    return (
        f"no posterior collapse: {active_dims} of {latent_dim} latent dimensions are "
        f"used, and they are worth {nats_worth:.1f} nats a drawing"
    )


def usable(model: StrokeModel, lines: Sequence[Line]) -> list[tuple[Line, np.ndarray]]:
    """The lines that are of a word's length, with what the network sees of them."""
    kept = []
    for line in lines:
        if 1 < len(line.strokes):
            cleaned = model.clean(line.strokes)
            if 1 < len(cleaned) <= MAX_POINTS:
                kept.append((line, pen.rescale(cleaned, 1.0 / model.offset_scale)))
    if not kept:
        raise InputError("no word of the split can be measured")
    return kept


def _nats(
    model: StrokeModel,
    lines: Sequence[Line],
    seed: int,
    progress: Callable[[int], None],
) -> dict:
    """Reconstruction, KL and pen states foreseen, of recorded words."""
    engine = SketchEngine(model)
    kept = usable(model, lines)
    drawings = sorted((drawing for _, drawing in kept), key=len)
    latent_dim = model.sizes["latent_dim"]
    sums = {name: [] for name in ("offset", "pen", "right", "kl", "mu", "strange")}
    for start in range(0, len(drawings), _BATCH):
        batch = drawings[start : start + _BATCH]
        z = strange = None
        if latent_dim:
            mu, log_variance = engine.encode(batch)
            noise = np.stack(
                [
                    random_numbers(seed, start + i, 0, latent_dim)[:, 1]
                    for i in range(len(batch))
                ]
            )
            z = mu + np.exp(0.5 * log_variance) * noise
            strange = np.roll(z, 1, axis=0)
            sums["mu"].append(mu)
            sums["kl"].append(0.5 * (mu**2 + np.exp(log_variance) - 1 - log_variance))
        for name, values in _foreseen(engine, batch, z).items():
            sums[name].append(values)
        if latent_dim and len(batch) > 1:
            other = _foreseen(engine, batch, strange)
            sums["strange"].append(
                other["offset"] + other["pen"] - sums["offset"][-1] - sums["pen"][-1]
            )
        progress(start + len(batch))
    column = {name: np.concatenate(parts) for name, parts in sums.items() if parts}
    nats = column["offset"] + column["pen"]
    steps = np.array([len(drawing) for drawing in drawings])
    figures = {
        "drawings": len(drawings),
        "left_out": len(lines) - len(drawings),
        "steps": int(steps.sum()),
        "reconstruction_nats_per_step": float(nats.sum() / steps.sum()),
        "reconstruction_nats_per_step_interval": intervals.bootstrap(
            intervals.ratio_of_sums, nats, steps
        ),
        "reconstruction_nats_per_drawing": float(nats.mean()),
        "reconstruction_nats_per_batch": BATCH * float(nats.mean()),
        "offset_nats_per_drawing": float(column["offset"].mean()),
        "pen_nats_per_drawing": float(column["pen"].mean()),
        "pen_accuracy": float(column["right"].sum() / steps.sum()),
        "latent_dim": latent_dim,
    }
    worth, active = 0.0, 0
    if latent_dim:
        kl = column["kl"].sum(axis=1)
        worth = float(column["strange"].mean()) if "strange" in column else 0.0
        figures |= {
            "kl_nats_per_drawing": float(kl.mean()),
            "kl_nats_per_batch": BATCH * float(kl.mean()),
            "kl_nats_per_step": float(kl.sum() / steps.sum()),
            "nats_lost_with_another_z": worth,
            **latent_figures(column["kl"].mean(axis=0), column["mu"].var(axis=0)),
        }
        active = figures["active_dims"]
    return figures | {"verdict": verdict(latent_dim, active, worth)}


def _foreseen(engine: SketchEngine, batch, z) -> dict[str, np.ndarray]:
    """Nats of offsets and of pen states, and pen states foreseen, of each drawing."""
    found = {"offset": [], "pen": [], "right": []}
    for drawing, activations in zip(batch, engine.activations(batch, z), strict=True):
        mixture = mixture_from_activations(
            activations[:-1, : 1 - PEN_STATES], np.zeros(len(drawing) - 1)
        )
        density = offset_log_density(mixture, drawing[1:, :2])
        logits = activations[:, -PEN_STATES:]
        state = np.append(drawing[1:, 2] > 0.5, 2).astype(int)
        found["offset"].append(-density.sum())
        found["pen"].append(-log_softmax(logits)[np.arange(len(state)), state].sum())
        found["right"].append((logits.argmax(axis=1) == state).sum())
    return {name: np.array(values) for name, values in found.items()}


def _nats_text(found: dict) -> str:
    low, high = found["reconstruction_nats_per_step_interval"]
    lines = [
        f"{found['model']} on {found['drawings']:,} words, {found['steps']:,} steps, "
        f"of the split {found['split']} of {found['corpus']}",
        "",
        f"{'':16}{'nats per step':>16}{'per word':>12}{f'per {BATCH} words':>16}",
        f"{'reconstruction':16}{found['reconstruction_nats_per_step']:>16.4f}"
        f"{found['reconstruction_nats_per_drawing']:>12.1f}"
        f"{found['reconstruction_nats_per_batch']:>16.0f}",
    ]
    if found["latent_dim"]:
        lines.append(
            f"{'KL':16}{found['kl_nats_per_step']:>16.4f}"
            f"{found['kl_nats_per_drawing']:>12.1f}"
            f"{found['kl_nats_per_batch']:>16.0f}"
        )
    lines += [
        "",
        f"pen state right {found['pen_accuracy']:.2%}",
        f"95 % interval over words: +-{(high - low) / 2:.4f} nats per step",
    ]
    if found["latent_dim"]:
        lines.append(
            f"{found['active_dims']} of {found['latent_dim']} latent dimensions carry "
            f"over {ACTIVE_NATS} nats; the mean of {found['active_dims_by_variance']} "
            f"varies by over {ACTIVE_VARIANCE}"
        )
    lines.append(found["verdict"])
    if found["left_out"]:
        lines.append(f"{found['left_out']} words left out: too short or too long")
    return "\n".join(lines)
