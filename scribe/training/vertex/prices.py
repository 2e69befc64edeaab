"""How long a job may take and what it may cost: estimates from a table to be edited."""

import dataclasses
import re
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.json_files import read_json
from scribe.training.vertex.job import Machines

TABLE = Path(__file__).with_name("prices.json")


@dataclasses.dataclass(frozen=True)
class Estimate:
    """Of one job; None where the table has no row.

    Attributes:
      hours: from submitting to the end.
      price: US dollars an hour.
      checked: oldest day on which one of the prices was read; None: one never was.
    """

    hours: float | None
    price: float | None
    checked: str | None

    def sentence(self, max_hours: float) -> str:
        """What to tell the user; `max_hours` bounds what the job can cost."""
        length = (
            "no row for this training" if self.hours is None else _hours(self.hours)
        )
        if self.price is None:
            return f"estimate: {length}; no price of this machine in the table"
        cost = f"at most ${self.price * max_hours:.2f} in {max_hours:g} hours"
        if self.hours is not None:
            cost = f"${self.price * min(self.hours, max_hours):.2f}, {cost}"
        age = f"read on {self.checked}" if self.checked else "not checked"
        return f"estimate: {length}; ${self.price:.2f} an hour ({age}): {cost}"


def load(path: str | Path = TABLE) -> dict:
    """Reads a table.

    Raises:
      InputError: it is no such table.
    """
    try:
        table = read_json(path)
        for kind in ("machines", "gpus"):
            for row in table[kind].values():
                float(row["price"]), float(row["speed"])
        for row in table["trainings"].values():
            float(row["hours"]), float(row.get("steps") or row["epochs"])
        float(table["spot"]["share_of_price"]), float(table["minutes_to_start"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is no table of prices: {error!r}") from error
    return table


def estimate(
    table: dict, experiment: str, config_text: str, machines: Machines
) -> Estimate:
    """For a training as configured on these machines.

    Several GPUs are counted as no faster than one, since nobody has measured them.
    """
    machine = table["machines"].get(machines.machine_type)
    rows = [machine]
    if machines.accelerator:
        rows.append(table["gpus"].get(machines.accelerator))
    hours = None
    training = table["trainings"].get(experiment)
    length = _length(config_text)
    if rows[-1] and training and length and length[0] in training:
        unit, number = length
        steady = training["hours"] * number / training[unit] / rows[-1]["speed"]
        hours = steady + table["minutes_to_start"] / 60.0
    if None in rows:
        return Estimate(hours, None, None)
    price = machine["price"]
    if machines.accelerator:
        price += rows[-1]["price"] * machines.num_gpus
    if machines.spot:
        price *= table["spot"]["share_of_price"]
        rows.append(table["spot"])
    days = [row["checked"] for row in rows]
    checked = None if None in days else min(days)
    return Estimate(hours, price * machines.num_machines, checked)


def _length(config_text: str) -> tuple[str, float] | None:
    """("steps" or "epochs", how many) of a configuration."""
    bound = dict(re.findall(r"^([\w.]+) = (\S+)$", config_text, re.M))
    for unit in ("steps", "epochs"):
        value = bound.get(f"train.num_{unit}", "None")
        value = bound.get(value.removeprefix("%"), value)
        if value != "None":
            return unit, float(value)
    return None


def _hours(hours: float) -> str:
    return f"{hours * 60:.0f} minutes" if hours < 1.5 else f"{hours:.1f} hours"
