"""Experiments by name: gin/experiments, gin/experiments/untested, and former names.

What stands in `untested/` parses and trains, but nobody ran it to its end.
"""

import logging
from pathlib import Path

logger = logging.getLogger(__name__)

# Former name -> name. A shipped model bears the name of the experiment that made it.
RENAMED = {
    "graves_prediction_continued": "graves_prediction",
    "graves_synthesis_continued": "graves_synthesis_1",
    "graves_synthesis_packets": "graves_synthesis",
    "rand_write_continued": "rand_write_half_rate",
    "recognizer_gan": "recognizer_letters",
    "scrabblegan_iam": "scrabblegan_paper",
    "scrabblegan_iam_small": "scrabblegan_2",
    "scrabblegan_iam_small_print": "scrabblegan_1",
    "scrabblegan_iam_small_text": "scrabblegan",
    "scribe_400": "scribe_default_3",
    "scribe_default_rare": "scribe_default_2",
    "synthesis_continued": "synthesis_half_rate",
}


def find(name: str, gin_folder: Path) -> Path | None:
    """The gin file of an experiment; None if there is none.

    Args:
      name: an experiment, or the path of one in a folder `experiments`; with or without
        its ".gin".
      gin_folder: the project's gin files.
    """
    path = Path(name.removesuffix(".gin"))
    if path.parent.name not in ("", "experiments"):
        return None
    file = f"{RENAMED.get(path.name, path.name)}.gin"
    folder = gin_folder / "experiments"
    found = [p for p in (folder / file, folder / "untested" / file) if p.is_file()]
    return found[0] if found else None


def log_what_to_know(name: str, file: Path) -> None:
    """Logs that an experiment has another name now, or that it is untested.

    Args:
      name: what was asked for.
      file: what `find` found.
    """
    asked = Path(name.removesuffix(".gin")).name
    if asked in RENAMED:
        logger.warning("the experiment %s is called %s now", asked, file.stem)
    if file.parent.name == "untested":
        logger.warning("the experiment %s was never run to its end", file.stem)


def names(gin_folder: Path) -> list[str]:
    """All experiments, sorted; untested ones last."""
    folder = gin_folder / "experiments"
    return [
        path.stem
        for pattern in ("*.gin", "untested/*.gin")
        for path in sorted(folder.glob(pattern))
    ]
