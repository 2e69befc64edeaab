"""The A/B experiment: pairs of words, what is written, tables, and the verdict."""

import json

import gin
import numpy as np
import pytest
from refusals import assert_names, refused
from word_samples import prepared_words, tiny_word_dataset

from scrabblegan import compare_preprocessing
from scrabblegan.evaluation.preprocessing import (
    PreprocessingExperiment,
    Training,
    save_pairs,
    words_to_write,
)
from scrabblegan.evaluation.preprocessing_report import preprocessing_report, verdict
from scrabblegan.words import prepared
from scribe.foundation import gin_config
from scribe.foundation.command_line import status_of

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]

TEXTS = {"train": ["ab", "cd", "abc", "dab"], "validation": ["bad", "cab"]}


@pytest.fixture
def folders(tmp_path):
    """One corpus, raw and closed; the closed one lost a word."""
    raw = prepared_words(
        tmp_path / "prepared_raw", TEXTS, description={"preprocess": "normal"}
    )
    closed = prepared_words(
        tmp_path / "prepared_closed",
        TEXTS | {"train": TEXTS["train"][:3]},
        description={"preprocess": "morphology"},
    )
    return raw, closed


def test_both_kinds_keep_the_words_that_each_has_in_one_order(folders, tmp_path):
    save_pairs(tmp_path / "words", *folders)
    raw, closed, both = (
        prepared.load_words(tmp_path / "words" / kind, "train")
        for kind in ("raw", "closed", "both")
    )
    assert raw.names == closed.names and raw.texts == closed.texts
    assert raw.texts == ["ab", "cd", "abc"]
    assert both.texts == raw.texts + closed.texts
    told = prepared.load_facts(tmp_path / "words" / "closed")
    assert told["preprocess"] == "morphology"
    assert told["splits"] == {"train": 3, "validation": 2}
    assert len(set(both.names)) == 6
    np.testing.assert_array_equal(both.images[5], closed.images[2])


def test_pairs_that_are_there_are_left_alone(folders, tmp_path):
    save_pairs(tmp_path / "words", *folders)
    save_pairs(tmp_path / "words", tmp_path / "none", tmp_path / "none")


def test_folders_that_are_no_pair_are_refused(folders, tmp_path):
    raw, closed = folders
    with refused(closed, raw, "preprocess=normal", "preprocess=morphology"):
        save_pairs(tmp_path / "words", closed, raw)
    other = prepared_words(
        tmp_path / "other",
        {split: texts[::-1] for split, texts in TEXTS.items()},
        description={"preprocess": "morphology"},
    )
    with refused(raw, other):
        save_pairs(tmp_path / "words", raw, other)
    fewer = prepared_words(
        tmp_path / "fewer",
        {"train": TEXTS["train"]},
        description={"preprocess": "morphology"},
    )
    with refused(fewer, "'validation'", raw):
        save_pairs(tmp_path / "words", raw, fewer)


def test_words_to_write_are_different_and_as_long_as_those_of_the_data(tmp_path):
    texts = ["ab"] * 60 + ["abcd"] * 20
    folder = prepared_words(tmp_path / "words", {"train": texts, "validation": ["ab"]})
    dataset = tiny_word_dataset(folder, lexicon="english")
    words = words_to_write(dataset, 40, seed=1)
    assert len(set(words)) == len(words) == 40
    assert {len(word) for word in words} == {2, 4}
    assert words == words_to_write(dataset, 40, seed=1)
    assert words != words_to_write(dataset, 40, seed=2)


def test_there_are_no_more_words_to_write_than_the_lexicon_has(tmp_path):
    texts = {"train": ["ab", "cd"], "validation": ["ab"]}
    dataset = tiny_word_dataset(prepared_words(tmp_path / "words", texts))
    assert sorted(words_to_write(dataset, 40, seed=1)) == ["ab", "cd"]


def report(a, b, found="B is read better"):
    """A report in which A and B have these word error rates by seed."""
    rates = {
        "words": 50, "wer": 0.2, "wer_interval": (0.1, 0.3),
        "cer": 0.05, "cer_interval": (0.04, 0.06),
    }  # fmt: skip
    compared = {
        "a": a,
        "b": b,
        "mean": float(np.mean(b) - np.mean(a)),
        "over_words": (-0.3, -0.1),
        "over_seeds": (-0.4, 0.0),
        "verdict": found,
    }
    judges = ("raw", "closed", "both")
    return {
        "corpus": "dhsd",
        "training_words": 1000,
        "seeds": [1, 2, 3],
        "words": 200,
        "steps": {"judges": 2500, "models": 900},
        "real": {judge: {"raw": rates, "closed": rates} for judge in judges},
        "generated": {judge: {"wer": compared, "cer": compared} for judge in judges},
        "seen": {
            "written, raw": {
                "smudged": 0.775,
                "pieces": 1.4,
                "loose_tails": None,
                "auc": None,
                "auc_by_seed": None,
            }
        },
    }


def test_the_table_has_every_judge_every_seed_and_both_intervals():
    text = preprocessing_report(report([0.5, 0.6, 0.4], [0.3, 0.2, 0.4]))
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + 3 + 1 + 6 + 1 + 1
    assert "| written, raw | 77.5% | 1.40 | - | - | - |" in text
    assert "| both | 20.0 (10.0 to 30.0) | 20.0 (10.0 to 30.0) | 5.0 (4.0 to 6.0)" in (
        text
    )
    assert (
        "| both | WER | 50.0 (50.0, 60.0, 40.0) | 30.0 (30.0, 20.0, 40.0) | -20.0 | "
        "-30.0 to -10.0 | -40.0 to +0.0 | B is read better |"
    ) in text


def test_the_verdict_is_that_of_the_judge_trained_on_both():
    found = report([0.5, 0.6], [0.3, 0.2])
    found["generated"]["raw"] = {"wer": {"verdict": "other"}}
    assert verdict(found) == ("Verdict of the judge trained on both: B is read better.")


def test_illegible_words_are_called_so():
    assert "neither writes legibly" in verdict(report([0.98, 0.99], [0.95, 0.97]))
    assert "neither writes legibly" not in verdict(report([0.98, 0.99], [0.5, 0.6]))


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--raw=nowhere"], ["nowhere"]),
        (["--gin_param=PreprocessingExperiment.seeds = (1,)"], ["seeds=(1,)", 2, 10]),
        (
            ["--gin_param=PreprocessingExperiment.seeds = (1, 1)"],
            ["seeds=(1, 1)", 2, 10],
        ),
        (
            ["--gin_param=PreprocessingExperiment.teacher_seed = 11"],
            ["judge_seed", "teacher_seed", 11],
        ),
        (["--gin_param=PreprocessingExperiment.num_words = 1"], ["num_words=1", 2]),
        (
            ["--gin_param=PreprocessingExperiment.word = 1"],
            ["'PreprocessingExperiment'", "'word'"],
        ),
        (["--corpus=klingon"], ["'datasets/klingon_words.gin'"]),
    ],
)
def test_wrong_arguments_are_answered_in_a_sentence(
    folders, tmp_path, capsys, arguments, facts
):
    raw, closed = folders
    right = [
        "--corpus=gw", f"--raw={raw}", f"--closed={closed}",
        f"--save_dir={tmp_path / 'experiment'}",
    ]  # fmt: skip
    assert status_of(compare_preprocessing.main, right + arguments) == 2
    printed = capsys.readouterr().err.splitlines()
    assert_names(printed[-1], *facts)


TINY = ["WordDataset.lengths = (2, 3)", "WordDataset.lexicon = None"]
TINY_RECOGNIZER = [
    *TINY, "make_recognizer.stages = ((2,), (3,))", "make_recognizer.context = ()",
    "make_recognizer.pools = ((2, 2), (8, 1))",
]  # fmt: skip
TINY_GENERATOR = [
    *TINY, "make_generator.channels = (8, 6, 4, 4)", "make_generator.latent_dim = 8",
]  # fmt: skip


@pytest.fixture
def without_training(monkeypatch):
    """Training.run saves a network with fresh weights, always the same ones."""
    import keras

    from scrabblegan.models.recognizer import Recognizer
    from scrabblegan.models.word_writer import WordWriter

    made = {}

    def save(training, folder, *arguments, **bound):
        training.parse(*arguments, **bound)
        folder.mkdir(parents=True)
        (folder / "config.gin").write_text(gin_config.config_text())
        reads = "RecognizerTrainer.seed" in training.seeds
        if reads not in made:
            data = gin.get_configurable("WordDataset")()
            factory = "make_recognizer" if reads else "make_generator"
            keras.utils.set_random_seed(0)
            network = gin.get_configurable(factory)(alphabet_size=data.alphabet.size)
            weights = {name: v.numpy() for name, v in network.named_weights().items()}
            made[reads] = folder, network.sizes(), data.alphabet, weights
            made["normalizer"] = data.normalizer
        if reads:
            Recognizer(*made[True], made["normalizer"], {"step": 7}).save(folder)
        else:
            WordWriter(*made[False]).save(folder, {"step": 9})

    monkeypatch.setattr(Training, "run", save)


@pytest.mark.slow
@pytest.mark.integration
def test_the_command_lets_three_judges_read_what_all_models_wrote(
    folders, tmp_path, capsys, without_training
):
    raw, closed = folders
    place = tmp_path / "experiment"
    arguments = [
        "--corpus=gw", f"--raw={raw}", f"--closed={closed}", f"--save_dir={place}",
        f"--gin_param=PreprocessingExperiment.judge_bindings = {TINY_RECOGNIZER!r}",
        f"--gin_param=PreprocessingExperiment.teacher_bindings = {TINY_RECOGNIZER!r}",
        f"--gin_param=PreprocessingExperiment.model_bindings = {TINY_GENERATOR!r}",
        "--gin_param=PreprocessingExperiment.seeds = (1, 2)",
        "--gin_param=PreprocessingExperiment.num_words = 3",
    ]  # fmt: skip
    assert status_of(compare_preprocessing.main, arguments) == 0
    printed = capsys.readouterr().out
    assert (place / "report.md").read_text() == printed
    found = json.loads((place / "report.json").read_text())
    assert found["words"] == 3 and found["seeds"] == [1, 2]
    assert found["steps"] == {"judges": 7, "models": 9}
    assert found["training_words"] == 3
    assert found["real"]["both"]["closed"]["words"] == 2
    assert list(found["seen"]) == [
        "real, raw", "written, raw", "real, closed", "written, closed",
    ]  # fmt: skip
    assert found["generated"]["raw"]["wer"]["a"] == [1.0, 1.0]  # nobody can read
    assert "no significant difference" in printed
    assert (place / "words.png").is_file()
    runs = {str(p.parent.relative_to(place)) for p in place.rglob("config.gin")}
    assert runs == {
        "judges/raw", "judges/closed", "judges/both",
        "teachers/raw", "teachers/closed",
        "models/raw-1", "models/raw-2", "models/closed-1", "models/closed-2",
    }  # fmt: skip


def test_each_model_learns_from_its_own_recognizer_and_no_judge(
    folders, tmp_path, monkeypatch
):
    started = []

    def note(training, folder, corpus, data_dir, seed, **bound):
        started.append((folder, data_dir, seed, bound))

    monkeypatch.setattr(Training, "run", note)
    monkeypatch.setattr(PreprocessingExperiment, "_measure", lambda *_: {})
    experiment = PreprocessingExperiment(
        judge_files=["recognizer_letters"], judge_bindings=[], judge_steps=3,
        teacher_files=["recognizer_letters"], teacher_bindings=[], teacher_steps=3,
        model_files=["scrabblegan_2"], model_bindings=[], model_steps=3,
        seeds=(4, 5), judge_seed=11, teacher_seed=12, num_words=5,
    )  # fmt: skip
    experiment.run("gw", *folders, tmp_path)
    by_name = {str(f.relative_to(tmp_path)): rest for f, *rest in started}
    assert len(started) == len(by_name) == 3 + 2 + 4
    for kind in ("raw", "closed", "both"):
        assert by_name[f"judges/{kind}"] == [tmp_path / "words" / kind, 11, {}]
    for kind in ("raw", "closed"):
        assert by_name[f"teachers/{kind}"] == [tmp_path / "words" / kind, 12, {}]
        for seed in (4, 5):
            data_dir, bound_seed, bound = by_name[f"models/{kind}-{seed}"]
            assert data_dir == tmp_path / "words" / kind and bound_seed == seed
            assert bound == {"INITIAL_RECOGNIZER": f"{tmp_path}/teachers/{kind}"}


def test_a_finished_run_of_the_same_configuration_is_not_built_again(
    folders, tmp_path, monkeypatch
):
    from scribe.training import loop

    built = []
    monkeypatch.setattr(loop, "train", lambda save_dir: built.append(save_dir))
    training = Training(["recognizer_letters"], [], 5, ["train.seed"])
    run = tmp_path / "run"
    run.mkdir()
    training.run(run, "gw", folders[0], 1)
    (run / "config.gin").write_text(gin_config.config_text())
    for step, times in ((4, 2), (5, 2)):
        (run / "metrics.json").write_text(json.dumps([{"step": step}]))
        training.run(run, "gw", folders[0], 1)
        assert len(built) == times
    training.run(run, "gw", folders[0], 2)  # the loop will say what differs
    assert len(built) == 3
