"""What the documents tell a reader to type, open and look up is there."""

import ast
import functools
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scribe.foundation import experiments

ROOT = Path(__file__).resolve().parents[2]
# data/ may hold whole corpora of the user's, so it is not searched to the bottom.
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in (
        *("*.md", "data/*.md", "data/pretrained/**/*.md", ".github/**/*.md"),
        *(f"{name}/**/*.md" for name in ("docs", "gin", "notebooks", "tests")),
        *(f"{name}/**/*.md" for name in ("scribe", "scrabblegan")),
    )
    for path in ROOT.glob(pattern)
)
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for name in ("scribe", "scrabblegan")
    for path in (ROOT / name).rglob("*.py")
)
COMMAND_LINES = [
    path for path in MODULES if "command_line.run(main)" in (ROOT / path).read_text()
]
# What the README's first command installs.
LIGHT = {"numpy"}


def read(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def prose(document: str) -> str:
    """A document's text; a module's docstring."""
    if document.endswith(".py"):
        return ast.get_docstring(ast.parse(read(document))) or ""
    return read(document)


# Everything that tells a reader what to type.
INSTRUCTIONS = [*DOCUMENTS, *(path for path in MODULES if "python -m" in prose(path))]


def code_blocks(text: str) -> list[tuple[str | None, str]]:
    """Pairs of a block's name (from the marker before it) and what it holds."""
    found = re.findall(
        r"^(?:<!-- command: (\w+) -->\n)?```\w*\n(.*?)^```$", text, re.M | re.S
    )
    return [(name or None, block) for name, block in found]


def marked(name: str) -> str:
    """The README's one block with a marker, on one line."""
    (block,) = [
        text for marker, text in code_blocks(read("README.md")) if marker == name
    ]
    return " ".join(block.split())


def invocations(text: str) -> list[tuple[str, list[str]]]:
    """Pairs (module, arguments) of every `python -m scribe.x ...` in a text."""
    text = text.replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        for match in re.finditer(r"python -m (scr\w+\.\w+)([^`]*)", line):
            rest = re.split(r"&&|;|\||  #", match[2])[0]
            try:
                arguments = shlex.split(rest)
            except ValueError:  # prose with an apostrophe, not a command
                arguments = rest.split()
            found.append((match[1], arguments))
    return found


@functools.cache
def help_of(module: str, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", module, *arguments, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"{module} --help: {result.stderr}"
    return result.stdout


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("document", INSTRUCTIONS)
def test_every_command_has_the_options_that_it_is_shown_with(document):
    for module, arguments in invocations(prose(document)):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
        # A format of another module has options that the plain help does not list.
        chosen = [a for a in arguments if re.match(r"--format=scribe\.[\w.]+:\w+$", a)]
        known = set(re.findall(r"--\w+", help_of(module, *chosen)))
        used = {a.split("=")[0] for a in arguments if a.startswith("--")}
        used = {re.match(r"--\w*", option)[0] for option in used}
        assert used - known <= {"--help"}, f"{document}: {module} has no such option"


@pytest.mark.integration
@pytest.mark.parametrize("document", INSTRUCTIONS)
def test_every_experiment_and_format_that_a_command_names_exists(document):
    from scribe.corpora.formats import READERS

    for module, arguments in invocations(prose(document)):
        for option, value in options(arguments):
            if value.startswith("saved/"):  # what a command before it has made
                continue
            if option == "--gin_file" and re.fullmatch(r"[\w/.]+", value.strip(".")):
                assert experiment_or_file(value), value
            reads = module == "scribe.prepare_data"
            if reads and option == "--format" and re.fullmatch(r"[a-z_]+", value):
                assert value in READERS, f"{document}: {module} --format={value}"


def experiment_or_file(name: str) -> bool:
    if name in experiments.RENAMED:  # documents use the names of today
        return False
    files = [ROOT / name, ROOT / "gin" / name]
    return any(file.is_file() for file in files) or (
        experiments.find(name, ROOT / "gin") is not None
    )


def options(arguments: list[str]) -> list[tuple[str, str]]:
    """(option, value) for --option=value as well as --option value."""
    found = []
    for i, argument in enumerate(arguments):
        option, separator, value = argument.partition("=")
        if not separator:
            value = arguments[i + 1] if i + 1 < len(arguments) else ""
        if option.startswith("--"):
            found.append((option, value))
    return found


@pytest.mark.unit
@pytest.mark.parametrize("document", INSTRUCTIONS)
def test_every_gin_file_that_is_named_exists(document):
    for name in re.findall(r"\bgin/[\w/]+\.gin\b", prose(document)):
        assert (ROOT / name).is_file(), f"{document} names {name}"


@pytest.mark.unit
def test_every_image_is_built_from_a_folder_with_a_dockerfile():
    files = ["docs/operate/VERTEX_AI_SETUP.md", "scribe/training/vertex/Dockerfile"]
    folders = [re.findall(r"docker build \S+ (\S+)", read(file)) for file in files]
    assert all(folders)
    for folder in sum(folders, []):
        assert (ROOT / folder / "Dockerfile").is_file(), folder


@pytest.mark.unit
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document):
    text = re.sub(r"^```.*?^```$", "", read(document), flags=re.M | re.S)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    targets += re.findall(r"<(?:img|a|source)\b[^>]*?(?:src|href)=\"([^\"]+)\"", text)
    for target in targets:
        if re.match(r"(https?|mailto):", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / document).parent / path if path else ROOT / document
        assert file.exists(), f"{document} links to {target}"
        assert file.resolve().is_relative_to(ROOT), f"{document} links to {target}"
        if anchor:
            assert anchor in anchors(file), f"{document} links to {target}"


def anchors(file: Path) -> set[str]:
    """The names that headings get on GitHub."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
    plain = [re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in plain}


@pytest.mark.unit
def test_the_markers_in_the_tests_readme_are_those_of_setup_cfg():
    table = re.findall(r"^\| `(\w+)` \|", read("tests/README.md"), re.M)
    markers = re.search(r"^markers =\n((?:    .+\n)+)", read("setup.cfg"), re.M)[1]
    assert table == re.findall(r"^    (\w+):", markers, re.M)


@pytest.mark.smoke
def test_the_test_command_makes_an_environment_installs_and_runs_pytest():
    steps = marked("test").split(" && ")
    assert steps[0] == "python3 -m venv .venv"
    assert steps[1] == ".venv/bin/pip install -r requirements.txt"
    assert steps[2].startswith(".venv/bin/python -m pytest")
    assert len(steps) == 3


@pytest.mark.smoke
def test_the_first_command_installs_within_the_ranges_of_requirements_txt():
    make, install, write = marked("write").split(" && ")
    assert make == "python3 -m venv .venv"
    installed = shlex.split(install)
    assert installed[:2] == [".venv/bin/pip", "install"]
    assert set(installed[2:]) <= set(read("requirements.txt").splitlines())
    assert {re.match(r"\w+", name)[0] for name in installed[2:]} == LIGHT
    assert write.startswith(".venv/bin/python -m scribe.sample ")


REFUSE_OTHERS = f"""
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        allowed = {LIGHT!r} | {{"scribe"}} | sys.stdlib_module_names
        if name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"refused: {{name}}")

sys.meta_path.insert(0, Refusing())
from scribe import sample
sys.exit(sample.main(sys.argv[1:]))
"""


@pytest.mark.smoke
def test_the_first_command_needs_only_what_it_installs(tmp_path):
    _, arguments = invocations(marked("write"))[0]
    output = tmp_path / "hello.svg"
    arguments[arguments.index("--output") + 1] = str(output)
    result = subprocess.run(
        [sys.executable, "-c", REFUSE_OTHERS, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert output.read_text().startswith(("<svg", "<?xml"))


@pytest.fixture
def clone(tmp_path):
    """A folder with .ci/run and a README whose commands only say what they see."""
    folder = tmp_path / "clone"
    (folder / ".ci").mkdir(parents=True)
    runner = folder / ".ci" / "run"
    runner.write_text((ROOT / ".ci" / "run").read_text())
    runner.chmod(0o755)
    (folder / "README.md").write_text(
        "```bash\nexit 9\n```\n"
        "<!-- command: test -->\n```bash\n"
        "test -d .venv && echo .venv > seen &&\n"
        '  echo "corpora: ${SCRIBE_CORPORA:-none}" && pwd && exit 3\n'
        "```\n```bash\nexit 8\n```\n"
        "<!-- command: write -->\n```bash\necho two\necho lines\n```\n"
        "<!-- command: int -->\n```bash\nkill -INT $$; echo survived\n```\n"
    )
    return folder


def run_ci(clone: Path, *arguments: str, **options):
    return subprocess.run(
        [clone / ".ci" / "run", *arguments],
        **options,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.integration
def test_ci_runs_the_readme_s_command_elsewhere_and_returns_its_status(clone):
    result = run_ci(clone)
    assert result.returncode == 3, result.stderr
    assert result.stdout.splitlines()[-2:] == ["corpora: none", str(clone)]
    environment = Path((clone / "seen").read_text().strip())
    assert not environment.is_relative_to(clone)
    assert not environment.exists()


@pytest.mark.integration
def test_ci_uses_the_corpora_that_lie_beside_the_clone(clone):
    place = re.search(r"-d (\.\./\S+) ", (clone / ".ci" / "run").read_text())[1]
    corpora = (clone / place).resolve()
    corpora.mkdir(parents=True)
    result = run_ci(clone)
    assert f"corpora: {corpora}" in result.stdout.splitlines()


@pytest.mark.integration
def test_ci_runs_any_marked_command_and_refuses_others(clone):
    result = run_ci(clone, "write")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-2:] == ["two", "lines"]
    result = run_ci(clone, "nothing")
    assert result.returncode == 2
    assert "command: nothing" in result.stderr


@pytest.mark.integration
@pytest.mark.skipif(os.name == "nt", reason="no signals that can be ignored")
def test_ci_can_be_interrupted_even_if_it_was_started_in_the_background(clone):
    def ignore_interrupts():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    result = run_ci(clone, "int", preexec_fn=ignore_interrupts)
    assert result.returncode == 128 + signal.SIGINT
    assert "survived" not in result.stdout.splitlines()


@pytest.mark.unit
def test_the_workflow_runs_ci_run_on_every_python_that_setup_cfg_names():
    workflow = read(".github/workflows/tests.yml")
    assert re.search(r"- run: \.ci/run$", workflow, re.M)
    versions = re.search(r"python: \[(.+)\]", workflow)[1].replace('"', "").split(", ")
    classifiers = re.findall(r":: Python :: (3\.\d+)$", read("setup.cfg"), re.M)
    assert versions == classifiers


@pytest.mark.integration
@pytest.mark.parametrize("path", COMMAND_LINES)
def test_help_imports_no_tensorflow(path):
    module = path.removesuffix(".py").replace("/", ".")
    program = (
        "import sys, runpy\n"
        f"sys.argv = [{module!r}, '--help']\n"
        f"try: runpy.run_module({module!r}, run_name='__main__')\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'cv2'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
