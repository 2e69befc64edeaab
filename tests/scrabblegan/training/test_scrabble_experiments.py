"""The gin files of ScrabbleGAN: they parse, build, train a step and bind all in use."""

import math

import pytest
from word_samples import prepared_words

from scribe.foundation import gin_config

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]

EXPERIMENTS = {
    "scrabblegan_paper": 54_900_650,
    "scrabblegan_1": 2_025_697,
    "scrabblegan_2": 3_584_841,
    "scrabblegan": 3_591_881,
}
PRINTS = "scrabblegan_1"  # its generator learns to print, alone
OTHER_CORPORA = ("scrabblegan_dhsd", "scrabblegan_gw")
# Whatever runs these experiments start from is not here.
FRESH = ["INITIAL_GENERATOR = None", "INITIAL_RECOGNIZER = None"]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    splits = ("train", "validation_large", "test", "validation")
    texts = {split: ["noon", "Lane"] * 3 for split in splits}
    return prepared_words(tmp_path_factory.mktemp("corpora") / "words", texts)


@pytest.mark.slow
@pytest.mark.usefixtures("without_tracing")
@pytest.mark.parametrize("experiment", [*EXPERIMENTS, *OTHER_CORPORA])
def test_an_experiment_trains_a_step_and_binds_nothing_in_vain(
    experiment, words, clean_gin
):
    prints, full = experiment == PRINTS, experiment == "scrabblegan_paper"
    changes = [f"DATA_DIR = {str(words)!r}"]
    changes += [] if prints or full else FRESH
    name = "print" if prints else "scrabblegan"
    gin_config.parse([experiment, f"testing/tiny_{name}.gin"], changes)
    bindings = clean_gin.get_bindings("scribe.train")
    dataset = bindings["dataset"]()
    trainer = bindings["trainer"](dataset=dataset)
    metrics = trainer.train_step(next(dataset.train_batches(0)))
    assert all(math.isfinite(value) for value in metrics.values())
    loop_s_own = ("train.", "NUM_STEPS")  # this test plays the loop
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []


def test_the_readme_tells_how_large_the_networks_are():
    readme = (gin_config.gin_folder() / "README.md").read_text()
    for name, count in EXPERIMENTS.items():
        (row,) = [r for r in readme.splitlines() if r.startswith(f"| `{name}` |")]
        assert f"| {count:,} |" in row


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_networks_of_an_experiment_have_their_sizes(experiment, clean_gin):
    gin_config.parse([experiment], [])
    networks = [clean_gin.get_configurable("make_generator")(alphabet_size=53)]
    if experiment != PRINTS:
        networks.append(
            clean_gin.get_configurable("make_discriminator")(alphabet_size=53)
        )
        networks.append(clean_gin.get_configurable("make_recognizer")(alphabet_size=53))
    shapes = [v.shape for network in networks for v in network.named_weights().values()]
    assert sum(math.prod(shape) for shape in shapes) == EXPERIMENTS[experiment]
