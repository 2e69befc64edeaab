"""TFRecord files of tf.train.Example, and the tf.data pipeline that reads them.

train-00000.tfrecord   image (PNG), text, writer, labels (JSON), height, width
"""

import json
import os
import tempfile
from pathlib import Path

from scribe.factory.formats.format import Format
from scribe.factory.pictures import encoded
from scribe.factory.samples import label_dict


class TfRecord(Format):
    """See the module."""

    name = "tfrecord"

    def files(self, shard, split, samples):
        import tensorflow as tf

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "part.tfrecord")
            with tf.io.TFRecordWriter(path) as writer:
                for sample in samples:
                    example = _example(tf, sample)
                    writer.write(example.SerializeToString(deterministic=True))
            data = Path(path).read_bytes()
        yield f"{split}-{shard:05d}.tfrecord", data


def _example(tf, sample):
    labels = json.dumps(label_dict(sample, f"{sample.name}.png"), ensure_ascii=False)
    height, width = sample.image.shape[:2]

    def text(value: bytes):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))

    def number(value: int):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))

    feature = {
        "image": text(encoded(sample.image, "png")),
        "text": text(sample.text.encode()),
        "writer": text(sample.hand.encode()),
        "labels": text(labels.encode()),
        "height": number(height),
        "width": number(width),
    }
    return tf.train.Example(features=tf.train.Features(feature=feature))


def read(folder: str | Path, split: str = "train"):
    """The samples of a split as a tf.data.Dataset.

    Args:
      folder: of the data set.
      split: name.

    Returns:
      dictionaries: image uint8 [H, W, channels], text, writer and labels (JSON), in the
      order of the shards.
    """
    import tensorflow as tf

    paths = sorted(str(path) for path in Path(folder).glob(f"{split}-*.tfrecord"))
    strings = ("image", "text", "writer", "labels")
    features = {name: tf.io.FixedLenFeature([], tf.string) for name in strings}

    def parsed(record):
        sample = tf.io.parse_single_example(record, features)
        image = tf.io.decode_png(sample["image"])
        return {**sample, "image": image}

    return tf.data.TFRecordDataset(paths).map(parsed, tf.data.AUTOTUNE)
