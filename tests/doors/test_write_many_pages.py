"""Letters to many people, as the user of scribe.write_page has them written."""

from pathlib import Path

import numpy as np
import pytest
from drawing_samples import parse_pdf, parse_svg
from refusals import assert_names
from writing_samples import saved

from scribe import write_page
from scribe.foundation.command_line import status_of
from scribe.typesetting import letters

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "text"
    saved(folder)
    return folder


@pytest.fixture
def run(run_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("letter.txt").write_text("Dear {name},\nso it is")
    Path("people.csv").write_text("name,town\nAnna,Rome\nBob,Oslo\n")

    def run_command(*arguments, model=run_folder):
        options = [f"--model={model}", "--best_of=1", *arguments]
        status = status_of(write_page.main, ["letter.txt", *options])
        printed = capsys.readouterr()
        return status, printed.out.splitlines(), printed.err

    return run_command


def test_each_row_gets_its_letter(run):
    to_all = ("--data=people.csv", "--output=to/{name}.pdf")
    status, printed, errors = run(*to_all, "--pressure=0")
    assert (status, printed, errors) == (0, ["to/Anna.pdf", "to/Bob.pdf"], "")
    (anna,), (bob,) = (parse_pdf(Path(name).read_bytes()) for name in printed)
    assert len(anna) > 5 and len(bob) > 5
    assert not np.array_equal(anna[0], bob[0])


def test_a_row_can_be_written_again_by_itself(run):
    run("--data=people.csv", "--output={name}.pdf", "--seed=5")
    Path("letter.txt").write_text("Dear Bob,\nso it is")
    run("--output=again.pdf", "--seed=6", "--style=seed:5")
    assert Path("again.pdf").read_bytes() == Path("Bob.pdf").read_bytes()


def test_a_merge_that_was_interrupted_goes_on_where_it_stopped(run, monkeypatch):
    write = letters.write_pages

    def stopped_at_bob(writer, text, *arguments, **options):
        if "Bob" in text:
            raise KeyboardInterrupt
        return write(writer, text, *arguments, **options)

    monkeypatch.setattr(letters, "write_pages", stopped_at_bob)
    status, printed, errors = run("--data=people.csv", "--output={name}.svg")
    assert (status, printed) == (130, ["Anna.svg"])
    assert_names(errors, "1 of 2", "--resume")
    monkeypatch.setattr(letters, "write_pages", write)
    before = Path("Anna.svg").stat().st_mtime_ns
    status, printed, errors = run(
        "--data=people.csv", "--output={name}.svg", "--resume"
    )
    assert (status, printed) == (0, ["Bob.svg"])
    assert_names(errors, "1 letters")
    assert Path("Anna.svg").stat().st_mtime_ns == before


def test_a_letter_of_several_pictures_counts_as_written_with_its_first(run):
    paper = ("--paper=80x25mm", "--margins=5", "--data=people.csv")
    status, printed, _ = run("--output={name}.png", "--dpi=50", *paper)
    assert status == 0 and "Anna-1.png" in printed and "Anna-2.png" in printed
    Path("Anna-1.png").unlink()
    status, printed, _ = run("--output={name}.png", "--dpi=50", "--resume", *paper)
    assert status == 0 and "Anna-1.png" in printed
    assert not [name for name in printed if name.startswith("Bob")]


def test_an_envelope_has_its_address_where_the_post_looks_for_it(run):
    Path("letter.txt").write_text("{name}\nof {town}")
    paper = ("--paper=dl", "--line_height_mm=8", "--data=people.csv")
    status, printed, _ = run("--output={name}.svg", *paper)
    assert status == 0 and printed == ["Anna.svg", "Bob.svg"]
    root, strokes = parse_svg(Path("Anna.svg").read_text())
    assert (root.get("width"), root.get("height")) == ("220mm", "110mm")
    x, y = zip(*(point for stroke in strokes for point in stroke), strict=True)
    assert min(x) > 95 and max(x) < 205 and min(y) > 35 and max(y) < 95


def test_an_address_of_several_envelopes_is_said(run):
    Path("letter.txt").write_text("{name}\n" * 9)
    paper = ("--paper=c6", "--data=people.csv")
    status, printed, errors = run("--output={name}.pdf", *paper)
    assert status == 1 and printed == ["Anna.pdf", "Bob.pdf"]
    assert_names(errors, "Anna.pdf", "Bob.pdf", "2 envelopes")


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--data=people.csv", "--output={nam}.pdf"], ["'nam'"]),
        (["--data=none.csv", "--output={name}.pdf"], ["none.csv"]),
        (["--data=people.csv", "--output={name}.pdf", "--style=nobody"], ["'nobody'"]),
        (["--data=people.csv", "--output={name}.pdf", "--style={town}"], ["row 1"]),
        (["--output=a.pdf", "--resume"], ["--resume", "--data"]),
        (
            ["--data=people.csv", "--output={name}.gcode", "--preview=a.png"],
            ["--preview", "--data"],
        ),
    ],
)
def test_nothing_is_written_where_one_row_is_wrong(run, arguments, facts):
    status, printed, errors = run(*arguments)
    assert status == 2 and printed == []
    assert_names(errors, "error: ", *facts)
    assert {path.name for path in Path().iterdir()} == {"letter.txt", "people.csv"}


def test_a_character_that_one_row_has_and_the_model_lacks_is_named(run):
    Path("people.csv").write_text("name\nAnna\nZoπ\n")
    status, printed, errors = run("--data=people.csv", "--output={row}.pdf")
    assert status == 2 and printed == []
    assert_names(errors, "row 2", "'π'")
