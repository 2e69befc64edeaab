"""Recipes that write in a moment: a network of chance, and nobody who reads."""

from pathlib import Path

from writing_samples import saved

from scribe.factory.making import Plan
from scribe.foundation import gin_config

BINDINGS = (
    "Check.reader = None",
    "Recipe.texts = @RandomCharacters()",
    "RandomCharacters.groups = ['abcdefghij', 'klmnop']",
    "RandomCharacters.shares = [1, 1]",
    "RandomCharacters.lengths = (1, 6)",
    "Recipe.line_characters = ('uniform', 8, 20)",
    "Hands.shares = {'invented': 1}",
    "Hands.lines_per_hand = 2",
    "Crop.height = 24",
    "Recipe.scan = None",
    "Recipe.engine = 'numpy'",
    "Recipe.samples_per_shard = 5",
)


def model_in(folder: Path) -> Path:
    """The run folder of a network that scribbles."""
    if not folder.exists():
        saved(folder)
    return folder


def plan_of(
    model: Path,
    *bindings: str,
    recipe: str = "factory/words.gin",
    num_samples: int = 12,
    form: str = "folder",
    seed: int = 3,
) -> Plan:
    """A plan of pictures that `model` scribbles."""
    params = [*BINDINGS, f"Recipe.model = '{model.as_posix()}'", *bindings]
    gin_config.parse([recipe], params)
    return Plan(gin_config.config_text(), seed, num_samples, form)


def files_in(folder: Path) -> dict[str, bytes]:
    """All files of a data set by their paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
