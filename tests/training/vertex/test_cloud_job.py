"""A job's description, its price, and where its files are: no Google library needed."""

import json
import shlex

import pytest
from refusals import assert_names, refused
from repository import ROOT

from scribe import cloud
from scribe.foundation import experiments
from scribe.foundation.command_line import status_of
from scribe.training.vertex import packages, prices
from scribe.training.vertex.job import GPUS, Machines, custom_job
from scribe.training.vertex.places import CloudRun, Place

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "uri", ["gs://ada-bucket/a/b", "ada-bucket/a/b/", "ada-bucket//a/b"]
)
def test_an_address_has_one_form(uri):
    place = Place.parse(uri)
    assert str(place) == "gs://ada-bucket/a/b"
    assert str(place / "c") == "gs://ada-bucket/a/b/c"
    assert str(place.mounted) == "/gcs/ada-bucket/a/b"


@pytest.mark.parametrize("uri", ["", "gs://", "gs:///x", "gs://Ada", "/home/ada"])
def test_what_is_no_bucket_is_refused(uri):
    with refused("bucket"):
        Place.parse(uri)


def test_a_run_needs_a_bucket_and_a_name():
    with refused("--bucket"):
        CloudRun.of(None, "demo")
    for name in ("", "Demo", "a b", "a/b", "..", "x" * 64):
        with refused(f"--name={name}"):
            CloudRun.of("gs://ada-bucket", name)


def job_of(machines, run=None, **changes):
    run = run or CloudRun.of("gs://ada-bucket/runs", "demo")
    options = {"image": "an/image:1", "max_hours": 2.0} | changes
    return custom_job(run, machines, run.data, **options)["jobSpec"]


def test_a_job_trains_its_run_on_the_machines_that_were_asked_for():
    spec = job_of(Machines.of("l4", None, num_gpus=2, num_machines=3, spot=True))
    chief, others = spec["workerPoolSpecs"]
    assert (chief["replicaCount"], others["replicaCount"]) == (1, 2)
    assert chief["machineSpec"] == others["machineSpec"] == {
        "machineType": "g2-standard-8",
        "acceleratorType": "NVIDIA_L4",
        "acceleratorCount": 2,
    }  # fmt: skip
    assert spec["scheduling"] == {
        "timeout": "7200s",
        "strategy": "SPOT",
        "restartJobOnWorkerRestart": True,
    }


def test_a_job_without_a_gpu_has_no_accelerator():
    (pool,) = job_of(Machines.of("none", None))["workerPoolSpecs"]
    assert pool["machineSpec"] == {"machineType": "n1-standard-8"}


def test_names_with_odd_characters_stay_one_word_of_the_job_s_script():
    run = CloudRun.of("gs://ada-bucket/it's $HOME", "demo")
    (pool,) = job_of(Machines.of("none", None), run)["workerPoolSpecs"]
    words = shlex.split(pool["containerSpec"]["args"][0])
    for place in (run.code, run.config, run.data, run.run_folder):
        assert str(place.mounted) in words


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (("rtx", None), ["--gpu=rtx", "t4, v100, l4, a100, h100", "none"]),
        (("l4", "n1-standard-8"), ["n1-standard-8", "l4", "g2"]),
        (("t4", None, 0), [1]),
        (("t4", None, 1, 0), [1]),
    ],
)
def test_machines_that_do_not_exist_are_refused(arguments, facts):
    with refused(*facts):
        Machines.of(*arguments)


def test_a_job_of_no_length_is_refused():
    with refused("--max_hours=0", "more than 0"):
        job_of(Machines.of("none", None), max_hours=0)


TABLE = {
    "machines": {
        "n1-standard-8": {"price": 0.5, "checked": "2026-02-02", "speed": 0.5}
    },
    "gpus": {"NVIDIA_TESLA_T4": {"price": 1.0, "checked": "2026-01-01", "speed": 4.0}},
    "spot": {"share_of_price": 0.5, "checked": "2026-03-03"},
    "minutes_to_start": 15,
    "trainings": {
        "long": {"steps": 1000, "hours": 8.0},
        "turns": {"epochs": 10, "hours": 8},
    },
}


@pytest.mark.parametrize(
    ("machines", "experiment", "length", "hours", "price"),
    [
        (Machines.of("t4", None), "long", "steps = 1000", 2.25, 1.5),
        (Machines.of("t4", None), "long", "steps = %NUM_STEPS", 1.25, 1.5),
        (Machines.of("t4", None, 2), "long", "steps = 1000", 2.25, 2.5),
        (Machines.of("t4", None, 1, 3, True), "long", "steps = 1000", 2.25, 2.25),
        (Machines.of("none", None), "long", "steps = 1000", 16.25, 0.5),
        (Machines.of("t4", None), "turns", "epochs = 5", 1.25, 1.5),
        (Machines.of("t4", None), "turns", "steps = 5", None, 1.5),
        (Machines.of("t4", None), "new", "steps = 5", None, 1.5),
        (Machines.of("t4", "n1-standard-96"), "long", "steps = 1000", 2.25, None),
        (Machines.of("l4", None), "long", "steps = 1000", None, None),
    ],
)
def test_an_estimate_follows_from_the_table(machines, experiment, length, hours, price):
    text = f"NUM_STEPS = 500\ntrain.num_{length}\ntrain.summary_every = 3\n"
    found = prices.estimate(TABLE, experiment, text, machines)
    assert (found.hours, found.price) == (hours, price)


def test_an_estimate_says_what_it_is_and_how_old():
    text = "train.num_steps = 1000\n"
    found = prices.estimate(TABLE, "long", text, Machines.of("t4", None))
    assert found.sentence(10.0) == (
        "estimate: 2.2 hours; $1.50 an hour (read on 2026-01-01): "
        "$3.38, at most $15.00 in 10 hours"
    )
    assert "$1.50, at most $1.50 in 1 hours" in found.sentence(1.0)


def test_the_table_knows_every_gpu_that_can_be_asked_for():
    table = prices.load()
    for gpu in GPUS:
        machines = Machines.of(gpu, None)
        found = prices.estimate(
            table, "scribe_default_1", "train.num_steps = 5200", machines
        )
        assert found.hours > 0 and found.price > 0
    assert set(table["trainings"]) <= set(experiments.names(ROOT / "gin"))


@pytest.mark.parametrize(
    ("experiment", "num_steps", "gpu", "spot"),
    [("scribe_default_1", 5200, "t4", False), ("scribe_cloud", 12000, "l4", True)],
)
def test_the_document_that_helps_to_choose_repeats_the_table(
    experiment, num_steps, gpu, spot
):
    machines = Machines.of(gpu, None, spot=spot)
    text = f"train.num_steps = {num_steps}\n"
    found = prices.estimate(prices.load(), experiment, text, machines)
    document = (ROOT / "docs" / "train" / "WHERE.md").read_text()
    (row,) = [x for x in document.splitlines() if x.startswith(f"| `{experiment}` |")]
    assert f"{found.hours:.1f} hours and ${found.hours * found.price:.2f}" in row


@pytest.mark.parametrize(
    "change", [{"gpus": 3}, {"spot": {}}, {"machines": {"x": {"price": "much"}}}]
)
def test_a_table_that_is_none_is_refused(tmp_path, change):
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(TABLE | change))
    with refused(path):
        prices.load(path)
    path.write_text("{")
    with refused(path):
        prices.load(path)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["train"], "invalid choice: 'train'"),
        (["submit", "--gin_file=demo"], "required: --data_dir"),
        (["download", "--nam=x"], "required: --name"),
    ],
)
def test_a_mistyped_command_is_one_sentence(capsys, arguments, part):
    with pytest.raises(SystemExit) as end:
        cloud.main(arguments)
    assert end.value.code == 2
    error = capsys.readouterr().err
    assert part in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--data_dir=nowhere"], ["--bucket"]),
        (["--data_dir=nowhere", "--bucket=gs://ada-bucket"], ["nowhere"]),
    ],
)
def test_a_mistake_shows_before_anything_is_sent(capsys, arguments, facts):
    assert status_of(cloud.main, ["submit", "--gin_file=demo", *arguments]) == 2
    (error,) = (x for x in capsys.readouterr().err.splitlines() if "error:" in x)
    assert_names(error, *facts)


def test_a_missing_library_is_named_with_the_command_that_installs_it(monkeypatch):
    def missing(name):
        raise ModuleNotFoundError("No module named 'google.cloud'", name="google.cloud")

    monkeypatch.setattr(packages.importlib, "import_module", missing)
    with refused("Google", 'pip install ".[vertex]"'):
        packages.module("google.cloud.storage")
