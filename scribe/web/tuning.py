"""Hands that are learnt for visitors, one after the other, beside the writing.

`python -m scribe.style tune` does it, in a process of its own: TensorFlow's memory is
free again when it ends, it can be stopped at any moment, and writing goes first. What
the visitor wrote lies in a folder that only this user can read, and goes with it.
"""

import asyncio
import contextlib
import dataclasses
import importlib.util
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.web.hands import Hand
from scribe.web.limits import Limits
from scribe.web.messages import Learning
from scribe.writing import adaptation, own_styles, styles

COMMAND = (sys.executable, "-m", "scribe.style")
_NAME = "hand"
_NICENESS = 5
_PACKAGES = Path(__file__).parents[2]  # from where scribe is imported


class Crowded(Exception):
    """As many hands wait to be learnt as may."""


class Failed(Exception):
    """The process that learns ended without a result; a sentence."""


class Tunings:
    """The hands that are being learnt, and those that wait for it."""

    def __init__(
        self, model: StrokeModel, limits: Limits, gin_params: Sequence[str] = ()
    ):
        """
        Args:
          model: that is to write in the hands.
          limits: how many may wait, and how long one may take.
          gin_params: bindings beside those of gin/tuning/hand.gin.
        """
        self._model = model
        self._limits = limits
        self._gin_params = gin_params
        self._one = asyncio.Lock()
        self._jobs: dict[Hand, tuple[asyncio.Task, str]] = {}

    @property
    def are_offered(self) -> bool:
        """Whether hands can be learnt here."""
        return self._limits.max_waiting_tunings > 0 and all(
            importlib.util.find_spec(name) for name in ("tensorflow", "gin")
        )

    def start(self, hand: Hand, visitor: str = "") -> Learning:
        """Puts a hand into the queue; call it inside a running event loop.

        Args:
          hand: whose style becomes a tuned one in the end.
          visitor: by the name of an address.

        Raises:
          InputError: it cannot be learnt.
          Crowded: too many wait, or another one of this visitor.
        """
        if hand in self._jobs:
            return hand.learning
        if hand.style.adaptation is not None:
            raise InputError("this hand was learnt already")
        if not hand.has_lines_enough:
            raise InputError(
                f"a hand is learnt from {adaptation.MIN_LINES} lines or more, not "
                f"{len(hand.style.all_lines())}"
            )
        visitors = [visitor for _, visitor in self._jobs.values()]
        if visitor in visitors or len(visitors) >= self._limits.max_waiting_tunings:
            raise Crowded
        _tell(hand, "waiting")
        task = asyncio.get_running_loop().create_task(self._learn(hand))
        self._jobs[hand] = task, visitor
        task.add_done_callback(lambda _: self._jobs.pop(hand, None))
        return hand.learning

    async def stop(self, hand: Hand) -> None:
        """Gives a hand up, whose style stays what it is."""
        if hand in self._jobs:
            task, _ = self._jobs[hand]
            task.cancel()
            await asyncio.wait([task])
            if task.cancelled():
                hand.learning = None

    async def end(self) -> None:
        """Gives all hands up."""
        for hand in list(self._jobs):
            await self.stop(hand)

    async def _learn(self, hand: Hand) -> None:
        async with self._one:
            _tell(hand, "learning")
            try:
                async with asyncio.timeout(60.0 * self._limits.tuning_minutes):
                    found = await self._learnt(hand)
            except TimeoutError:
                minutes = self._limits.tuning_minutes
                _tell(hand, "failed", detail=f"{minutes:g} minutes were not enough")
            except (Failed, InputError, OSError) as error:
                _tell(hand, "failed", detail=str(error))
            else:
                if found is None:
                    _tell(hand, "no better", 1.0)
                    return
                style = dataclasses.replace(hand.style, adaptation=found)
                hand.style = styles.find_style(style, self._model)
                _tell(hand, "learnt", 1.0)

    async def _learnt(self, hand: Hand) -> adaptation.Adaptation | None:
        """What is learnt of a hand; None if it is no better than the style alone."""
        with tempfile.TemporaryDirectory(prefix="scribe-hand-") as name:
            path = Path(name) / f"{_NAME}.json"
            said = Path(name) / "said"
            styles.save_style(path, hand.style)
            kept = None
            with said.open("wb") as errors:
                async with self._process(path.parent, errors) as process:
                    async for line in process.stdout:
                        event = json.loads(line)
                        if "steps" in event:
                            _tell(hand, "learning", event["step"] / event["steps"])
                        kept = event.get("kept", kept)
                    await process.wait()
            if kept is None:
                lines = said.read_text(errors="replace").splitlines()
                reason = lines[-1].removeprefix("error: ") if lines else "it was killed"
                raise Failed(f"the hand could not be learnt: {reason}")
            if not kept:
                return None
            return adaptation.load_adaptation(own_styles.adaptation_path(path))

    @contextlib.asynccontextmanager
    async def _process(self, folder: Path, errors):
        """The command that learns; it ends with the `with`."""
        process = await asyncio.create_subprocess_exec(
            *(*COMMAND, "tune", _NAME, "--events"),
            f"--model={self._model.folder.resolve()}",
            *(f"--gin_param={binding}" for binding in self._gin_params),
            cwd=_PACKAGES,
            env={**os.environ, own_styles.FOLDER_VARIABLE: str(folder)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        try:
            if hasattr(os, "setpriority"):
                with contextlib.suppress(OSError):  # it has ended
                    os.setpriority(os.PRIO_PROCESS, process.pid, _NICENESS)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _tell(hand: Hand, state: str, share: float = 0.0, detail: str = "") -> None:
    hand.learning = Learning(state=state, share=round(share, 3), detail=detail)
