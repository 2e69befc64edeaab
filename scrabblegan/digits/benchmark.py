"""Measures the training step of digits: compiled, under XLA, and as an eager loop.

Forms take the same batches in turns within one run, each with networks of its own, so
that all do the same work: absolute times depend on what else the machine does, ratios
hardly do.
"""

import statistics
import time
from collections.abc import Sequence

from scribe.foundation.errors import InputError

FORMS = ("compiled", "eager", "xla")


def seconds_per_step(
    forms: Sequence[str], rounds: int, steps: int
) -> dict[str, list[float]]:
    """Seconds per training step of each form, one number per round.

    Args:
      forms: names in FORMS.
      rounds, steps: how many measurements of each form, and over how many steps each.

    Raises:
      InputError: there is no such form.
    """
    for form in forms:
        if form not in FORMS:
            raise InputError(f"--forms={form}: use some of {', '.join(FORMS)}")
    import gin
    import tensorflow as tf

    bindings = gin.get_bindings("scribe.train", resolve_references=True)
    dataset = bindings["dataset"]()
    batches = dataset.train_batches(0)
    calls = {}
    for form in forms:
        trainer = bindings["trainer"](dataset=dataset, jit_compile=form == "xla")
        calls[form] = trainer.update if form == "eager" else trainer.train_step
        calls[form](_tensors(next(batches), tf))  # traces, compiles
    seconds: dict[str, list[float]] = {form: [] for form in forms}
    for _ in range(rounds):
        taken = [_tensors(next(batches), tf) for _ in range(steps)]
        for form, call in calls.items():
            started = time.perf_counter()
            for batch in taken:
                float(call(batch)["critic_loss"])
            seconds[form].append((time.perf_counter() - started) / steps)
    return seconds


def _tensors(batch, tf):
    return {name: tf.constant(array) for name, array in batch.items()}


def seconds_table(seconds: dict[str, list[float]]) -> str:
    """A table in Markdown: the first form is what the others are compared with."""
    medians = {form: statistics.median(values) for form, values in seconds.items()}
    first = next(iter(medians.values()))
    rows = [
        "| training step | ms, median | fastest | slowest | over the first |",
        "|---|---|---|---|---|",
    ]
    for form, values in seconds.items():
        rows.append(
            f"| {form} | {1e3 * medians[form]:.1f} | {1e3 * min(values):.1f} | "
            f"{1e3 * max(values):.1f} | {medians[form] / first:.2f} |"
        )
    return "\n".join(rows)
