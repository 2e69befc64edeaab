"""Tunes a style of the user's own: from its lines to what is kept beside it."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from scribe.foundation import gin_config, locks
from scribe.models import StrokeModel
from scribe.reading import reader
from scribe.training.hand_tuning import HandTuner, Tuned
from scribe.writing import Style, Writer, own_styles, styles
from scribe.writing.adaptation import fingerprint
from scribe.writing.anchors import anchor_lines

GIN_FILE = "tuning/hand.gin"
# Lines of rare characters that the network writes before it learns.
NUM_ANCHORS = 48


def tune_style(
    name: str,
    model: StrokeModel,
    gin_params: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda step, steps: None,
) -> Tuned:
    """Learns the hand of a style and keeps what was learnt beside it.

    What was interrupted goes on where it was. If the hand that was learnt foresees a
    line that it has not seen no better than the style alone does, nothing is kept.

    Args:
      name: of a style of the user's own, see `own_styles.path_of`.
      model: that will write in it.
      gin_params: bindings beside those of gin/tuning/hand.gin.
      progress: called with the number of steps done and of all.

    Raises:
      InputError: there is no such style, its lines are too few, or somebody else tunes
        it now.
    """
    path = own_styles.existing(name)
    tuner = bound_tuner(gin_params)
    style = styles.find_style(styles.load_style(path, model, tuned=False), model)
    lines = style.all_lines()
    unfinished = own_styles.unfinished_folder(path)
    kept_in = unfinished / fingerprint(model).hex()
    with locks.sole_writer(unfinished):
        found = learn(model, lines, tuner, kept_in, progress)
        if found.adaptation is not None:
            found.adaptation.save(own_styles.adaptation_path(path))
        # Not before: a kill between the two would lose all steps.
        shutil.rmtree(unfinished, ignore_errors=True)
    return found


def bound_tuner(gin_params: Sequence[str] = ()) -> HandTuner:
    """The tuner as gin/tuning/hand.gin binds it, and bindings beside these."""
    gin_config.parse([GIN_FILE], gin_params)
    return gin_config.import_gin().get_configurable(HandTuner)()


def learn(
    model: StrokeModel,
    lines: Sequence[Style],
    tuner: HandTuner,
    kept_in: Path | None = None,
    progress: Callable[[int, int], None] = lambda step, steps: None,
) -> Tuned:
    """As `HandTuner.tune`, beside anchors that the model writes first."""
    anchors: list[Style] = []
    if tuner.anchors:
        chooser = reader.load_reader(reader.CHOOSING)
        writer = Writer(model, "numpy")  # the other would be traced first
        anchors = anchor_lines(writer, chooser, lines, NUM_ANCHORS, tuner.seed)
    return tuner.tune(model, lines, anchors, kept_in, progress)
