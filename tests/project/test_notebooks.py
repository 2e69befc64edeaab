"""The notebooks: tidy as committed, and they run offline from a clone."""

import base64
import configparser
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import nbclient
import nbformat
import pytest
from PIL import Image
from writing_samples import saved

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
DOCUMENTS = [*NOTEBOOKS, FOLDER / "README.md"]
COLAB = FOLDER / "COLAB_TRAINING.ipynb"
SHIPPED_MODELS = FOLDER / "6_shipped_models.ipynb"
NUMBERED = [path for path in NOTEBOOKS if path != COLAB]
LESSONS = [path for path in NUMBERED if path != SHIPPED_MODELS]
# They train for many minutes on a slow machine: stored whole, or not at all.
LONG = ("1_attention_rnn", "4_scrabblegan", "8_own_hand")
MAX_STORED_BYTES = 500_000

_SPEC = importlib.util.spec_from_file_location("refresh", FOLDER / "refresh.py")
refresh = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(refresh)

LINK = re.compile(r"\]\(([^)\s]+)\)")
# Two folders or more from the root, or a drive's letter: somebody's own machine.
MACHINE_PATH = re.compile(r"(?<![\w.:/~)])/[\w.-]+/[\w.-]+|\b[A-Z]:\\")
PLACEHOLDER = "OWNER/REPOSITORY"
ADDRESS = "https://github.com/ada/hands"
FIRST_CODE_CELL = "find-scribe"
CELL_SECONDS = 240

# Read by Python at its start: a kernel under test has no network.
NO_NETWORK = """
import socket

def refuse(*arguments, **options):
    raise OSError("the notebook asked for the network")

socket.getaddrinfo = socket.socket.connect = refuse
"""


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def is_empty(notebook) -> bool:
    """Whether it was committed without outputs."""
    return not any(
        cell.outputs or cell.execution_count for cell in code_cells(notebook)
    )


def prose(path):
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = read(path).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def settings() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def repository() -> str:
    """The public address that setup.cfg names; "" while that is a placeholder."""
    url = settings()["metadata"]["url"]
    return "" if PLACEHOLDER in url else url


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.mark.unit
def test_notebooks_have_numbers_of_their_own_and_are_listed_in_the_readme():
    numbers = [int(re.match(r"(\d+)_[a-z0-9_]+$", path.stem)[1]) for path in NUMBERED]
    assert len(set(numbers)) == len(numbers) > 0
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in NOTEBOOKS if f"({path.name})" not in readme] == []


@pytest.mark.unit
@each_notebook
def test_a_notebook_is_valid_with_named_cells_and_a_plain_kernel(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    title = notebook.cells[0].source.splitlines()[0]
    number = path.stem.split("_")[0].replace("COLAB", "Colab")
    assert title.startswith(f"# {number} · ") and title.endswith("?")


@pytest.mark.unit
@each_notebook
@pytest.mark.parametrize("url", [None, ADDRESS, ""], ids=["as it is", "known", "none"])
def test_a_notebook_has_a_badge_if_the_address_of_the_repository_is_known(path, url):
    notebook = read(path)
    if url is None:
        url = repository()
    else:
        refresh.set_address(notebook, path.name, url)
        refresh.set_address(notebook, path.name, url)  # the second time changes nothing
    lines = notebook.cells[0].source.splitlines()
    assert lines[1] == "" and lines[2]
    badges = [line for line in lines if "colab-badge" in line]
    if url:
        name = url.removeprefix("https://github.com/")
        place = f"{name}/blob/main/notebooks/{path.name}"
        assert badges == [lines[2]]
        assert badges[0].endswith(f"(https://colab.research.google.com/github/{place})")
        assert lines[3] == "" and lines[4]
    else:
        assert badges == []
    assert f'REPOSITORY = "{url}"\n' in code_cells(notebook)[0].source


@pytest.mark.unit
def test_the_address_that_nobody_knows_yet_stands_in_one_place():
    listed = ["git", "grep", "-l", "OWNER" + "/REPOSITORY"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True)
    if found.returncode > 1:
        pytest.skip("not a clone")
    own = {"notebooks/refresh.py", "tests/project/test_notebooks.py"}
    assert set(found.stdout.split()) - own <= {"setup.cfg"}


@pytest.mark.unit
def test_the_notebook_for_colab_is_committed_without_outputs():
    assert is_empty(read(COLAB))


@pytest.mark.unit
@pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_wrote(path):
    cells = code_cells(read(path))
    if path.stem in LONG and is_empty(read(path)):
        return
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.metadata == {} for cell in cells)
    assert num_pictures(read(path)) >= 5
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert kinds <= {"execute_result", "display_data", "stream"}
    stored = json.dumps([cell.outputs for cell in cells])
    assert "stderr" not in stored and str(ROOT) not in stored
    assert path.stat().st_size < MAX_STORED_BYTES


@pytest.mark.unit
def test_the_notebook_of_writing_begins_with_a_line():
    cells = code_cells(read(FOLDER / "7_writing.ipynb"))
    assert cells[1].id == "first-line"  # after what installs


@pytest.mark.unit
@each_notebook
def test_no_machine_is_named_in_a_notebook(path):
    for cell in read(path).cells:
        text = re.sub(r"https?://\S+", "", cell.source)
        assert not MACHINE_PATH.search(text), cell.id


@pytest.mark.unit
@pytest.mark.parametrize("text", ["open('/home/ada/x')", "= /mnt/data", r"C:\data"])
def test_a_machine_path_would_be_noticed(text):
    assert MACHINE_PATH.search(text)


@pytest.mark.unit
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    links = LINK.findall(prose(path))
    assert links
    for link in links:
        if not link.startswith(("https://", "#")):
            assert (FOLDER / link.partition("#")[0]).exists(), link


@pytest.mark.unit
@pytest.mark.parametrize("working_folder", [ROOT, FOLDER], ids=["root", "notebooks"])
def test_the_first_cell_finds_scribe_from(working_folder):
    cells = [code_cells(read(path))[0] for path in NOTEBOOKS]
    assert {cell.id for cell in cells} == {FIRST_CODE_CELL}
    (source,) = {cell.source for cell in cells}
    found = subprocess.run(
        [sys.executable, "-c", f"{source}\nimport scribe.strokes"],
        cwd=working_folder,
        env={key: os.environ[key] for key in os.environ if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr


@pytest.mark.unit
def test_on_colab_the_first_cell_installs_the_repository_and_keeps_tensorflow(tmp_path):
    notebook = read(COLAB)
    refresh.set_address(notebook, COLAB.name, ADDRESS)
    source = code_cells(notebook)[0].source
    program = (
        "import json, subprocess, sys\n"
        "calls = []\n"
        "def run(command, check):\n"
        "    calls.append(command)\n"
        f"    sys.path.append({str(ROOT)!r})  # as pip would\n"
        "subprocess.run = run\n"
        f"exec({source!r})\n"
        "import scribe.strokes\n"
        "print(json.dumps(calls))"
    )
    environment = {key: os.environ[key] for key in os.environ if key != "PYTHONPATH"}
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    (install,) = json.loads(result.stdout)
    assert install[1:5] == ["-m", "pip", "install", "--quiet"]
    project = f"scribe-handwriting[train,synthetic] @ git+{ADDRESS}"
    assert install[5] == project
    pins = [f"{name}=={version(name)}" for name in ("tensorflow", "keras", "numpy")]
    assert install[6:] == pins


@pytest.mark.unit
def test_without_a_clone_and_an_address_the_first_cell_asks_for_one(tmp_path):
    notebook = read(COLAB)
    refresh.set_address(notebook, COLAB.name, "")
    program = code_cells(notebook)[0].source
    environment = {key: os.environ[key] for key in os.environ if key != "PYTHONPATH"}
    result = subprocess.run(
        [sys.executable, "-S", "-c", f"{program}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "REPOSITORY" in result.stderr and "Traceback" not in result.stderr


@pytest.mark.unit
def test_stored_outputs_are_small_and_name_no_machine():
    picture = io.BytesIO()
    Image.radial_gradient("L").resize((2000, 1000)).save(picture, "PNG")
    data = base64.b64encode(picture.getvalue()).decode()
    outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="a warning"),
        nbformat.v4.new_output("stream", name="stdout", text=f"{ROOT}/saved"),
        nbformat.v4.new_output(
            "display_data",
            {"image/png": data, "image/jpeg": data, "text/plain": "<Image at 0x7f>"},
        ),
    ]
    said, shown = refresh.cleaned(outputs)
    assert said.text == "../saved"
    assert set(shown.data) == {"image/png", "text/plain"}
    assert shown.data["text/plain"] == "<Image>"
    kept = base64.b64decode(shown.data["image/png"])
    assert len(kept) < len(picture.getvalue())
    assert Image.open(io.BytesIO(kept)).size == (refresh.MAX_WIDTH, 360)


@pytest.mark.unit
@pytest.mark.parametrize(
    "pin", ["tensorflow==2.20.0", "keras==3.13.2", "numpy==2.1.3", "gin-config==0.5.0"]
)
def test_colab_s_versions_of_autumn_2026_lie_within_our_ranges(pin):
    packaging = pytest.importorskip("packaging.requirements")
    name, found = pin.split("==")
    core, extras = settings()["options"], settings()["options.extras_require"]
    required = f"{core['install_requires']}\n{extras['train']}".split("\n")
    (ours,) = [
        r for r in map(packaging.Requirement, filter(None, required)) if r.name == name
    ]
    assert found in ours.specifier


@pytest.fixture
def clone(tmp_path):
    """A folder like a clone, whose `notebooks` is its own and otherwise empty."""
    folder = tmp_path / "clone"
    (folder / "notebooks").mkdir(parents=True)
    for name in ("data", "gin", "scrabblegan", "scribe"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    return folder


@pytest.fixture
def environment(tmp_path):
    """Variables of a kernel without network that keeps to `tmp_path`."""
    for name in ("start", "temporary", "ipython", "runtime"):
        (tmp_path / name).mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(NO_NETWORK)
    dead_end = "http://127.0.0.1:9"
    kept = {
        name: value for name, value in os.environ.items() if name != "SCRIBE_DATA_DIR"
    }
    return kept | {
        "PYTHONPATH": str(tmp_path / "start"),
        "TMPDIR": str(tmp_path / "temporary"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "http_proxy": dead_end,
        "https_proxy": dead_end,
        "SCRIBE_NOTEBOOK_STEPS": "2",
        "SCRIBE_NOTEBOOK_FOLDER": str(tmp_path / "kept"),
        "SCRIBE_NOTEBOOK_LINES": "40",
        "SCRIBE_NOTEBOOK_GIN": "testing/tiny.gin",
    }


def execute(notebook, folder, environment):
    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    # A kernel on a busy machine needs its time to stop and to clean up.
    client.create_kernel_manager().shutdown_wait_time = CELL_SECONDS
    return client.execute(env=environment)


def printed(notebook) -> str:
    """What all cells of an executed notebook printed."""
    return "".join(
        output.get("text", "")
        for cell in code_cells(notebook)
        for output in cell.outputs
    )


def num_pictures(notebook) -> int:
    return sum(
        kind.startswith("image/")
        for cell in code_cells(notebook)
        for output in cell.outputs
        for kind in output.get("data", {})
    )


def assert_nothing_is_left_behind(clone, environment) -> None:
    assert list((clone / "notebooks").iterdir()) == []
    assert sorted(path.name for path in clone.iterdir()) == sorted(
        ["data", "gin", "notebooks", "scrabblegan", "scribe"]
    )
    assert list(Path(environment["TMPDIR"]).iterdir()) == []


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_notebook_runs_offline_and_leaves_nothing_behind(path, clone, environment):
    executed = execute(read(path), clone / "notebooks", environment)
    assert num_pictures(executed) >= 5
    assert_nothing_is_left_behind(clone, environment)


@pytest.mark.slow
@pytest.mark.integration
def test_models_that_are_added_appear_beside_the_shipped_ones(clone, environment):
    # Copied, since a package that is a link finds the models beside its target.
    (clone / "scribe").unlink()
    shutil.copytree(ROOT / "scribe", clone / "scribe")
    (clone / "data").unlink()
    shutil.copytree(ROOT / "data" / "pretrained", clone / "data" / "pretrained")
    saved(clone / "data" / "pretrained" / "added_with_text")
    saved(clone / "data" / "pretrained" / "added_without_text", reads_text=False)
    executed = execute(read(SHIPPED_MODELS), clone / "notebooks", environment)
    lines = printed(executed).splitlines()
    for name, way in {
        "added_with_text": "with text",
        "added_without_text": "without text",
        "scribe_default": "with text",
    }.items():
        (line,) = [line for line in lines if line.startswith(f"{name} ")]
        assert line.endswith(f", {way}")
    assert num_pictures(executed) >= 6
    assert_nothing_is_left_behind(clone, environment)


@pytest.mark.slow
@pytest.mark.integration
def test_a_training_for_colab_goes_on_when_all_its_cells_run_again(clone, environment):
    first = execute(read(COLAB), clone / "notebooks", environment)
    assert "trained to step 2" in printed(first) and num_pictures(first) >= 2
    environment = environment | {"SCRIBE_NOTEBOOK_STEPS": "3"}
    again = execute(read(COLAB), clone / "notebooks", environment)
    assert "resuming at step 2 " in printed(again)
    assert "trained to step 3" in printed(again)
    history = Path(environment["SCRIBE_NOTEBOOK_FOLDER"]) / "demo" / "metrics.json"
    assert [row["step"] for row in json.loads(history.read_text())] == [2, 3]
    assert_nothing_is_left_behind(clone, environment)


@pytest.mark.slow
@pytest.mark.integration
def test_a_kernel_under_test_has_no_network(clone, environment):
    asking = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "import urllib.request\nurllib.request.urlopen('http://example.com')"
            )
        ]
    )
    environment = {k: v for k, v in environment.items() if not k.endswith("_proxy")}
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="asked for the"):
        execute(asking, clone, environment)
