"""Trains on two devices and in two processes, in children that share one import.

  python forked_workers.py TASK FOLDER

Prints what happened as JSON. TensorFlow may be forked as long as nothing has run on it,
so only the children use it.
"""

import contextlib
import dataclasses
import itertools
import json
import os
import re
import signal
import socket
import sys
import time
import traceback
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import digit_samples
import gin
import keras
import numpy as np
import recognizer_samples
import scrabble_samples
import sketch_samples
import tensorflow as tf
import training_samples
import word_samples
from toy_training import ToyTrainer, train_toy

from scrabblegan.digits.classifier_trainer import DigitClassifierTrainer
from scrabblegan.digits.networks import DigitClassifier
from scribe.corpora.prepared import save_corpus
from scribe.foundation import command_line
from scribe.networks.reader_network import ReaderNetwork
from scribe.training import distribution, workers
from scribe.training.reader_trainer import ReaderTrainer
from scribe.training.weight_noise import AdaptiveWeightNoise

NUM_STEPS = 2  # of the trainings whose losses are compared


class SharedToy(ToyTrainer):
    """The toy whose replicas each know a part of the number only."""

    def __init__(self, dataset):
        super().__init__(dataset)
        signature = [tf.TensorSpec([], tf.float64)]
        self._update = distribution.replicated(self._update, signature)

    def train_step(self, batch):
        self.seen.append(int(batch["number"]))
        return self._update(batch["number"])

    def _update(self, number):
        part = number / distribution.num_replicas()
        self.weight.assign(0.75 * self.weight + distribution.total(part))
        self.step.assign_add(1)
        return {"loss": self.weight[0], "points": tf.constant(10.0)}


def stroke_trainer(corpus, num_shards: int):
    """With all that is random, and all that has variables of its own."""
    return training_samples.tiny_trainer(
        training_samples.tiny_dataset(corpus),
        {"dropout": 0.3},
        clip_norm=1.0,
        ema_decay=0.9,
        weight_noise=AdaptiveWeightNoise(0.05, 1e-3, 0.9),
        num_shards=num_shards,
    )


def sketch_trainer(corpus, num_shards: int):
    return sketch_samples.tiny_trainer(corpus, {"dropout": 0.3}, num_shards=num_shards)


def dense_gan(digits):
    return digit_samples.tiny_trainer(
        digit_samples.tiny_dataset(digits), kind="dense", ema_decay=0.9,
        noise_start=0.2, noise_epochs=9, clip_norm=1.0,
    )  # fmt: skip


def conditional_gan(digits):
    return digit_samples.tiny_trainer(
        digit_samples.tiny_dataset(digits), num_classes=10, ema_decay=0.9
    )


def classifier(digits):
    keras.utils.set_random_seed(0)
    return DigitClassifierTrainer(
        digit_samples.tiny_dataset(digits, batches_per_step=1),
        classifier=DigitClassifier(num_channels=3, num_features=8, dropout=0.3),
        optimizer=keras.optimizers.Adam(1e-3),
        ema_decay=0.9,
        seed=1,
    )


def reader_trainer(corpus):
    """Without dropout, whose draws depend on the number of replicas."""
    keras.utils.set_random_seed(0)
    return ReaderTrainer(
        training_samples.tiny_dataset(corpus),
        network=lambda alphabet_size: ReaderNetwork(
            6, (1, 2), 0.0, "float32", alphabet_size
        ),
        optimizer=keras.optimizers.Adam(1e-2),
        clip_norm=5.0,
        ema_decay=0.9,
        seed=1,
    )


def recognizer_trainer(words):
    keras.utils.set_random_seed(0)
    return recognizer_samples.tiny_trainer(word_samples.tiny_word_dataset(words))


def scrabble_trainer(words):
    """Its second step is one of the generator as well."""
    return scrabble_samples.tiny_scrabble_trainer(word_samples.tiny_word_dataset(words))


def trained(trainer) -> dict:
    """Metrics of each step and of validation, and all variables by number."""
    data = trainer.dataset
    batches = itertools.islice(data.train_batches(0), NUM_STEPS)
    steps = [
        {name: float(value) for name, value in trainer.train_step(batch).items()}
        for batch in data.tensors(lambda: batches)
    ]
    validation = trainer.evaluate(data.tensors(data.validation_batches))
    variables = [v.numpy().tolist() for v in workers.variables_of(trainer)]
    return {"steps": steps, "validation": validation, "variables": variables}


def two_devices(folder: Path) -> dict:
    """Each trainer on one device and on two, in steps that are not compiled."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    tf.config.run_functions_eagerly(True)
    digits = digit_samples.write_npz(folder / "mnist.npz", num_train=50, num_test=10)
    texts = {"train": ["ab", "cd"] * 4, "validation": ["bad", "cab", "ad"]}
    words = word_samples.prepared_words(folder / "words", texts)
    mirrored = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    results = {}
    for data, *makers in (
        (digits, dense_gan, conditional_gan, classifier),
        (folder / "corpus", reader_trainer),
        (words, recognizer_trainer, scrabble_trainer),
    ):
        for make in makers:
            one = trained(make(data))
            with mirrored.scope():
                results[make.__name__] = (one, trained(make(data)))
    for make in (stroke_trainer, sketch_trainer):
        with mirrored.scope():
            two = trained(make(folder / "corpus", num_shards=1))
        one = trained(make(folder / "corpus", num_shards=2))
        results[make.__name__] = (one, two)
    return results


def two_processes(folder: Path) -> dict:
    """The trainer of strokes in one process and in two, in compiled steps."""

    def train(name, num_shards):
        group = workers.join("cpu")
        with group.strategy.scope():
            result = trained(stroke_trainer(folder / "corpus", num_shards))
        (folder / name).write_text(json.dumps(result))
        group.leave()
        return 0

    children = [fork(lambda: train("alone", 2), folder / "alone.txt")]
    children += start_workers(folder, lambda i: train(f"worker_{i}", 1))
    assert [wait(child) for child in children] == [0, 0, 0]
    names = ("alone", "worker_0", "worker_1")
    return {name: json.loads((folder / name).read_text()) for name in names}


def train_shared(folder: Path, num_steps: int) -> int:
    """In a child: its exit status, as the command line would have it."""

    def main(arguments):
        group = workers.join("cpu")
        trainer = train_toy(
            folder if group.is_chief else folder / "not to be made",
            num_steps, trainer=SharedToy, validate_every=10**6, workers=group,
        )  # fmt: skip
        facts = {
            "first": (trainer.seen or [None])[0],
            "weight": float(trainer.weight[0]),
        }
        name = f"result_{group.name.replace(':', '_')}.json"
        (folder / name).write_text(json.dumps(facts))

    return command_line.status_of(main, [])


def lose(folder: Path, victim: int) -> dict:
    """kill -9 of one worker; then both start again, and then one goes on alone."""
    facts = {}
    children = start_workers(folder, lambda _: train_shared(folder, 10**6))
    wait_for(lambda: last_step(folder) >= 3)
    os.kill(children[victim], signal.SIGKILL)
    killed = time.monotonic()
    facts["survivor"] = wait(children[1 - victim])
    facts["seconds"] = time.monotonic() - killed
    wait(children[victim])
    facts["said"] = (folder / f"worker_{1 - victim}.txt").read_text()
    facts["kept"] = last_step(folder)
    together = facts["kept"] + 3
    children = start_workers(folder, lambda _: train_shared(folder, together))
    facts["again"] = [wait(child) for child in children]
    facts["results"] = [
        json.loads((folder / f"result_worker_{i}.json").read_text()) for i in (0, 1)
    ]
    alone = fork(lambda: train_shared(folder, together + 2), folder / "alone.txt")
    facts["alone"] = wait(alone)
    facts["alone_result"] = json.loads((folder / "result_chief_0.json").read_text())
    facts["stray"] = (folder / "not to be made").exists()
    return facts | {"together": together}


def stop(folder: Path) -> dict:
    """SIGTERM of the worker that is not the chief; then starts that are refused."""

    def ended(children):
        statuses = [wait(child) for child in children]
        said = [(folder / f"worker_{i}.txt").read_text() for i in (0, 1)]
        return {"statuses": statuses, "said": said, "kept": last_step(folder)}

    def train_otherwise(text):
        gin.parse_config(text)
        return train_shared(folder, 10**6)

    children = start_workers(folder, lambda _: train_shared(folder, 10**6))
    wait_for(lambda: last_step(folder) >= 3)
    os.kill(children[1], signal.SIGTERM)
    facts = {"sigterm": ended(children)}
    children = start_workers(folder, lambda _: train_otherwise("train.seed = 2"))
    facts["other settings than the run's"] = ended(children)
    children = start_workers(folder, lambda i: train_otherwise(f"train.seed = {i}"))
    facts["other settings than each other's"] = ended(children)
    return facts


def start_workers(folder: Path, work) -> list[int]:
    """Two children that find each other over TF_CONFIG; they do `work(i)`."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in (0, 1)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]

    def join(i):
        task = {"type": "worker", "index": i}
        cluster = {"worker": addresses}
        os.environ["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
        return work(i)

    return [fork(lambda i=i: join(i), folder / f"worker_{i}.txt") for i in (0, 1)]


def fork(work, log: Path) -> int:
    """The id of a child that does `work()` and ends with its status."""
    log.parent.mkdir(parents=True, exist_ok=True)
    child = os.fork()
    if child == 0:
        status = 99
        try:
            with log.open("w") as file:
                os.dup2(file.fileno(), 2)
            status = work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return child


def wait(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def wait_for(condition) -> None:
    deadline = time.monotonic() + 120.0
    while not condition():
        assert time.monotonic() < deadline, "the workers do not train"
        time.sleep(0.02)


def last_step(folder: Path) -> int:
    """Of the last checkpoint, read as text: 0 where there is none."""
    state = folder / "checkpoints" / "checkpoint"
    text = state.read_text() if state.is_file() else ""
    return int((re.findall(r'^model_checkpoint_path: ".*ckpt-(\d+)"', text) or [0])[0])


def losses(folder: Path) -> dict:
    """All comparisons, at the same time."""
    random = np.random.default_rng(0)
    counts = {"train": 12, "validation": 5, "test": 4}
    lines = {
        split: [
            # Two letters: what is not compiled takes its time for each point.
            dataclasses.replace(
                line, strokes=line.strokes[: 12 + i % 4], text=line.text[:2]
            )
            for i, line in enumerate(training_samples.scrawls(split, count, random))
        ]
        for split, count in counts.items()
    }
    save_corpus(folder / "corpus", "scrawls", lines, dropped={})
    return together(folder, {"devices": two_devices, "processes": two_processes})


def losing(folder: Path) -> dict:
    """A worker is lost, and elsewhere the chief."""
    return together(
        folder,
        {
            "worker": lambda folder: lose(folder / "worker", 1),
            "chief": lambda folder: lose(folder / "chief", 0),
        },
    )


def together(folder: Path, tasks) -> dict:
    """What `tasks` answer, who run at the same time."""

    def run(name):
        (folder / f"{name}.json").write_text(json.dumps(tasks[name](folder)))
        return 0

    children = {n: fork(lambda n=n: run(n), folder / f"{n}.txt") for n in tasks}
    for name, child in children.items():
        assert wait(child) == 0, (folder / f"{name}.txt").read_text()
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in tasks}


if __name__ == "__main__":
    task = {"losses": losses, "losing": losing, "stop": stop}[sys.argv[1]]
    print(json.dumps(task(Path(sys.argv[2]))))
