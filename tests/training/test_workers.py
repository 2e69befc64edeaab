"""Who trains together, as TF_CONFIG says, and how the loss of a worker is named."""

import json

import keras
import pytest
import tensorflow as tf
from refusals import refused
from training_samples import tiny_dataset, tiny_trainer

from scribe.foundation.errors import WorkFailed
from scribe.training import workers
from scribe.training.workers import Workers

pytestmark = pytest.mark.unit

HOSTS = ("a:2222", "b:2222", "c:2222")


def tf_config(kind, index, **cluster):
    return json.dumps({"cluster": cluster, "task": {"type": kind, "index": index}})


@pytest.fixture
def strategies(monkeypatch):
    """Notes which strategies were made, instead of waiting for other machines."""
    made = []

    def make(name):
        return lambda: made.append(name) or tf.distribute.get_strategy()

    for name in ("MirroredStrategy", "MultiWorkerMirroredStrategy"):
        monkeypatch.setattr(tf.distribute, name, make(name))
    return made


def test_without_tf_config_one_device_trains_alone(strategies):
    group = workers.join("cpu", {})
    assert group.is_chief
    assert strategies == []


@pytest.mark.parametrize(("count", "made"), [(1, []), (2, ["MirroredStrategy"])])
def test_several_gpus_are_mirrored(count, made, strategies, monkeypatch):
    gpus = [f"GPU:{i}" for i in range(count)]
    monkeypatch.setattr(tf.config, "get_visible_devices", lambda kind: gpus)
    assert workers.join("gpu", {}).is_chief
    assert strategies == made
    assert workers.join("cpu", {}).is_chief
    assert strategies == made


@pytest.mark.parametrize(
    ("kind", "index", "cluster", "name", "is_chief"),
    [
        ("worker", 0, {"worker": HOSTS}, "worker:0", True),
        ("worker", 2, {"worker": HOSTS}, "worker:2", False),
        ("chief", 0, {"worker": HOSTS[1:], "chief": HOSTS[:1]}, "chief:0", True),
        ("worker", 0, {"worker": HOSTS[1:], "chief": HOSTS[:1]}, "worker:0", False),
    ],
)
def test_the_chief_or_else_the_first_worker_is_the_chief(
    kind, index, cluster, name, is_chief, strategies
):
    group = workers.join("cpu", {"TF_CONFIG": tf_config(kind, index, **cluster)})
    assert (group.name, group.is_chief) == (name, is_chief)
    assert len(group.names) == 3
    assert strategies == ["MultiWorkerMirroredStrategy"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "{}", '{"cluster": {}}', tf_config("chief", 0, chief=HOSTS[:1])],
)
def test_a_cluster_of_one_is_no_cluster(text, strategies):
    assert workers.join("cpu", {"TF_CONFIG": text}).is_chief
    assert strategies == []


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("{", ["line 1 column 2"]),
        ("[]", ["list"]),
        ('{"cluster": {"worker": 3}}', ["int"]),
        (
            tf_config("worker", 3, worker=HOSTS),
            ["worker:3", "worker:0, worker:1, worker:2"],
        ),
        (
            tf_config("evaluator", 0, worker=HOSTS),
            ["evaluator:0", "worker:0, worker:1, worker:2"],
        ),
        (
            tf_config("ps", 0, worker=HOSTS, ps=["d:1"]),
            ["ps:0", "worker:0, worker:1, worker:2"],
        ),
        (
            json.dumps({"cluster": {"worker": HOSTS}}),
            ["not named", "worker:0, worker:1, worker:2"],
        ),
    ],
)
def test_a_tf_config_without_sense_is_refused(text, facts, strategies):
    with refused("TF_CONFIG", *facts):
        workers.join("cpu", {"TF_CONFIG": text})
    assert strategies == []


def test_an_address_that_cannot_be_used_is_named(monkeypatch):
    def fail():
        raise tf.errors.UnknownError(None, None, "Could not start gRPC server\nat ...")

    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", fail)
    text = tf_config("worker", 1, worker=HOSTS)
    with refused("worker:1", "Could not start gRPC server"):
        workers.join("cpu", {"TF_CONFIG": text})


def group_of_three():
    names = ("chief:0", "worker:0", "worker:1")
    return Workers(tf.distribute.get_strategy(), names, "worker:0")


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        (
            "Graph execution error:\n\nThe following tasks are unhealthy (stopped "
            "sending heartbeats):\n/job:worker/replica:0/task:1\nThey have crashed",
            ["worker:0", "worker:1", "all 3 workers"],
        ),
        (
            "Reported by /job:worker/replica:0/task:0\nfrom /job:chief/task:0",
            ["worker:0", "chief:0", "all 3 workers"],
        ),
        (
            "Graph execution error:\n\nCollective ops is aborted by: Socket closed\n",
            ["worker:0", "Collective ops is aborted by: Socket closed"],
        ),
    ],
)
def test_the_worker_that_was_lost_is_named_if_it_is_known(message, facts):
    with refused(*facts, error=WorkFailed), group_of_three().watched():
        raise tf.errors.UnavailableError(None, None, message)


def test_errors_of_one_s_own_stay_what_they_are():
    with pytest.raises(tf.errors.ResourceExhaustedError), group_of_three().watched():
        raise tf.errors.ResourceExhaustedError(None, None, "out of memory")
    alone = Workers(tf.distribute.get_strategy())
    with pytest.raises(tf.errors.UnavailableError), alone.watched():
        raise tf.errors.UnavailableError(None, None, "a disk, say")


def test_one_process_agrees_with_itself():
    alone = Workers(tf.distribute.get_strategy())
    assert alone.any(True) and not alone.any(False)
    assert alone.all_have("settings")


def test_the_variables_of_a_trainer_are_those_of_its_checkpoint(tiny_corpus):
    trainer = tiny_trainer(
        tiny_dataset(tiny_corpus), optimizer=keras.optimizers.Adam(0.01), ema_decay=0.9
    )
    found = {id(variable) for variable in workers.variables_of(trainer)}
    variables = [trainer.step, *trainer.averages, *trainer._weights]
    variables += [variable.value for variable in trainer.optimizer.variables]
    assert len(found) == len(variables)
    assert found == {id(variable) for variable in variables}
