"""Images of single digits: PNG folders and MNIST's npz, and batches of them.

Everywhere in this package paper is bright and ink is dark: 255 and 0 as bytes, +1 and
-1 in the networks.
"""

import hashlib
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import gin
import numpy as np

from scrabblegan.images import MAX_BYTES, Unusable, decode_image
from scribe.foundation.archives import CheckedMember
from scribe.foundation.errors import InputError
from scribe.foundation.files import read_file
from scribe.foundation.npz import DAMAGE, read_npz, reason

SIDE_PIXELS = 28
IMAGE_SHAPE = (SIDE_PIXELS, SIDE_PIXELS, 1)
NUM_CLASSES = 10
GUIDE = "docs/understand/DIGITS.md says how to obtain the corpora"
# Of folders, which have no split of their own, one image in so many is held out.
HELD_OUT_ONE_IN = 10


class DigitImages:
    """A corpus of digits in memory.

    Attributes:
      name: of the file or folder.
      train_images, held_out_images: uint8 [N, 28, 28], ink 0 on paper 255.
      train_digits, held_out_digits: int32 [N], 0 to 9.
      dropped: number of files or images left out, by reason.
    """

    def __init__(self, name: str, dropped: dict[str, int], **splits):
        self.name = name
        self.dropped = dropped
        self.train_images, self.train_digits = splits["train"]
        self.held_out_images, self.held_out_digits = splits["held_out"]

    def describe(self) -> str:
        """One sentence: what was read and what was left out."""
        dropped = "".join(f", {n} left out: {r}" for r, n in self.dropped.items())
        return (
            f"{self.name}: {len(self.train_images):,} training images, "
            f"{len(self.held_out_images):,} held out{dropped}"
        )


def read_digits(source: str | Path) -> DigitImages:
    """Reads a corpus of 28x28 digits.

    Args:
      source: MNIST's npz as Keras distributes it (x_train, y_train, x_test, y_test), or
        a folder (or a .tar, .tar.gz, .tgz or .zip of one) with PNG files in `7/` or
        `7/7/`. Of PNGs, one in ten is held out: the hash of its pixels decides, so that
        the split is the same everywhere and copies of an image stay on one side.

    Raises:
      InputError: there is nothing at `source`, or nothing in it that can be used.
    """
    path = Path(source)
    if not path.exists():
        raise InputError(f"there is no corpus of digits at {path}; {GUIDE}")
    if path.is_dir() or _is_archive(path):
        return _read_pngs(path)
    if path.suffix == ".npz":
        return _read_npz(path)
    raise InputError(
        f"{path} is no corpus of digits: a folder, an .npz, a .tar.gz or a .zip is "
        f"needed; {GUIDE}"
    )


def _is_archive(path: Path) -> bool:
    return path.name.endswith((".tar", ".tar.gz", ".tgz", ".zip"))


def _read_npz(path: Path) -> DigitImages:
    names = ("x_train", "y_train", "x_test", "y_test")
    arrays = read_npz(path, names)
    missing = ", ".join(name for name in names if name not in arrays)
    if missing:
        raise InputError(f"{path} is damaged or not MNIST's npz: it lacks {missing}")
    parts = [arrays[name] for name in names]
    splits = {}
    for split, images, digits in (
        ("train", parts[0], parts[1]),
        ("held_out", parts[2], parts[3]),
    ):
        right = images.dtype == np.uint8 and images.shape[1:] == (28, 28)
        labelled = digits.shape == images.shape[:1] and np.isin(digits, range(10)).all()
        if not (right and labelled and len(images)):
            raise InputError(
                f"{path} is not MNIST's npz: {images.dtype} {list(images.shape)} with "
                f"digits {list(digits.shape)}, not uint8 [N, 28, 28] and 0 to 9 [N]"
            )
        splits[split] = 255 - images, digits.astype(np.int32)  # MNIST's ink is bright
    return DigitImages(path.name, {}, **splits)


def _read_pngs(path: Path) -> DigitImages:
    images, digits, dropped = [], [], {}
    for name, data in _files(path):
        try:
            digit = _digit_of(name)
            images.append(decode_digit(data))
            digits.append(digit)
        except Unusable as reason:
            dropped[str(reason)] = dropped.get(str(reason), 0) + 1
    if not images:
        found = "".join(f"; {n}: {r}" for r, n in dropped.items()) or "; it is empty"
        raise InputError(f"{path} has no image that can be used{found}. {GUIDE}")
    images, digits = np.stack(images), np.array(digits, np.int32)
    held_out = np.array([_is_held_out(image) for image in images])
    if held_out.all() or not held_out.any():
        raise InputError(
            f"{path} has only {len(images)} images that can be used: too few to hold "
            f"out one in {HELD_OUT_ONE_IN}. {GUIDE}"
        )
    return DigitImages(
        path.name,
        dropped,
        train=(images[~held_out], digits[~held_out]),
        held_out=(images[held_out], digits[held_out]),
    )


def _is_held_out(image: np.ndarray) -> bool:
    return hashlib.sha256(image.tobytes()).digest()[0] % HELD_OUT_ONE_IN == 0


def _files(path: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Names and contents of the files of a folder or archive, sorted by name."""
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    content = read_file(file, MAX_BYTES)
                    yield PurePosixPath(file.relative_to(path)), content
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for entry in sorted(archive.infolist(), key=lambda e: e.filename):
                    if not entry.is_dir():
                        _check_size(path, entry.filename, entry.file_size)
                        yield PurePosixPath(entry.filename), archive.read(entry)
        else:
            with tarfile.open(path, tarinfo=CheckedMember) as archive:
                members = [member for member in archive if member.isfile()]
                for member in sorted(members, key=lambda member: member.name):
                    _check_size(path, member.name, member.size)
                    yield PurePosixPath(member.name), archive.extractfile(member).read()
    except InputError:
        raise
    except (OSError, tarfile.TarError, lzma.LZMAError, *DAMAGE) as error:
        raise InputError(f"{path} is damaged: {reason(error).rstrip(':')}") from error


def _check_size(path: Path, name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise InputError(
            f"{path}: {name} has {size / 1e6:,.0f} MB, more than any image of a digit"
        )


def _digit_of(name: PurePosixPath) -> int:
    """The digit that the folders of a file say: the last, and the one above if any."""
    if name.suffix.lower() != ".png" or name.name.startswith("."):
        raise Unusable("not a PNG")
    folders = [
        part for part in name.parts[-3:-1] if len(part) == 1 and part.isdecimal()
    ]
    if not folders or name.parent.name != folders[-1]:
        raise Unusable("not in a folder named 0 to 9")
    if len(set(folders)) > 1:
        raise Unusable("in folders of two digits")
    return int(folders[-1])


def decode_digit(data: bytes) -> np.ndarray:
    """The pixels of a PNG: uint8 [28, 28], ink 0 on paper 255.

    An image whose border is dark is taken for bright ink and inverted.

    Raises:
      Unusable: it is no such PNG, or nothing is on it.
    """
    pixels = decode_image(data, formats=["PNG"])
    if pixels.shape != (SIDE_PIXELS, SIDE_PIXELS):
        raise Unusable("not 28 x 28 pixels")
    border = np.concatenate([pixels[[0, -1]].ravel(), pixels[:, [0, -1]].ravel()])
    if border.mean() < 127.5:
        pixels = 255 - pixels
    if np.ptp(pixels) == 0:
        raise Unusable("blank")
    return pixels


@gin.register(module="scrabblegan")
class DigitDataset:
    """Batches of digits for the training loop.

    One training step takes `batches_per_step` batches. The images of an epoch are a
    permutation keyed by (seed, epoch), so that the batches of any step can be found
    without having drawn those before it. The rest of an epoch that does not fill a step
    is left out of it.
    """

    MAY_CHANGE = ("data_dir",)

    def __init__(
        self, data_dir: str, batch_size: int, batches_per_step: int, seed: int
    ):
        """Reads the corpus (seconds).

        Args:
          data_dir: what `read_digits` takes.
          batch_size: images per batch.
          batches_per_step: for a GAN the critic's steps per step of the generator.
          seed: of the order.
        """
        if batch_size < 1 or batches_per_step < 1:
            raise InputError(
                f"batch_size={batch_size}, batches_per_step={batches_per_step}: both "
                "must be 1 or more"
            )
        self.corpus = read_digits(data_dir)
        self.batch_size = batch_size
        self.batches_per_step = batches_per_step
        self.seed = seed
        if self.steps_per_epoch == 0:
            raise InputError(
                f"{data_dir} has {len(self.corpus.train_images)} training images, a "
                f"step takes {self.images_per_step}: lower DigitDataset.batch_size"
            )

    @property
    def images_per_step(self) -> int:
        return self.batch_size * self.batches_per_step

    @property
    def steps_per_epoch(self) -> int:
        return len(self.corpus.train_images) // self.images_per_step

    def describe(self) -> str:
        """One sentence for the start of a training."""
        return self.corpus.describe()

    def train_batches(self, first_step: int) -> Iterator[dict[str, np.ndarray]]:
        """What the steps from `first_step` on take, without end; see `signature`."""
        images, digits = self.corpus.train_images, self.corpus.train_digits
        shape = (self.batches_per_step, self.batch_size)
        epoch, position = divmod(first_step, self.steps_per_epoch)
        while True:
            order = np.random.default_rng([self.seed, epoch]).permutation(len(images))
            for i in range(position, self.steps_per_epoch):
                chosen = order[i * self.images_per_step :][: self.images_per_step]
                yield {
                    "image": images[chosen].reshape(*shape, *IMAGE_SHAPE),
                    "digit": digits[chosen].reshape(shape),
                }
            epoch, position = epoch + 1, 0

    def validation_batches(self) -> Iterator[dict[str, np.ndarray]]:
        """All held-out images once, one batch at a time."""
        images, digits = self.corpus.held_out_images, self.corpus.held_out_digits
        for start in range(0, len(images), self.batch_size):
            part = slice(start, start + self.batch_size)
            yield {"image": images[None, part, ..., None], "digit": digits[None, part]}

    def tensors(self, batches: Callable[[], Iterator[dict[str, np.ndarray]]]):
        """A tf.data.Dataset of what `batches()` yields, prefetched."""
        import tensorflow as tf

        return tf.data.Dataset.from_generator(
            batches, output_signature=signature()
        ).prefetch(2)


def signature(num_batches: int | None = None, batch_size: int | None = None):
    """tf.TensorSpec of each part of a step: N batches of B images and their digits."""
    import tensorflow as tf

    shape = [num_batches, batch_size]
    return {
        "image": tf.TensorSpec([*shape, *IMAGE_SHAPE], tf.uint8),
        "digit": tf.TensorSpec(shape, tf.int32),
    }
