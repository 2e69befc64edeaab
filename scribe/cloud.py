"""Trains on Google's Vertex AI, with the code and the configuration of this machine.

  python -m scribe.cloud submit --bucket=gs://my-bucket --gin_file=scribe_cloud \\
      --data_dir=data/iam_ondb --gpu=l4 --spot
  python -m scribe.cloud monitor --bucket=gs://my-bucket --name=scribe_cloud --follow
  python -m scribe.cloud download --bucket=gs://my-bucket --name=scribe_cloud

A job that lost its machine goes on from its last checkpoint, and so does `submit` with
the same --name. docs/operate/VERTEX_AI_SETUP.md says what has to be set up once.
"""

import sys
from pathlib import Path

from scribe.foundation import command_line
from scribe.foundation.errors import InputError, WorkFailed
from scribe.foundation.locks import sole_writer
from scribe.training.vertex import prices
from scribe.training.vertex.job import DEFAULT_IMAGE, GPUS, Machines, custom_job
from scribe.training.vertex.places import CloudRun

PROGRAM = "scribe.cloud"


def main(arguments=None) -> int:
    options = _parser().parse_args(arguments)
    return options.action(options)


def _parser():
    parser = command_line.parser(__doc__, PROGRAM)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(action, sentence):
        sub = commands.add_parser(action.__name__, help=sentence, allow_abbrev=False)
        sub.set_defaults(action=action)
        sub.add_argument("--bucket", help="gs://bucket or gs://bucket/folder")
        return sub, sub.add_argument

    submitted, add = command(submit, "starts a training, or goes on with one")
    add("--name", help="of the run (default: the experiment)")
    add("--gin_file", action="append", required=True, metavar="FILE",
        help="gin file or name of an experiment; may be repeated")  # fmt: skip
    add("--gin_param", action="append", default=[], metavar="BINDING",
        help="a single binding, such as 'NUM_STEPS = 1000'")  # fmt: skip
    add("--data_dir", required=True,
        help="prepared corpus: a folder here, which is sent, or gs://...")  # fmt: skip
    add("--project", help="of Google Cloud (default: the credentials' own)")
    add("--region", default="us-central1", help="default us-central1")
    add("--gpu", default="t4", help=f"{', '.join(GPUS)} or none (default t4)")
    add("--num_gpus", type=int, default=1, help="per machine")
    add("--machine_type", help="default: one that takes the GPU")
    add("--num_machines", type=int, default=1, help="the first is the chief")
    add("--spot", action="store_true",
        help="spare capacity: cheaper, may be taken away, goes on later")  # fmt: skip
    add("--image", default=DEFAULT_IMAGE, help=f"container ({DEFAULT_IMAGE})")
    add("--service_account", help="as whom the job runs")
    add("--max_hours", type=float, default=24.0, help="after which it ends (24)")
    add("--prices", default=prices.TABLE, metavar="FILE", help="table for the estimate")
    add("--dry_run", action="store_true", help="print the job as JSON, and stop")

    monitored, add = command(monitor, "shows state, log and metrics of a job")
    add("--name", required=True, help="of the run")
    add("--lines", type=int, default=10, help="of the log to begin with (10)")
    add("--follow", action="store_true", help="keep on until the job ends")
    add("--every", type=float, default=30.0, help="seconds between looks (30)")

    downloaded, add = command(download, "fetches the run folder and verifies it")
    add("--name", required=True, help="of the run")
    add("--output", help="run folder here (default: saved/<name>)")

    # One page of help for the three of them.
    parser.epilog = "\n".join(
        sub.format_help() for sub in (submitted, monitored, downloaded)
    )
    return parser


def submit(options) -> int:
    from scribe.training.vertex import service, submission

    experiment = Path(options.gin_file[0]).stem
    run = CloudRun.of(options.bucket, options.name or experiment)
    machines = Machines.of(
        options.gpu,
        options.machine_type,
        options.num_gpus,
        options.num_machines,
        options.spot,
    )
    table = prices.load(options.prices)
    data, local_data = submission.data_place(options.data_dir, run)
    job = custom_job(
        run, machines, data, options.image, options.max_hours, options.service_account
    )
    described = service.checked(job)
    text = submission.configuration(options.gin_file, options.gin_param)
    estimate = prices.estimate(table, experiment, text, machines)
    if options.dry_run:
        print(described)
        _say(estimate.sentence(options.max_hours))
        return 0
    project = options.project or service.default_project()
    storage = _storage(project)
    submission.send(storage, run, text, data, local_data, _say)
    name = service.JobService(project, options.region).submit(job)
    print(name)
    storage.write(run.job, submission.note(name))
    _say(estimate.sentence(options.max_hours))
    _say(f"its own log: {service.console_page(name)}")
    where = f"--bucket={options.bucket} --name={run.name}"
    _say(f"python -m {PROGRAM} monitor {where} --follow")
    return 0


def monitor(options) -> int:
    from scribe.training.vertex.submission import job_state
    from scribe.training.vertex.watch import Watch

    run = CloudRun.of(options.bucket, options.name)
    storage = _storage()
    storage.check_bucket(run.place)
    note = storage.read(run.job)
    if note is None:
        raise InputError(f"no job was submitted to {run.place}")
    watch = Watch(
        storage, run, lambda: job_state(run, note), print, num_lines=options.lines
    )
    state, message = watch.follow(options.every) if options.follow else watch.look()
    if state in ("FAILED", "EXPIRED", "CANCELLED", "LOST"):
        raise WorkFailed(
            f"the job is {state}{f' ({message})' if message else ''}; what it trained "
            "is in the bucket: download fetches it, and submit with the same options "
            "goes on"
        )
    return 0


def download(options) -> int:
    from scribe.training.vertex import verification

    run = CloudRun.of(options.bucket, options.name)
    folder = Path(options.output or f"saved/{run.name}")
    storage = _storage()
    storage.check_bucket(run.place)
    verification.check_same_run(folder, storage.read(run.run_folder / "config.gin"))
    with sole_writer(folder):
        if not storage.fetch(run.run_folder, folder, _say):
            raise InputError(f"{run.run_folder} is empty: the job has not trained yet")
        for sentence in verification.verify(folder):
            _say(sentence)
    print(folder)
    return 0


def _storage(project: str | None = None):
    from scribe.training.vertex.storage import Storage

    return Storage(project)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    command_line.run(main)
