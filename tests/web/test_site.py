"""The folder of the exported page: what is in it, and which models it refuses."""

import json
import re
from pathlib import Path

import pytest
from refusals import assert_refusal, refused
from writing_samples import encoding_scribbler, saved, scribbler

from scribe import export
from scribe.foundation.command_line import status_of
from scribe.models.stroke_model import load_model
from scribe.web import site

pytestmark = pytest.mark.integration

SOURCES = Path(site.__file__).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    there = tmp_path_factory.mktemp("site")
    saved(there / "run")
    sizes = site.write_site(load_model(there / "run"), there / "site")
    assert sizes == {
        path.relative_to(there / "site").as_posix(): path.stat().st_size
        for path in (there / "site").rglob("*")
        if path.is_file()
    }
    return there / "site"


def test_the_service_worker_keeps_every_file_but_itself(folder):
    worker = (folder / "service_worker.js").read_text()
    kept = json.loads(re.search(r"^const FILES = (.*);$", worker, re.M)[1])
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files - set(kept) == {"service_worker.js"} and len(kept) == len(files) - 1


def test_another_model_is_another_version_and_the_same_one_is_not(folder, tmp_path):
    def version(path):
        return (path / "service_worker.js").read_text().splitlines()[0]

    for name, seed in (("same", 0), ("other", 1)):
        saved(tmp_path / name / "run", seed=seed)
        model = load_model(tmp_path / name / "run")
        site.write_site(model, tmp_path / name / "site")
    assert version(tmp_path / "same" / "site") == version(folder)
    assert version(tmp_path / "other" / "site") != version(folder)


def test_both_pages_are_made_of_the_same_files_but_for_what_writes(folder):
    shared = {path.name for path in (SOURCES / "static").iterdir()}
    ours = {path.name for path in (SOURCES / "browser").glob("*.js")}
    assert shared & ours == {"api.js"}
    for name in shared - {"api.js", "index.html"}:
        if not name.startswith("docs."):
            there = folder / "static" / name
            assert there.read_bytes() == (SOURCES / "static" / name).read_bytes()
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert 'data-writer="browser"' in page and "default-src 'none'" in page
    # The folder may lie anywhere on a host.
    for address in re.findall(r'(?:src|href)="([^"#]+)"', page):
        assert address == "/docs" or (folder / address).is_file()


def test_what_the_modules_import_is_in_the_folder(folder):
    for path in (folder / "static").glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"


def test_models_that_it_cannot_run_are_refused_before_anything_is_written(tmp_path):
    for model, fact in (
        (encoding_scribbler(), "encoder_decoder"),
        (scribbler(reads_text=False), "text"),
    ):
        with refused("attention_rnn", fact):
            site.write_site(model, tmp_path / "site")
    too_large = scribbler()
    too_large.weights["output/bias"][0] = 1e6
    with refused("half precision"):
        site.write_site(too_large, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_folder_with_something_in_it_is_refused(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    arguments = ["--format=web", f"--output={tmp_path}"]
    assert_refusal(capsys, status_of(export.main, arguments), tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"
