"""What all formats share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scribe.factory.receipts import Receipt, part_path
from scribe.factory.samples import Sample
from scribe.factory.store import Store


class Format:
    """Turns the samples of a shard into files.

    Most toolkits want one list of all samples. A shard writes its part of the list
    (`part_path`), and `finish` puts the parts together in the order of the shards.
    """

    name = ""
    # Top-level modules that it needs beyond the core.
    needs: Sequence[str] = ()

    def files(
        self, shard: int, split: str, samples: Iterable[Sample]
    ) -> Iterator[tuple[str, bytes]]:
        """The files of a shard, one after the other.

        Args:
          shard: number of the shard.
          split: that it is in.
          samples: one after the other.

        Returns:
          (path from the root of the data set, bytes).
        """
        raise NotImplementedError

    def finish(self, store: Store, receipts: Sequence[Receipt], facts: Mapping) -> None:
        """Writes what belongs to all shards together.

        Args:
          store: with the files of all shards.
          receipts: of all shards, in their order.
          facts: the manifest.
        """


def join_parts(
    store: Store,
    receipts: Iterable[Receipt],
    name: str,
    path: str,
    head: bytes = b"",
) -> None:
    """Puts the parts of a list together, a shard at a time.

    Args:
      store: where they are.
      receipts: of the shards, in their order.
      name: of the parts.
      path: of the list.
      head: that it begins with.
    """
    with store.writing(path) as file:
        file.write(head)
        for receipt in receipts:
            file.write(store.read(part_path(receipt.shard, name)) or b"")


def by_split(receipts: Iterable[Receipt]) -> dict[str, list[Receipt]]:
    """The receipts of each split, in their order."""
    found: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        found.setdefault(receipt.split, []).append(receipt)
    return found
