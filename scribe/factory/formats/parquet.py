"""Parquet with an image column and a dataset card, as the Hugging Face hub has it.

data/train-00000.parquet   image {bytes, path}, text, writer, labels (JSON)
README.md                  the card: splits, licence, how it was made
"""

import io
import json

from scribe.factory.formats.format import Format, by_split
from scribe.factory.pictures import encoded
from scribe.factory.samples import label_dict

_FEATURES = {
    "image": {"_type": "Image"},
    "text": {"dtype": "string", "_type": "Value"},
    "writer": {"dtype": "string", "_type": "Value"},
    "labels": {"dtype": "string", "_type": "Value"},
}


class Parquet(Format):
    """See the module."""

    name = "parquet"
    needs = ("pyarrow",)

    def files(self, shard, split, samples):
        import pyarrow
        from pyarrow import parquet

        columns = {name: [] for name in _FEATURES}
        for sample in samples:
            path = f"{sample.name}.png"
            columns["image"].append(
                {"bytes": encoded(sample.image, "png"), "path": path}
            )
            columns["text"].append(sample.text)
            columns["writer"].append(sample.hand)
            labels = json.dumps(label_dict(sample, path), ensure_ascii=False)
            columns["labels"].append(labels)
        string = pyarrow.string()
        image = pyarrow.struct([("bytes", pyarrow.binary()), ("path", string)])
        schema = pyarrow.schema(
            [("image", image), *((n, string) for n in ("text", "writer", "labels"))],
            metadata={"huggingface": json.dumps({"info": {"features": _FEATURES}})},
        )
        data = io.BytesIO()
        parquet.write_table(pyarrow.table(columns, schema=schema), data)
        yield f"data/{split}-{shard:05d}.parquet", data.getvalue()

    def finish(self, store, receipts, facts):
        splits = by_split(receipts)
        configs = "".join(
            f"  - split: {split}\n    path: data/{split}-*.parquet\n"
            for split in splits
        )
        rows = "".join(
            f"| {split} | {sum(r.count for r in own):,} |\n"
            for split, own in splits.items()
        )
        card = (
            "---\ntask_categories:\n- image-to-text\n"
            "tags:\n- handwriting\n- synthetic\n"
            f"configs:\n- config_name: default\n  data_files:\n{configs}---\n\n"
            "# Handwriting, written by a program\n\n"
            f"Written by the model `{facts['model']['name']}` of scribe-handwriting "
            f"with the seed {facts['seed']}. `labels` holds boxes, polygons, baselines "
            "and pen strokes as JSON.\n\n"
            f"| split | pictures |\n|---|---|\n{rows}\n"
            f"## Terms\n\n{facts['licence']}\n\n"
            f"## Recipe\n\n```\n{facts['config']}```\n"
        )
        store.write("README.md", card.encode())
