"""What happens before a job starts: its configuration is read, its files are sent."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from scribe.foundation.errors import InputError
from scribe.foundation.json_files import parse_json
from scribe.training.vertex import code_archive
from scribe.training.vertex.places import CloudRun, Place
from scribe.training.vertex.service import JobService
from scribe.training.vertex.storage import Storage

_BUSY = ("QUEUED", "PENDING", "RUNNING", "PAUSED", "UPDATING")


def configuration(gin_files: list[str], gin_params: list[str]) -> str:
    """All that gin files and bindings say, in one text: mistakes show before they cost.

    Raises:
      InputError: a file is missing, a binding is wrong, or the training begins with
        another model, which is not sent.
    """
    from scribe.foundation import gin_config

    gin_config.parse(gin_files, gin_params)
    if models := gin_config.initial_models():
        bound = ", ".join(f"{name} = {value}" for name, value in models.items())
        raise InputError(
            f"{bound}: a job begins with fresh weights, other models are not sent"
        )
    return gin_config.config_text()


def data_place(data_dir: str, run: CloudRun) -> tuple[Place, Path | None]:
    """Where the job finds its data, and what is to be sent there: None for gs://...

    Raises:
      InputError: there is nothing to send.
    """
    if data_dir.startswith("gs://"):
        return Place.parse(data_dir), None
    path = Path(data_dir)
    if path.is_file():
        return run.data / path.name, path
    if not path.is_dir() or not any(path.iterdir()):
        raise InputError(f"--data_dir={data_dir}: there is nothing to train on")
    return run.data, path


def send(
    storage: Storage,
    run: CloudRun,
    config_text: str,
    data: Place,
    local_data: Path | None,
    report: Callable[[str], None],
) -> None:
    """Puts code, configuration and data into the bucket.

    Raises:
      InputError: there is no bucket or no data, a job is at work on this run, or the
        run was trained with another configuration.
    """
    storage.check_bucket(run.place)
    _check_idle(storage, run)
    _check_configuration(storage, run, config_text, report)
    if local_data is not None:
        storage.send(local_data, run.data, report)
    elif storage.read(data) is None and not storage.checksums(data):
        raise InputError(f"--data_dir={data}: there is nothing to train on")
    storage.write(run.code, code_archive.pack())
    storage.write(run.config, config_text.encode())


def _check_idle(storage: Storage, run: CloudRun) -> None:
    note = storage.read(run.job)
    if note is None:
        return
    state, _ = job_state(run, note)
    if state in _BUSY:
        raise InputError(
            f"{run.place} has a job already, which is {state}: see monitor, or choose "
            "another --name"
        )


def _check_configuration(storage: Storage, run: CloudRun, text: str, report) -> None:
    from scribe.foundation.gin_config import differences

    trained = storage.read(run.run_folder / "config.gin")
    if trained is None:
        return
    changed = differences(trained.decode(), text)
    if changed:
        raise InputError(
            f"{run.place} was trained with other settings ({'; '.join(changed)}): use "
            "them or another --name"
        )
    report(f"{run.place} goes on from where it stopped")


def note(job_name: str) -> bytes:
    """What the bucket keeps of a job, for `job_state`."""
    submitted = datetime.now(UTC).isoformat(timespec="seconds")
    return (json.dumps({"job": job_name, "submitted": submitted}) + "\n").encode()


def job_state(run: CloudRun, noted: bytes) -> tuple[str, str]:
    """State and error of the job that was noted; LOST if Vertex AI does not know it."""
    try:
        name = parse_json(noted)["job"]
        _, project, _, region, _, _ = name.split("/")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{run.job} is damaged: {error!r}") from error
    found = JobService(project, region).state(name)
    return found or ("LOST", f"Vertex AI does not know {name}")
