"""docs/use/API.md: its examples with curl and its client in Python work as shown."""

import json
import re
import shutil
import subprocess
import sys

import pytest
from repository import ROOT
from web_server import Server, drawing

pytest.importorskip("uvicorn")
pytestmark = [pytest.mark.slow, pytest.mark.integration]

DOCUMENT = (ROOT / "docs" / "use" / "API.md").read_text(encoding="utf-8")
MOST_LINES = 30


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.M | re.S)


@pytest.fixture(scope="module")
def server():
    with Server() as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    """A folder with a drawing."""
    strokes = drawing("the quick brown fox")
    drawn = ["L".join(f"{x} {y}" for x, y, _ in stroke) for stroke in strokes]
    paths = "".join(f'<path fill="none" stroke="#000" d="M{d}"/>' for d in drawn)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{paths}</svg>'
    (tmp_path / "drawing.svg").write_text(svg)
    return tmp_path


def run(command: list[str], folder, server, program: str) -> str:
    program = program.replace("localhost:8000", f"localhost:{server.port}")
    result = subprocess.run(
        [*command, program], cwd=folder, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash"
)
def test_the_examples_with_curl_do_what_is_said_of_them(folder, server):
    lines, characters, own = blocks("bash")
    for block in (lines, characters, own):
        said = run(["bash", "-euo", "pipefail", "-c"], folder, server, block)
        assert "detail" not in said
    assert (folder / "letter.svg").read_text().startswith("<svg")
    assert json.loads((folder / "strokes.json").read_text())["lines"][0]["finished"]
    events = re.findall(r"^event: (\w+)$", (folder / "events.txt").read_text(), re.M)
    assert sorted(events) == ["done", "line", "line"]
    styles = json.loads((folder / "styles.json").read_text())["styles"]
    assert "neat" in [style["name"] for style in styles]
    assert "characters" in json.loads((folder / "model.json").read_text())
    assert (folder / "page.pdf").read_bytes().startswith(b"%PDF")
    found = json.loads((folder / "lines.json").read_text())["lines"]
    assert [line["text"] for line in found] == ["the quick brown fox"]
    assert (folder / "mine.svg").read_text().startswith("<svg")


def test_the_client_in_python_has_thirty_lines_and_works(folder, server):
    (client,) = blocks("python")
    assert len(list(filter(str.strip, client.splitlines()))) <= MOST_LINES
    run([sys.executable, "-c"], folder, server, client)
    assert (folder / "letter.svg").read_text().startswith("<svg")
    assert (folder / "mine.pdf").read_bytes().startswith(b"%PDF")
    refused = client.replace('style="neat"', 'style="nobody"')
    with pytest.raises(AssertionError, match="there is no style 'nobody'"):
        run([sys.executable, "-c"], folder, server, refused)


def test_the_error_that_is_shown_is_the_one_that_is_sent(server):
    (shown,) = map(json.loads, blocks("json"))
    assert server.write("a", bias=99).json == shown
