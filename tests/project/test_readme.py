"""The README is a door: short, its pictures drawn by one script, docs/ behind it."""

import importlib.util
import re

import pytest
from repository import ROOT, settings

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = ROOT / "docs"
MAX_BYTES = 9000

_spec = importlib.util.spec_from_file_location("draw", DOCS / "images" / "draw.py")
draw = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(draw)

pytestmark = pytest.mark.unit


def test_the_readme_is_short():
    assert len(README.encode()) <= MAX_BYTES


def test_one_script_draws_every_picture_of_the_readme():
    shown = set(re.findall(r"\(docs/images/([\w.]+)\)", README))
    assert len(shown) >= 8
    assert shown <= set(draw.PICTURES)
    assert all((DOCS / "images" / name).is_file() for name in draw.PICTURES)


def test_a_picture_that_nobody_draws_is_named(capsys):
    assert draw.main(["letter.png", "sunset.png"]) == 2
    assert "sunset.png" in capsys.readouterr().err


def test_every_document_is_in_the_index():
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert {p for p in pages - {"README.md"} if f"]({p})" not in index} == set()


def test_every_document_begins_with_a_title_and_what_it_is_for():
    for path in DOCS.rglob("*.md"):
        title, blank, first = path.read_text(encoding="utf-8").splitlines()[:3]
        assert title.startswith("# ") and not blank, path
        assert first[:1].isalnum() or first[:1] in "`[", path


def test_the_citation_names_the_version_and_the_licence_of_setup_cfg():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    for name in ("version", "license"):
        value = settings()["metadata"][name]
        assert re.search(rf"^{name}: {re.escape(value)}$", citation, re.M)
