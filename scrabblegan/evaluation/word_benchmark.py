"""Measures the training step of ScrabbleGAN in its forms, on random words.

Processor time, not the clock's: on one thread they are the same while nothing else
runs, and on a busy machine only the former says what a step costs. Each form trains
networks of its own on the same batches, in turns within one run. Peak memory is that of
a process of its own, with Python and TensorFlow.
"""

import multiprocessing
import statistics
import sys
import time

import gin
import numpy as np

from scribe.foundation import gin_config
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError

# What differs from the experiment: compiled, products, reuse of the backward pass.
FORMS = {
    "eager": (False, "float32", False),
    "compiled": (True, "float32", False),
    "reuse": (True, "float32", True),
    "bfloat16": (True, "bfloat16", False),
    "bfloat16+reuse": (True, "bfloat16", True),
}
_PRODUCTS = ("generator", "discriminator", "recognizer")


class RandomWords:
    """Stands for a WordDataset: words of noise, of one length."""

    name = "random words"

    def __init__(self, batch_size: int, num_characters: int, alphabet: str):
        self.batch_size = batch_size
        self.num_characters = num_characters
        self.alphabet = Alphabet(alphabet)

    def batch(self, number: int):
        """Tensors as `words.dataset.signature` says."""
        import tensorflow as tf

        random = np.random.default_rng(number)
        shape = [self.batch_size, self.num_characters]
        columns = 16 * self.num_characters
        texts = random.integers(1, self.alphabet.size, [2, *shape])
        image = random.integers(0, 256, [self.batch_size, 32, columns, 1])
        batch = {
            "image": image.astype(np.uint8),
            "width": np.full(shape[:1], columns, np.int32),
            "text": texts[0].astype(np.int32),
            "text_length": np.full(shape[:1], self.num_characters, np.int32),
            "lexicon_text": texts[1].astype(np.int32),
            "lexicon_length": np.full(shape[:1], self.num_characters, np.int32),
        }
        return {name: tf.constant(array) for name, array in batch.items()}


def costs_per_step(
    experiment: str,
    bindings: list[str],
    forms: list[str],
    rounds: int,
    steps: int,
    batch_size: int,
    num_characters: int,
) -> dict[str, tuple[list[float], float]]:
    """Processor seconds per step of each form, one number a round, and megabytes.

    Args:
      experiment: gin file of a ScrabbleTrainer.
      bindings: further ones.
      forms: names in FORMS.
      rounds, steps: how often each form is measured, over how many steps.
      batch_size, num_characters: words per step and their length.

    Raises:
      InputError: the experiment trains something else, or there is no such form.
    """
    for form in forms:
        if form not in FORMS:
            raise InputError(f"--forms={form}: use some of {', '.join(FORMS)}")
    _check_trains_words(experiment, bindings)
    size = (batch_size, num_characters)
    memory = {form: _peak_megabytes(experiment, bindings, form, size) for form in forms}
    steppers = {form: _stepper(experiment, bindings, form, size) for form in forms}
    seconds: dict[str, list[float]] = {form: [] for form in forms}
    for stepper in steppers.values():
        stepper(0)  # traces
    for number in range(rounds):
        for form, stepper in steppers.items():
            started = time.process_time()
            for step in range(steps):
                stepper(number * steps + step)
            seconds[form].append((time.process_time() - started) / steps)
    return {form: (seconds[form], memory[form]) for form in forms}


def _check_trains_words(experiment: str, bindings: list[str]) -> None:
    gin_config.parse([experiment], bindings)
    trained = gin.get_bindings("scribe.train", resolve_references=True)["trainer"]
    if trained.__name__ != "ScrabbleTrainer":
        raise InputError(f"{experiment} trains with {trained.__name__}, not words")


def _stepper(experiment: str, bindings: list[str], form: str, size: tuple[int, int]):
    """callable(number of the batch) that trains a step."""
    compiled, products, reuse = FORMS[form]
    changes = [f"make_{network}.products = {products!r}" for network in _PRODUCTS]
    starts = [f"ScrabbleTrainer.initial_{n} = None" for n in _PRODUCTS[::2]]
    gin_config.parse([experiment], [*bindings, *changes, *starts])
    make = gin.get_bindings("scribe.train", resolve_references=True)["trainer"]
    alphabet = gin.query_parameter("WordDataset.alphabet")
    words = RandomWords(*size, alphabet)
    trainer = make(dataset=words, reuse_backward=reuse, discriminator_steps=1)
    step = trainer.train_step if compiled else trainer.update
    return lambda number: float(step(words.batch(number))["fake_nats"])


def _peak_megabytes(experiment, bindings, form: str, size) -> float:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    arguments = (sender, experiment, bindings, form, size)
    process = context.Process(target=_send_peak, args=arguments)
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise InputError(f"{form} of {experiment} does not run") from None
    finally:
        process.join()


def _send_peak(sender, experiment, bindings, form: str, size) -> None:
    import resource  # not on Windows

    from scribe.foundation import devices

    devices.select("cpu")
    stepper = _stepper(experiment, bindings, form, size)
    for number in range(2):
        stepper(number)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sender.send(peak / (2**20 if sys.platform == "darwin" else 2**10))


def costs_table(measured: dict[str, tuple[list[float], float]], batch_size: int) -> str:
    """A table: the first form is what the others are compared with."""
    medians = {form: statistics.median(s) for form, (s, _) in measured.items()}
    first = next(iter(medians.values()))
    rows = [
        "| training step | words/s | s, median | fastest | times as fast | peak MB |",
        "|---|---|---|---|---|---|",
    ]
    for form, (seconds, megabytes) in measured.items():
        median = medians[form]
        rows.append(
            f"| {form} | {batch_size / median:.1f} | {median:.3f} | {min(seconds):.3f} "
            f"| {first / median:.2f} | {megabytes:.0f} |"
        )
    return "\n".join(rows)
