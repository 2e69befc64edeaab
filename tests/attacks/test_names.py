"""Names in lists and descriptions that lead out of the folder, through the commands."""

import json
from pathlib import Path

import numpy as np
import pytest
from attacks import files_below, held
from word_samples import prepared_words, write_iam, write_listed

from scribe.foundation.command_line import status_of

pytestmark = pytest.mark.unit

SPLITS = [
    "../../outside/weights", "../../../outside/weights", "../evil", "..", ".", "a/b",
    "/{outside}/weights", "a\x00b", "C:\\evil", "..\\evil", "x" * 300, "%2e%2e",
    "~", "$HOME", "con.txt", "\uff41", "train\n",
]  # fmt: skip
FILES = [
    "../outside/secret.png", "../../outside/secret.png", "/{outside}/secret.png",
    "a/../../outside/secret.png", "./../outside/secret.png", "..", ".", "/",
    "/dev/zero", "/dev/stdin", "/proc/self/environ",
    "a\x00.png", "~/secret.png", "words.csv", "{long}.png", "\\\\server\\x.png",
]  # fmt: skip


def untouched(outside, act):
    """An attack that may change nothing in `outside`, which is put into its names."""
    before = files_below(outside)

    def both():
        act()
        assert files_below(outside) == before, "a file outside was changed"

    return both


@pytest.fixture
def outside(tmp_path):
    folder = tmp_path / "outside"
    write_listed(folder, [("secret.png", "secret", "1", "train")])
    (folder / "weights.npz").write_bytes(b"precious")
    return folder


def named(name: str, outside) -> str:
    return name.replace("/{outside}", str(outside)).replace("{long}", "x" * 300)


def command(module, *arguments):
    def act():
        assert status_of(module.main, [str(argument) for argument in arguments]) in (
            0,
            2,
        )

    return act


@pytest.mark.parametrize("split", SPLITS)
def test_splits_of_a_list(split, outside, tmp_path):
    from scrabblegan import prepare_data

    corpus = tmp_path / "a" / "corpus"
    rows = [
        ("1.png", "ham", "1", named(split, outside)),
        ("2.png", "egg", "2", "train"),
    ]
    write_listed(corpus, rows)
    act = command(
        prepare_data, "--format=folder", f"--source={corpus}", "--packed_only",
        f"--output={tmp_path / 'a' / 'out'}", "--quiet",
    )  # fmt: skip
    assert held("names as paths", untouched(outside, act)) is None
    assert {path.name for path in (tmp_path / "a").iterdir()} <= {"corpus", "out"}


@pytest.mark.parametrize("name", FILES)
def test_files_of_a_list(name, outside, tmp_path):
    from scrabblegan import prepare_data

    corpus = write_listed(tmp_path / "a", [("1.png", "ham", "1", "train")])
    with open(corpus / "words.csv", "a", newline="") as table:
        table.write(f'"{named(name, outside)}",secret,2,train\r\n')
    act = command(
        prepare_data, "--format=folder", f"--source={corpus}", "--packed_only",
        f"--output={tmp_path / 'out'}", "--quiet",
    )  # fmt: skip

    def unread():
        act()
        if (tmp_path / "out" / "train.npz").exists():
            with np.load(tmp_path / "out" / "train.npz") as arrays:
                assert "secret" not in arrays["texts"].tolist(), "it was read"

    assert held("names as paths", untouched(outside, unread)) is None


@pytest.mark.parametrize(
    "name", ["../../secret-1-0", "..", "/etc-a-b-c", "a\x00-b-c-d"]
)
def test_words_of_iam(name, outside, tmp_path):
    from scrabblegan.words.corpora import IamWords

    (tmp_path / "iam").mkdir()
    corpus = write_iam(tmp_path / "iam")
    with open(corpus / "words.txt", "a") as table:
        table.write(f"{name} ok 154 1 1 9 9 NN secret\n")

    def act():
        for word in IamWords(corpus).words():
            try:
                word.content()
            except OSError:
                continue
            assert word.text != "secret"

    assert held("names as paths", untouched(outside, act)) is None


@pytest.mark.parametrize("split", SPLITS)
def test_splits_of_a_prepared_corpus(split, outside, tmp_path):
    """Words are cut out of lines: the splits of the lines become those of the words."""
    from scribe import prepare_data
    from scribe.corpora.prepared import Line, save_corpus

    strokes = np.ones([40, 3], np.float32)
    folder = tmp_path / "b" / "c"
    save_corpus(folder, "mine", {"train": [Line(strokes, "a b", "l", "f")]}, {})
    content = json.loads((folder / "corpus.json").read_text())
    name = named(split, outside)
    for key in ("splits", "points"):
        content[key] = {name: content[key]["train"]}
    (folder / "corpus.json").write_text(json.dumps(content))
    act = command(
        prepare_data, "--format=words", f"--source={folder}", "--reader=none",
        f"--output={tmp_path / 'b' / 'out'}", "--quiet",
    )  # fmt: skip
    assert held("names as paths", untouched(outside, act)) is None


@pytest.mark.parametrize("split", SPLITS)
def test_splits_of_prepared_words(split, outside, tmp_path):
    from scrabblegan.words.pairs import save_pairs

    folders = []
    for kind, preprocess in (("raw", "normal"), ("closed", "morphology")):
        folder = tmp_path / "c" / kind
        prepared_words(
            folder, {"train": ["ab"]}, description={"preprocess": preprocess}
        )
        path = folder / "words.json"
        content = json.loads(path.read_text())
        content["splits"] = {named(split, outside): 1}
        path.write_text(json.dumps(content))
        folders.append(folder)
    act = untouched(outside, lambda: save_pairs(tmp_path / "c" / "pairs", *folders))
    assert held("names as paths", act) is None


@pytest.mark.parametrize("name", [*FILES, "..", "../x"])
def test_forms_and_names_of_drawn_words(name, outside, tmp_path):
    from writing_samples import printed

    from scribe.corpora import word_images
    from scribe.corpora.prepared import Line, save_corpus

    if "\x00" in name:
        name = name.replace("\x00", "\x01")  # NumPy's texts end at a zero
    drawn = printed("line").strokes
    words = [
        Line(drawn, "line", named(name, outside), "form"),
        Line(drawn, "line", "name", named(name, outside)),
    ]
    save_corpus(tmp_path / "c", "mine", {"train": words}, {})
    output = tmp_path / "a" / "images"
    act = untouched(
        outside, lambda: word_images.save_images(output, tmp_path / "c", 24.0)
    )
    assert held("names as paths", act) is None
    below = output / "train"
    for image in filter(Path.is_file, (tmp_path / "a").rglob("*")):
        assert image.name == "words.csv" or len(image.relative_to(below).parts) == 2
