"""What synthetic words add to a recognizer: words, trainings, table."""

import json

import numpy as np
import pytest
from refusals import assert_refusal, refused
from word_samples import prepared_words

from scrabblegan import htr_gain
from scrabblegan.evaluation import gain_words, htr_gain_experiment
from scrabblegan.evaluation.htr_gain_experiment import gain_report
from scrabblegan.words import Words, prepared
from scribe.foundation import gin_config
from scribe.foundation.command_line import status_of

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]

REAL = {
    "train": ["ab", "cd", "abc", "dab", "bad", "cab", "dac", "bac"],
    "validation": ["bad", "cab"],
    "test": ["dab", "cad", "abc"],
}
SYNTHETIC = {"train": ["ab", "ba", "abc", "cab", "bca", "acd", "dad", "add"]}


@pytest.fixture
def folders(tmp_path):
    return (
        prepared_words(tmp_path / "real", REAL),
        prepared_words(tmp_path / "synthetic", SYNTHETIC),
    )


def words(*texts):
    images = [np.full([32, 16 * len(t)], i, np.uint8) for i, t in enumerate(texts)]
    return Words(images, list(texts), [f"n{i}" for i in range(len(texts))])


def test_subsets_of_a_seed_are_nested_and_those_of_another_are_others():
    all_words = words(*(f"w{i}" for i in range(200)))
    small, large = (gain_words.subset(all_words, n, 1).texts for n in (16, 64))
    assert large[:16] == small and len(set(large)) == 64
    assert gain_words.subset(all_words, 16, 2).texts != small
    assert sorted(gain_words.subset(all_words, None, 1).texts) == sorted(
        all_words.texts
    )


@pytest.mark.parametrize(("share", "times"), [(0.5, 10), (0.2, 2), (0.001, 1)])
def test_a_mixture_repeats_real_words_until_they_have_their_share(share, times):
    both = gain_words.mixed(words("ab", "cd"), words(*["abc"] * 20), share)
    assert both.texts.count("ab") == both.texts.count("cd") == times
    assert len(set(both.names)) == len(both) == 2 * times + 20


def test_synthetic_words_have_a_validation_of_their_own(folders):
    splits = gain_words.synthetic_splits(folders[1])
    assert len(splits["train"]) == 6 and len(splits["validation"]) == 2


def test_words_prepared_in_another_way_are_refused(folders, tmp_path):
    other = prepared_words(
        tmp_path / "other", SYNTHETIC, description={"preprocess": "morphology"}
    )
    with refused(other, folders[0]):
        gain_words.check_alike(folders[0], [folders[1], other])


class Reader:
    """Misreads a word of three if it was trained on real words alone."""

    def __init__(self, run):
        self._alone = run.name.startswith("real")

    def read(self, images):
        texts = list(REAL["test"])
        return ["x", *texts[1:]] if self._alone else texts


@pytest.fixture
def trained(monkeypatch):
    """The trainings that are asked for; none takes place."""
    asked = []

    def run(training, folder, corpus, data_dir, seed, **bound):
        training.parse("gw", data_dir, seed, **bound)
        told = prepared.load_facts(data_dir)["splits"]
        asked.append((folder.name, training.num_steps, told, bound))

    monkeypatch.setattr(htr_gain_experiment.Training, "run", run)
    monkeypatch.setattr(htr_gain_experiment.Recognizer, "load", Reader)
    return asked


ARGUMENTS = [
    "--corpus=gw",
    "--gin_param=HtrGainExperiment.counts = (2, None)",
    "--gin_param=HtrGainExperiment.ablation_count = 2",
    "--gin_param=HtrGainExperiment.seeds = (1, 2)",
]


def test_every_way_has_equal_steps_and_its_own_words(
    folders, tmp_path, trained, capsys
):
    real, synthetic = folders
    arguments = [
        *ARGUMENTS, f"--real={real}", f"--synthetic=all={synthetic}",
        f"--synthetic=plain={synthetic}", f"--save_dir={tmp_path / 'gain'}",
    ]  # fmt: skip
    assert status_of(htr_gain.main, arguments) == 0
    steps = {name: count for name, count, _, _ in trained}
    assert steps["real-2-1"] == steps["mixed-2-1-all"] == steps["synthetic-1-all"]
    assert steps["first-1-all"] + steps["pretrained-2-1-all"] == steps["real-2-1"]
    told = {name: splits for name, _, splits, _ in trained}
    assert told["real-2-1"] == {"train": 2, "validation": 2}
    assert told["real-8-2"] == {"train": 8, "validation": 2}
    assert told["synthetic-1-all"] == {"train": 6, "validation": 2}
    bound = {name: more for name, _, _, more in trained}
    assert bound["pretrained-2-1-all"]["INITIAL"].endswith("runs/first-1-all")
    assert "pretrained-2-1-plain" in told and "pretrained-8-1-plain" not in told
    report = json.loads((tmp_path / "gain" / "report.json").read_text())
    rates = {(c["mode"], c["real_words"]): c["wer"] for c in report["cells"]}
    assert rates["real", 2] == pytest.approx(1 / 3) and rates["mixed", 2] == 0
    assert capsys.readouterr().out == gain_report(report)
    assert "| 2 | pretrained all | 0.0% | 0.0%, 0.0% | 0.0% | 100% |" in gain_report(
        report
    )
    assert (tmp_path / "gain" / "gain.png").stat().st_size > 1000


def test_the_trainings_that_are_bound_can_be_built():
    gin_config.parse(["comparisons/htr_gain.gin"], [])
    gin = gin_config.import_gin()
    experiment = gin_config.call(gin.get_configurable("HtrGainExperiment"))
    assert experiment.counts[-1] is None and len(experiment.seeds) == 3
    from pathlib import Path

    experiment._training(10).parse("dhsd", Path("words"), 1)
    assert "RecognizerTrainer.initial = None" in gin_config.config_text()
    experiment._training(10, tuning=True).parse("gw", Path("words"), 1, INITIAL="run")
    assert "INITIAL = 'run'" in gin_config.config_text()


@pytest.mark.parametrize(
    ("more", "facts"),
    [
        (["--real=nowhere"], ["nowhere"]),
        (["--synthetic=words"], ["--synthetic=words", "NAME=FOLDER"]),
        (["--synthetic=all=nowhere"], ["nowhere"]),
        (["--gin_param=HtrGainExperiment.seeds = (1, 1)"], ["seeds", "(1, 1)"]),
        (["--gin_param=HtrGainExperiment.real_share = 1.0"], ["real_share", 1.0]),
        (["--gin_param=HtrGainExperiment.counts = (0,)"], ["counts"]),
    ],
)
def test_wrong_arguments_are_answered_in_a_sentence(
    folders, tmp_path, capsys, more, facts
):
    real, synthetic = folders
    right = [*ARGUMENTS, f"--real={real}", f"--synthetic=all={synthetic}"]
    right.append(f"--save_dir={tmp_path / 'gain'}")
    assert_refusal(capsys, status_of(htr_gain.main, right + more), *facts)
