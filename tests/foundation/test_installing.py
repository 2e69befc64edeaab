"""What to type where a package is missing."""

import ast
import importlib.metadata
import re
import sys

import pytest
from repository import ROOT, listed, settings

from scribe.foundation import installing

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("module", "extra"), installing.EXTRAS.items())
def test_the_extra_that_is_named_brings_the_module(module, extra):
    brought = {
        re.match(r"[\w.-]+", line)[0].lower().replace("_", "-")
        for line in listed("options.extras_require", extra)
    }
    if module == "google":
        assert any(name.startswith("google-cloud") for name in brought)
        return
    providers = importlib.metadata.packages_distributions().get(module)
    if providers is None:
        pytest.skip(f"{module} is not installed")
    assert {name.lower().replace("_", "-") for name in providers} & brought


@pytest.mark.slow
def test_every_module_that_is_imported_has_an_extra_but_numpy():
    found = set()
    for package in ("scribe", "scrabblegan"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add(node.module.split(".")[0])
    found -= {"scribe", "scrabblegan", "numpy", *sys.stdlib_module_names}
    assert found <= set(installing.EXTRAS)


def test_a_clone_names_its_requirements_or_its_own_extra():
    assert installing.command("uvicorn") == "pip install -r requirements.txt"
    assert installing.command("tensorflow") == "pip install -r requirements.txt"
    assert installing.command("google") == 'pip install ".[vertex]"'


def test_an_installed_package_names_itself(monkeypatch, tmp_path):
    monkeypatch.setattr(installing, "REQUIREMENTS", tmp_path / "requirements.txt")
    assert installing.PROJECT == settings()["metadata"]["name"]
    web = 'pip install "scribe-handwriting[web]"'
    assert installing.command("uvicorn") == web
    assert installing.command("tensorflow") == 'pip install "scribe-handwriting[train]"'
    assert installing.sentence("uvicorn").endswith(web)
