"""Looking at a job: its state, the newest lines of its log, its latest metrics."""

import time
from collections.abc import Callable

from scribe.foundation.errors import WorkFailed
from scribe.foundation.json_files import parse_json
from scribe.training.mirrored import LOG
from scribe.training.vertex.places import CloudRun
from scribe.training.vertex.service import FINISHED

MAX_FAILURES = 10


class Watch:
    """Reports what is new since the last look.

    The log and the metrics are those that the job copies into the bucket, so they are a
    minute old at most, and need no further service.
    """

    def __init__(
        self,
        storage,
        run: CloudRun,
        state: Callable[[], tuple[str, str]],
        report: Callable[[str], None],
        num_lines: int,
    ):
        """`state` asks for the job's state and error; `num_lines` of log come first."""
        self._storage, self._run = storage, run
        self._ask, self._report, self._num_lines = state, report, num_lines
        self._state = self._metrics = None
        self._read = 0

    def look(self) -> tuple[str, str]:
        """Reports what is new; returns state and error."""
        state, message = self._ask()
        if state != self._state:
            self._report(f"{self._run.name}: {state}")
            self._state = state
        for line in self._new_lines():
            self._report(f"  {line}")
        metrics = self._latest_metrics()
        if metrics is not None and metrics != self._metrics:
            self._report(f"validation: {metrics}")
            self._metrics = metrics
        return state, message

    def follow(self, every: float) -> tuple[str, str]:
        """Looks until the job has ended; returns how, and its error.

        Args:
          every: seconds between looks.

        Raises:
          WorkFailed: Google did not answer for MAX_FAILURES looks in a row.
        """
        failures = 0
        while True:
            try:
                state, message = self.look()
            except WorkFailed as error:  # over hours a network does fail
                failures += 1
                if failures == MAX_FAILURES:
                    raise
                self._report(f"{error}")
            else:
                failures = 0
                if state in FINISHED or state == "LOST":
                    return state, message
            time.sleep(every)

    def _new_lines(self) -> list[str]:
        data = self._storage.read(self._run.run_folder / LOG, start=self._read)
        if not data:
            return []
        # The copy may have been made in the middle of a line.
        whole = data[: data.rfind(b"\n") + 1]
        lines = whole.decode(errors="replace").splitlines()
        first, self._read = self._read == 0, self._read + len(whole)
        return lines[max(len(lines) - self._num_lines, 0) :] if first else lines

    def _latest_metrics(self) -> str | None:
        data = self._storage.read(self._run.run_folder / "metrics.json")
        if data is None:
            return None
        try:
            row = parse_json(data)[-1]
            values = [f"{k} {float(v):.4g}" for k, v in row.items() if k != "step"]
        except (ValueError, LookupError, TypeError, AttributeError):
            return "metrics.json is damaged"
        return f"step {row['step']}, {', '.join(values)}"
