"""Every experiment parses, has its size, trains a step and binds nothing in vain."""

import math
import re
from pathlib import Path

import pytest
from refusals import refused
from repository import ROOT

from scribe.foundation import experiments, gin_config

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]

# Parameters with the 80 symbols of IAM-OnDB, as the table in gin/README.md.
PARAMETERS = {
    "demo": 214_551,
    "encoder_decoder": 4_749_735,
    "encoder_decoder_from_scratch": 2_019_735,
    "encoder_decoder_plateau": 2_019_735,
    "encoder_decoder_small": 353_431,
    "graves_prediction": 3_364_521,
    "graves_prediction_1x900": 3_363_421,
    "graves_prediction_from_scratch": 3_364_521,
    "graves_synthesis": 3_760_551,
    "graves_synthesis_1": 3_760_551,
    "graves_synthesis_from_scratch": 3_760_551,
    "graves_synthesis_weight_noise": 3_760_551,
    "rand_write": 2_029_721,
    "rand_write_half_rate": 2_029_721,
    "scribe_cloud": 5_960_343,
    "scribe_default_4": 3_760_551,
    "scribe_default_5": 3_760_551,
    "scribe_default_6": 3_760_551,
    "scribe_default": 3_760_551,
    "scribe_default_7": 3_760_551,
    "scribe_default_8": 3_760_551,
    "scribe_default_1": 1_669_527,
    "scribe_default_2": 1_669_527,
    "scribe_default_3": 3_760_551,
    "scribe_large": 17_436_724,
    "scribe_m1": 3_760_551,
    "scribe_medium": 3_749_724,
    "scribe_quick": 1_006_423,
    "scribe_small": 315_852,
    "synthesis": 2_297_751,
    "synthesis_half_rate": 2_297_751,
}


def lstm_parameters(inputs, units):
    return 4 * units * (inputs + units + 1)


@pytest.mark.slow
def test_every_experiment_is_in_the_table_here_and_in_the_readme():
    names = experiments.names(gin_config.gin_folder())
    networks = {name for name in names if is_stroke_network(name)}
    assert networks == PARAMETERS.keys()
    readme = (gin_config.gin_folder() / "README.md").read_text()
    for name, count in PARAMETERS.items():
        (row,) = [r for r in readme.splitlines() if r.startswith(f"| `{name}` |")]
        assert f"| {count:,} |" in row


def is_stroke_network(experiment):
    return network_of(experiment) in ("AttentionRNN", "EncoderDecoder")


def network_of(experiment):
    """The class that StrokeTrainer.model names; None with another trainer."""
    gin_config.parse([experiment], [])
    named = re.search(r"(?m)^StrokeTrainer.model = @(\w+)$", gin_config.config_text())
    return named and named[1]


@pytest.mark.parametrize("experiment", PARAMETERS)
def test_the_network_of_an_experiment_has_its_size(experiment, clean_gin):
    network = clean_gin.get_configurable(network_of(experiment))(alphabet_size=80)
    shapes = [v.shape for v in network.named_weights().values()]
    assert sum(math.prod(shape) for shape in shapes) == PARAMETERS[experiment]


def test_the_size_of_graves_network_follows_from_its_equations():
    first = lstm_parameters(3 + 80, 400)
    upper = lstm_parameters(3 + 400 + 80, 400)
    window = 401 * 3 * 10
    output = (3 * 400 + 1) * 121
    assert PARAMETERS["graves_synthesis"] == first + 2 * upper + window + output
    output = (900 + 1) * 121
    assert PARAMETERS["graves_prediction_1x900"] == lstm_parameters(3, 900) + output


@pytest.mark.slow
@pytest.mark.parametrize("experiment", PARAMETERS)
def test_an_experiment_trains_a_step_and_binds_nothing_in_vain(
    experiment, tiny_corpus, clean_gin, without_tracing
):
    tiny = {"AttentionRNN": "tiny", "EncoderDecoder": "tiny_encoder_decoder"}
    network = network_of(experiment)
    folders = re.findall(r"(?m)^(\w+_DIR) = ", gin_config.config_text())
    gin_config.parse(
        [experiment, f"testing/{tiny[network]}.gin"],
        [f"{name} = {str(tiny_corpus)!r}" for name in folders],
    )
    bindings = clean_gin.get_bindings("scribe.train")
    dataset = bindings["dataset"]()
    trainer = bindings["trainer"](dataset=dataset)
    metrics = trainer.train_step(next(dataset.train_batches(0)))
    assert all(math.isfinite(value) for value in metrics.values())
    loop_s_own = ("train.", "NUM_STEPS")  # this test plays the loop
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []


@pytest.mark.parametrize("experiment", PARAMETERS)
def test_a_mistyped_binding_of_any_experiment_is_refused(experiment):
    with refused("'num_layer'"):
        gin_config.parse([experiment], ["AttentionRNN.num_layer = 2"])


def test_gin_files_are_configuration_only():
    folder = gin_config.gin_folder()
    kinds = {path.suffix for path in folder.rglob("*") if path.is_file()}
    assert kinds == {".gin", ".md"}
    for path in folder.rglob("*.gin"):
        text = path.read_text()
        assert text.startswith("# "), f"{path.name} does not say what it is"
        assert "'/" not in text, f"{path.name} has an absolute path"


def test_only_experiments_join_models_and_datasets():
    for kind, other in (("models", "datasets"), ("datasets", "models")):
        for path in Path(gin_config.gin_folder(), kind).glob("*.gin"):
            assert f"include '{other}/" not in path.read_text()


@pytest.mark.parametrize(
    "name", sorted(p.parent.name for p in ROOT.glob("data/pretrained/*/config.gin"))
)
def test_the_configuration_of_a_shipped_model_parses(name):
    path = ROOT / "data" / "pretrained" / name / "config.gin"
    gin_config.parse([str(path)], [])
    assert gin_config.differences(path.read_text(), gin_config.config_text()) == []
