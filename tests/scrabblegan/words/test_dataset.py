"""Batches of words: one length each, lengths as in the data, and the lexicon."""

import itertools

import numpy as np
import pytest
from refusals import refused
from word_samples import prepared_words, tiny_word_dataset

from scrabblegan.words import dataset as word_data
from scrabblegan.words import lexicon
from scribe.foundation.alphabet import Alphabet

pytestmark = pytest.mark.unit

LETTERS = Alphabet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def texts(seed: int, count: int) -> list[str]:
    """Words of 1 to 5 letters, short ones most often, one in three capitalised."""
    random = np.random.default_rng(seed)
    lengths = random.choice([1, 2, 3, 4, 5], count, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    words = ["".join(random.choice(list("abcde"), n)) for n in lengths]
    return [word.title() if i % 3 == 0 else word for i, word in enumerate(words)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return prepared_words(
        tmp_path_factory.mktemp("corpora") / "words",
        {"train": texts(0, 203), "validation": [*texts(1, 30), "x-y", "sixsix"]},
    )


@pytest.fixture(scope="module")
def dataset(folder):
    return tiny_word_dataset(folder)


def epoch(dataset, number=0):
    steps = dataset.steps_per_epoch
    return list(itertools.islice(dataset.train_batches(number * steps), steps))


def read(batch, key="text"):
    return [LETTERS.decode(row) for row in batch[key]]


def test_a_training_batch_has_words_of_one_length_without_padding(dataset):
    for batch in epoch(dataset):
        characters = batch["text"].shape[1]
        assert batch["image"].shape == (4, 32, 16 * characters, 1)
        assert batch["image"].dtype == np.uint8
        assert (batch["width"] == 16 * characters).all()
        assert (batch["text_length"] == characters).all() and (batch["text"] > 0).all()
        assert (batch["lexicon_length"] == batch["lexicon_text"].shape[1]).all()


def test_every_image_is_with_its_text(dataset):
    """Each character of `prepared_words` has its own grey."""
    for batch in epoch(dataset):
        for image, text in zip(batch["image"], read(batch), strict=True):
            greys = image.reshape(32, -1, 16).max(axis=(0, 2))
            assert list(greys) == [255 - ord(c) for c in text]


def test_an_epoch_has_every_word_and_few_of_them_twice(dataset):
    found = [text for batch in epoch(dataset) for text in read(batch)]
    assert set(found) == set(dataset.train.texts)
    assert 203 <= len(found) < 203 + 5 * 4


def test_lengths_and_lexicon_lengths_come_as_often_as_in_the_data(dataset):
    """Both are the epoch's batches; each length is within a batch of its share."""
    batches = epoch(dataset)
    real = sorted(batch["text"].shape[1] for batch in batches)
    lexicon_lengths = sorted(batch["lexicon_text"].shape[1] for batch in batches)
    assert real == lexicon_lengths
    counts = np.bincount([len(text) for text in dataset.train.texts])
    np.testing.assert_array_equal(np.bincount(real), np.ceil(counts / 4))
    pairs = {(b["text"].shape[1], b["lexicon_text"].shape[1]) for b in batches}
    assert len(pairs) > 8  # they do not go together


def test_the_batches_of_any_step_are_found_without_those_before(dataset):
    batches = list(itertools.islice(dataset.train_batches(0), 80))
    later = next(dataset.train_batches(79))
    for name, value in batches[79].items():
        np.testing.assert_array_equal(later[name], value)
    assert any(
        not np.array_equal(a["text"], b["text"])
        for a, b in zip(epoch(dataset, 0), epoch(dataset, 1), strict=True)
    )


def test_validation_batches_are_all_words_once_padded_with_paper(dataset):
    batches = list(dataset.validation_batches())
    found = [text for batch in batches for text in read(batch)]
    assert sorted(found) == sorted(dataset.validation.texts) and len(found) == 30
    assert [len(text) for text in found] == sorted(len(text) for text in found)
    for batch in batches:
        assert batch["image"].shape[2] == batch["width"].max()
        for image, width, ids, length in zip(
            batch["image"], batch["width"], batch["text"], batch["text_length"],
            strict=True,
        ):  # fmt: skip
            assert width == 16 * length and (image[:, width:] == 255).all()
            assert (ids[:length] > 0).all() and (ids[length:] == 0).all()


def test_what_the_alphabet_or_the_lengths_leave_out_is_counted(dataset):
    assert dataset.dropped == {
        "characters that the alphabet lacks": 1,
        "not 1 to 5 characters": 1,
    }
    assert "203 training words" in dataset.describe()


def test_tensors_have_the_signature(dataset):
    (batch,) = dataset.tensors(lambda: dataset.train_batches(3)).take(1)
    expected = next(dataset.train_batches(3))
    signature = word_data.signature()
    assert batch.keys() == signature.keys()
    for name, value in batch.items():
        assert signature[name].is_compatible_with(value)
        np.testing.assert_array_equal(value, expected[name])


def test_validation_words_can_be_thinned_out_evenly(folder):
    whole = tiny_word_dataset(folder).validation
    some = tiny_word_dataset(folder, max_validation_words=7).validation
    assert len(some) == 7 and set(some.names) < set(whole.names)
    assert some.names[0] == whole.names[0] and some.names[-1] == whole.names[-1]


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ({"batch_size": 0}, ["batch_size=0", 1]),
        ({"lengths": (5, 2)}, ["lengths=(5, 2)", "fewest first"]),
        ({"lengths": (9, 9)}, ["(train)", "not 9 to 9 characters"]),
        ({"train_splits": ["tain"]}, ["'tain'", "train, validation"]),
        ({"data_dir": "nowhere"}, ["nowhere", "scrabblegan.prepare_data"]),
        ({"nonsense": 1.5}, ["nonsense=1.5", 0, 1]),
        ({"lexicon": "klingon"}, ["klingon", "english, german"]),
    ],
)
def test_wrong_bindings_are_refused(folder, change, facts):
    with refused(*facts):
        tiny_word_dataset(**({"data_dir": folder} | change))


def test_lexicon_words_stay_within_the_alphabet_and_are_capitalised_as_often(folder):
    dataset = tiny_word_dataset(folder, lexicon="english", batch_size=50)
    random = np.random.default_rng(0)
    drawn = dataset.lexicon.draw(random, 4, 3000)
    assert {len(word) for word in drawn} == {4}
    share = np.mean([word[0].isupper() for word in drawn])
    own = np.mean([word[0].isupper() for word in dataset.train.texts])
    # Some 8 % of the list are names, which have their capital already.
    assert own - 0.03 < share < own + 0.10


def test_a_share_of_the_words_in_training_is_random_letters(folder):
    dataset = tiny_word_dataset(folder, lexicon="english", nonsense=0.4, batch_size=20)
    known = {word.lower() for word in lexicon.read_lexicon("english", LETTERS)}

    def others(batches):
        texts = [ids for b in batches for ids in b["lexicon_text"]]
        words = [LETTERS.decode(ids).lower() for ids in texts if len(ids) > 3]
        return np.mean([word not in known for word in words])

    plain = tiny_word_dataset(folder, lexicon="english", batch_size=20)
    training, held_out = (
        [others(itertools.islice(d.train_batches(0), 60)) for d in (plain, dataset)],
        others(dataset.validation_batches()),
    )
    assert training[0] == held_out == 0.0
    assert 0.3 < training[1] < 0.5


def test_random_letters_are_all_there_are_with_capitals_only_in_front(folder):
    words = tiny_word_dataset(folder, lexicon="english").lexicon
    random = np.random.default_rng(0)
    drawn = [words.nonsense(random, 5) for _ in range(1000)]
    assert {len(word) for word in drawn} == {5}
    assert set("".join(drawn)) == set(LETTERS.characters)
    assert not any(c.isupper() for word in drawn for c in word[1:])


def test_texts_of_the_data_stand_in_for_lengths_that_the_lexicon_lacks(
    folder, tmp_path
):
    path = tmp_path / "words.txt"
    path.write_text("ab cd")
    dataset = tiny_word_dataset(folder, lexicon=str(path))
    assert dataset.lexicon.lengths == {1, 2, 3, 4, 5}
    random = np.random.default_rng(0)
    assert {w.lower() for w in dataset.lexicon.draw(random, 2, 50)} == {"ab", "cd"}
    assert set(dataset.lexicon.draw(random, 3, 50)) <= {
        form for text in dataset.train.texts for form in (text, text.title())
    }


def test_a_text_is_cut_into_words_and_filtered_by_the_alphabet(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("# a note\n“Well,” said Zoë, it's 5 o'clock: well -- said\n")
    assert lexicon.read_lexicon(path, LETTERS) == ["Well", "said", "well"]
    assert lexicon.read_lexicon(path, Alphabet("WelsaidZoë")) == ["Well", "said", "Zoë"]


def test_a_lexicon_without_a_usable_word_or_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("12 34")
    with refused(path, "'abcdefgh"):
        lexicon.read_lexicon(path, LETTERS)
    path.write_bytes(b"\xff\xfe\x80")
    with refused(path, "UTF-8"):
        lexicon.read_lexicon(path, LETTERS)


@pytest.mark.parametrize("name", ["english", "german"])
def test_lists_that_come_with_the_package_have_words_of_usual_lengths(name):
    umlauts = Alphabet(LETTERS.characters + "ÄÖÜäöüß")
    words = lexicon.read_lexicon(name, umlauts)
    counts = np.bincount([len(word) for word in words])
    assert len(set(words)) == len(words) > 1000
    assert (counts[3:11] > 10).all()
