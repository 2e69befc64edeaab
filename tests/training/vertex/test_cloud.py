"""python -m scribe.cloud against an imitation of Google Cloud, without a network."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from google_cloud_imitation import BUCKET, PROJECT, running
from writing_samples import saved

from scribe import cloud
from scribe.foundation.command_line import status_of
from scribe.foundation.errors import WorkFailed
from scribe.models import stroke_model
from scribe.training.mirrored import LOG
from scribe.training.vertex import packages, service, watch

WHY = "the extra [vertex] is not installed"
pytest.importorskip("google.cloud.storage", reason=WHY)
pytest.importorskip("google.cloud.aiplatform_v1", reason=WHY)

pytestmark = pytest.mark.integration

BINDING = "--gin_param=AttentionRNN.num_units = 7"
RUNNING = ("JOB_STATE_QUEUED", "JOB_STATE_PENDING", "JOB_STATE_RUNNING")


@pytest.fixture
def google(monkeypatch):
    """The imitation, with credentials that are nobody's."""
    auth = packages.module("google.auth")
    nobody = packages.module("google.auth.credentials").AnonymousCredentials()
    with running() as (imitation, address):
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", address)
        monkeypatch.setattr(service, "endpoint", lambda region: address)
        monkeypatch.setattr(auth, "default", lambda *_, **__: (nobody, PROJECT))
        yield imitation


@pytest.fixture
def corpus(tmp_path):
    """Something to send; only a job would look at what it is."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("corpus.json", "train.npz", "validation.npz"):
        (folder / name).write_bytes(name.encode() * 3)
    return folder


def run(*arguments) -> int:
    return status_of(cloud.main, [str(a) for a in arguments])


def submit(data_dir, *arguments) -> int:
    return run(
        *("submit", f"--bucket=gs://{BUCKET}/runs", "--gin_file=demo"),
        *(f"--data_dir={data_dir}", *arguments),
    )


def look_at(command, *arguments, name="demo") -> int:
    return run(command, f"--bucket=gs://{BUCKET}/runs", f"--name={name}", *arguments)


def only_job(google) -> dict:
    (job,) = google.jobs.values()
    return job


def said(capsys) -> str:
    """The one sentence of an error."""
    lines = [x for x in capsys.readouterr().err.splitlines() if x.startswith("error:")]
    assert len(lines) == 1
    return lines[0]


def test_submitting_sends_data_code_and_configuration_and_starts_a_job(
    google, corpus, clean_gin, capsys
):
    assert submit(corpus, BINDING, "--gpu=l4", "--spot") == 0
    names = {name.removeprefix("runs/demo/") for name in google.objects}
    data = {f"data/{path.name}" for path in corpus.iterdir()}
    assert names == data | {"code.zip", "submitted.gin", "job.json"}
    text = google.objects["runs/demo/submitted.gin"].decode()
    assert "AttentionRNN.num_units = 7\n" in text
    assert "AttentionRNN.num_mixtures = 20\n" in text  # of a file that demo includes

    printed = capsys.readouterr()
    name = printed.out.strip()
    assert name == f"projects/{PROJECT}/locations/us-central1/customJobs/1"
    assert f"monitor --bucket=gs://{BUCKET}/runs --name=demo --follow" in printed.err
    pool = only_job(google)["jobSpec"]["workerPoolSpecs"][0]
    assert pool["machineSpec"]["acceleratorType"] == "NVIDIA_L4"
    assert only_job(google)["jobSpec"]["scheduling"]["strategy"] == "SPOT"


def test_a_dry_run_prints_the_job_and_asks_nobody(corpus, clean_gin, capsys):
    status = submit(corpus, "--dry_run", "--num_machines=3", "--service_account=a@b")
    assert status == 0
    printed = capsys.readouterr()
    spec = json.loads(printed.out)["jobSpec"]
    assert [int(pool["replicaCount"]) for pool in spec["workerPoolSpecs"]] == [1, 2]
    assert spec["scheduling"]["restartJobOnWorkerRestart"] is True
    assert spec["serviceAccount"] == "a@b"
    assert printed.err.count("estimate: ") == 1


def test_a_misspelt_binding_shows_before_anything_is_sent(
    google, corpus, clean_gin, capsys
):
    assert submit(corpus, "--gin_param=NUM_STEP = 3") == 2
    assert "did you mean NUM_STEPS?" in said(capsys)
    assert google.objects == {}


def test_a_training_that_begins_with_another_model_is_not_sent(
    google, corpus, clean_gin, capsys
):
    binding = "--gin_param=StrokeTrainer.initial_model = 'scribe_default'"
    assert submit(corpus, binding) == 2
    assert "initial_model = 'scribe_default': a job begins with fresh" in said(capsys)
    assert google.objects == {}


def test_a_field_that_the_api_does_not_have_is_refused(capsys):
    def main(arguments):
        service.checked({"displayName": "x", "jobSpec": {"machines": 3}})

    assert status_of(main, []) == 2
    assert "machines" in said(capsys)


def test_data_that_is_there_already_is_not_sent_again(google, corpus, clean_gin):
    submit(corpus, BINDING)
    only_job(google)["state"] = "JOB_STATE_SUCCEEDED"
    (corpus / "train.npz").write_bytes(b"other lines")
    google.uploads.clear()
    assert submit(corpus, BINDING) == 0
    sent = [name for name in google.uploads if "/data/" in name]
    assert sent == ["runs/demo/data/train.npz"]


def test_data_may_be_in_a_bucket_already(google, clean_gin, capsys):
    google.put("corpora/iam/corpus.json", b"{}")
    assert submit(f"gs://{BUCKET}/corpora/iam") == 0
    script = only_job(google)["jobSpec"]["workerPoolSpecs"][0]["containerSpec"]["args"][
        0
    ]
    assert f"--data /gcs/{BUCKET}/corpora/iam " in script
    assert submit(f"gs://{BUCKET}/corpora/none", "--name=other") == 2
    assert f"gs://{BUCKET}/corpora/none: there is nothing" in said(capsys)


@pytest.mark.parametrize("state", RUNNING)
def test_a_run_has_one_job_at_a_time(google, corpus, clean_gin, capsys, state):
    submit(corpus, BINDING)
    only_job(google)["state"] = state
    assert submit(corpus, BINDING) == 2
    assert f"has a job already, which is {state.removeprefix('JOB_STATE_')}" in said(
        capsys
    )
    assert len(google.jobs) == 1


def test_a_run_goes_on_with_its_own_settings_only(google, corpus, clean_gin, capsys):
    submit(corpus, BINDING)
    only_job(google)["state"] = "JOB_STATE_FAILED"
    google.put("runs/demo/run/config.gin", google.objects["runs/demo/submitted.gin"])
    assert submit(corpus, BINDING.replace("7", "9")) == 2
    assert "AttentionRNN.num_units: 7 -> 9" in said(capsys)
    assert submit(corpus, BINDING, "--gin_param=NUM_STEPS = 9000") == 0
    assert "goes on from where it stopped" in capsys.readouterr().err
    assert len(google.jobs) == 2


@pytest.mark.parametrize(
    ("failure", "status", "part"),
    [
        ((429, "Quota exceeded for nvidia_t4"), 1, "quota does not suffice (Quota ex"),
        ((403, "API is disabled"), 2, "denies access (API is disabled); the account"),
        ((400, "no such machine type"), 2, "refuses it (no such machine type)"),
        ((500, "internal"), 1, "did not answer (internal); try again"),
    ],
)
def test_a_job_that_google_refuses_is_one_sentence(
    google, corpus, clean_gin, capsys, failure, status, part
):
    google.failure = failure
    assert submit(corpus) == status
    assert part in said(capsys)


def test_without_a_project_or_credentials_nothing_is_sent(
    google, corpus, clean_gin, monkeypatch, capsys
):
    auth = packages.module("google.auth")
    missing = packages.module("google.auth.exceptions").DefaultCredentialsError
    monkeypatch.setattr(auth, "default", lambda: (None, None))
    assert submit(corpus) == 2
    assert said(capsys).startswith("error: no project: give --project")

    def none():
        raise missing("nothing\nthere")

    monkeypatch.setattr(auth, "default", none)
    assert submit(corpus) == 2
    assert "there are no Google credentials: gcloud auth" in said(capsys)
    assert google.objects == {}


@pytest.mark.parametrize("command", ["submit", "monitor", "download"])
def test_a_bucket_that_is_not_there_is_named(
    google, corpus, clean_gin, capsys, command
):
    options = ["--gin_file=demo", f"--data_dir={corpus}"] if command == "submit" else []
    assert run(command, "--bucket=gs://elsewhere", "--name=demo", *options) == 2
    assert "the bucket gs://elsewhere: there is none" in said(capsys)


@pytest.mark.parametrize("command", ["monitor", "download"])
def test_a_run_that_was_never_submitted_is_named(google, capsys, tmp_path, command):
    assert look_at(command, name="unknown") == 2
    assert f"gs://{BUCKET}/runs/unknown" in said(capsys)


def test_monitor_shows_state_log_and_latest_metrics(google, corpus, clean_gin, capsys):
    submit(corpus)
    only_job(google)["state"] = "JOB_STATE_RUNNING"
    lines = [f"step {i}" for i in range(20)]
    google.put(f"runs/demo/run/{LOG}", ("\n".join(lines) + "\nstep 2").encode())
    rows = [{"step": 10, "loss": 1.5}, {"step": 20, "loss": 0.25}]
    google.put("runs/demo/run/metrics.json", json.dumps(rows).encode())
    capsys.readouterr()
    assert look_at("monitor", "--lines=3") == 0
    assert capsys.readouterr().out.splitlines() == [
        "demo: RUNNING", "  step 17", "  step 18", "  step 19",
        "validation: step 20, loss 0.25",
    ]  # fmt: skip


@pytest.mark.parametrize(("end", "status"), [("SUCCEEDED", 0), ("FAILED", 1)])
def test_follow_reports_only_what_is_new_and_how_the_job_ends(
    google, corpus, clean_gin, capsys, monkeypatch, end, status
):
    submit(corpus)
    job = only_job(google)

    def next_look(seconds):
        assert seconds == 5.0
        log = google.objects.get(f"runs/demo/run/{LOG}", b"")
        google.put(f"runs/demo/run/{LOG}", log + b"step\n")
        if log.count(b"\n") == 2:
            job.update(state=f"JOB_STATE_{end}", error={"message": "out of memory"})

    monkeypatch.setattr("scribe.training.vertex.watch.time.sleep", next_look)
    capsys.readouterr()
    assert look_at("monitor", "--follow", "--every=5") == status
    printed = capsys.readouterr()
    states = [line for line in printed.out.splitlines() if line.startswith("demo: ")]
    assert states == ["demo: PENDING", f"demo: {end}"]
    assert printed.out.count("  step") == 3
    assert ("FAILED (out of memory)" in printed.err) == (end == "FAILED")


@pytest.mark.parametrize(("num_failures", "status"), [(3, 0), (4, 1)])
def test_follow_outlives_a_network_that_fails_now_and_then(
    google, corpus, clean_gin, capsys, monkeypatch, num_failures, status
):
    submit(corpus)
    only_job(google)["state"] = "JOB_STATE_SUCCEEDED"
    answers = [WorkFailed("no answer")] * num_failures

    def look(self):
        if answers:
            raise answers.pop()
        return real_look(self)

    real_look = watch.Watch.look
    monkeypatch.setattr(watch.Watch, "look", look)
    monkeypatch.setattr(watch.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(watch, "MAX_FAILURES", 4)
    capsys.readouterr()
    assert look_at("monitor", "--follow") == status
    printed = capsys.readouterr()
    assert printed.out.count("no answer") == 3
    assert printed.err.count("no answer") == (1 if status else 0)


def test_a_job_that_vertex_ai_has_forgotten_is_lost(google, corpus, clean_gin, capsys):
    submit(corpus)
    google.jobs.clear()
    capsys.readouterr()
    assert look_at("monitor", "--follow") == 1
    assert "the job is LOST (Vertex AI does not know projects/" in said(capsys)
    assert submit(corpus) == 0


@pytest.fixture
def trained(google, tmp_path):
    """The imitation holds a run with weights and a checkpoint."""
    folder = tmp_path / "trained"
    saved(folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files["config.gin"] = b"NUM_STEPS = 5\nAttentionRNN.num_units = 7\n"
    files["checkpoints/checkpoint"] = b'model_checkpoint_path: "ckpt-5"\n'
    files["checkpoints/ckpt-5.index"] = b"index"
    files["checkpoints/ckpt-5.data-00000-of-00001"] = bytes(range(256)) * 9
    for name, data in files.items():
        google.put(f"runs/demo/run/{name}", data)
    return files


def test_download_fetches_the_run_and_says_what_it_verified(
    google, trained, tmp_path, capsys
):
    output = tmp_path / "new" / "run"
    assert look_at("download", f"--output={output}") == 0
    for name, data in trained.items():
        assert (output / name).read_bytes() == data
    printed = capsys.readouterr()
    assert printed.out == f"{output}\n"
    assert "checkpoint ckpt-5: training can go on from it" in printed.err
    assert "weights of attention_rnn" in printed.err
    assert stroke_model.load_model(output).reads_text


def test_download_fetches_only_what_is_missing(google, trained, tmp_path, capsys):
    output = tmp_path / "run"
    look_at("download", f"--output={output}")
    (output / "config.gin").unlink()
    capsys.readouterr()
    assert look_at("download", f"--output={output}") == 0
    fetched = re.findall(r"^fetched (\S+)", capsys.readouterr().err, re.M)
    assert fetched == ["config.gin"]


def test_a_file_that_arrives_damaged_is_not_kept(google, trained, tmp_path, capsys):
    google.damage.add("runs/demo/run/weights.npz")
    output = tmp_path / "run"
    assert look_at("download", f"--output={output}") == 1
    assert "weights.npz" in said(capsys)
    assert not (output / "weights.npz").exists()


def test_a_run_that_does_not_load_is_not_called_fetched(
    google, trained, tmp_path, capsys
):
    del google.objects["runs/demo/run/checkpoints/ckpt-5.index"]
    assert look_at("download", f"--output={tmp_path / 'a'}") == 1
    assert "ckpt-5 is not complete" in said(capsys)
    google.put("runs/demo/run/checkpoints/ckpt-5.index", b"index")
    google.put("runs/demo/run/weights.npz", b"no zip")
    assert look_at("download", f"--output={tmp_path / 'b'}") == 1
    assert "the run does not load" in said(capsys)


def test_download_does_not_overwrite_another_run(google, trained, tmp_path, capsys):
    (tmp_path / "config.gin").write_text("AttentionRNN.num_units = 8\n")
    assert look_at("download", f"--output={tmp_path}") == 2
    assert "is another run (AttentionRNN.num_units: 8 -> 7)" in said(capsys)
    assert not (tmp_path / "weights.npz").exists()


def test_no_object_is_written_outside_the_run_folder(google, trained, tmp_path, capsys):
    google.put("runs/demo/run/../../escaped", b"")
    assert look_at("download", f"--output={tmp_path / 'a' / 'b'}") == 2
    assert "would lie outside" in said(capsys)
    assert not (tmp_path / "escaped").exists()


def test_what_is_submitted_trains_and_can_be_fetched(
    google, tiny_corpus, tmp_path, clean_gin, capsys
):
    """The job's own command, run here, with the bucket as a folder in place of /gcs."""
    assert submit(tiny_corpus, "--gin_file=testing/tiny.gin") == 0
    container = only_job(google)["jobSpec"]["workerPoolSpecs"][0]["containerSpec"]
    script = container["args"][0]
    for one, other in (
        ("python3 -m pip install", "true"),
        ("python3", sys.executable),
        ("/gcs/", f"{tmp_path}/gcs/"),
        ("/opt/scribe", f"{tmp_path}/code"),
    ):
        assert one in script
        script = script.replace(one, other)
    bucket = tmp_path / "gcs" / BUCKET
    for name, data in google.objects.items():
        (bucket / name).parent.mkdir(parents=True, exist_ok=True)
        (bucket / name).write_bytes(data)
    finished = subprocess.run(
        [*container["command"], script],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert "trained to step 2" in finished.stderr
    for path in (bucket / "runs/demo/run").rglob("*"):
        if path.is_file():
            google.put(path.relative_to(bucket).as_posix(), path.read_bytes())
    only_job(google)["state"] = "JOB_STATE_SUCCEEDED"
    capsys.readouterr()
    assert look_at("monitor") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("demo: SUCCEEDED\n") and "validation: step 2," in printed
    output = tmp_path / "fetched"
    assert look_at("download", f"--output={output}") == 0
    assert stroke_model.load_model(output).sizes["num_units"] == 5
    assert Path(output / "checkpoints" / "ckpt-2.index").is_file()
    # What the training wrote down is what would be submitted again.
    assert submit(tiny_corpus, "--gin_file=testing/tiny.gin") == 0
    assert "goes on from where it stopped" in capsys.readouterr().err
