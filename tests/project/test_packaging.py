"""The wheel holds the packages with their gin files and weights, and nothing else."""

import ast
import email
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from xml.etree import ElementTree

import pytest
from repository import ROOT, listed, requirements, settings

PACKAGES = [
    name for name in ("scribe", "scrabblegan") if any((ROOT / name).glob("*.py"))
]
MODELS = sorted(p.parent.name for p in ROOT.glob("data/pretrained/*/model.json"))
# What an editor or a run leaves behind.
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".*", "*.pyc", "*~")


def project_name(requirement: str) -> str:
    """The normalised name: "Hershey_Fonts>=2.1" -> "hershey-fonts"."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def files_below(folder: Path) -> set[str]:
    """Files as paths relative to `folder`, without what is left behind."""
    found = set()
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and path.suffix != ".pyc":
            found.add("/".join(parts))
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the working tree, built as pip builds it but without a network."""
    source = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in (*PACKAGES, "gin", "data/pretrained"):
        shutil.copytree(ROOT / name, source / name, ignore=LEFT_BEHIND)
    build = "from setuptools import build_meta; build_meta.build_wheel('wheels')"
    result = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    (built,) = source.glob("wheels/*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder to import from that holds what pip would install."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_from(folder: Path, installed: Path, *arguments: str):
    """Runs Python in `folder` with the installed copy."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.integration
def test_the_wheel_holds_modules_gin_files_and_models_and_nothing_else(wheel):
    expected = {
        f"{name}/{path}" for name in PACKAGES for path in files_below(ROOT / name)
    }
    expected |= {f"scribe/gin_files/{path}" for path in files_below(ROOT / "gin")}
    pretrained = ROOT / "data" / "pretrained"
    expected |= {f"scribe/pretrained/{path}" for path in files_below(pretrained)}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names - expected == set(), "in the wheel, but not in the repository"
    assert expected - names == set(), (
        "not in the wheel: list new packages in setup.cfg under [options] packages, "
        "new kinds of files under [options.package_data]"
    )


@pytest.mark.integration
def test_no_package_named_gin_or_data_is_installed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        top = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)


@pytest.mark.integration
def test_the_metadata_say_what_the_licence_and_the_requirements_are(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
        assert any(n.endswith("LICENSE") for n in archive.namelist())
    assert metadata["License"] == "MIT"
    required = [value for value in metadata.get_all("Requires-Dist")]
    core = {project_name(value) for value in required if "extra ==" not in value}
    assert core == {project_name(r) for r in listed("options", "install_requires")}


@pytest.mark.integration
def test_an_installed_copy_finds_its_gin_files_and_models(installed, tmp_path):
    program = (
        "import scribe, scribe.foundation.gin_config as c, scribe.models.shipped as r;"
        "print(scribe.__file__, c.gin_folder(), r.pretrained_folder(), sep='\\n');"
        "print(*r.pretrained_models())"
    )
    result = run_from(tmp_path, installed, "-c", program)
    assert result.returncode == 0, result.stderr
    module, gin_folder, pretrained, models = result.stdout.splitlines()
    assert Path(module) == installed / "scribe" / "__init__.py"
    assert Path(gin_folder) == installed / "scribe" / "gin_files"
    assert Path(pretrained) == installed / "scribe" / "pretrained"
    assert models.split() == MODELS


@pytest.mark.integration
def test_an_installed_copy_writes_with_the_shipped_model(installed, tmp_path):
    text = "The quick brown fox jumps over 13 lazy dogs."
    arguments = ("-m", "scribe.sample", "--text", text, "--output", "fox.svg")
    result = run_from(tmp_path, installed, *arguments)
    assert result.returncode == 0, result.stderr
    assert ElementTree.parse(tmp_path / "fox.svg").getroot().tag.endswith("svg")


ALONE = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        allowed = {"numpy", "scribe"} | sys.stdlib_module_names
        if name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"refused: {name}", name=name)

sys.meta_path.insert(0, Refusing())
from scribe import read, sample, style, write_page
sys.exit(
    sample.main(["--text=A line.", "--output=line.json"])
    or style.main(["add", "mine", "--from=line.json", "--output=preview.svg"])
    or sample.main(["--text=In it.", "--style=mine", "--best_of=2", "--output=in.pdf"])
    or write_page.main(["letter.txt", "--style=mine", "--output=letter.pdf"])
    or read.main(["line.json"])
)
"""


@pytest.mark.slow
@pytest.mark.integration
def test_numpy_alone_writes_lines_and_pages_keeps_a_hand_and_reads(
    installed, tmp_path, monkeypatch
):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path / "styles"))
    (tmp_path / "letter.txt").write_text("Dear Ada,\n\nit writes.\n")
    result = run_from(tmp_path, installed, "-c", ALONE)
    assert result.returncode == 0, result.stderr
    for name in ("line.json", "preview.svg", "in.pdf", "letter.pdf"):
        assert (tmp_path / name).stat().st_size
    assert result.stdout.splitlines()[-1].strip()


@pytest.mark.unit
def test_numpy_is_the_only_package_that_everybody_gets():
    assert [project_name(r) for r in listed("options", "install_requires")] == ["numpy"]


@pytest.mark.unit
def test_the_image_holds_what_its_dockerfile_copies_and_runs_as_nobody():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = dockerfile.split("\nFROM ")[1:]
    assert len(stages) == 2
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in kept if line.startswith("!")} | {"data/pretrained"}
    for line in re.findall(r"^COPY (?!--from)(.+)$", stages[0], re.M):
        *copied, _ = line.split()
        for name in copied:
            assert (ROOT / name).exists() and name in kept
    user = re.search(r"^USER (\d+)$", stages[1], re.M)
    assert int(user[1]) > 0
    assert "HEALTHCHECK" in stages[1] and "/healthz" in stages[1]
    assert re.findall(r"pip install .*$", stages[0], re.M) == [
        'pip install --no-cache-dir ".[web]" && \\'
    ]


@pytest.mark.integration
@pytest.mark.parametrize("package", PACKAGES)
def test_an_installed_copy_has_a_command_that_lists_its_doors(
    package, wheel, installed, tmp_path
):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
        scripts = archive.read(name).decode().splitlines()
    assert f"{package} = {package}.__main__:main" in scripts
    result = run_from(tmp_path, installed, "-m", package)
    assert result.returncode == 0, result.stderr
    assert "  train " in result.stdout


@pytest.mark.integration
def test_an_installed_copy_names_the_extra_of_a_missing_package(installed, tmp_path):
    program = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "from scribe import serve\n"
        "from scribe.foundation.command_line import status_of\n"
        "sys.exit(status_of(serve.main, ['--port=0']))"
    )
    result = run_from(tmp_path, installed, "-c", program)
    assert result.returncode == 2
    assert 'pip install "scribe-handwriting[web]"' in result.stderr


@pytest.mark.smoke
def test_every_package_is_listed_in_setup_cfg():
    found = {"scribe.gin_files", "scribe.pretrained"}
    for name in PACKAGES:
        for path in (ROOT / name).rglob("*.py"):
            parts = path.parent.relative_to(ROOT).parts
            if not any(part.startswith(".") for part in parts):
                found.add(".".join(parts))
    assert set(listed("options", "packages")) == found


@pytest.mark.unit
def test_requirements_txt_repeats_the_ranges_of_setup_cfg():
    wanted = listed("options", "install_requires")
    for extra in settings()["options.extras_require"]:
        # For machines with a GPU, and for the cloud: too large for everybody.
        if extra not in ("gpu", "vertex", "beam"):
            wanted += listed("options.extras_require", extra)
    assert sorted(set(wanted)) == sorted(requirements("requirements.txt"))


@pytest.mark.unit
def test_the_pins_for_apple_silicon_lie_within_the_ranges():
    packaging = pytest.importorskip("packaging.requirements")
    ranges = {
        project_name(line): packaging.Requirement(line).specifier
        for line in requirements("requirements.txt")
    }
    pins = [packaging.Requirement(line) for line in requirements("requirements-m1.txt")]
    assert {pin.name for pin in pins} - set(ranges) == {"tensorflow-metal"}
    for pin in pins:
        for part in pin.specifier:
            if part.operator == "==" and pin.name in ranges:
                assert part.version in ranges[pin.name]


@pytest.mark.slow
@pytest.mark.unit
def test_every_package_that_is_imported_is_required():
    required = {project_name(line) for line in requirements("requirements.txt")}
    required |= {project_name(r) for r in listed("options.extras_require", "beam")}
    distributions = packages_distributions()
    own = {*PACKAGES, *(path.stem for path in (ROOT / "tests").rglob("*.py"))}
    missing = []
    for folder in (*PACKAGES, "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for name in imported(path) - own - set(sys.stdlib_module_names):
                providers = {project_name(d) for d in distributions.get(name, [name])}
                if not providers & required:
                    missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert not missing


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names
