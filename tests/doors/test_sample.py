"""The command that writes, as its user runs it."""

import dataclasses
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from drawing_samples import parse_svg
from refusals import assert_names
from writing_samples import saved

import scribe
from scribe import sample
from scribe.foundation.command_line import status_of
from scribe.models import load_model
from scribe.writing import adaptation, modes, write_best


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A run with text."""
    folder = tmp_path_factory.mktemp("runs") / "text"
    saved(folder)
    return folder


@pytest.fixture(scope="module")
def free_run(tmp_path_factory):
    """A run without text."""
    folder = tmp_path_factory.mktemp("runs") / "free"
    saved(folder, reads_text=False)
    return folder


@pytest.fixture(scope="module")
def stuck_run(tmp_path_factory):
    """A run whose window does not move."""
    folder = tmp_path_factory.mktemp("runs") / "stuck"
    saved(folder, steps_per_character=2000)
    return folder


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


@pytest.fixture
def run(run_folder, capsys):
    """Runs the command; returns status, lines of stdout, stderr."""

    def run_command(*arguments, model=run_folder):
        try:
            status = status_of(sample.main, [f"--model={model}", *arguments])
        except SystemExit as exit_:  # argparse
            status = exit_.code
        printed = capsys.readouterr()
        return status, printed.out.splitlines(), printed.err

    return run_command


def process(*arguments, **options):
    """The command in a process of its own."""
    repository = os.path.dirname(os.path.dirname(os.path.abspath(scribe.__file__)))
    path = os.pathsep.join([repository, os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-m", "scribe.sample", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
        **options,
    )


def files():
    return sorted(
        os.path.join(folder, name)[2:]
        for folder, _, names in os.walk(".")
        for name in names
    )


def strokes_in(path):
    return np.array(json.loads(Path(path).read_text())["strokes"])


def text_in(path):
    return json.loads(Path(path).read_text())["text"]


def num_strokes(path):
    return len(parse_svg(Path(path).read_text())[1])


# Where the lines go


@pytest.mark.smoke
def test_without_arguments_five_sentences_go_into_the_figures_folder(run):
    status, printed, errors = run()
    assert status == 0 and errors == ""
    assert len(modes.DEFAULT_TEXTS) == 5
    assert printed == [
        "logs/figures/the_quick_brown_fox_0.svg",
        "logs/figures/dear_ada_the_engine_1.svg",
        "logs/figures/every_hand_has_a_2.svg",
        "logs/figures/meet_me_at_the_3.svg",
        "logs/figures/ink_paper_and_a_4.svg",
    ]
    assert files() == sorted(printed)
    assert all(num_strokes(path) > 3 for path in printed)


@pytest.mark.unit
def test_the_default_names_come_from_the_texts(run):
    status, printed, _ = run("--text=a - b", "--text='.", "--num_samples=2")
    assert status == 0
    names = ["a_b_0.svg", "a_b_1.svg", "line_2.svg", "line_3.svg"]
    assert printed == [f"logs/figures/{name}" for name in names]
    assert all(map(os.path.isfile, printed))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.svg", b"<?xml|<svg"),
        ("a.anim.svg", b"<?xml|<svg"),
        ("new/folder/a.png", b"\x89PNG"),
        ("a.gif", b"GIF89a"),
        ("A.PDF", b"%PDF"),
        ("a.json", b"{"),
    ],
)
def test_the_ending_of_the_output_picks_the_format(run, name, start):
    status, printed, errors = run("--text=a fox", f"--output={name}")
    assert (status, printed, errors) == (0, [name], "")
    assert files() == [name]
    content = Path(name).read_bytes()
    assert any(content.startswith(s) for s in start.split(b"|"))


@pytest.mark.unit
def test_the_look_is_that_of_pages(run):
    look = ("--ink=navy", "--pen_width_mm=0.7", "--seed=1", "--text=so it is")
    for size in (6, 12):
        run(f"--output=a{size}.svg", f"--size_mm={size}", *look)
    (small, drawn), (large, _) = (
        parse_svg(Path(f"a{size}.svg").read_text()) for size in (6, 12)
    )
    assert drawn
    text = Path("a6.svg").read_text()
    assert 'stroke="#000080"' in text and 'stroke-width="0.7"' in text
    heights = [float(root.get("height").removesuffix("mm")) for root in (small, large)]
    margins = 2 * (5 + 0.7 / 2)
    assert heights[1] - margins == pytest.approx(2 * (heights[0] - margins), rel=0.01)


def test_several_lines_go_onto_one_page(run):
    for number in (1, 2):
        texts = ["--text=fox", "--text=dogs"][:number]
        assert run(*texts, f"--output={number}.svg")[:2] == (0, [f"{number}.svg"])
    assert num_strokes("2.svg") > num_strokes("1.svg")


@pytest.mark.unit
def test_a_pattern_gives_every_line_its_file(run):
    status, printed, _ = run("--text=a", "--text=b", "--output={i}/line-{i}.json")
    assert (status, printed) == (0, ["0/line-0.json", "1/line-1.json"])
    assert files() == printed
    assert text_in("1/line-1.json") == "b"


@pytest.mark.unit
def test_an_existing_file_is_replaced(run):
    Path("a.svg").write_text("old")
    assert run("--text=a", "--output=a.svg")[0] == 0
    assert num_strokes("a.svg") > 0


# What is written


@pytest.mark.unit
def test_the_same_command_writes_the_same_file(run):
    command = ("--text=The quick fox", "--seed=3", "--bias=1")
    run(*command, "--output=1.svg")
    run(*command, "--output=2.svg")
    run("--text=The quick fox", "--seed=4", "--bias=1", "--output=3.svg")
    first, second, third = (Path(f"{i}.svg").read_text() for i in (1, 2, 3))
    assert first == second != third


@pytest.mark.unit
@pytest.mark.parametrize(
    "option",
    [{"bias": 2.5}, {"seed": 7}, {"num_samples": 2}, {"max_steps_per_character": 30}],
)
def test_the_options_are_those_of_the_library(run, run_folder, option):
    arguments = [f"--{name}={value}" for name, value in option.items()]
    run("--text=quick", "--output={i}.json", *arguments)
    lines = scribe.load(run_folder).write("quick", **option)
    assert files() == [f"{i}.json" for i in range(len(lines))]
    for i, line in enumerate(lines):
        np.testing.assert_allclose(strokes_in(f"{i}.json"), line.strokes, atol=1e-3)


@pytest.mark.integration
def test_the_line_that_is_read_best_is_drawn(run, run_folder):
    status, printed, _ = run(
        "--text=a word", "--best_of=3", "--seed=2", "--output=a.json"
    )
    assert status == 0
    assert printed[0] == "a.json"
    writer = scribe.load(run_folder)
    (best,) = write_best(writer, "a word", num_candidates=3, seed=2)
    np.testing.assert_allclose(strokes_in("a.json"), best.strokes, atol=6e-4)


@pytest.mark.slow
@pytest.mark.integration
def test_both_engines_write_the_same_file(run):
    for engine in ("numpy", "tensorflow", "auto"):
        arguments = (f"--engine={engine}", f"--output={engine}.json")
        assert run("--text=The quick fox", *arguments)[0] == 0
    for engine in ("tensorflow", "auto"):
        np.testing.assert_allclose(
            strokes_in(f"{engine}.json"), strokes_in("numpy.json"), atol=2e-3
        )


@pytest.mark.unit
def test_what_was_written_is_a_style_for_the_next_line(run, run_folder):
    run("--text=some hand", "--output=hand.json", "--seed=5")
    run("--text=fox", "--output=plain.json")
    assert run("--text=fox", "--output=styled.json", "--style=hand.json")[0] == 0
    plain, styled = strokes_in("plain.json"), strokes_in("styled.json")
    assert plain.shape != styled.shape or not np.allclose(plain, styled, atol=0.1)
    os.makedirs(run_folder / "styles", exist_ok=True)
    os.replace("hand.json", run_folder / "styles" / "anna.json")
    for style in ("anna", "0"):
        run("--text=fox", "--output=again.json", f"--style={style}")
        np.testing.assert_array_equal(strokes_in("again.json"), styled)


@pytest.mark.unit
def test_a_file_of_texts_is_written_line_by_line(run):
    Path("letter.txt").write_bytes("\ufeffThe fox\r\n\n  \njumps\n".encode())
    status, printed, _ = run("--text_file=letter.txt", "--output={i}.json")
    assert (status, printed) == (0, ["0.json", "1.json"])
    assert [text_in(path) for path in printed] == ["The fox", "jumps"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("unknown", "written", "said"),
    [
        ("skip", "naïve fx", ["left out"]),
        ("replace", "naïve fox", ["replaced by 'o'", "left out"]),
    ],
)
def test_what_is_left_out_or_replaced_is_named(run, unknown, written, said):
    """A Greek omicron and a picture."""
    texts = ("--text=naïve fοx😀", "--text=fοx")
    status, _, error = run(*texts, f"--unknown={unknown}", "--output={i}.json")
    assert status == 0
    assert text_in("0.json") == written
    for fact in ("'ο' at 1:8, 2:2", "'😀' at 1:10", *said):
        assert fact in error


@pytest.mark.unit
def test_places_in_a_file_of_texts_are_those_of_the_file(run):
    Path("letter.txt").write_text("The fox\n\n fοx\njumps\n", encoding="utf-8")
    status, _, error = run("--text_file=letter.txt", "--output=a.svg")
    assert status == 2 and "'ο' at 3:3" in error
    command = ("--text_file=letter.txt", "--output=a.svg", "--unknown=replace")
    status, _, error = run(*command)
    assert status == 0 and "'ο' at 3:3" in error


@pytest.mark.unit
def test_a_model_without_text_writes_freely(run, free_run):
    command = ("--num_steps=60", "--num_samples=2", "--output={i}.json", "--seed=3")
    assert run(*command, model=free_run)[:2] == (0, ["0.json", "1.json"])
    assert len(strokes_in("0.json")) == len(strokes_in("1.json")) == 61
    assert run("--num_steps=20", model=free_run)[1] == ["logs/figures/line_0.svg"]


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("plot", ["attention", "density"])
def test_a_plot_is_drawn_instead_of_the_writing(run, free_run, plot):
    command = ("--text=a fox", f"--plot={plot}")
    assert run(*command, "--output=plot.png")[:2] == (0, ["plot.png"])
    assert Path("plot.png").read_bytes().startswith(b"\x89PNG")
    status, printed, _ = run(*command, "--num_samples=2")
    assert (status, len(printed), len(files())) == (0, 2, 3)
    status, _, errors = run(
        f"--plot={plot}", "--num_steps=30", "--output=free.pdf", model=free_run
    )
    if plot == "density":
        assert status == 0 and os.path.isfile("free.pdf")
    else:
        assert status == 2
        assert_names(errors, "attention")


@pytest.mark.unit
def test_lines_that_did_not_finish_are_drawn_and_reported(run, stuck_run):
    command = ("--text=fox", "--text=dogs", "--max_steps_per_character=20")
    status, printed, errors = run(*command, "--output=a.svg", model=stuck_run)
    assert status == 1
    assert printed == ["a.svg"] and num_strokes("a.svg") > 1
    assert errors.startswith("error: 2 of 2 lines left letters out or did not")
    assert "'fox'" in errors and errors.count("\n") == 1
    status, _, errors = run("--text=The quick fox", "--max_steps=9", "--output=b.svg")
    assert status == 1 and "1 of 1 lines" in errors


# Wrong input


def damaged(run_folder, tmp_path, **contents):
    folder = tmp_path / "damaged"
    folder.mkdir()
    for name in ("model.json", "weights.npz"):
        content = (run_folder / name).read_bytes()
        (folder / name).write_bytes(contents.get(name.split(".")[0], content))
    return folder


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--text="], ["''"]),
        (["--text=   "], ["'   '"]),
        (["--text=hi \U0001f600"], ["'😀'", "1:4"]),
        (["--text=" + "a" * 1000], ["1000 characters", 120]),
        (["--text=a", "--bias=-1"], ["bias=-1.0", 0, 10]),
        (["--text=a", "--bias=nan"], ["bias=nan", 0, 10]),
        (["--text=a", "--bias=much"], ["--bias", "'much'"]),
        (["--text=a", "--style=nobody"], ["'nobody'"]),
        (["--text=a", "--style=three.json"], ["three.json", "3 points", 10]),
        (["--text=a", "--style=a.txt"], ["a.txt", "style file"]),
        (["--text=a", "--output=a.bmp"], ["a.bmp", ".svg"]),
        (["--text=a", "--output=line"], ["'line'", ".svg"]),
        (["--text=a", "--output="], ["''", ".svg"]),
        (["--text=a", "--output=folder.svg"], ["folder.svg"]),
        (["--text=a", "--output=a.txt/b.svg"], ["a.txt"]),
        (["--text=a", "--output=a.txt/b/c.svg"], ["a.txt"]),
        (["--text=a", f"--output={'a' * 300}.svg"], ["a" * 300]),
        (["--text=a", "--engine=foo"], ["engine='foo'", "auto, numpy or tensorflow"]),
        (["--text=a", "--num_samples=0"], ["num_samples=0", 1]),
        (["--text=a", "--num_samples=-3"], ["num_samples=-3", 1]),
        (["--num_samples=0", "--output={i}.svg"], ["num_samples=0", 1]),
        (["--text=a", "--seed=-1"], ["seed=-1", 0]),
        (["--text=a", "--seed=1.5"], ["--seed", "'1.5'"]),
        (["--text=a", "--max_steps=0"], ["max_steps=0", 1]),
        (["--text=a", "--max_steps_per_character=0"], ["max_steps_per_character=0", 1]),
        (["--text=a", "--unknown=drop"], ["unknown='drop'", "refuse, replace, skip"]),
        (["--text=a", "--text_file=a.txt"], ["--text", "--text_file"]),
        (["--text=a", "--text_file="], ["--text", "--text_file"]),
        (["--text_file=missing.txt"], ["missing.txt"]),
        (["--text_file=folder.svg"], ["folder.svg"]),
        (["--text_file=empty.txt"], ["empty.txt", "text"]),
        (["--text_file=latin.txt"], ["latin.txt", "UTF-8", "byte 4", "0xe9"]),
        (["--text=a", "--interactive"], ["--interactive"]),
        (["--text=a", "--num_steps=9"], ["--num_steps", "without text"]),
        (["--text=a", "--plot=foo"], ["--plot=foo", "attention", "density"]),
        (["--text=a", "--plot=density", "--output=a.gif"], ["'a.gif'"]),
        (["--text=a", "--plot=density", "--output=a.json"], [".json"]),
        (["--plot=density", "--output=a.svg"], ["{i}"]),
        (["--output=a.json"], ["{i}"]),
        (["--txt=a"], ["--txt=a"]),
        (["--te=a"], ["--te=a"]),
        (["a"], [" a "]),
        (["--text"], ["--text"]),
        (["--text=a", "--output=a.svg", "--ink=invisible"], ["'invisible'"]),
        (["--text=a", "--output=a.svg", "--size_mm=0"], ["height_mm=0.0"]),
        (["--text=a", "--output=a.json", "--ink=navy"], ["--ink", "--size_mm"]),
    ],
)
def test_wrong_input_is_one_sentence(run, arguments, facts):
    os.mkdir("folder.svg")
    for name, content in (
        ("a.txt", b"a fox"),
        ("empty.txt", b"\n \n"),
        ("latin.txt", "caf\u00e9".encode("latin-1")),
        ("three.json", b'{"text": "a", "strokes": [[0,0,0],[1,0,0],[1,0,1]]}'),
    ):
        Path(name).write_bytes(content)
    before = files()
    status, printed, errors = run(*arguments)
    assert status == 2
    assert printed == [] and files() == before
    assert_names(errors, "error: ", *facts)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--text=a"], ["without text", "--num_steps"]),
        (["--text_file=a.txt"], ["without text", "--num_steps"]),
        (["--style=0"], ["without text", "--num_steps"]),
        (["--interactive"], ["without text"]),
        (["--num_steps=0"], ["num_steps=0", 1]),
        (["--plot=attention"], ["attention"]),
    ],
)
def test_a_model_without_text_refuses_what_needs_text(run, free_run, arguments, facts):
    status, printed, errors = run(*arguments, model=free_run)
    assert (status, printed, files()) == (2, [], [])
    assert_names(errors, *facts)


@pytest.mark.unit
def test_a_missing_run_folder_is_named(run):
    status, _, errors = run("--text=a", model="saved/nothing")
    assert status == 2
    assert_names(errors, "error: ", "saved/nothing", "scribe_default")


@pytest.mark.unit
def test_a_folder_that_is_no_run_is_refused(run, tmp_path):
    status, _, errors = run("--text=a", model=tmp_path)
    assert status == 2
    assert_names(errors, tmp_path, "model.json")


@pytest.mark.unit
@pytest.mark.parametrize(
    ("contents", "facts"),
    [
        ({"weights": b"PK\x03\x04 cut short"}, ["damaged/weights.npz"]),
        ({"weights": b""}, ["damaged/weights.npz"]),
        ({"model": b'{"kind": '}, ["damaged/model.json"]),
        ({"model": b"\xff"}, ["damaged/model.json"]),
    ],
)
def test_a_damaged_model_is_one_sentence(run, run_folder, tmp_path, contents, facts):
    folder = damaged(run_folder, tmp_path, **contents)
    status, _, errors = run("--text=a", model=folder)
    assert status == 2
    assert_names(errors, *facts)


@pytest.mark.unit
def test_weights_of_another_model_are_refused(run, run_folder, free_run, tmp_path):
    other = (free_run / "weights.npz").read_bytes()
    folder = damaged(run_folder, tmp_path, weights=other)
    status, _, errors = run("--text=a", model=folder)
    assert status == 2
    assert_names(errors, folder, "weights.npz", "model.json", (3, 64), (73, 64))


@pytest.mark.unit
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may")
def test_a_folder_without_permission_is_named(run):
    os.mkdir("closed")
    os.chmod("closed", stat.S_IRUSR | stat.S_IXUSR)
    status, _, errors = run("--text=a", "--output=closed/a.svg")
    assert status == 2 and "no permission for closed" in errors


# In a process of its own


@pytest.mark.smoke
def test_help_needs_neither_a_model_nor_numpy():
    program = (
        "import sys; from scribe import sample\n"
        "try: sample.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'tensorflow', 'cv2', 'matplotlib'} & {*sys.modules}))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=os.path.dirname(os.path.dirname(os.path.abspath(scribe.__file__))),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.endswith("\n[]\n")
    for option in re.findall(r'add\(\s*"(--\w+)"', Path(sample.__file__).read_text()):
        assert option in printed


@pytest.mark.integration
def test_a_line_is_written_without_the_heavy_packages(run_folder):
    program = (
        "import sys; from scribe import sample\n"
        f"arguments = ['--model={run_folder}', '--text=a fox']\n"
        "assert sample.main([*arguments, '--output=a.svg']) == 0\n"
        "assert sample.main([*arguments, '--output=a.json', '--seed=1']) == 0\n"
        "sample.main([*arguments, '--output=a.svg', '--style=a.json'])\n"
        "heavy = {'tensorflow', 'keras', 'gin', 'cv2', 'matplotlib', 'PIL'}\n"
        "print(sorted(heavy & {*sys.modules}))"
    )
    repository = os.path.dirname(os.path.dirname(os.path.abspath(scribe.__file__)))
    printed = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": repository},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert printed == ["a.svg", "a.json", "a.svg", "[]"]


@pytest.mark.slow
@pytest.mark.integration
def test_tensorflow_reports_no_error_where_nothing_is_wrong(run_folder, monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    command = process(
        f"--model={run_folder}", "--engine=tensorflow", "--text=a", "--output=a.svg"
    )
    out, errors = command.communicate(timeout=120)
    assert (command.returncode, out) == (0, b"a.svg\n")
    assert not re.search(rb"^E\d", errors, re.MULTILINE), "a missing GPU is none"


@pytest.mark.integration
def test_texts_come_from_standard_input(run_folder):
    command = process(f"--model={run_folder}", "--text_file=-", "--output={i}.json")
    out, errors = command.communicate(b"The fox\njumps\n", timeout=60)
    assert (command.returncode, errors) == (0, b"")
    assert out.split() == [b"0.json", b"1.json"]
    command = process(f"--model={run_folder}", "--text_file=-")
    out, errors = command.communicate(b"caf\xe9\n", timeout=60)
    assert (command.returncode, out) == (2, b"")
    assert errors.startswith(b"error: - is not UTF-8 text")


@pytest.mark.integration
def test_a_conversation_keeps_the_model_and_answers_each_text(run_folder):
    command = process(
        f"--model={run_folder}", "--interactive", "--output={i}.svg", "--seed=2"
    )
    for text, answer in (("a fox", b"0.svg\n"), ("jumps", b"1.svg\n")):
        command.stdin.write(text.encode() + b"\n")
        command.stdin.flush()
        assert command.stdout.readline() == answer
        assert num_strokes(answer.decode().strip()) > 0
    command.stdin.write("snow \u2603\n".encode() + b"caf\xe9\n")
    command.stdin.flush()
    assert "cannot write '☃'" in command.stderr.readline().decode()
    assert command.stderr.readline().startswith(b"error: the model cannot write")
    command.stdin.write(b"still here\n\n")
    command.stdin.flush()
    assert command.stdout.readline() == b"4.svg\n"
    out, errors = command.communicate(timeout=60)
    assert (command.returncode, out, errors) == (1, b"", b"")
    assert files() == ["0.svg", "1.svg", "4.svg"]


@pytest.mark.integration
def test_a_conversation_ends_with_its_input(run_folder):
    command = process(f"--model={run_folder}", "--interactive")
    out, errors = command.communicate(b"a fox\nthe dogs", timeout=60)
    assert (command.returncode, errors) == (0, b"")
    assert out.split() == [
        b"logs/figures/a_fox_0.svg",
        b"logs/figures/the_dogs_1.svg",
    ]


@pytest.mark.integration
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT between processes")
def test_an_interruption_leaves_whole_files_and_the_status_of_one(run_folder):
    command = process(
        f"--model={run_folder}",
        "--text=The quick fox jumps",
        "--num_samples=500",
        "--engine=numpy",
        "--output=out/{i}.svg",
    )
    assert command.stdout.readline() == b"out/0.svg\n"
    command.send_signal(signal.SIGINT)
    _, errors = command.communicate(timeout=60)
    assert command.returncode == 130
    assert errors == b"interrupted\n"
    written = files()
    assert 1 <= len(written) < 500
    for path in written:
        assert re.fullmatch(r"out/\d+\.svg", path)
        assert num_strokes(path) > 0


@pytest.mark.integration
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT between processes")
def test_an_interruption_while_writing_leaves_no_file(stuck_run):
    command = process(
        f"--model={stuck_run}",
        "--text=The quick fox jumps",
        "--num_samples=100",
        "--max_steps_per_character=4000",
        "--engine=numpy",
        "--output=a.svg",
    )
    time.sleep(2.0)
    command.send_signal(signal.SIGINT)
    out, errors = command.communicate(timeout=60)
    assert (command.returncode, out, errors) == (130, b"", b"interrupted\n")
    assert files() == []


@pytest.mark.integration
def test_hands_are_mixed_and_chosen_by_a_seed(run, tmp_path):
    for seed in (1, 2):
        arguments = (
            "--text=some other hand",
            f"--seed={seed}",
            f"--output={seed}.json",
        )
        assert run(*arguments)[0] == 0
    pair = ("--style=1.json", "--style_to=2.json")
    drawn = {}
    for name, arguments in {
        "first": pair[:1],
        "all first": (*pair, "--mix=0"),
        "half": pair,
        "also half": (*pair, "--mix=0.5"),
        "seven": ("--style=seed:7",),
    }.items():
        assert run("--text=fox", "--output=a.svg", *arguments)[0] == 0
        drawn[name] = Path("a.svg").read_text()
    assert drawn["half"] == drawn["also half"]
    assert drawn["first"] == drawn["all first"]
    assert len(set(drawn.values())) == 3


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (("--style_to=a",), ["--style_to", "--style "]),
        (("--style=a", "--mix=0.5"), ["--mix", "--style_to"]),
        (("--style=seed:1", "--style_to=seed:2", "--mix=2"), ["mix=2.0", 0, 1]),
        (("--style=seed:x",), ["'seed:x'", "seed:7"]),
    ],
)
def test_wrong_mixes_are_one_sentence(run, arguments, facts):
    status, lines, errors = run("--text=fox", "--output=a.svg", *arguments)
    assert (status, lines) == (2, [])
    assert_names(errors, *facts)


@pytest.mark.integration
def test_the_user_turns_how_much_of_a_tuned_hand_is_written(
    run, run_folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path / "here" / "styles"))
    assert run("--text=some hand", "--output=styles/mine.json")[0] == 0
    model = load_model(run_folder)
    weights = {name: value + 0.05 for name, value in model.weights.items()}
    adaptation.learnt(model, weights).save("styles/mine.npz")
    drawn = []
    for likeness in ((), ("--likeness=0.7",), ("--likeness=0",), ("--likeness=1",)):
        options = ("--text=fox", "--output=a.svg", "--style=mine", *likeness)
        status, _, errors = run(*options)
        assert status == 0, errors
        drawn.append(Path("a.svg").read_text())
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3


@pytest.mark.integration
@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (("--likeness=0.5",), ["likeness", "tuned"]),
        (("--style=seed:1", "--likeness=0.5"), ["likeness", "tuned"]),
        (("--style=seed:1", "--likeness=2"), ["likeness=2.0", 0, 1]),
    ],
)
def test_likeness_is_for_tuned_hands(run, arguments, facts):
    status, lines, errors = run("--text=fox", "--output=a.svg", *arguments)
    assert (status, lines) == (2, [])
    assert_names(errors, *facts)


@pytest.mark.integration
def test_a_hand_that_was_tuned_for_another_model_primes_and_says_so(
    run, run_folder, tmp_path, monkeypatch, caplog
):
    monkeypatch.setenv("SCRIBE_STYLES", str(tmp_path / "here" / "styles"))
    assert run("--text=some hand", "--output=styles/mine.json")[0] == 0
    assert run("--text=fox", "--output=a.svg", "--style=mine")[0] == 0
    model = load_model(run_folder)
    weights = {name: value + 0.05 for name, value in model.weights.items()}
    other = dataclasses.replace(model, weights=weights)
    adaptation.learnt(other, model.weights).save("styles/mine.npz")
    assert run("--text=fox", "--output=b.svg", "--style=mine")[0] == 0
    assert Path("a.svg").read_text() == Path("b.svg").read_text()
    assert_names(caplog.text, "mine", "another model", "style tune")
