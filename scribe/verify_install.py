"""Checks that this machine has all that the project needs, and that it works.

  python -m scribe.verify_install

Prints the versions, then one line for each check. On every device that TensorFlow sees
it multiplies two matrices and trains an LSTM for a step, and compares both with NumPy
and with the CPU. The exit status is 1 if something is wrong; each such line says what
helps.
"""

import functools
import importlib
import importlib.metadata
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from scribe.foundation import command_line, installing
from scribe.foundation.errors import InputError, WorkFailed

PACKAGES = (
    *("tensorflow", "keras", "numpy", "gin-config", "tensorboard", "tf-keras"),
    *("tensorflow-probability", "tensorflow-metal", "opencv-python-headless"),
    *("matplotlib", "pillow", "threadpoolctl"),
)


def main(arguments=None) -> int:
    command_line.parser(__doc__, "scribe.verify_install").parse_args(arguments)
    print(f"Python {platform.python_version()} on {platform.platform()}")
    versions = installed()
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    checks = [
        lambda: check_versions(versions),
        check_gin,
        check_opencv,
        check_shipped_models,
        check_writing,
    ]
    wrong = sum(not passes(check) for check in checks)
    try:
        from scribe.networks import device_checks

        devices = device_checks.logical_devices()
    except Exception as error:  # importing it loads plug-ins, which raise anything
        reason = str(error).strip().splitlines()[0]
        install = installing.command("tensorflow")
        print(f"wrong  TensorFlow does not start ({reason}): {install}")
        return 1
    reference = None
    for device in devices:  # the CPU is the first
        if reference is None:
            reference = device_checks.lstm_step(device)
        check = functools.partial(device_checks.check_device, device, reference)
        wrong += not passes(check)
    if wrong:
        print(f"{wrong} of {len(checks) + len(devices)} checks failed")
        return 1
    print("all is well")
    return 0


def passes(check: Callable[[], str]) -> bool:
    """Prints what a check found; whether it found nothing wrong."""
    try:
        print(f"ok     {check()}", flush=True)
    except (InputError, WorkFailed, OSError, ImportError) as error:
        print(f"wrong  {error}", flush=True)
        return False
    return True


def installed() -> dict[str, str]:
    """The versions of what is installed of PACKAGES."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def check_versions(versions: dict[str, str]) -> str:
    """Versions that are known not to work together."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise InputError(
            f"Python {platform.python_version()}: use 3.11, 3.12 or 3.13, for which "
            "TensorFlow has packages"
        )
    tensorflow = _minor(versions.get("tensorflow", ""))
    if "tensorflow-metal" in versions and tensorflow >= (2, 20):
        raise InputError(
            f"tensorflow-metal does not load into TensorFlow {versions['tensorflow']}: "
            "pip install -r requirements-m1.txt, or uninstall it"
        )
    probability = "tensorflow-probability" in versions
    if probability and _minor(versions.get("tf-keras", "")) != tensorflow:
        wanted = ".".join(map(str, tensorflow))
        raise InputError(
            f"TensorFlow Probability needs the tf-keras of TensorFlow {wanted}, not "
            f"{versions.get('tf-keras', 'none')}: pip install tf-keras=={wanted}.*"
        )
    return "the versions go together"


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def check_gin() -> str:
    """In a clone without gin-config, `import gin` finds the folder gin/."""
    from scribe.foundation import gin_config

    gin_config.parse([], [])
    return f"gin reads the files in {gin_config.gin_folder()}"


def check_opencv() -> str:
    """The full wheel does not import on a server without a screen."""
    try:
        cv2 = importlib.import_module("cv2")
        cv2.morphologyEx(np.zeros([9, 9], np.uint8), cv2.MORPH_CLOSE, np.ones([3, 3]))
    except (ImportError, AttributeError) as error:
        if getattr(error, "name", None) == "cv2":  # there is none
            sentence = installing.sentence("cv2", "opencv-python-headless")
            raise InputError(sentence) from error
        raise InputError(
            f"cv2 does not work ({error}): pip uninstall opencv-python "
            "opencv-python-headless, then pip install opencv-python-headless"
        ) from error
    return f"cv2 {cv2.__version__} works"


def check_shipped_models() -> str:
    """What writing needs."""
    from scribe.models.kinds import DRAWING
    from scribe.models.shipped import pretrained_folder, pretrained_models

    names = pretrained_models(DRAWING)
    if not names:
        raise InputError(
            f"no model that writes is in {pretrained_folder()}: get the repository or "
            "the package again"
        )
    return f"shipped models that write: {', '.join(names)}"


def check_writing() -> str:
    """A line with the shipped model, as a picture."""
    import scribe

    started = time.monotonic()
    (line,) = scribe.load().write(["Hello"], seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hello.svg"
        line.save(str(path))
        size = path.stat().st_size
    seconds = time.monotonic() - started
    return f"a line of {len(line.strokes)} points, {size:,} bytes, in {seconds:.1f} s"


if __name__ == "__main__":
    command_line.run(main)
