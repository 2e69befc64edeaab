"""Makes a data set with Apache Beam: the same shards under any runner.

DirectRunner runs here; with --runner=DataflowRunner, FlinkRunner, SparkRunner and their
options shards are made by other machines. They write through Beam's filesystems, so the
output may be gs:// or s3://. The bytes are those of the local runner, as far as the
machines add up alike.
"""

import contextlib
import os
import posixpath
from collections.abc import Sequence

import apache_beam as beam
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions, SetupOptions

from scribe.factory import manifest
from scribe.factory.making import THREADS, Plan, Workshop

_PLAIN = {"compression_type": CompressionTypes.UNCOMPRESSED}


class BeamStore:
    """A place that Beam's filesystems reach; see scribe.factory.store.Store."""

    def __init__(self, root: str):
        self._root = root.rstrip("/")

    def write(self, path: str, data: bytes) -> None:
        with self.writing(path) as file:
            file.write(data)

    def read(self, path: str) -> bytes | None:
        if not FileSystems.exists(self._place(path)):
            return None
        with FileSystems.open(self._place(path), **_PLAIN) as file:
            return file.read()

    def remove(self, path: str) -> None:
        if FileSystems.exists(self._place(path)):
            FileSystems.delete([self._place(path)])

    @contextlib.contextmanager
    def writing(self, path: str):
        place = self._place(path)
        folder = posixpath.dirname(place)
        if not FileSystems.exists(folder):
            with contextlib.suppress(OSError):  # another worker made it just now
                FileSystems.mkdirs(folder)
        with FileSystems.create(place, **_PLAIN) as file:
            yield file

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}"


class MakeShard(beam.DoFn):
    """Makes shards by their numbers; a worker loads the model once."""

    def __init__(self, plan: Plan, output: str):
        self._plan, self._output = plan, output

    def setup(self):
        import cv2

        os.environ.update(dict.fromkeys(THREADS, "1"))
        cv2.setNumThreads(1)
        self._workshop = Workshop(self._plan)

    def process(self, number: int):
        yield self._workshop.make(number, BeamStore(self._output)).count


def make(plan: Plan, output: str, options: Sequence[str]) -> dict:
    """Makes all shards that are missing.

    Args:
      plan: of the data set.
      output: folder, or a place such as gs://bucket/name.
      options: of the pipeline, --runner among them.

    Returns:
      the manifest.
    """
    workshop, store = Workshop(plan), BeamStore(output)
    manifest.begin(store, workshop.facts())
    done = workshop.finished(store)
    missing = [n for n in range(workshop.num_shards) if n not in done]
    settings = PipelineOptions(list(options))
    settings.view_as(SetupOptions).save_main_session = False
    if missing:
        with beam.Pipeline(options=settings) as pipeline:
            (
                pipeline
                | beam.Create(missing)
                | beam.Reshuffle()  # a shard each, not all on one worker
                | beam.ParDo(MakeShard(plan, output))
            )
    return workshop.finish(store, workshop.finished(store))
