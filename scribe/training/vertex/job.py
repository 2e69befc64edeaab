"""A training as a custom job of Vertex AI, in the form of its REST API.

https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CustomJobSpec
"""

import dataclasses
import shlex

from scribe.foundation.errors import InputError
from scribe.training.vertex.places import CloudRun, Place

# TensorFlow's own image for NVIDIA GPUs, from Docker Hub. Google's prebuilt containers
# for training end at TensorFlow 2.17 with Python 3.10, older than what we need.
DEFAULT_IMAGE = "tensorflow/tensorflow:2.19.0-gpu"
CODE_FOLDER = "/opt/scribe"

# GPU by short name: what the API calls it, and the machines that take it.
GPUS = {
    "t4": ("NVIDIA_TESLA_T4", "n1-standard-8"),
    "v100": ("NVIDIA_TESLA_V100", "n1-standard-8"),
    "l4": ("NVIDIA_L4", "g2-standard-8"),
    "a100": ("NVIDIA_TESLA_A100", "a2-highgpu-1g"),
    "h100": ("NVIDIA_H100_80GB", "a3-highgpu-1g"),
}
CPU_MACHINE = "n1-standard-8"


@dataclasses.dataclass(frozen=True)
class Machines:
    """What a job runs on.

    Attributes:
      machine_type: of Compute Engine, such as "g2-standard-8".
      accelerator: the API's name of the GPU; None for none.
      num_gpus: per machine.
      num_machines: each of the same kind.
      spot: spare capacity, cheaper, which Google may take back at any time.
    """

    machine_type: str
    accelerator: str | None
    num_gpus: int
    num_machines: int
    spot: bool

    @classmethod
    def of(
        cls,
        gpu: str,
        machine_type: str | None,
        num_gpus: int = 1,
        num_machines: int = 1,
        spot: bool = False,
    ) -> "Machines":
        """From a GPU's short name or "none".

        Raises:
          InputError: the GPU is unknown, does not fit the machine, or a number is not.
        """
        if num_gpus < 1 or num_machines < 1:
            raise InputError("--num_gpus and --num_machines must be 1 or more")
        if gpu == "none":
            return cls(machine_type or CPU_MACHINE, None, 0, num_machines, spot)
        if gpu not in GPUS:
            raise InputError(f"--gpu={gpu}: use {', '.join(GPUS)} or none")
        accelerator, usual = GPUS[gpu]
        machine_type = machine_type or usual
        family = usual.partition("-")[0]
        if not machine_type.startswith(f"{family}-"):
            raise InputError(
                f"--machine_type={machine_type} takes no {gpu}: use one of the family "
                f"{family}, such as {usual}"
            )
        return cls(machine_type, accelerator, num_gpus, num_machines, spot)


def custom_job(
    run: CloudRun,
    machines: Machines,
    data: Place,
    image: str,
    max_hours: float,
    service_account: str | None = None,
) -> dict:
    """The job that trains `run` from wherever it stands.

    Args:
      run: its code and configuration must have been sent.
      machines: one worker pool; the first machine of several is the chief.
      data: prepared corpus, a folder or a file.
      image: a container with Python and TensorFlow within our ranges.
      max_hours: after which Vertex AI cancels it.
      service_account: as whom it runs; None for Vertex AI's own agent.
    """
    if max_hours <= 0:
        raise InputError(f"--max_hours={max_hours:g}: must be more than 0")
    machine_spec: dict[str, object] = {"machineType": machines.machine_type}
    if machines.accelerator:
        machine_spec |= {
            "acceleratorType": machines.accelerator,
            "acceleratorCount": machines.num_gpus,
        }
    container = {
        "imageUri": image,
        "command": ["bash", "-c"],
        "args": [_script(run, data)],
        # Lines of the log appear as they are written.
        "env": [{"name": "PYTHONUNBUFFERED", "value": "1"}],
    }
    # The chief's pool holds one machine, by the API's rule; the second holds the rest.
    counts = [1] + ([machines.num_machines - 1] if machines.num_machines > 1 else [])
    spec = {
        "workerPoolSpecs": [
            {
                "machineSpec": machine_spec,
                "replicaCount": count,
                "containerSpec": container,
            }
            for count in counts
        ],
        "scheduling": {
            "timeout": f"{round(max_hours * 3600)}s",
            "strategy": "SPOT" if machines.spot else "STANDARD",
            # Machines wait for each other in every step: one lost, all start again.
            "restartJobOnWorkerRestart": machines.num_machines > 1,
        },
    }
    if service_account:
        spec["serviceAccount"] = service_account
    return {"displayName": run.name, "jobSpec": spec}


def _script(run: CloudRun, data: Place) -> str:
    """Unpacks our code, installs what the image lacks, and trains."""
    code = shlex.quote(str(run.code.mounted))
    train = [
        *("exec", "python3", "-m", "scribe.train"),
        *("--gin_file", str(run.config.mounted), "--data_dir", str(data.mounted)),
        *("--mirror", str(run.run_folder.mounted)),
    ]
    return " && ".join(
        [
            f"python3 -m zipfile -e {code} {CODE_FOLDER}",
            "python3 -m pip install --quiet --root-user-action=ignore "
            f"-r {CODE_FOLDER}/scribe/training/vertex/requirements.txt",
            f"cd {CODE_FOLDER}",
            shlex.join(train),
        ]
    )
