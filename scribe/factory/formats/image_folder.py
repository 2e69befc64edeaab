"""Pictures in folders with a list beside them, as Hugging Face's `imagefolder` has it.

    train/00000/00000-000000.png
    train/metadata.jsonl          file_name, text, writer, lines, strokes, ...
    words.csv                     file, text, split, form: for scrabblegan.prepare_data

`datasets.load_dataset("imagefolder", data_dir=...)` reads the list of each split.
"""

import csv
import io
import json

from scribe.factory.formats.format import Format, by_split, join_parts
from scribe.factory.pictures import encoded
from scribe.factory.receipts import part_path
from scribe.factory.samples import label_dict

_LIST, _TABLE = "metadata.jsonl", "words.csv"
_HEAD = b"file,text,split,form\n"


class ImageFolder(Format):
    """See the module."""

    name = "folder"

    def files(self, shard, split, samples):
        rows, table = [], io.StringIO(newline="")
        writer = csv.writer(table, lineterminator="\n")
        for sample in samples:
            path = f"{shard:05d}/{sample.name}.png"
            yield f"{split}/{path}", encoded(sample.image, "png")
            rows.append(json.dumps(label_dict(sample, path), ensure_ascii=False))
            writer.writerow([f"{split}/{path}", sample.text, split, sample.hand])
        yield part_path(shard, _LIST), "".join(f"{row}\n" for row in rows).encode()
        yield part_path(shard, _TABLE), table.getvalue().encode()

    def finish(self, store, receipts, facts):
        for split, own in by_split(receipts).items():
            join_parts(store, own, _LIST, f"{split}/{_LIST}")
        join_parts(store, receipts, _TABLE, _TABLE, _HEAD)
