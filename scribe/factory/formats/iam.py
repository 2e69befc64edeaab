"""The tree of the IAM handwriting database: words.txt or lines.txt and its folders.

words.txt       id ok grey x y w h tag text
lines.txt       id ok grey n x y w h words|with|bars
words/s00000/s00000-h000/s00000-h000-00-000007.png
"""

from scribe.factory.formats.format import Format, join_parts
from scribe.factory.pictures import encoded
from scribe.factory.receipts import part_path

# What IAM says of how dark the ink is; here it is the same for all.
_GREY = 128


class Iam(Format):
    """See the module. A form is what one hand wrote in a shard."""

    name = "iam"

    def files(self, shard, split, samples):
        forms: dict[str, int] = {}
        rows = {"words": [], "lines": []}
        for number, sample in enumerate(samples):
            form = forms.setdefault(sample.hand, len(forms))
            name = f"s{shard:05d}-h{form:03d}-00-{number:06d}"
            folder, parts = name.split("-")[0], "-".join(name.split("-")[:2])
            yield f"words/{folder}/{parts}/{name}.png", encoded(sample.image, "png")
            height, width = sample.image.shape[:2]
            text = " ".join(sample.text.split())
            size = f"0 0 {width} {height}"
            rows["words"].append(f"{name} ok {_GREY} {size} XX {text}\n")
            if " " in text:
                count, barred = len(text.split()), text.replace(" ", "|")
                rows["lines"].append(f"{name} ok {_GREY} {count} {size} {barred}\n")
        for kind, own in rows.items():
            yield part_path(shard, f"{kind}.txt"), "".join(own).encode()

    def finish(self, store, receipts, facts):
        for name in ("words.txt", "lines.txt"):
            join_parts(store, receipts, name, name, b"# written by a program\n")
