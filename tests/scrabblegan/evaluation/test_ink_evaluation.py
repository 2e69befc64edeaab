"""Networks of ink are measured beside a plain pen and ink by hand."""

import json

import numpy as np
import pytest
from ink_samples import prepared_ink, tiny_ink
from PIL import Image
from recognizer_samples import random_recognizer
from refusals import assert_refusal, refused

from scrabblegan import evaluate
from scrabblegan.evaluation import ink_evaluation
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.command_line import status_of
from scribe.models.ink_model import InkModel

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return prepared_ink(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def ink(tmp_path_factory):
    return tiny_ink(tmp_path_factory.mktemp("inks") / "own")


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return random_recognizer(tmp_path_factory.mktemp("judge"))


def test_every_source_has_a_row_and_errors_against_the_plain_pen(data_dir, ink, judge):
    models = {"own": InkModel.load(ink)}
    result = ink_evaluation.measure_inks(models, judge, str(data_dir), 20, seed=0)
    rows = result["rows"]
    assert list(rows) == [
        ink_evaluation.REAL, ink_evaluation.PLAIN, ink_evaluation.BY_HAND, "own",
    ]  # fmt: skip
    assert rows[ink_evaluation.PLAIN]["wer_difference"] == 0.0
    difference = rows["own"]["wer"] - rows[ink_evaluation.PLAIN]["wer"]
    assert rows["own"]["wer_difference"] == pytest.approx(difference)
    assert all(row["auc"] is None for row in rows.values())  # too few scans
    text = ink_evaluation.inks_report(result)
    assert text.count("\n| ") == 4
    json.dumps(result)


def test_words_that_the_judge_cannot_spell_are_no_measure(data_dir, ink, judge):
    models = {"own": InkModel.load(ink)}
    known, judge.alphabet = judge.alphabet, Alphabet("xyz")
    with refused(data_dir):
        ink_evaluation.measure_inks(models, judge, str(data_dir), 20, seed=0)
    judge.alphabet = known


def test_hand_made_ink_is_as_dark_as_the_scans(data_dir, ink):
    from ink_samples import wave

    from scrabblegan.ink.preparation import load_scans

    models = {"own": InkModel.load(ink)}
    draw = ink_evaluation._by_hand(models, load_scans(data_dir, "train"), 0)
    drawn = np.stack([draw(*wave(), 64, 90) for _ in range(20)])
    assert 30 < drawn.min(axis=(1, 2)).mean() < 170
    assert 225 < np.median(drawn) < 252


def test_the_command_measures_ink(data_dir, ink, judge, tmp_path, capsys):
    folder = tmp_path / "judge"
    folder.mkdir()
    judge.save(folder)
    arguments = [f"--model={ink}", f"--judge={folder}", "--num_samples=100"]
    picture = tmp_path / "which.png"
    more = [f"--data_dir={data_dir}", f"--picture={picture}"]
    assert status_of(evaluate.main, [*arguments, *more]) == 0
    with Image.open(picture) as drawn:
        assert drawn.width == 2 * 2 * 264
        answers = np.asarray(drawn)[-2 * 152 :: 2, ::2]
    assert (answers < 128).any() and (answers == 255).any()
    assert "| plain pen |" in capsys.readouterr().out
    status = status_of(evaluate.main, [*arguments, f"--data_dir={tmp_path}"])
    assert_refusal(capsys, status, tmp_path, "prepare_ink")
