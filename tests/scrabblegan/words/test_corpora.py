"""Corpora of word images: layouts, splits, and what is missing or damaged."""

import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from refusals import refused
from word_samples import drawn_word, png, write_iam, write_listed

from scrabblegan.images import decode_image
from scrabblegan.words.corpora import (
    NO_SPLIT,
    OUTSIDE,
    Dhsd,
    IamWords,
    ImageFolder,
    split_of,
)

pytestmark = pytest.mark.unit


@pytest.fixture
def iam(tmp_path):
    return write_iam(tmp_path)


def test_iam_words_are_read_with_texts_and_forms(iam):
    reader = IamWords(iam)
    words = list(reader.words())
    assert [word.text for word in words] == ["A", "MOVE", "A", "B B C"]
    assert [word.group for word in words] == ["a01-000"] * 3 + ["b02-035"]
    assert {word.split for word in words} == {None}
    np.testing.assert_array_equal(decode_image(words[3].content()), drawn_word())
    assert reader.dropped == {
        "cut out wrongly, as words.txt says": 1,
        "missing labels": 1,
    }


@pytest.mark.parametrize(
    ("row", "in_train"),
    [
        ("a01-000u", ["A", "MOVE"]),
        ("a01-000u-00", ["A", "MOVE"]),
        ("a01-000u-00-01", ["MOVE"]),
        ("a01/a01-000u/a01-000u-00-01.png,000,MOVE", ["MOVE"]),
    ],
)
def test_split_lists_name_forms_lines_words_or_images(iam, tmp_path, row, in_train):
    train, test = tmp_path / "train.txt", tmp_path / "test.txt"
    train.write_text(f"{row}\n")
    test.write_text("a01-000x\n\n")
    reader = IamWords(iam, {"train": [train], "test": [test]})
    found = {}
    for word in reader.words():
        found.setdefault(split_of(word), []).append(word.text)
        assert word.group == "-".join(word.name.split("-")[:2])  # the list decides
    assert found == {"train": in_train, "test": ["A"]}
    assert reader.dropped["in no split list"] == 3 - len(in_train)


def test_a_folder_that_is_no_iam_database_is_refused(tmp_path):
    with refused(tmp_path, "words.txt", "words/"):
        IamWords(tmp_path)
    with refused(tmp_path / "missing", "data/README.md"):
        IamWords(tmp_path / "missing")


def test_a_split_list_that_is_not_there_is_named(iam):
    with refused("nowhere.txt"):
        IamWords(iam, {"train": ["nowhere.txt"]})


@pytest.mark.parametrize(
    "name", ["../secret.png", "{outside}/secret.png", "a/../../secret.png", "a\0.png"]
)
def test_an_image_outside_of_the_corpus_is_left_out_and_counted(tmp_path, name):
    write_listed(tmp_path, [("secret.png", "ham", "1", "train")])
    corpus = write_listed(tmp_path / "corpus", [("in.png", "ham", "1", "train")])
    with open(corpus / "words.csv", "a") as table:
        table.write(f"{name.format(outside=tmp_path)},ham,2,train\n")
    reader = ImageFolder(corpus)
    assert [word.name for word in reader.words()] == ["in"]
    assert reader.dropped == {OUTSIDE: 1}


@pytest.mark.parametrize("split", ["../evil", "/tmp/evil", "a.b", "ä", "x" * 101])
def test_a_split_that_would_be_a_path_is_left_out_and_counted(tmp_path, split):
    reader = ImageFolder(
        write_listed(tmp_path, [("1.png", "a", "1", split), ("2.png", "b", "2", "dev")])
    )
    assert [word.text for word in reader.words()] == ["b"]
    assert reader.dropped == {NO_SPLIT: 1}


def test_an_iam_word_outside_of_the_corpus_is_left_out_and_counted(iam):
    with open(iam / "words.txt", "a") as table:
        table.write("../../x-1-0-0 ok 154 1 1 9 9 NN secret\n")
    reader = IamWords(iam)
    assert "secret" not in [word.text for word in reader.words()]
    assert reader.dropped[OUTSIDE] == 1


def test_what_is_no_file_is_no_image(tmp_path):
    reader = ImageFolder(write_listed(tmp_path, [("1.png", "a", "1", "train")]))
    (word,) = reader.words()
    (tmp_path / "1.png").unlink()
    (tmp_path / "1.png").symlink_to("/dev/zero")
    with refused("1.png"):
        word.content()


def test_a_folder_with_a_csv_gives_texts_pages_and_splits(tmp_path):
    rows = [
        ("words/1.png", "Letters,", "270", "train"),
        ("words/2.png", 'said "no"', "271", "valid"),
        ("words/3.png", "of", "272", ""),
    ]
    words = list(ImageFolder(write_listed(tmp_path, rows)).words())
    assert [word.text for word in words] == ["Letters,", 'said "no"', "of"]
    assert [word.name for word in words] == ["words/1", "words/2", "words/3"]
    assert [word.group for word in words] == ["270", "271", "272"]
    assert [split_of(word) for word in words[:2]] == ["train", "validation"]
    assert words[2].split is None
    np.testing.assert_array_equal(decode_image(words[2].content()), drawn_word("of"))


def test_a_folder_with_a_txt_beside_each_image_is_read_too(tmp_path):
    for place, text in (("train/5", "hands"), ("validation/2", "of"), ("loose", "by")):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / "one.png").write_bytes(png(drawn_word(text)))
        (folder / "one.txt").write_text(text + "\n")
    (tmp_path / "loose" / "two.JPG").write_bytes(b"")
    words = {word.name: word for word in ImageFolder(tmp_path).words()}
    assert [words[name].text.strip() for name in sorted(words)] == [
        "by", "", "hands", "of",
    ]  # fmt: skip
    assert words["train/5/one"].split == "train"
    assert words["loose/one"].split is None


def test_a_list_without_a_column_for_the_text_is_refused(tmp_path):
    (tmp_path / "words.csv").write_text("file,writer\na.png,1\n")
    with refused("words.csv", "text, transc"):
        list(ImageFolder(tmp_path).words())
    (tmp_path / "more.csv").write_text("file,text\n")
    with refused("more.csv, words.csv"):
        list(ImageFolder(tmp_path).words())


def write_dhsd(path, num_words=6):
    np.savez(
        path,
        x=np.stack([np.resize(drawn_word("Hof"), [64, 256])] * num_words),
        text=np.array(["Hof"] * num_words),
        writer=np.arange(num_words) // 2,
        filename=np.array([f"data/writer/{i}.png" for i in range(num_words)]),
    )
    return path


def test_dhsd_keeps_each_writer_in_one_split(tmp_path):
    words = list(Dhsd(write_dhsd(tmp_path / "dhsd.npz", 80)).words())
    assert words[3].name == "1/3" and words[3].text == "Hof"
    assert words[3].content().shape == (64, 256)
    by_writer = {}
    for word in words:
        by_writer.setdefault(word.group, set()).add(split_of(word))
    assert all(len(splits) == 1 for splits in by_writer.values())
    assert set().union(*by_writer.values()) == {"train", "validation", "test"}


def test_an_npz_of_something_else_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with refused(tmp_path, "DHSD"):
        list(Dhsd(tmp_path / "other.npz").words())
    (tmp_path / "none.npz").write_bytes(b"no zip")
    with refused(tmp_path, "DHSD"):
        list(Dhsd(tmp_path / "none.npz").words())


CORPORA = os.environ.get("SCRIBE_CORPORA")


@pytest.mark.integration
@pytest.mark.skipif(not CORPORA, reason="SCRIBE_CORPORA names no folder of corpora")
def test_the_real_george_washington_words_are_read(tmp_path):
    archive = Path(CORPORA) / "gw_words" / "gw_words.tar.gz"
    if not archive.is_file():
        pytest.skip("there is no gw_words.tar.gz in SCRIBE_CORPORA")
    with tarfile.open(archive) as tar:
        tar.extract("words.csv", tmp_path, filter="data")
    words = list(ImageFolder(tmp_path).words())
    assert len(words) == 3178
    pages = {}
    for word in words:
        pages.setdefault(word.group, set()).add(split_of(word))
    assert all(len(splits) == 1 for splits in pages.values())


@pytest.mark.integration
@pytest.mark.skipif(not CORPORA, reason="SCRIBE_CORPORA names no folder of corpora")
def test_the_real_dhsd_is_read():
    path = Path(CORPORA) / "dhsd_words" / "dhsd_train.npz"
    if not path.is_file():
        pytest.skip("there is no dhsd_train.npz in SCRIBE_CORPORA")
    words = list(Dhsd(path).words())
    assert len(words) == 4745 and len({word.group for word in words}) == 37
    assert len({word.name for word in words}) == 4745
