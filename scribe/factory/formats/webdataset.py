"""WebDataset: tar files, in each a .png, a .txt and a .json per sample.

train-000000.tar   00000-000000.png, 00000-000000.txt, 00000-000000.json, ...
"""

import io
import json
import tarfile

from scribe.factory.formats.format import Format
from scribe.factory.pictures import encoded
from scribe.factory.samples import label_dict


class WebDataset(Format):
    """See the module. A shard of the data set is one of WebDataset's."""

    name = "webdataset"

    def files(self, shard, split, samples):
        archive = io.BytesIO()
        form = tarfile.USTAR_FORMAT
        with tarfile.open(fileobj=archive, mode="w", format=form) as tar:
            for sample in samples:
                known = label_dict(sample, f"{sample.name}.png")
                labels = json.dumps(known, ensure_ascii=False)
                for ending, data in (
                    ("png", encoded(sample.image, "png")),
                    ("txt", sample.text.encode()),
                    ("json", labels.encode()),
                ):
                    member = tarfile.TarInfo(f"{sample.name}.{ending}")
                    member.size = len(data)
                    tar.addfile(member, io.BytesIO(data))
        yield f"{split}-{shard:06d}.tar", archive.getvalue()
