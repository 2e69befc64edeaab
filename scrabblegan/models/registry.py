"""Models by their names: where they are, of what kind, and how they are loaded.

A model is a folder with weights.npz and model.json: a run folder, or a shipped one.
"""

from pathlib import Path

from scrabblegan.models.kinds import KINDS, Kind
from scrabblegan.networks import read_description
from scribe.foundation.errors import InputError
from scribe.models.shipped import pretrained_models, shipped_model


def _digit_generator(folder: Path):
    from scrabblegan.digits.generator import DigitGenerator

    return DigitGenerator.load(folder)


def _digit_classifier(folder: Path):
    from scrabblegan.digits.judge import Judge

    return Judge.load(folder)


def _word_writer(folder: Path):
    from scrabblegan.models.word_writer import WordWriter

    return WordWriter.load(folder)


def _recognizer(folder: Path):
    from scrabblegan.models.recognizer import Recognizer

    return Recognizer.load(folder)


def _ink(folder: Path):
    from scribe.models.ink_model import InkModel

    return InkModel.load(folder)


# By the kind, what makes a model of a folder's files; imported when it is needed.
LOADERS = {
    "digit_generator": _digit_generator,
    "digit_classifier": _digit_classifier,
    "scrabblegan": _word_writer,
    "recognizer": _recognizer,
    "ink": _ink,
}


def load_model(name: str):
    """A model: of a run folder, or a shipped one by its name.

    Raises:
      InputError: there is no such model, or its files are damaged or do not fit each
        other.
    """
    folder = find_model(name)
    return LOADERS[kind_of_model(folder).name](folder)


def find_model(name: str) -> Path:
    """The folder of a model: a path, or the name of a shipped one.

    A folder of that name without a model in it does not hide the shipped one: in a
    clone, `scrabblegan` is the package, too.

    Raises:
      InputError: there is no such model, or a file of it is missing.
    """
    folder = Path(name)
    if not (folder / "model.json").is_file():
        folder = shipped_model(name) or folder
    if not folder.is_dir():
        raise InputError(
            f"there is no model {name!r}: use a run folder or a shipped model "
            f"({', '.join(pretrained_models(KINDS)) or 'none is here'})"
        )
    for file in ("model.json", "weights.npz"):
        if not (folder / file).is_file():
            raise InputError(
                f"{folder} has no {file}: its training has not reached the first "
                "validation, or it is not a run folder"
            )
    return folder


def kind_of_model(folder: Path) -> Kind:
    """The kind of the model in a folder.

    Raises:
      InputError: its model.json is damaged, or names a kind of another package.
    """
    named = read_description(folder)["kind"]
    if named not in KINDS:
        raise InputError(
            f"{folder} is a model of kind {named!r}; here are {', '.join(KINDS)}"
        )
    return KINDS[named]
