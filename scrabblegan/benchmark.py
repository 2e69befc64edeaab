"""Measures training steps: of digits, and of words in all forms.

  python -m scrabblegan.benchmark --gin_file=digits_recipe --data_dir=data/digits
  python -m scrabblegan.benchmark --gin_file=scrabblegan_2 --words=5

The same networks take the same batches in turns within one run, and medians are
printed: absolute times depend on what else the machine does, ratios hardly do. Digits
are measured compiled, under XLA, and as an eager loop. With --words, random words of so
many characters are, without a corpus: eager in float32, compiled, with bfloat16, and
with the discriminator's backward pass reused for the generator.
"""

import logging
import os
import statistics
import time

from scribe.foundation import command_line
from scribe.foundation.errors import InputError

FORMS = ("compiled", "eager", "xla")


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.benchmark")
    add = parser.add_argument
    add(
        "--gin_file", default="digits_recipe", help="experiment (default digits_recipe)"
    )
    add("--gin_param", action="append", default=[], help="a binding; may be repeated")
    add("--data_dir", default="data/digits", help="corpus, as for training")
    add("--rounds", type=int, default=5, help="measurements of each form (default 5)")
    add("--steps", type=int, default=20, help="steps per measurement (default 20)")
    add("--forms", help=f"of {','.join(FORMS)}; of words, of its table")
    add("--words", type=int, metavar="N", help="measure words of N characters")
    add("--batch_size", type=int, default=16, help="words per step (default 16)")
    options = parser.parse_args(arguments)
    if min(options.rounds, options.steps, options.batch_size) < 1:
        raise InputError("--rounds, --steps and --batch_size must be 1 or more")
    if options.words is not None:
        return _measure_words(options)
    forms = options.forms.split(",") if options.forms else FORMS[:2]
    for form in forms:
        if form not in FORMS:
            raise InputError(f"--forms={form}: use some of {', '.join(FORMS)}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.basicConfig(format="%(message)s")
    from scribe.foundation import gin_config
    from scribe.networks import devices

    devices.select("cpu")
    bindings = [*options.gin_param, f"DATA_DIR = {options.data_dir!r}"]
    gin_config.parse([options.gin_file], bindings)
    seconds = measure(forms, options.rounds, options.steps)
    _print_table(seconds)
    return 0


def _measure_words(options) -> int:
    if not 1 <= options.words <= 20:
        raise InputError(f"--words={options.words}: use 1 to 20 characters")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from scrabblegan.evaluation import word_benchmark
    from scribe.networks import devices

    devices.select("cpu")
    forms = options.forms.split(",") if options.forms else list(word_benchmark.FORMS)
    measured = word_benchmark.measure(
        options.gin_file,
        options.gin_param,
        forms,
        options.rounds,
        options.steps,
        options.batch_size,
        options.words,
    )
    print(word_benchmark.report(measured, options.batch_size))
    return 0


def measure(forms: list[str], rounds: int, steps: int) -> dict[str, list[float]]:
    """Seconds per training step of each form, one number per round.

    Each form trains networks of its own, so that all do the same work.
    """
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


def _print_table(seconds: dict[str, list[float]]) -> None:
    medians = {form: statistics.median(values) for form, values in seconds.items()}
    first = next(iter(medians.values()))
    print("| training step | ms, median | fastest | slowest | over the first |")
    print("|---|---|---|---|---|")
    for form, values in seconds.items():
        print(
            f"| {form} | {1e3 * medians[form]:.1f} | {1e3 * min(values):.1f} | "
            f"{1e3 * max(values):.1f} | {medians[form] / first:.2f} |"
        )


if __name__ == "__main__":
    command_line.run(main)
