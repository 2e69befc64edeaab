"""gin files that want to run something: in files, for plotters, in run folders."""

import sys

import pytest
from attacks import held

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]

WAYS = [
    "import {module}",
    "import {module} as harmless",
    "from {module} import harmless",
    "import {module}.sub",
    "  import {module}",
    "\timport {module}",
    "import \\\n  {module}",
    "NUM_STEPS = 1\n\nimport {module}",
    "NUM_STEPS = 1 # comment\nimport {module}",
    "from __gin__ import dynamic_registration\nimport {module}",
    "from __gin__ import dynamic_registration\nimport os\nos.system.command = 'true'",
    "import scribe.training\nimport {module}",
    "import {module}\n(",
    "import {module};",
    "import scribe.training as scribe\nimport {module}",
    "import scribe, {module}",
    "import scribe\\\nimport {module}",
    "x = @{module}.harmless()",
    "NUM_STEPS = __import__('{module}')",
    "NUM_STEPS = [__import__('{module}')]",
    "NUM_STEPS = '%s' % __import__('{module}')",
    "import {module}\r",
    "\ufeffimport {module}",
    "'''\n'''\nimport {module}",
    "include '{module}.py'",
    "import antigravity",
    "import gin.tf.external_configurables",
    "import os.path",
    "import scribe_{module}",
    "import scribe.{module}",
]
PLACES = ["file", "included", "included by gin", "plotter", "run folder"]


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A module that notes that it was run; its name, and where it notes it."""
    note = f"open({str(tmp_path / 'ran')!r}, 'w').close()\nharmless = 1\n"
    (tmp_path / "harmful_module.py").write_text(note)
    (tmp_path / "scribe_harmful_module.py").write_text(note)
    monkeypatch.syspath_prepend(tmp_path)
    yield "harmful_module"
    for name in ("harmful_module", "scribe_harmful_module", "antigravity"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
def test_nothing_but_our_modules_is_run(way, place, program, tmp_path):
    from scribe.foundation import gin_config

    text = f"{way.format(module=program)}\n"
    (tmp_path / "mine.gin").write_text(text)
    file = tmp_path / "mine.gin"
    if place.startswith("included"):
        indent = "  " if place == "included by gin" else ""
        file = tmp_path / "outer.gin"
        file.write_text(f"{indent}include '{tmp_path}/mine.gin'\n")
    before = set(sys.modules)

    def act():
        if place == "plotter":
            from scribe.drawing.plotter import load_plotter

            load_plotter(str(file))
        elif place == "run folder":
            gin_config.parse([], [])
            gin_config.differences(text + "x.y = 1\n", gin_config.config_text())
        else:
            gin_config.parse([str(file)], [])

    def harmless():
        try:
            act()
        finally:
            assert not (tmp_path / "ran").exists(), "it ran"
            new = {name.partition(".")[0] for name in set(sys.modules) - before}
            assert not new & {"harmful_module", "antigravity"}, "it was imported"

    assert held("gin files", harmless) is None
