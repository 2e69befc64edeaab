"""Lines in the hands of strangers: what is counted, and the command that prints it."""

import functools
import json
from types import SimpleNamespace

import pytest
from hand_samples import hand_corpus
from refusals import assert_refusal, refused

from scribe import evaluate, style, writing
from scribe.evaluation import hand_evaluation, hand_transfer
from scribe.evaluation.hand_distance import hinge_measure
from scribe.foundation.command_line import status_of
from scribe.writing import adaptation

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "hands"
    return hand_corpus(folder, lines_per_writer=15, forms_per_writer=3)


@pytest.fixture(scope="module")
def model():
    return writing.load().model


def rows(measurement):
    """Of the writers' own lines, and of those of the next writer."""
    own = {hand.name: hand.targets for hand in measurement.hands}
    names = list(own)
    following = dict(zip(names, [*names[1:], names[0]], strict=True))

    def write(choose, hand, texts, number):
        lines = [measurement.model.clean(line.strokes) for line in own[choose(hand)]]
        ended = [True] * (len(lines) - number) + [False] * number
        pairs = zip(texts, lines, ended, strict=True)
        return [SimpleNamespace(text=t, strokes=s, finished=e) for t, s, e in pairs]

    copied = functools.partial(write, lambda hand: hand.name)
    taken = functools.partial(write, lambda hand: following[hand.name])
    return [
        measurement.real(),
        measurement.written("copied", copied),
        measurement.written("another's", taken),
    ]


def test_copies_are_as_near_as_real_lines_and_another_writers_are_not(corpus, model):
    measurement = hand_evaluation.HandMeasurement(
        model, str(corpus), "train", 24, 4, {"hinge": hinge_measure}
    )
    found = hand_evaluation.figures(measurement, rows(measurement))
    real, copied, other = found["rows"].values()
    assert real["completed"] == real["lines"] == 16
    assert (copied["completed"], copied["lines"]) == (10, 16)
    assert real["hinge"]["nearest_share"] == copied["hinge"]["nearest_share"] == 1.0
    assert real["hinge"]["own_distance"] == 0.0
    assert abs(copied["hinge"]["own_distance"]) < 0.2
    assert other["hinge"]["nearest_share"] == 0.0
    assert 0.5 < other["hinge"]["own_distance"] < 2.0
    low, high = other["hinge"]["own_distance_interval"]
    assert low < other["hinge"]["own_distance"] < high
    table = hand_evaluation.table(found).splitlines()
    assert "4 writers" in table[0] and "25%" in table[0]
    assert [row.split(" | ")[0] for row in table[4:]] == [
        "| another real line",
        "| copied",
        "| another's",
    ]
    assert "| 100% (100% to 100%) | 1.0 (1.0 to 1.0) | 0.00 " in table[4]


def test_fewer_hands_are_spread_over_all(corpus, model):
    measures = {"hinge": hinge_measure}
    few = hand_evaluation.HandMeasurement(model, str(corpus), "train", 2, 1, measures)
    assert [hand.name for hand in few.hands] == ["w0", "w3"]
    for arguments, facts in (((1, 1), ["num_hands=1"]), ((2, 0), ["num_texts=0"])):
        with refused(*facts):
            hand_evaluation.HandMeasurement(
                model, str(corpus), "train", *arguments, measures
            )


@pytest.mark.slow
def test_the_command_prints_the_table_and_keeps_the_figures(corpus, tmp_path, capsys):
    path = tmp_path / "hands.json"
    arguments = ["--hands", f"--data_dir={corpus}", "--num_texts=1", f"--json={path}"]
    assert status_of(evaluate.main, [*arguments, "--quiet"]) == 0
    printed = capsys.readouterr().out
    found = json.loads(path.read_text())
    assert list(found["rows"]) == [
        "another real line",
        "no style",
        "one line as style",
        "three lines joined",
    ]
    assert all(f"| {name} | " in printed for name in found["rows"])
    assert found["measures"] == ["network", "hinge"] and found["writers"] == 2


@pytest.mark.slow
def test_tuned_hands_are_learnt_once_each_and_written_by_likeness(corpus, model):
    learnt_from = []

    def learn(lines):
        learnt_from.append([line.text for line in lines])
        weights = {n: 1.001 * value for n, value in model.weights.items()}
        return adaptation.learnt(model, weights)

    writer = writing.Writer(model)
    found = hand_evaluation.evaluate(
        writer, str(corpus), "train", 2, 1, 1.0, 0, learn=learn
    )
    assert len(learnt_from) == 2 and all(3 <= len(x) <= 8 for x in learnt_from)
    assert list(found["rows"])[-3:] == [
        f"tuned on a page, likeness {x}" for x in ("0.5", "0.7", "1")
    ]


@pytest.mark.slow
def test_measuring_styles_ends_with_the_same_table(tmp_path, monkeypatch):
    monkeypatch.setattr(hand_transfer, "TEXTS", ("an ox",))
    corpus = hand_corpus(
        tmp_path / "hands", True, 15, forms_per_writer=3, splits={"validation": 3}
    )
    path = tmp_path / "table.md"
    arguments = ["measure", f"--data_dir={corpus}", "--num_texts=1", "--quiet"]
    assert status_of(style.main, [*arguments, f"--output={path}"]) == 0
    by_number, nearest = path.read_text().split("3 writers; ")
    assert "| no style | 3 | " in by_number
    assert "| three lines joined | " in nearest


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--legibility"], ["--hands", "--legibility"]),
        (["--sheet=a.png"], ["--hands", "--sheet"]),
        (["--bias=0", "--bias=1"], ["--bias"]),
        (["--model=sketch_rnn"], ["sketch_rnn", "without text"]),
        (["--num_hands=1"], ["num_hands=1"]),
    ],
)
def test_what_cannot_be_measured_together_is_refused(arguments, facts, corpus, capsys):
    given = ["--hands", f"--data_dir={corpus}", *arguments]
    assert_refusal(capsys, status_of(evaluate.main, given), *facts)
