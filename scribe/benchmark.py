"""Measures training, sampling, cold start, pages, writers and the server here.

  python -m scribe.benchmark --json=benchmark.json
  python -m scribe.benchmark --parts=start --rounds=9
  python -m scribe.benchmark --parts=page --rounds=5
  python -m scribe.benchmark --parts=writers --model=scribe_default \\
      --model=encoder_decoder
  python -m scribe.benchmark --parts=serve --clients=1,8,32 --seconds=20

Everything compared is measured in one run, in turns, and medians are printed: absolute
times depend on what else the machine does, ratios hardly do. Training is compared with
the time that its floating-point operations would take at the rate of the machine's best
matrix product. `page` is a letter by scribe.write_page, from start to file. `writers`
measures models beside each other, `serve` the web server with lines of several requests
written together and one at a time, `dataset` how many labelled words a second so many
processes (--threads) make.
"""

import json

from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

USUAL = ("training", "memory", "sampling", "start")
PARTS = (*USUAL, "page", "writers", "serve", "dataset")


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    parts = options.parts.split(",")
    for part in parts:
        if part not in PARTS:
            raise InputError(f"--parts={part}: use some of {', '.join(PARTS)}")
    options.threads = _numbers("--threads", options.threads)
    options.clients = _numbers("--clients", options.clients)
    if options.rounds < 1 or not options.seconds > 0:
        raise InputError("--rounds and --seconds must be more than 0")
    models = _models(options) if "writers" in parts else {}
    from scribe.evaluation.turns import machine

    results = {"machine": machine()}
    print(", ".join(f"{k} {v}" for k, v in results["machine"].items()))
    results |= _steps(parts, options)
    if "start" in parts:
        results["start"] = _start(options)
    if "page" in parts:
        results["page"] = _page(options)
    if models:
        results["writers"] = _writers(models, options)
    if "serve" in parts:
        results["serve"] = _serve(options)
    if "dataset" in parts:
        results["dataset"] = _dataset(options)
    if options.json:
        write_whole(options.json, f"{json.dumps(results, indent=2)}\n".encode())
        print(options.json)
    return 0


def _parser():
    parser = command_line.parser(__doc__, "scribe.benchmark")
    add = parser.add_argument
    add("--parts", default=",".join(USUAL), help=f"some of {','.join(PARTS)}")
    add("--json", metavar="FILE", help="write the figures there as well")
    add("--rounds", type=int, default=5, help="measurements of each kind (default 5)")
    add("--threads", default="1,2",
        help="numbers of threads (default 1,2); writers take the first")  # fmt: skip
    command_line.add_model(
        parser, action="append", help=f"{command_line.MODEL}; writers take several"
    )
    add = parser.add_argument_group("of the part serve").add_argument
    add("--clients", default="1,8,32", help="numbers of clients (default 1,8,32)")
    add("--seconds", type=float, default=10.0, help="of each measurement (default 10)")
    return parser


def _numbers(option: str, text: str) -> list[int]:
    try:
        numbers = [int(n) for n in text.split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1:
        raise InputError(f"{option}={text}: use numbers of 1 or more, as 1,2")
    return numbers


def _steps(parts: list[str], options) -> dict:
    """Training, its memory, and sampling, each in a process of its own."""
    from scribe.evaluation import own_process, sampling_benchmark, step_benchmark

    found = {}
    if "memory" in parts:
        found["memory"] = {
            form: own_process.measured("memory", 1, 1, form)
            for form in step_benchmark.TRAINING_FORMS
        }
    for part in ("training", "sampling"):
        if part not in parts:
            continue
        found[part] = {
            f"{n} threads": own_process.measured(part, options.rounds, n)
            for n in options.threads
        }
        for threads, figures in found[part].items():
            print()
            if part == "sampling":
                print(sampling_benchmark.rates_table(figures, threads))
            else:
                memory = found.get("memory", {})
                print(step_benchmark.table(figures, threads, memory))
    return found


def _start(options) -> dict:
    from scribe.evaluation import sampling_benchmark

    found = sampling_benchmark.cold_start(options.rounds)
    print(f"\n{sampling_benchmark.start_table(found)}")
    return found


def _page(options) -> dict:
    from scribe.evaluation import page_benchmark

    model = options.model[0] if options.model else None
    found = page_benchmark.measure(options.rounds, model)
    print(f"\n{page_benchmark.table(found)}")
    return found


def _models(options) -> dict:
    from scribe.evaluation import writer_benchmark

    return writer_benchmark.load(options.model or [None])


def _writers(models: dict, options) -> dict:
    from scribe.evaluation import writer_benchmark

    writer_benchmark.limit_threads(options.threads[0])
    found = writer_benchmark.measure(models, options.rounds)
    print(f"\n{writer_benchmark.table(found)}")
    return found


def _serve(options) -> dict:
    from scribe.web import load_test

    model = options.model[0] if options.model else None
    found = load_test.measure(options.clients, options.seconds, options.rounds, model)
    print(f"\n{load_test.table(found)}")
    return found


def _dataset(options) -> dict:
    from scribe.factory import speed

    found = speed.measure(options.threads)
    print(f"\n{speed.table(found)}")
    return found


if __name__ == "__main__":
    command_line.run(main)
