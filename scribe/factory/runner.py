"""Makes a data set on this machine: several processes, each a shard at a time.

A shard in the making is held by one process, so that memory does not grow with the data
set. What was finished when the work was stopped is kept; the same command goes on.
"""

import concurrent.futures
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from scribe.factory import manifest
from scribe.factory.making import THREADS, Plan, Workshop
from scribe.factory.receipts import Receipt
from scribe.factory.store import Folder
from scribe.foundation.errors import Interrupted, WorkFailed
from scribe.foundation.locks import sole_writer

_GO_ON = "the same command goes on from there"

_workshop: Workshop | None = None


def make(
    plan: Plan,
    folder: str | Path,
    workers: int = 1,
    progress: Callable[[int], None] = lambda num_samples: None,
) -> dict:
    """Makes all shards that are missing in a folder.

    Args:
      plan: of the data set.
      folder: new, or with a part of the same data set.
      workers: processes.
      progress: called with the number of samples that are there.

    Returns:
      the manifest.

    Raises:
      InputError: the folder holds another data set.
      WorkFailed: a process died, or the disk is full; says how many shards are kept.
      Interrupted: by Ctrl-C or SIGTERM.
    """
    with sole_writer(folder):
        return _make(plan, folder, workers, progress)


def _make(plan, folder, workers: int, progress) -> dict:
    workshop, store = Workshop(plan), Folder(folder)
    manifest.begin(store, workshop.facts())
    store.remove_halves()
    done = workshop.finished(store)
    missing = [n for n in range(workshop.num_shards) if n not in done]
    num_samples = sum(receipt.count for receipt in done.values())
    progress(num_samples)

    def keep(receipt: Receipt) -> None:
        nonlocal num_samples
        done[receipt.shard] = receipt
        num_samples += receipt.count
        progress(num_samples)

    kept = f"shards of {workshop.num_shards} are kept in {folder}; {_GO_ON}"
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        # TensorFlow keeps the threads that it was started with.
        if workers == 1 and workshop.recipe.engine == "numpy":
            _make_here(workshop, store, missing, keep)
        else:
            _make_in_processes(plan, folder, missing, workers, keep)
        return workshop.finish(store, done)
    except KeyboardInterrupt:
        number = signal.SIGINT
        raise Interrupted(number, f"stopped; {len(done)} {kept}") from None
    except Interrupted as stop:
        raise Interrupted(stop.status - 128, f"stopped; {len(done)} {kept}") from None
    except OSError as error:
        raise WorkFailed(f"{error}; {len(done)} {kept}") from error
    except concurrent.futures.process.BrokenProcessPool as error:
        raise WorkFailed(
            f"a process was killed, perhaps for want of memory; {len(done)} {kept}"
        ) from error
    finally:
        signal.signal(signal.SIGTERM, previous)


def _make_here(workshop, store, missing, keep) -> None:
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        for number in missing:
            keep(workshop.make(number, store))
    finally:
        cv2.setNumThreads(threads)


def _make_in_processes(plan, folder, missing, workers: int, keep) -> None:
    # Not forked: TensorFlow's and BLAS's threads do not survive it.
    context = multiprocessing.get_context("spawn")
    environment = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    pool = concurrent.futures.ProcessPoolExecutor(
        min(workers, max(len(missing), 1)), context, _start, (plan,)
    )
    try:
        futures = [pool.submit(_make_one, number, str(folder)) for number in missing]
        for future in concurrent.futures.as_completed(futures):
            keep(future.result())
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in environment.items():
            os.environ.pop(name, None) if value is None else os.environ.update(
                {name: value}
            )


def _start(plan: Plan) -> None:
    """In a new process: loads the model."""
    global _workshop
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process stops the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    _workshop = Workshop(plan)


def _end_with_parent() -> None:
    """A process whose parent was killed must not go on writing."""
    multiprocessing.connection.wait([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _make_one(number: int, folder: str) -> Receipt:
    return _workshop.make(number, Folder(folder))


def _interrupt(signal_number, frame):
    raise Interrupted(signal_number, "stopped")
