"""From a corpus of word images to prepared words: splits, counts, the command."""

import json

import numpy as np
import pytest
from refusals import assert_refusal, refused
from word_samples import drawn_word, png, prepared_words, write_iam, write_listed

from scrabblegan import prepare_data
from scrabblegan.words import prepared
from scrabblegan.words.corpora import ImageFolder
from scrabblegan.words.normalizer import WordNormalizer
from scrabblegan.words.preparation import convert_to_gan_reading_format_save
from scribe.foundation.command_line import status_of

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]

ROWS = [
    ("1.png", "Letters", "270", "train"),
    ("2.png", "of", "270", "train"),
    ("3.png", "said", "271", "valid"),
    ("4.png", "", "271", "valid"),
    ("5.png", "gone", "270", "train"),
    ("6.png", "broken", "270", "train"),
    ("7.png", "d", "270", "train"),
    ("8.png", "much too long for a word", "270", "train"),
]


@pytest.fixture
def folder(tmp_path):
    corpus = write_listed(tmp_path / "corpus", ROWS)
    (corpus / "5.png").unlink()
    (corpus / "6.png").write_bytes(b"no image")
    (corpus / "7.png").write_bytes(png(drawn_word("woodwork")))
    return corpus


def normalizer(preprocess="normal"):
    return WordNormalizer(preprocess, kernel_pixels=3, frame="text", max_stretch=3.0)


def prepare(folder, output, **changes):
    options = {"normalizer": normalizer(), "max_characters": 12}
    return convert_to_gan_reading_format_save(
        ImageFolder(folder), output, **(options | changes)
    )


def test_words_are_kept_by_split_and_the_others_counted_by_reason(folder, tmp_path):
    done = prepare(folder, tmp_path / "out")
    assert done.kept == {"train": 2, "validation": 1}
    assert done.dropped == {
        "missing labels": 1,
        "missing image": 1,
        "damaged, or no image": 1,
        "more than 3 times too wide or narrow": 1,
        "more than 12 characters": 1,
    }
    assert done.characters == "Ladefiorst"
    facts = prepared.load_facts(tmp_path / "out")
    assert facts["splits"] == done.kept and facts["dropped"] == done.dropped
    assert facts["preprocess"] == "normal" and facts["kernel_pixels"] == 3


def test_buckets_hold_each_image_with_its_text_by_length(folder, tmp_path):
    out = tmp_path / "out"
    prepare(folder, out)
    found = {
        str(path.relative_to(out)): path.read_text() for path in out.rglob("*.txt")
    }
    assert found == {
        "train/7/1.txt": "Letters", "train/2/2.txt": "of", "validation/4/3.txt": "said",
    }  # fmt: skip
    assert {
        str(p.relative_to(out).with_suffix(".txt")) for p in out.rglob("*.png")
    } == (found.keys())


def test_buckets_and_the_packed_file_hold_the_same(folder, tmp_path):
    out = tmp_path / "out"
    prepare(folder, out)
    packed = prepared.load_words(out, "train")
    (out / "train.npz").unlink()
    single = prepared.load_words(out, "train")
    order = np.argsort(packed.names)
    assert single.texts == [packed.texts[i] for i in (1, 0)]  # by length
    for image, name in zip(single.images, single.names, strict=True):
        np.testing.assert_array_equal(image, packed.images[packed.names.index(name)])
    assert len(order) == 2


def test_names_that_no_file_can_have_survive(tmp_path):
    texts = ["ab", "cd"]
    folder = prepared_words(tmp_path / "words", {"train": texts}, buckets=True)
    packed = prepared.load_words(folder, "train")
    assert packed.names == ["train/0", "train/1"]
    (folder / "train.npz").unlink()
    assert prepared.load_words(folder, "train").names == packed.names


def test_prepared_buckets_can_be_prepared_again(folder, tmp_path):
    prepare(folder, tmp_path / "once")
    done = prepare(tmp_path / "once", tmp_path / "twice")
    assert done.kept == {"train": 2, "validation": 1} and not done.dropped


def test_a_page_in_two_splits_is_refused_before_anything_is_written(tmp_path):
    rows = [("1.png", "one", "270", "train"), ("2.png", "two", "270", "test")]
    corpus = write_listed(tmp_path / "corpus", rows)
    with refused(270, "train", "test"):
        prepare(corpus, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_images_of_one_name_are_refused(tmp_path):
    rows = [("1.png", "one", "270", "train")] * 2
    with refused(1):
        prepare(write_listed(tmp_path / "corpus", rows), tmp_path / "out")


def test_a_corpus_without_a_usable_image_writes_nothing(tmp_path):
    corpus = write_listed(tmp_path / "corpus", [("1.png", "", "270", "train")])
    with refused(corpus, "missing label"):
        prepare(corpus, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["corpus"]


def test_pages_without_a_split_are_never_torn_apart(tmp_path):
    rows = [(f"{i}.png", "ham", f"page {i // 3}", "") for i in range(60)]
    corpus = write_listed(tmp_path / "corpus", rows)
    done = prepare(corpus, tmp_path / "out", buckets=False)
    assert set(done.kept) == {"train", "validation", "test"}
    for split in done.kept:
        names = prepared.load_words(tmp_path / "out", split).names
        assert len(names) % 3 == 0
        assert len({int(name) // 3 for name in names}) == len(names) // 3


def test_the_command_prepares_reports_and_closes(folder, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = [
        "--format=folder", f"--source={folder}", f"--output={out}",
        "--preprocess=morphology", "--gin_param=WordNormalizer.kernel_pixels = 5",
        "--packed_only",
    ]  # fmt: skip
    assert status_of(prepare_data.main, arguments) == 0
    printed = capsys.readouterr().out
    assert "kept 4 words" in printed and "1  damaged, or no image" in printed
    facts = json.loads((out / "words.json").read_text())
    assert facts["preprocess"] == "morphology" and facts["kernel_pixels"] == 5
    assert sorted(p.name for p in out.iterdir()) == [
        "train.npz", "validation.npz", "words.json",
    ]  # fmt: skip


def test_the_command_reads_the_iam_database_by_its_lists(tmp_path, capsys):
    corpus = tmp_path / "iam"
    corpus.mkdir()
    write_iam(corpus)
    (corpus / "train.txt").write_text("a01-000u-00\n")
    (corpus / "test.txt").write_text("b02-035\na01-000x\n")
    arguments = [
        "--format=iam", f"--source={corpus}", f"--output={tmp_path / 'out'}",
        f"--split_list=train={corpus / 'train.txt'}",
        f"--split_list=test={corpus / 'test.txt'}",
        "--gin_param=WordNormalizer.max_stretch = 10",
    ]  # fmt: skip
    assert status_of(prepare_data.main, arguments) == 0
    facts = prepared.load_facts(tmp_path / "out")
    assert facts["splits"] == {"train": 2, "test": 2}
    assert facts["dropped"] == {
        "cut out wrongly, as words.txt says": 1, "missing labels": 1,
    }  # fmt: skip
    assert prepared.load_words(tmp_path / "out", "test").texts == ["A", "B B C"]


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--source=nowhere"], ["nowhere", "data/README.md"]),
        (["--split_list=train=list.txt"], ["--split_list", "--format=iam"]),
        (
            ["--format=iam", "--split_list=list.txt"],
            ["--split_list=list.txt", "SPLIT=FILE", "train, validation, test"],
        ),
        (["--gin_param=WordNormalizer.kernel = 5"], ["'WordNormalizer'", "'kernel'"]),
        (["--gin_param=WordNormalizer.kernel_pixels = 0"], ["kernel_pixels=0", 1]),
        (["--output=/dev/null"], ["/dev/null"]),
    ],
)
def test_wrong_arguments_are_answered_in_a_sentence(
    folder, tmp_path, capsys, arguments, facts
):
    right = ["--format=folder", f"--source={folder}", f"--output={tmp_path / 'out'}"]
    assert_refusal(capsys, status_of(prepare_data.main, right + arguments), *facts)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("split", ["../evil", "/evil", "a.b", ""])
def test_a_split_is_never_a_path(tmp_path, split):
    with refused(split):
        prepared_words(tmp_path / "words", {"train": ["ab"], split: ["ab"]})
    assert not list(tmp_path.iterdir())
    folder = prepared_words(tmp_path / "words", {"train": ["ab"]})
    with refused(split):
        prepared.load_words(folder, split)
    facts = json.loads((folder / "words.json").read_text())
    facts["splits"][split] = 1
    (folder / "words.json").write_text(json.dumps(facts))
    with refused(folder, split):
        prepared.load_facts(folder)


@pytest.mark.parametrize(
    ("damage", "facts"),
    [
        (lambda f: (f / "train.npz").write_bytes(b"no zip"), ["train.npz"]),
        (
            lambda f: np.savez(f / "train.npz", columns=np.zeros(3)),
            ["train.npz", "texts"],
        ),
        (lambda f: (f / "words.json").write_text("{"), ["words.json"]),
        (
            lambda f: (f / "words.json").write_text('{"format_version": 9}'),
            ["words.json", 9, 1],
        ),
        (lambda f: (f / "train.npz").unlink(), ["'train'", "scrabblegan.prepare_data"]),
    ],
)
def test_damaged_prepared_words_are_refused(tmp_path, damage, facts):
    folder = prepared_words(tmp_path / "words", {"train": ["ab", "cde"]})
    damage(folder)
    with refused(folder, *facts):
        prepared.load_words(folder, "train")


def test_single_images_of_a_wrong_size_or_without_text_are_refused(tmp_path):
    folder = prepared_words(tmp_path / "words", {"train": ["ab"]}, buckets=True)
    (folder / "train.npz").unlink()
    (image,) = folder.rglob("*.png")
    image.with_suffix(".txt").write_text("abc")
    with refused(image, "3 characters", "'abc'"):
        prepared.load_words(folder, "train")
    image.with_suffix(".txt").write_text("ba")
    image.write_bytes(png(drawn_word()))
    with refused(image, "94 x 65", "32 x 32"):
        prepared.load_words(folder, "train")
    image.with_suffix(".txt").unlink()
    with refused(image, ".txt"):
        prepared.load_words(folder, "train")
