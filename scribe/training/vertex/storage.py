"""Files in buckets: sent and fetched whole, and compared by their checksums."""

import base64
from collections.abc import Callable
from pathlib import Path

from scribe.foundation.errors import InputError, WorkFailed
from scribe.foundation.files import write_whole
from scribe.foundation.names import inside
from scribe.training.vertex.packages import module, sentences
from scribe.training.vertex.places import Place

_CHUNK = 1 << 20
_RETRY_SECONDS = 60.0


class Storage:
    """A client of Cloud Storage; with STORAGE_EMULATOR_HOST set, of an imitation."""

    def __init__(self, project: str | None = None):
        library = module("google.cloud.storage")
        self._crc32c = module("google_crc32c")
        retry = module("google.cloud.storage.retry").DEFAULT_RETRY
        self._retry = retry.with_timeout(_RETRY_SECONDS)
        self._not_found = module("google.api_core.exceptions").NotFound
        self._damaged = module("google.cloud.storage.exceptions").DataCorruption
        with sentences("Cloud Storage"):
            self._client = library.Client(project=project)

    def check_bucket(self, place: Place) -> None:
        """Raises InputError if the bucket does not exist or is closed to us."""
        with sentences(f"the bucket gs://{place.bucket}"):
            # Not buckets.get: a role that may only read and write objects lacks it.
            list(
                self._client.list_blobs(
                    place.bucket, prefix=place.path, max_results=1, retry=self._retry
                )
            )

    def read(self, place: Place, start: int = 0) -> bytes | None:
        """A file's bytes from `start` on; None if there is no such file.

        Raises:
          WorkFailed: they arrived with another checksum.
        """
        with sentences(str(place)):
            blob = self._client.bucket(place.bucket).get_blob(
                place.path, retry=self._retry
            )
            if blob is None:
                return None
            if start >= blob.size:
                return b""
            try:
                return blob.download_as_bytes(start=start or None, retry=self._retry)
            except self._not_found:  # replaced in between
                return None
            except self._damaged as error:
                raise WorkFailed(f"{place} arrived damaged; try again") from error

    def write(self, place: Place, data: bytes) -> None:
        with sentences(str(place)):
            blob = self._client.bucket(place.bucket).blob(place.path)
            blob.upload_from_string(data, checksum="crc32c", retry=self._retry)

    def checksums(self, place: Place) -> dict[str, str]:
        """CRC32C of every file below a folder, by its path in it."""
        prefix = f"{place.path}/" if place.path else ""
        with sentences(str(place)):
            blobs = self._client.list_blobs(
                place.bucket, prefix=prefix, retry=self._retry
            )
            return {
                blob.name.removeprefix(prefix): blob.crc32c
                for blob in blobs
                if not blob.name.endswith("/")  # marks of folders
            }

    def send(self, source: Path, place: Place, report: Callable[[str], None]) -> None:
        """Sends a file, or the files of a folder, unless they are there already.

        Raises:
          InputError: there is nothing to send.
        """
        if source.is_file():
            files = {source.name: source}
        else:
            files = {
                path.relative_to(source).as_posix(): path
                for path in sorted(source.rglob("*"))
                if path.is_file()
            }
        if not files:
            raise InputError(f"{source} holds no files")
        there = self.checksums(place)
        for name, path in files.items():
            if there.get(name) == self.checksum(path):
                continue
            report(f"sending {name} ({path.stat().st_size / 1e6:.1f} MB)")
            with sentences(str(place / name)):
                blob = self._client.bucket(place.bucket).blob((place / name).path)
                blob.upload_from_filename(path, checksum="crc32c", retry=self._retry)

    def fetch(self, place: Place, folder: Path, report: Callable[[str], None]) -> int:
        """Fetches the files below a place that `folder` lacks; checks every checksum.

        Returns:
          How many files there are.

        Raises:
          WorkFailed: a file arrived damaged, or was replaced meanwhile.
        """
        wanted = self.checksums(place)
        for name, checksum in sorted(wanted.items()):
            target = inside(folder, name)
            if target.is_file() and self.checksum(target) == checksum:
                continue
            data = self.read(place / name)
            if data is None or self._encoded(data) != checksum:
                raise WorkFailed(
                    f"{place / name} changed while it was fetched; the same command "
                    "goes on"
                )
            write_whole(target, data)
            report(f"fetched {name} ({len(data) / 1e6:.1f} MB)")
        return len(wanted)

    def checksum(self, path: Path) -> str:
        """CRC32C of a file, as Cloud Storage writes it: base64, big end first."""
        sum_ = self._crc32c.Checksum()
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                sum_.update(chunk)
        return base64.b64encode(sum_.digest()).decode()

    def _encoded(self, data: bytes) -> str:
        return base64.b64encode(self._crc32c.Checksum(data).digest()).decode()
