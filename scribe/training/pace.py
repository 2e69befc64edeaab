"""How fast a training goes and how long it will take."""

import logging
import time
from collections import deque

logger = logging.getLogger("scribe.train")


class Progress:
    """Means since the last report, rates, and the time left."""

    def __init__(self, unit: str, last_step: int):
        """`unit` names the metric that counts what a step learns from."""
        self.unit = unit
        self.last_step = last_step
        self.seconds_per_step: deque[float] = deque(maxlen=200)
        self.units_per_step: deque[float] = deque(maxlen=200)
        self.values: dict[str, list[float]] = {}
        self.is_first = True
        self.step_begins()

    def step_begins(self) -> None:
        """Leaves what came before, validating and saving, out of the rates."""
        self.started = time.monotonic()

    def add(self, metrics: dict[str, float]) -> None:
        """Counts the step that ends now; not every step has all metrics."""
        seconds = time.monotonic() - self.started
        if self.is_first:  # it also traced the graph
            logger.info("first step: %.1f s", seconds)
            self.is_first = False
        else:
            self.seconds_per_step.append(seconds)
            self.units_per_step.append(metrics[self.unit])
        for name, value in metrics.items():
            self.values.setdefault(name, []).append(value)

    def report(self, step: int) -> dict[str, float]:
        """Logs and returns the means and rates, and begins new means."""
        means = {name: sum(found) / len(found) for name, found in self.values.items()}
        self.values = {}
        means.pop(self.unit)
        rates = {}
        if self.seconds_per_step:
            seconds = max(sum(self.seconds_per_step), 1e-9)
            rates["steps_per_second"] = len(self.seconds_per_step) / seconds
            rates[f"{self.unit}_per_second"] = sum(self.units_per_step) / seconds
            left = (self.last_step - step) * seconds / len(self.seconds_per_step)
            timing = "; ".join(f"{v:,.2f} {n}" for n, v in rates.items())
            timing += f"; {_duration(left)} left"
        else:
            timing = "..."
        logger.info("step %d/%d: %s; %s", step, self.last_step, sentence(means), timing)
        return means | rates


def sentence(metrics: dict[str, float]) -> str:
    """Names and values, to four digits."""
    return ", ".join(f"{name} {value:.4g}" for name, value in metrics.items())


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"
