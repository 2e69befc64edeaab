"""The command lines of scrabblegan, as their users run them."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from digit_samples import write_folders, write_npz
from PIL import Image
from refusals import assert_names, assert_refusal

import scrabblegan
from scrabblegan import benchmark, evaluate, publish, sample
from scrabblegan.digits.judge import Judge
from scrabblegan.digits.networks import DigitClassifier
from scribe import train
from scribe.foundation import gin_config
from scribe.foundation.command_line import status_of

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
EXPERIMENTS = ("digits_recipe", "digits_wgan_gp", "digits_conditional")
SMALL = [
    "--gin_param=DenseGenerator.num_units = 8",
    "--gin_param=DenseCritic.num_units = 8",
]
SMALL_CONV = ["--gin_param=NUM_CHANNELS = 2"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return write_folders(tmp_path_factory.mktemp("corpora") / "digits")


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    return write_npz(tmp_path_factory.mktemp("corpora") / "mnist.npz")


@pytest.fixture(scope="module")
def runs(tmp_path_factory, folders, npz):
    """Run folders of tiny trainings by name, and one of an untrained classifier."""
    place = tmp_path_factory.mktemp("runs")
    for experiment in EXPERIMENTS:
        corpus = folders if experiment == "digits_recipe" else npz
        assert run_training(experiment, corpus, place / experiment) == 0
    network = DigitClassifier(num_channels=2, num_features=6, dropout=0.0)
    weights = {name: v.numpy() for name, v in network.named_weights().items()}
    judge = Judge(place, network.sizes, weights)
    (place / "classifier").mkdir()
    judge.save(place / "classifier", {})
    return place


def run_training(experiment, corpus, folder, *more) -> int:
    arguments = [
        f"--gin_file={experiment}",
        "--gin_file=testing/tiny_digits.gin",
        f"--data_dir={corpus}",
        f"--save_dir={folder}",
        "--gin_param=CRITIC_STEPS = 1",  # each is traced
        *(SMALL if experiment == "digits_recipe" else SMALL_CONV),
        *more,
    ]
    return status_of(train.main, arguments)


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_trains_and_leaves_a_generator(runs, experiment):
    generator = scrabblegan.load(str(runs / experiment))
    assert generator.sample(3).shape == (3, 28, 28)
    assert generator.is_conditional == (experiment == "digits_conditional")
    operative = (runs / experiment / "operative_config.gin").read_text()
    assert "DigitTrainer.penalty_weight = 10.0" in operative


@pytest.mark.parametrize("experiment", [*EXPERIMENTS, "digits", "digits_classifier"])
@pytest.mark.usefixtures("without_tracing")
def test_no_binding_of_an_experiment_is_in_vain(experiment, npz, clean_gin):
    gin_config.parse(
        [experiment, "testing/tiny_digits.gin"], [f"DATA_DIR = {str(npz)!r}"]
    )
    bindings = clean_gin.get_bindings("scribe.train")
    dataset = bindings["dataset"]()
    trainer = bindings["trainer"](dataset=dataset)
    metrics = trainer.train_step(
        next(iter(dataset.tensors(lambda: dataset.train_batches(0))))
    )
    assert all(math.isfinite(value) for value in metrics.values())
    loop_s_own = ("train.", "NUM_EPOCHS")  # this test plays the loop
    assert [n for n in gin_config.unused() if not n.startswith(loop_s_own)] == []


PARAMETERS = {
    "digits_recipe": 1_620_753,
    "digits_wgan_gp": 513_890,
    "digits_conditional": 587_948,
    "digits": 513_890,
    "digits_classifier": 105_866,
}


@pytest.mark.parametrize("experiment", PARAMETERS)
def test_the_networks_have_the_sizes_in_the_table_of_gin_files(
    experiment, npz, clean_gin
):
    gin_config.parse(
        [experiment], [f"DATA_DIR = {str(npz)!r}", "DigitDataset.batch_size = 4"]
    )
    bindings = clean_gin.get_bindings("scribe.train")
    shapes = bindings["trainer"](dataset=bindings["dataset"]()).describe()
    count = sum(math.prod(shape) for shape in shapes.values())
    assert count == PARAMETERS[experiment]
    readme = (ROOT / "gin" / "README.md").read_text()
    (row,) = [r for r in readme.splitlines() if r.startswith(f"| `{experiment}` |")]
    assert f"| {count:,} |" in row


def test_the_recipe_binds_what_makes_it_the_recipe(clean_gin):
    gin_config.parse(["digits_recipe"], [])
    text = gin_config.config_text().splitlines()
    for binding in (
        "DenseGenerator.latent_dim = 100",
        "DenseGenerator.num_units = 512",  # 512, 1024, 784
        "DenseCritic.num_units = 256",  # 256, 128, 1
        "DigitTrainer.rate_decay = 0.5",
        "DigitTrainer.rate_decay_epochs = 5",
        "NUM_EPOCHS = 50",
    ):
        assert binding in text
    generator, critic = (
        clean_gin.query_parameter(f"{name}/Adam.learning_rate")
        for name in ("generator", "critic")
    )
    assert generator == pytest.approx(10 * critic)
    assert clean_gin.query_parameter("DigitTrainer.clip_norm") > 0
    assert clean_gin.query_parameter("DigitTrainer.noise_start") > 0
    # Losses every 100 batches, a grid every 10 epochs.
    steps = clean_gin.query_parameter("train.summary_every")
    assert f"CRITIC_STEPS = {100 // steps}" in text
    assert clean_gin.query_parameter("train.validate_every_epochs") == 10


def test_gulrajani_s_settings_are_those_of_the_paper(clean_gin):
    gin_config.parse(["digits_wgan_gp"], [])
    query = clean_gin.query_parameter
    assert query("DigitTrainer.penalty_weight") == 10.0
    assert "CRITIC_STEPS = 5" in gin_config.config_text().splitlines()
    for name in ("generator", "critic"):
        assert query(f"{name}/Adam.learning_rate") == 1e-4
        assert query(f"{name}/Adam.beta_2") == 0.9
    assert query("train.summary_every") * 5 == 100  # batches
    assert query("DigitTrainer.clip_norm") is None
    assert query("DigitTrainer.noise_start") == 0.0


@pytest.mark.slow
def test_a_finished_training_says_so_and_a_changed_one_is_refused(runs, npz, capsys):
    folder = runs / "digits_wgan_gp"
    assert run_training("digits_wgan_gp", npz, folder) == 0
    capsys.readouterr()
    change = "--gin_param=DigitTrainer.penalty_weight = 5.0"
    assert run_training("digits_wgan_gp", npz, folder, change) == 2
    assert "DigitTrainer.penalty_weight: 10.0 -> 5.0" in capsys.readouterr().err


@pytest.mark.slow
def test_a_grid_and_a_number_are_drawn_into_png_files(runs, tmp_path, capsys):
    grid, number = tmp_path / "new" / "grid.png", tmp_path / "number.png"
    model = f"--model={runs / 'digits_conditional'}"
    arguments = [model, "--num_samples=9", f"--output={grid}", "--scale=1"]
    assert status_of(sample.main, arguments) == 0
    assert capsys.readouterr().out.strip() == str(grid)
    expected = scrabblegan.load(str(runs / "digits_conditional")).sample(9)
    with Image.open(grid) as image:
        pixels = np.asarray(image)
    assert pixels.shape == (84, 84)
    np.testing.assert_array_equal(pixels[28:56, :28], expected[3])
    # The options' earlier names go on, with a hint.
    arguments = [model, "--text=2026", "--count=2", f"--output={number}", "--scale=3"]
    assert status_of(sample.main, [*arguments, "--style_seed=0"]) == 0
    assert "--num_samples" in capsys.readouterr().err
    with Image.open(number) as image:
        assert image.size == (4 * 28 * 3, 2 * 28 * 3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--model=nowhere"], "there is no model 'nowhere'"),
        (["--model=digits_classifier"], "is no model that draws"),
        (["--output=a.jpg"], "its ending must be .png"),
        (["--num_samples=0"], "--num_samples=0: use 1 to 10000"),
        (["--num_samples=x"], "invalid int value"),
        (["--seed=-1"], "seed=-1: use 0 or more"),
        (["--scale=0"], "--scale=0: use 1 to 100"),
        (["--modle=digits"], "unrecognized arguments"),
    ],
)
def test_wrong_options_of_sample_are_answered_by_a_sentence(arguments, sentence):
    result = run_module("scrabblegan.sample", *arguments)
    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_seed_that_no_generator_takes_is_refused(capsys):
    for option in ("--seed", "--style_to"):
        status = status_of(sample.main, [f"{option}={10**24}"])
        assert_refusal(capsys, status, f"{option}={10**24}", 2**63 - 1)


def run_module(module, *arguments):
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.slow
def test_a_text_for_an_unconditional_model_is_refused(runs, tmp_path, capsys):
    arguments = [f"--model={runs / 'digits_wgan_gp'}", "--text=1"]
    assert status_of(sample.main, [*arguments, f"--output={tmp_path}/a.png"]) == 2
    assert "cannot be asked for one" in capsys.readouterr().err
    arguments = [f"--model={runs / 'digits_conditional'}", "--text=1a"]
    assert status_of(sample.main, [*arguments, f"--output={tmp_path}/a.png"]) == 2
    assert_names(capsys.readouterr().err, "'a'", 0, 9)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_models_are_measured_side_by_side_in_one_table(runs, npz, tmp_path, capsys):
    names = [str(runs / name) for name in ("digits_wgan_gp", "digits_conditional")]
    arguments = [
        *(f"--model={name}" for name in names),
        f"--classifier={runs / 'classifier'}",
        f"--data_dir={npz}",
        "--num_samples=150",
        f"--json={tmp_path / 'result.json'}",
    ]
    assert status_of(evaluate.main, arguments) == 0
    printed = capsys.readouterr().out
    assert "150 samples each against 50 held-out images" in printed
    result = json.loads((tmp_path / "result.json").read_text())
    assert list(result["rows"]) == ["real", *names]
    for name, row in result["rows"].items():
        assert row["frechet_distance"] > 0
        assert sum(row["class_shares"]) == pytest.approx(1.0)
        assert 0 <= row["balance"] <= 1 and 0 <= row["confident"] <= 1
        assert (name if name != "real" else "real images (floor)") in printed
    conditional = result["rows"][names[1]]
    assert conditional["asked"] == pytest.approx(np.mean(conditional["asked_by_digit"]))
    assert "asked" not in result["rows"][names[0]]


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--num_samples=5"], ["--num_samples=5", 100]),
        (["--model=nowhere"], ["'nowhere'", "digits_conditional"]),
        (["--model=scribe_default"], ["'attention_rnn'", "digit_generator"]),
        (["--model=digits_classifier"], ["digits_classifier"]),
    ],
)
def test_wrong_options_of_evaluate_are_answered(arguments, facts, capsys):
    assert_refusal(capsys, status_of(evaluate.main, arguments), *facts)


@pytest.mark.slow
def test_a_missing_corpus_is_named_by_training_and_evaluation(runs, tmp_path, capsys):
    missing = tmp_path / "nowhere"
    status = run_training("digits_recipe", missing, tmp_path / "run")
    assert_refusal(capsys, status, missing, "docs/understand/DIGITS.md")
    arguments = [
        f"--model={runs / 'digits_recipe'}",
        f"--classifier={runs / 'classifier'}",
        f"--data_dir={missing}",
    ]
    assert_refusal(capsys, status_of(evaluate.main, arguments), missing)


@pytest.mark.slow
def test_the_benchmark_measures_each_form(npz, capsys):
    arguments = ["--gin_file=digits_recipe", f"--data_dir={npz}", "--rounds=1"]
    arguments += ["--steps=1", "--gin_param=DigitDataset.batch_size = 4"]
    assert status_of(benchmark.main, arguments) == 0
    rows = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()]
    assert rows[2:] == ["compiled", "eager"]
    assert status_of(benchmark.main, ["--forms=fast"]) == 2


@pytest.mark.slow
def test_publishing_copies_a_model_without_its_machine(runs, tmp_path, capsys):
    run, output = runs / "digits_wgan_gp", tmp_path / "shipped"
    (output / "README.md").parent.mkdir()
    (output / "README.md").write_text("stays")
    arguments = [f"--model={run}", f"--output={output}"]
    assert status_of(publish.main, arguments) == 0
    names = sorted(path.name for path in output.iterdir())
    assert names == ["README.md", "config.gin", "model.json", "weights.npz"]
    config_text = (output / "config.gin").read_text()
    assert "DATA_DIR = 'data/mnist.npz'" in config_text
    assert str(tmp_path.parent) not in config_text
    np.testing.assert_array_equal(
        scrabblegan.load(str(output)).sample(3), scrabblegan.load(str(run)).sample(3)
    )
    assert status_of(publish.main, [*arguments, "--z_scale=0.5"]) == 0
    assert scrabblegan.load(str(output)).z_scale == 0.5
    assert status_of(publish.main, [*arguments, "--z_scale=-1"]) == 2
    assert status_of(publish.main, [arguments[0], f"--output={run}"]) == 2
    judge = [f"--model={runs / 'classifier'}", arguments[1], "--z_scale=1"]
    assert status_of(publish.main, judge) == 2
    assert "z_scale" in capsys.readouterr().err.splitlines()[-1]
    (output / "config.gin").unlink()
    again = [f"--model={output}", f"--output={tmp_path / 'other'}"]
    assert_refusal(capsys, status_of(publish.main, again), output, "config.gin")
