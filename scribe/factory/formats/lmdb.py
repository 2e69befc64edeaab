"""LMDB as the CRNN family reads it: image-000000001, label-000000001, num-samples.

    train/data.mdb

The shards keep their pictures until the end, when one database a split is written: so
the disk needs room for them twice.
"""

import struct

from scribe.factory.formats.format import Format, by_split
from scribe.factory.pictures import encoded
from scribe.factory.receipts import part_path
from scribe.foundation.errors import InputError

_PARTS = "samples.bin"
# Room beyond the data: LMDB's pages are 4 KiB and a picture leaves some unused.
_ROOM = 2
_LEAST = 1 << 24


class Lmdb(Format):
    """See the module."""

    name = "lmdb"
    needs = ("lmdb",)

    def files(self, shard, split, samples):
        parts = []
        for sample in samples:
            text = " ".join(sample.text.split()).encode()
            for data in (encoded(sample.image, "png"), text):
                parts += [struct.pack("<I", len(data)), data]
        yield part_path(shard, _PARTS), b"".join(parts)

    def finish(self, store, receipts, facts):
        import lmdb

        if not hasattr(store, "path"):
            raise InputError("LMDB needs a folder of this machine")
        for split, own in by_split(receipts).items():
            folder = store.path / split
            folder.mkdir(exist_ok=True)
            for old in folder.glob("*.mdb"):
                old.unlink()
            parts = [store.path / part_path(r.shard, _PARTS) for r in own]
            size = sum(part.stat().st_size for part in parts)
            samples = sum(r.count for r in own)
            room = _ROOM * size + 16384 * samples + _LEAST
            with lmdb.open(str(folder), map_size=room, lock=False) as database:
                number = 0
                for receipt in own:
                    with database.begin(write=True) as transaction:
                        data = store.read(part_path(receipt.shard, _PARTS))
                        for image, text in _pairs(data):
                            number += 1
                            transaction.put(b"image-%09d" % number, image)
                            transaction.put(b"label-%09d" % number, text)
                with database.begin(write=True) as transaction:
                    transaction.put(b"num-samples", b"%d" % number)


def _pairs(data: bytes):
    """(picture, text) of each sample of a part."""
    at, found = 0, []
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return zip(found[::2], found[1::2], strict=True)
