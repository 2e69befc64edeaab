"""Where things are: gs:// addresses, and the folders as which Vertex AI mounts them."""

import dataclasses
import re
from pathlib import PurePosixPath

from scribe.foundation.errors import InputError

# https://cloud.google.com/storage/docs/buckets#naming
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")


@dataclasses.dataclass(frozen=True)
class Place:
    """A file or folder in a bucket.

    Attributes:
      bucket: its name.
      path: what follows, without slashes at its ends; "" is the whole bucket.
    """

    bucket: str
    path: str

    @classmethod
    def parse(cls, uri: str) -> "Place":
        """Reads gs://bucket/path; gs:// may be missing.

        Raises:
          InputError: that is no address.
        """
        bucket, _, path = uri.removeprefix("gs://").partition("/")
        if not _BUCKET.fullmatch(bucket):
            raise InputError(
                f"{uri!r} is no bucket: write gs://bucket or gs://bucket/x, with small "
                "letters, digits, '.', '_' and '-' in the bucket's name"
            )
        return cls(bucket, path.strip("/"))

    def __truediv__(self, name: str) -> "Place":
        return Place(self.bucket, f"{self.path}/{name}".strip("/"))

    def __str__(self) -> str:
        return f"gs://{self.bucket}/{self.path}".rstrip("/")

    @property
    def mounted(self) -> PurePosixPath:
        """Where a job finds it: Vertex AI mounts every bucket below /gcs.

        https://cloud.google.com/vertex-ai/docs/training/cloud-storage-file-system
        """
        return PurePosixPath("/gcs", self.bucket, self.path)


@dataclasses.dataclass(frozen=True)
class CloudRun:
    """All that a bucket holds of one training, in BUCKET/NAME.

    Attributes:
      name: of the run and of its jobs.
      place: the folder.
    """

    name: str
    place: Place

    @classmethod
    def of(cls, bucket: str | None, name: str) -> "CloudRun":
        """Raises InputError if there is no bucket or `name` is no name."""
        if not bucket:
            raise InputError(
                "no bucket: give --bucket=gs://..., or make one with "
                "gcloud storage buckets create"
            )
        if not _NAME.fullmatch(name):
            raise InputError(
                f"--name={name}: use at most 63 small letters, digits, '-', '_', '.'"
            )
        return cls(name, Place.parse(bucket) / name)

    @property
    def code(self) -> Place:
        return self.place / "code.zip"

    @property
    def config(self) -> Place:
        return self.place / "submitted.gin"

    @property
    def data(self) -> Place:
        return self.place / "data"

    @property
    def job(self) -> Place:
        """What `submit` notes of the latest job, for `monitor`."""
        return self.place / "job.json"

    @property
    def run_folder(self) -> Place:
        return self.place / "run"
