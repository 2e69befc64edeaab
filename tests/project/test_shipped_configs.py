"""The experiment that a shipped model is named after is the one that made it."""

import re
from pathlib import Path

import pytest

from scribe.foundation import experiments, gin_config
from scribe.models import shipped
from scribe.models.shipped import pretrained_folder

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]

MODELS = sorted(path.parent.name for path in pretrained_folder().glob("*/config.gin"))
# Run folders and models that trainings began with, as they were called then.
FORMER = {f"saved/{old}": f"saved/{new}" for old, new in experiments.RENAMED.items()}
FORMER |= shipped.ALIASES | {
    # What shipped by these names until the stage after them did.
    "scribe_default": "saved/scribe_default_3",
    "reader": "saved/reader_1",
    "reader_chooser": "saved/reader_chooser_1",
    "saved/recognizer_before": "saved/recognizer_1",
    "saved/recognizer_gan": "recognizer_letters",  # the run that ships by this name
    "saved/recognizer_gan_before": "saved/recognizer_letters_2",
    "saved/scrabblegan_before": "saved/scrabblegan_2",
    # Trained by comparisons/preprocessing.gin as recognizer_gw is, from another seed.
    "saved/preprocessing_gw/teachers/raw": "saved/recognizer_gw",
}
# What differs all the same, and why.
EXCEPTIONS = {
    "ink_dhsd": {"train.summary_every"},  # no part of what is learnt
    "scrabblegan": {"NUM_STEPS"},  # planned for 20,000 at equal rates; 3,500 were taken
    "sketch_rnn": {"train.validate_every"},  # no part of what is learnt
}
OFF = ("None", "False", "0.0")


def bindings(text: str) -> dict[str, str]:
    """What a configuration binds, without its imports and comments."""
    lines = [x for x in text.splitlines() if " = " in x and not x.startswith("#")]
    return dict(line.split(" = ", 1) for line in lines)


def now_called(name: str) -> str:
    return FORMER.get(name, name)


def shipped_config(model: str) -> Path:
    return pretrained_folder() / model / "config.gin"


def test_every_shipped_model_has_its_experiment():
    assert set(MODELS) <= set(experiments.names(gin_config.gin_folder()))
    assert {path.parent.name for path in pretrained_folder().glob("*/model.json")} == (
        set(MODELS)
    )
    assert EXCEPTIONS.keys() <= set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_a_shipped_model_is_what_its_experiment_trains(model):
    text = shipped_config(model).read_text()
    trained = bindings(re.sub(r"(?<=')[\w/]+(?=')", lambda x: now_called(x[0]), text))
    gin_config.parse([model], [])
    experiment = bindings(gin_config.config_text())
    different = {
        name: (trained.get(name), experiment.get(name))
        for name in trained.keys() | experiment.keys()
        if trained.get(name) != experiment.get(name)
    }
    # What could not be bound when the model was trained is switched off.
    later = {name for name, (old, new) in different.items() if not old and new in OFF}
    assert different.keys() - later - EXCEPTIONS.get(model, set()) == set(), different
