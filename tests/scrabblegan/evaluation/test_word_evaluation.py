"""Figures of writers of words: real words as a writer are as good as real ones."""

import dataclasses
import json
from pathlib import Path

import jiwer
import numpy as np
import pytest
from PIL import Image
from recognizer_samples import (
    ALPHABET,
    WORDS,
    drawn_word,
    random_recognizer,
    write_words,
)
from refusals import assert_refusal, refused

from scrabblegan import evaluate
from scrabblegan.evaluation import (
    reading_figures,
    recognizer_evaluation,
    word_evaluation,
)
from scrabblegan.images import distances
from scrabblegan.networks import save_network
from scrabblegan.words import prepared
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.command_line import status_of

pytestmark = pytest.mark.unit


@dataclasses.dataclass
class Plotter:
    """Writes as the words of the corpus were drawn, or stains, or one image only."""

    alphabet: Alphabet = Alphabet(ALPHABET)
    stains: bool = False
    one_hand: bool = False

    def write(self, words, seed):
        if isinstance(words, str):
            return np.hstack(self.write(words.split(), seed))
        random = np.random.default_rng(seed)
        if self.stains:
            shapes = [[32, 16 * len(word)] for word in words]
            return [random.integers(0, 256, s).astype(np.uint8) for s in shapes]
        if self.one_hand:
            return [drawn_word(word, np.random.default_rng(0)) for word in words]
        return [drawn_word(word, random) for word in words]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return write_words(tmp_path_factory.mktemp("words") / "drawn", per_word=12)


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return random_recognizer(tmp_path_factory.mktemp("judge"))


@pytest.fixture(scope="module")
def result(judge, data_dir):
    writers = {
        "plotter": Plotter(),
        "stains": Plotter(stains=True),
        "one hand": Plotter(one_hand=True),
    }
    return word_evaluation.measure_writers(writers, judge, str(data_dir), 100, seed=1)


@pytest.mark.slow
def test_the_first_row_reads_the_held_out_words(result, judge, data_dir):
    words = prepared.load_words(data_dir, "validation")
    assert result["num_samples"] == len(words)
    read = judge.read(words.images)
    row = result["rows"]["real"]
    assert row["cer"] == pytest.approx(jiwer.cer(list(words.texts), read))
    assert row["wer"] == pytest.approx(jiwer.wer(list(words.texts), read))
    assert row["cer_interval"][0] <= row["cer"] <= row["cer_interval"][1]


def test_a_writer_like_the_corpus_is_at_the_floor_and_another_is_not(result):
    rows = result["rows"]
    assert rows["plotter"]["frechet_over_floor"] < 3.0
    assert rows["stains"]["frechet_over_floor"] > 10.0
    assert rows["stains"]["kernel"] > 10 * abs(rows["plotter"]["kernel"])
    assert rows["plotter"]["variation"] == pytest.approx(
        rows["real"]["variation"], rel=0.3
    )
    assert rows["one hand"]["variation"] == pytest.approx(0.0, abs=1e-4)
    assert rows["stains"]["nearest"] > 2 * rows["real"]["nearest"]
    difference = rows["stains"]["wer"] - rows["real"]["wer"]
    assert rows["stains"]["wer_difference"] == pytest.approx(difference)


def test_the_floor_is_training_words_against_held_out_ones(result, judge, data_dir):
    held_out = prepared.load_words(data_dir, "validation")
    train = prepared.load_words(data_dir, "train")
    count = result["num_samples"]
    chosen = np.random.default_rng(1).permutation(len(train))[:count]
    features = judge.features([train.images[i] for i in chosen])
    others = judge.features(held_out.images)
    floor = result["rows"]["real"]
    expected = distances.frechet_distance(features, others)
    assert floor["frechet"] == pytest.approx(expected, rel=1e-6)
    expected = distances.kernel_distance(features, others)
    assert floor["kernel"] == pytest.approx(expected, rel=1e-6)


def test_a_copied_training_image_is_found_as_its_own_neighbour(data_dir):
    train = prepared.load_words(data_dir, "train")
    images = [train.images[i] for i in (3, 40, 90)]
    distances, indices = word_evaluation.nearest_as_wide(images, train)
    np.testing.assert_allclose(distances, 0.0, atol=0.05)
    for image, index in zip(images, indices, strict=True):
        np.testing.assert_array_equal(train.images[index], image)
    wide = np.zeros([32, 160], np.uint8)
    assert np.isinf(word_evaluation.nearest_as_wide([wide], train)[0]).all()


def test_once_more_all_is_read_without_faint_ink(result, judge, data_dir):
    image = np.array([[0, 170, 171, 255]], np.uint8)
    np.testing.assert_array_equal(
        word_evaluation.without_faint_ink(image), [[0, 170, 255, 255]]
    )
    words = prepared.load_words(data_dir, "validation")
    wiped = [word_evaluation.without_faint_ink(image) for image in words.images]
    row = result["rows"]["real"]
    expected = jiwer.wer(list(words.texts), judge.read(wiped))
    assert row["wiped_wer"] == pytest.approx(expected)
    assert row["wiped_wer_interval"][0] <= expected <= row["wiped_wer_interval"][1]


def test_the_report_has_a_row_for_each_and_says_what_was_measured(result):
    text = word_evaluation.writers_report(result)
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    names = [row.split("|")[1].strip() for row in rows]
    assert names[:4] == ["real words (floor)", "plotter", "stains", "one hand"]
    names, others = names[:4], names[4:]
    assert others[1:] == names  # the first one is a heading
    assert {row.count("|") for row in rows[:4]} == {13}
    assert {row.count("|") for row in rows[4:]} == {7}
    assert "10 features" in text and "32 words" in text
    json.dumps(result)


def test_the_picture_sets_words_beside_their_neighbours(data_dir):
    drawn = word_evaluation.nearest_picture(Plotter(), str(data_dir), 0)
    cell = 16 * 5 + 24
    assert drawn.dtype == np.uint8 and drawn.shape == (12 * 40, 4 * cell)
    assert (drawn < 128).any()


def test_what_the_eye_sees_is_in_every_row(result):
    rows = result["rows"]
    assert rows["plotter"]["smudged"] < 0.1
    assert rows["plotter"]["pieces"] == pytest.approx(rows["real"]["pieces"], rel=0.1)
    assert rows["stains"]["pieces"] != pytest.approx(rows["real"]["pieces"], rel=0.1)
    # The corpus has neither sixteen pages nor sixteen different words.
    assert {row["hands"] for row in rows.values()} == {None}


def test_words_of_a_folder_have_a_row_with_texts_of_their_own(judge, data_dir):
    other = prepared.load_words(data_dir, "train").chosen(range(30))
    found = word_evaluation.measure_writers(
        {}, judge, str(data_dir), 100, 1, others={"pen": other}
    )
    assert list(found["rows"]) == ["real", "pen"]
    row = found["rows"]["pen"]
    expected = jiwer.wer(list(other.texts), judge.read(other.images))
    assert row["wer"] == pytest.approx(expected)
    assert "wer_difference" not in row
    assert "| pen |" in word_evaluation.writers_report(found)


def test_errors_are_told_by_length_and_by_character():
    texts = ["abc", "abcd", "a", "abcdefg", "hoo"] * 20
    read = ["abc", "abcx", "b", "abcdefg", "hoo"] * 20
    found, errors = reading_figures.reading_figures(texts, read)
    assert found["wer_by_length"] == {
        "1 to 3": pytest.approx(1 / 3),
        "4 to 6": 1.0,
        "7 and more": 0.0,
    }
    assert found["worst_characters"]["d"] == pytest.approx(0.5)
    assert found["worst_characters"]["a"] == pytest.approx(0.25)
    assert errors.word_errors.sum() == 40
    assert found["wer"] == pytest.approx(jiwer.wer(texts, read))


def test_recognizers_are_measured_with_both_decoders(judge, data_dir):
    measured = recognizer_evaluation.measure_recognizers(
        {"own": judge}, None, str(data_dir), 20, 0
    )
    assert measured["num_words"] == 20 and measured["num_left_out"] == 0
    assert list(measured["rows"]) == ["own, greedy", "own, beam"]
    text = recognizer_evaluation.recognizers_report(measured)
    assert "20 held-out words" in text and "| own, beam |" in text
    json.dumps(measured)


def test_words_that_nobody_knows_cannot_be_measured(judge, data_dir):
    stranger = Plotter(Alphabet("xyz"))
    with refused("two words"):
        word_evaluation.measure_writers({"x": stranger}, judge, str(data_dir), 100, 0)


@pytest.mark.integration
def test_the_command_measures_by_kind(judge, data_dir, tmp_path, capsys):
    folder = tmp_path / "model"
    folder.mkdir()
    judge.save(folder)
    arguments = [f"--model={folder}", f"--data_dir={data_dir}"]
    arguments.append(f"--json={tmp_path / 'figures.json'}")
    assert status_of(evaluate.main, arguments) == 0
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["num_words"] == 4 * len(WORDS)
    assert f"| {folder}, greedy |" in capsys.readouterr().out
    status = status_of(evaluate.main, [*arguments, "--picture=a.png"])
    assert_refusal(capsys, status, "--picture", folder)
    status = status_of(evaluate.main, [*arguments, "--model=digits"])
    assert_refusal(capsys, status, folder, "digits", "two kinds")


@pytest.mark.integration
def test_the_command_measures_words_that_something_else_wrote(
    judge, data_dir, tmp_path, capsys
):
    folder = tmp_path / "judge"
    folder.mkdir()
    judge.save(folder)
    arguments = [
        f"--judge={folder}", f"--data_dir={data_dir}", "--num_samples=100",
        f"--words=pen={data_dir}", f"--features={folder}",
    ]  # fmt: skip
    assert status_of(evaluate.main, arguments) == 0
    assert "| pen |" in capsys.readouterr().out
    status = status_of(evaluate.main, [*arguments, f"--words=pen={data_dir}"])
    assert_refusal(capsys, status, "--words", "pen")
    status = status_of(evaluate.main, [*arguments, "--features=digits"])
    assert_refusal(capsys, status, "--features=digits")
    status = status_of(evaluate.main, [f"--words={data_dir}", "--model=digits"])
    assert_refusal(capsys, status, "--words")
    status = status_of(evaluate.main, [*arguments, "--picture=a.png"])
    assert_refusal(capsys, status, "--picture")


@pytest.mark.integration
def test_the_command_measures_and_draws_a_writer(
    judge, data_dir, tmp_path, capsys, monkeypatch
):
    models = {"judge": judge, "writer": Plotter()}
    monkeypatch.setattr(evaluate, "load_model", lambda name: models[Path(name).name])
    folder = tmp_path / "writer"
    folder.mkdir()
    for name in ("writer", "judge"):
        (tmp_path / name).mkdir(exist_ok=True)
        kind = "scrabblegan" if name == "writer" else "recognizer"
        save_network(tmp_path / name, {"kind": kind, "sizes": {}}, {"a": np.zeros(1)})
    picture = tmp_path / "nearest.png"
    arguments = [
        f"--model={tmp_path / 'writer'}", f"--judge={tmp_path / 'judge'}",
        f"--data_dir={data_dir}", "--num_samples=100", f"--picture={picture}",
    ]  # fmt: skip
    assert status_of(evaluate.main, arguments) == 0
    assert "real words (floor)" in capsys.readouterr().out
    with Image.open(picture) as image:
        assert image.size == (2 * 4 * 104, 2 * 480)
