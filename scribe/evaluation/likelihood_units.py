"""The units in which log losses of different models, and of papers, can stand together.

A log loss is that of a density, and a density has a unit: offsets divided by s_x and
s_y lose ln(s_x s_y) nats per step. Graves (2013) divides by the deviation of the
training offsets, after steps over a threshold that he does not name were removed.
Where it lies matters more than the number of layers, so that there are two units here.
NumPy only.
"""

from pathlib import Path

import numpy as np

from scribe.corpora.prepared import load_description, load_lines
from scribe.foundation.errors import InputError

# Of the tablet: what Unit B takes for a jump.
JUMP = 500.0
JUDGED = "validation"
# Lines or words in a batch, where a log loss is given by batch.
BATCH = 32
# What keeps every point, and areas among them: a shear.
KEEPS_DENSITIES = ("deskew",)


def corpus_units(data_dir: str | Path) -> dict[str, np.ndarray]:
    """Units A and B of a corpus: [2] tablet units for x and y.

    Of all offsets of all splits but the smaller validation set, as recorded, pen-up
    moves included. A is the deviation of each axis. B is the same without the offsets
    that are beyond JUMP on that axis; it is smaller, and a log loss in it is larger.

    Raises:
      InputError: there is no such corpus, or it has no other split.
    """
    splits = [s for s in load_description(data_dir).splits if s != JUDGED]
    lines = load_lines(data_dir, splits)
    if not lines:
        raise InputError(f"{data_dir} has no training lines: its unit is not defined")
    offsets = np.concatenate([line.strokes[1:, :2] for line in lines])
    offsets = offsets.astype(np.float64)
    units = {
        "A": offsets.std(axis=0),
        "B": np.array([axis[abs(axis) <= JUMP].std() for axis in offsets.T]),
    }
    for name, unit in units.items():
        if not (unit > 0.0).all():
            raise InputError(f"{data_dir} has no Unit {name}: no offset differs")
    return units


def nats_per_step(unit: np.ndarray, model_unit: np.ndarray) -> float:
    """What a log loss in nats per step gains when its unit becomes `unit`.

    By the change of variables x' = x / s: the density in x' is s_x s_y times that in x.

    Args:
      unit: [2] tablet units.
      model_unit: [2] tablet units per unit of the network.
    """
    return float(np.log(model_unit).sum() - np.log(unit).sum())


def obstacle(cleaning: list[dict]) -> str | None:
    """Why a model's log loss cannot be given in the units of a corpus, if it cannot.

    Args:
      cleaning: the steps that its training applied to each line (model.json).
    """
    names = [step["step"] for step in cleaning]
    changing = [name for name in names if name not in KEEPS_DENSITIES]
    if not changing:
        return None
    return (
        f"not defined, because this model was trained on other points than the tablet "
        f"recorded ({', '.join(changing)}): its figures do not stand beside those of "
        "models at full point rate"
    )
