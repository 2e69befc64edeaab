"""The commands `scribe` and `scrabblegan`: their doors are the files of the package."""

import importlib
import subprocess
import sys

import pytest
from repository import ROOT, listed

from scribe.foundation.doors import listing

PACKAGES = [
    name
    for name in ("scribe", "scrabblegan")
    if (ROOT / name / "__main__.py").is_file()
]


def groups(package: str) -> dict[str, tuple[str, ...]]:
    return importlib.import_module(f"{package}.__main__").GROUPS


@pytest.mark.smoke
@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_a_door_and_every_door_a_file(package):
    files = {p.stem for p in (ROOT / package).glob("*.py") if p.stem[:2] != "__"}
    named = [door for group in groups(package).values() for door in group]
    assert sorted(named) == sorted(files)


@pytest.mark.unit
@pytest.mark.parametrize("package", PACKAGES)
def test_each_door_has_one_line(package):
    for line in listing(package, groups(package)).splitlines()[1:]:
        assert not line.startswith("  ") or line.endswith(".")


@pytest.mark.unit
@pytest.mark.parametrize("package", PACKAGES)
def test_there_is_a_console_script(package):
    scripts = listed("options.entry_points", "console_scripts")
    assert f"{package} = {package}.__main__:main" in scripts
    assert callable(importlib.import_module(f"{package}.__main__").main)


@pytest.mark.smoke
def test_the_list_of_doors_imports_nothing_heavy():
    program = (
        "import runpy, sys\n"
        "sys.argv = ['scribe']\n"
        "try: runpy.run_module('scribe', run_name='__main__')\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'numpy', 'tensorflow', 'scribe.sample'} & set(sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert "sample" in result.stdout


@pytest.mark.integration
def test_a_door_is_opened_by_its_name(tmp_path):
    output = tmp_path / "hi.svg"
    arguments = ["sample", "--text", "Hi", "--output", str(output)]
    result = subprocess.run(
        [sys.executable, "-m", "scribe", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert output.read_text().startswith("<svg")
