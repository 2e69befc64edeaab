"""Receipts of finished shards: which files, with which checksum, of how many samples.

A shard is written, then its receipt. After a crash a shard without a receipt, or whose
files no longer match it, is made again; the bytes are the same.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable

from scribe.factory.store import Store
from scribe.foundation.json_files import parse_json

FOLDER = ".shards"


@dataclasses.dataclass(frozen=True)
class Receipt:
    """What was made of a shard.

    Attributes:
      shard: its number.
      split: that it is in.
      count: samples.
      files: their paths, in the order of writing.
      sha256: of all paths and bytes.
      left_out: numbers of lines and words that were given up, by reason.
    """

    shard: int
    split: str
    count: int
    files: list[str]
    sha256: str
    left_out: dict[str, int]


def part_path(shard: int, name: str) -> str:
    """Where a shard keeps its part of a file that is put together at the end."""
    return f"{FOLDER}/{shard:05d}.{name}"


def write(store: Store, receipt: Receipt) -> None:
    """Says that a shard is finished."""
    text = json.dumps(dataclasses.asdict(receipt), ensure_ascii=False)
    store.write(_path(receipt.shard), f"{text}\n".encode())


def read(store: Store, shard: int) -> Receipt | None:
    """The receipt of a shard; None if it is not finished."""
    data = store.read(_path(shard))
    if data is None:
        return None
    try:
        return Receipt(**parse_json(data))
    except (ValueError, TypeError):
        return None


def is_whole(store: Store, receipt: Receipt) -> bool:
    """Whether all files of a shard are there, byte by byte."""
    contents = ((path, store.read(path)) for path in receipt.files)
    return checksum(contents) == receipt.sha256


def checksum(contents: Iterable[tuple[str, bytes | None]]) -> str:
    """SHA-256 of paths and bytes; a file that is missing changes it."""
    total = hashlib.sha256()
    for path, data in contents:
        content = b"missing" if data is None else hashlib.sha256(data).digest()
        total.update(path.encode() + b"\0" + content)
    return total.hexdigest()


def _path(shard: int) -> str:
    return f"{FOLDER}/{shard:05d}.json"
