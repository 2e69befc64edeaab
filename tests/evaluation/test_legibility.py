"""Writing texts and reading them back."""

import json
import shutil

import numpy as np
import pytest
from refusals import assert_refusal, refused
from writing_samples import saved, scribbler

from scribe import evaluate
from scribe.corpora.phrases import ALPHABET
from scribe.corpora.prepared import load_lines, save_corpus
from scribe.corpora.synthetic import Hand
from scribe.evaluation import legibility
from scribe.evaluation.sample_texts import SENTENCES, Sample, sample_texts
from scribe.evaluation.writer_evaluation import legibility_text
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.command_line import status_of
from scribe.foundation.progress import Bar
from scribe.reading import error_rates, tesseract
from scribe.writing.attempts import MAX_ATTEMPTS

TEXTS = SENTENCES.read_text("utf-8").splitlines()


@pytest.mark.unit
def test_the_list_has_200_texts_of_20_to_70_characters():
    assert len(TEXTS) == len(set(TEXTS)) == 200
    assert all(20 <= len(text) <= 70 for text in TEXTS)
    assert all(text == " ".join(text.split()) for text in TEXTS)


@pytest.mark.unit
def test_the_list_has_every_character_of_iam_ondb_several_times():
    written = "".join(TEXTS)
    assert set(written) == set(ALPHABET)
    assert min(written.count(character) for character in ALPHABET) >= 8
    assert min(written.count(character) for character in "0123456789QXZqxz") >= 12


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A corpus whose validation lines are written by a program, in four hands."""
    from scribe.corpora.prepared import Line

    random = np.random.default_rng(0)
    hands = [Hand.random(random) for _ in range(4)]
    texts = ["A fox.", "in 1999", "two  words", "over all", "caf\u00e9", "end (2)"]
    lines = [
        Line(
            hands[i % 4].write(text.replace("\u00e9", "e"), random),
            text,
            f"line-{i}",
            f"form-{i}",
        )
        for i, text in enumerate(texts)
    ]
    folder = tmp_path_factory.mktemp("corpora") / "hands"
    save_corpus(folder, "hands", {"validation": lines}, dropped={})
    return folder


@pytest.mark.unit
def test_texts_come_from_the_list_or_from_the_lines_of_a_corpus(corpus):
    alphabet = Alphabet(ALPHABET.replace("(", ""))
    sample = sample_texts(alphabet, 10)
    assert sample.texts == [text for text in TEXTS if "(" not in text][:10]
    assert sample.real is None
    assert sample.left_out == sum("(" in text for text in TEXTS)

    sample = sample_texts(alphabet, 10, corpus)
    assert sorted(sample.texts) == ["A fox.", "in 1999", "over all", "two words"]
    assert sample.left_out == 2
    lines = load_lines(corpus, ["validation"])
    by_text = {" ".join(line.text.split()): line for line in lines}
    for text, strokes in zip(sample.texts, sample.real, strict=True):
        assert np.array_equal(strokes, by_text[text].strokes)
    assert sample_texts(alphabet, 2, corpus).texts == sample.texts[:2]


@pytest.mark.unit
def test_without_a_text_that_the_model_can_write_there_is_nothing_to_measure():
    with refused():
        sample_texts(Alphabet("\u4e2d"), 10)
    with refused("num_texts=0"):
        sample_texts(Alphabet("a"), 0)


def readers_of(texts, **answers):
    """Readers that know the texts; `answers` change what one says of a text."""

    def read(lines):
        assert len(lines) == len(texts)
        return [answers.get(text, text) for text in texts]

    return {"reader": read}


TRIED = Sample("a test", ["one", "two 2", "three"], None, 0)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("bias", "candidates", "fact"), [(11.0, 0, "bias=11.0"), (0.0, -1, -1)]
)
def test_numbers_out_of_their_range_are_refused_before_any_work(bias, candidates, fact):
    with refused(fact):
        legibility.evaluate(scribbler(), {}, TRIED, [1.0, bias], 0, candidates)


@pytest.mark.unit
def test_a_line_with_more_read_after_it_is_not_complete():
    model = scribbler()
    readers = readers_of(TRIED.texts, one="onex", three="three or")
    found = legibility.evaluate(model, readers, TRIED, [1.0], seed=3)
    figures = found["biases"]["1"]
    by_text = {line["text"]: line for line in figures["lines"]}
    assert figures["finished"] == 1.0
    assert by_text["one"]["completed"] and by_text["two 2"]["completed"]
    assert not by_text["three"]["completed"]
    assert figures["completed"] == pytest.approx(2 / 3)
    assert figures["readers"]["reader"]["cer"] == pytest.approx(4 / 13)
    assert found["verdict"]["valid"] is None


@pytest.mark.unit
def test_lines_that_stall_are_tried_again_and_counted():
    """A window that never moves: no try comes to the end."""
    readers = readers_of(TRIED.texts)
    model = scribbler(steps_per_character=1e9)
    figures = legibility.evaluate(model, readers, TRIED, [0.0], 0)["biases"]["0"]
    assert (
        figures["completed"] == figures["finished"] == figures["finished_in_4"] == 0.0
    )
    assert figures["mean_attempts"] == MAX_ATTEMPTS


@pytest.mark.unit
def test_a_single_text_has_errors_but_no_spread(corpus):
    sample = sample_texts(Alphabet(ALPHABET), 1, corpus)
    reader = readers_of(sample.texts)
    found = legibility.evaluate(scribbler(), reader, sample, [0.0], seed=0)
    assert found["real_spread"] == found["biases"]["0"]["spread"] == {}
    assert found["verdict"]["valid"] is False
    assert "not defined, too few lines" in legibility_text(found)


@pytest.mark.slow
@pytest.mark.integration
def test_written_lines_are_set_beside_real_ones(corpus):
    model = scribbler()
    sample = sample_texts(model.alphabet, 10, corpus)
    assert len(sample.texts) == 4
    found = legibility.evaluate(
        model, readers_of(sample.texts, one=""), sample, [0.0, 1.0], seed=0
    )
    assert found["real"]["reader"]["cer"] == 0.0
    for figures in found["biases"].values():
        assert figures["readers"]["reader"]["cer_difference"] == 0.0
        assert figures["readers"]["reader"]["cer_ratio"] is None
        for name, share in figures["spread_share"].items():
            expected = figures["spread"][name] / found["real_spread"][name]
            assert share == pytest.approx(expected)
            low, high = figures["spread_share_interval"][name]
            assert 0.0 <= low <= share <= high
    report = legibility_text(found)
    assert "bias 0\n" in report and "of that of real lines" in report
    json.dumps(found)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("cer", "shares", "valid", "said"),
    [
        (0.05, (0.9, 0.8, 0.7), True, []),
        (0.11, (0.9, 0.8, 0.7), False, ["misreads 11.0%"]),
        (0.05, (0.9, 0.5, 0.1), False, ["height at bias 0 is 50%", "speed"]),
        (0.05, None, None, ["nothing was written at bias 0"]),
    ],
)
def test_a_comparison_is_valid_with_a_good_reader_and_varied_hands(
    cer, shares, valid, said
):
    found = {"real": {"reader": {"cer": cer}}, "biases": {}}
    if shares is not None:
        spread = dict(zip(legibility.SPREADS, shares, strict=True))
        found["biases"]["0"] = {"spread_share": spread}
    verdict = legibility.verdict(found, "reader")
    assert verdict["valid"] is valid
    assert len(verdict["reasons"]) == len(said)
    for part, reason in zip(said, verdict["reasons"], strict=True):
        assert part in reason


@pytest.mark.integration
@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_tesseract_reads_type_that_was_drawn_and_nothing_in_what_is_no_line():
    hand = Hand(
        font="rowmans", size=1.0, width=1.0, slant=0.0, spacing=1.0,
        unsteadiness=0.0, tremor=0.0, wave=(0.0, 100.0, 0.0),
    )  # fmt: skip
    line = hand.write("Handwriting is read", np.random.default_rng(0))
    metres = np.array([[0, 0, 0], [1e12, 1, 0], [1, 1, 1]])
    reading, nothing = tesseract.read_lines([line, metres])
    errors = error_rates.count_errors(["Handwriting is read"], [reading])
    assert errors.rates()["cer"] < 0.2
    assert nothing == ""
    assert tesseract.installed_version().startswith("tesseract")


@pytest.mark.unit
def test_without_the_program_there_is_no_outside_reader(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert tesseract.installed_version() is None


@pytest.mark.slow
@pytest.mark.integration
def test_the_command_writes_reads_and_chooses_with_another_reader(
    tmp_path, corpus, monkeypatch, capsys
):
    from scribe.reading import reader

    class Shorthand:
        """Reads every line as so many x as its points fill, and likes the shortest."""

        alphabet = Alphabet(ALPHABET)

        def read(self, lines):
            return ["x" * (len(line) // 10) for line in lines]

        def check(self, lines, texts):
            nats = np.array([len(line) for line in lines], float)
            return nats, np.zeros(len(lines), bool)

    asked, shown = [], []
    monkeypatch.setattr(Bar, "__call__", lambda bar, done, note: shown.append(note))
    monkeypatch.setattr(
        reader, "load_reader", lambda name: asked.append(name) or Shorthand()
    )
    run, file = tmp_path / "run", tmp_path / "figures.json"
    saved(run)
    arguments = ["--legibility", "--model", str(run), "--data_dir", str(corpus)]
    arguments += ["--bias=1", "--best_of=3", "--tesseract=no", "--json", str(file)]
    assert evaluate.main([*arguments, "--reader=judge"]) == 0
    assert asked == ["judge", reader.CHOOSING]

    figures = json.loads(file.read_text())["biases"]["1"]
    single, best = figures["lines"], figures["best_of"]["lines"]
    assert [line["text"] for line in single] == [line["text"] for line in best]
    for one, kept in zip(single, best, strict=True):
        assert len(kept["readings"]["reader"]) <= len(one["readings"]["reader"])
    printed, _ = capsys.readouterr()
    assert "run writes at bias 1" in shown
    assert "bias 1, the best of 3" in printed
    assert "The comparison with real lines is not made" in printed


@pytest.mark.unit
def test_a_model_without_text_cannot_be_read(tmp_path, capsys):
    saved(tmp_path / "run", reads_text=False)
    arguments = ["--legibility", "--model", str(tmp_path / "run"), "--num_texts=2"]
    status = status_of(evaluate.main, arguments)
    assert_refusal(capsys, status, tmp_path / "run", "without text")
