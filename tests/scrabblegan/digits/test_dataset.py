"""Reading digits: alpha, modes, layouts, broken files; and the order of batches."""

import itertools
import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from digit_samples import drawn_digit, png, tiny_dataset, write_folders, write_npz
from PIL import Image
from refusals import refused

from scrabblegan.digits import dataset as digit_data
from scrabblegan.images import pixels

pytestmark = pytest.mark.unit


@pytest.fixture
def digit():
    return drawn_digit(4, np.random.default_rng(0))


def test_black_ink_on_transparent_ground_is_laid_on_white_paper():
    """grey = alpha ink + (1 - alpha) 255, at every alpha and of any ink."""
    rgba = np.zeros([28, 28, 4], np.uint8)
    rgba[..., 3] = np.arange(784).reshape(28, 28) % 256
    rgba[0], rgba[-1], rgba[:, 0], rgba[:, -1] = 0, 0, 0, 0
    rgba[3, 3] = [200, 200, 200, 102]
    composed = digit_data.decode_digit(encoded(rgba))
    alpha = rgba[..., 3] / 255.0
    expected = np.rint(255.0 * (1.0 - alpha))
    expected[3, 3] = 0.4 * 200 + 0.6 * 255
    np.testing.assert_array_equal(composed, expected)


def encoded(array) -> bytes:
    import io

    file = io.BytesIO()
    Image.fromarray(array).save(file, format="PNG")
    return file.getvalue()


@pytest.mark.parametrize("mode", ["alpha", "L", "RGB", "RGBA", "I;16", "LA", "bright"])
def test_every_mode_of_png_gives_the_same_pixels(digit, mode):
    np.testing.assert_array_equal(digit_data.decode_digit(png(digit, mode)), digit)


def test_black_and_white_and_palette_images_are_read(digit):
    black_and_white = np.where(digit > 127, 255, 0).astype(np.uint8)
    for mode in ("1", "P"):
        found = digit_data.decode_digit(png(black_and_white, mode))
        np.testing.assert_array_equal(found, black_and_white)


@pytest.mark.parametrize("doubled", [True, False])
def test_folders_of_either_layout_are_read_with_their_digits(tmp_path, doubled):
    folder = write_folders(tmp_path / "corpus", doubled=doubled)
    corpus = digit_data.read_digits(folder)
    digits = np.concatenate([corpus.train_digits, corpus.held_out_digits])
    np.testing.assert_array_equal(np.bincount(digits), [20] * 10)
    assert corpus.dropped == {}
    # The number of bars is the digit: each image is with its own.
    for image, d in zip(
        corpus.train_images[::9], corpus.train_digits[::9], strict=True
    ):
        assert is_drawn_as(image, d)


def is_drawn_as(image, digit) -> bool:
    random = np.random.default_rng(0)
    likes = {
        other: min(
            np.abs(image.astype(int) - drawn_digit(other, random)).sum()
            for _ in range(60)
        )
        for other in range(10)
    }
    return min(likes, key=likes.get) == digit


def test_an_archive_is_read_like_its_folder(tmp_path):
    folder = write_folders(tmp_path / "corpus", per_digit=5)
    expected = digit_data.read_digits(folder)
    with tarfile.open(tmp_path / "corpus.tar.gz", "w:gz") as archive:
        archive.add(folder, "dataset")
    with zipfile.ZipFile(tmp_path / "corpus.zip", "w") as archive:
        for file in folder.rglob("*.png"):
            archive.write(file, Path("dataset") / file.relative_to(folder))
    for name in ("corpus.tar.gz", "corpus.zip"):
        corpus = digit_data.read_digits(tmp_path / name)
        np.testing.assert_array_equal(corpus.train_images, expected.train_images)
        np.testing.assert_array_equal(corpus.held_out_digits, expected.held_out_digits)


def test_the_split_does_not_depend_on_names_and_keeps_copies_together(tmp_path):
    folder = write_folders(tmp_path / "one")
    held_out = digit_data.read_digits(folder).held_out_images
    for file in list(folder.rglob("*.png")):
        (file.parent / f"copy_of_{file.name}").write_bytes(file.read_bytes())
        file.rename(file.with_name(f"renamed_{file.name}"))
    again = digit_data.read_digits(folder)
    assert {image.tobytes() for image in again.held_out_images} == {
        image.tobytes() for image in held_out
    }
    assert len(again.held_out_images) == 2 * len(held_out)
    train = {image.tobytes() for image in again.train_images}
    assert not train & {image.tobytes() for image in again.held_out_images}


def test_a_mixed_and_broken_folder_is_counted_and_the_rest_is_read(tmp_path, digit):
    folder = write_folders(tmp_path / "corpus")
    (folder / "notes.txt").write_text("hello")
    (folder / "3" / "3" / ".hidden.png").write_bytes(b"x")
    (folder / "loose.png").write_bytes(png(digit))
    (folder / "4" / "5").mkdir()
    (folder / "4" / "5" / "a.png").write_bytes(png(digit))
    (folder / "6" / "6" / "cut.png").write_bytes(png(digit)[:60])
    (folder / "6" / "6" / "empty.png").write_bytes(b"")
    (folder / "7" / "7" / "jpeg.png").write_bytes(b"\xff\xd8\xff\xe0 no png")
    (folder / "8" / "8" / "large.png").write_bytes(png(np.zeros([30, 28], np.uint8)))
    blank = np.full([28, 28], 255, np.uint8)
    (folder / "9" / "9" / "blank.png").write_bytes(png(blank))
    corpus = digit_data.read_digits(folder)
    assert len(corpus.train_images) + len(corpus.held_out_images) == 200
    assert corpus.dropped == {
        "not a PNG": 2,
        "not in a folder named 0 to 9": 1,
        "in folders of two digits": 1,
        "damaged, or no image": 3,
        "not 28 x 28 pixels": 1,
        "blank": 1,
    }
    assert "3 left out: damaged, or no image" in corpus.describe()


def test_a_folder_of_nothing_usable_is_refused_with_what_was_found(tmp_path):
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "a.png").write_bytes(b"nothing")
    (tmp_path / "readme.md").write_text("hello")
    with refused(tmp_path, "1: damaged", "1: not a PNG", "docs/understand/DIGITS.md"):
        digit_data.read_digits(tmp_path)
    (tmp_path / "empty").mkdir()
    with refused(tmp_path / "empty", "docs/understand/DIGITS.md"):
        digit_data.read_digits(tmp_path / "empty")


def test_a_missing_or_strange_source_names_the_guide(tmp_path):
    with refused(tmp_path / "nowhere", "docs/understand/DIGITS.md"):
        digit_data.read_digits(tmp_path / "nowhere")
    (tmp_path / "a.csv").write_text("1,2")
    with refused(tmp_path / "a.csv", "folder", ".npz", ".tar.gz", ".zip"):
        digit_data.read_digits(tmp_path / "a.csv")


def test_damaged_archives_are_refused_in_a_sentence(tmp_path):
    for name in ("a.zip", "a.tar.gz", "a.npz"):
        (tmp_path / name).write_bytes(b"not an archive")
        with refused(tmp_path / name):
            digit_data.read_digits(tmp_path / name)


def test_mnist_s_bright_ink_becomes_dark(tmp_path):
    corpus = digit_data.read_digits(write_npz(tmp_path / "mnist.npz"))
    assert corpus.train_images.shape == (200, 28, 28)
    assert corpus.held_out_images.shape == (50, 28, 28)
    assert corpus.train_images.mean() > 128  # paper
    assert is_drawn_as(corpus.train_images[7], corpus.train_digits[7])


@pytest.mark.parametrize(
    "change",
    [
        {"x_train": np.zeros([20, 28, 28], np.float32)},
        {"x_test": np.zeros([50, 20, 28], np.uint8)},
        {"y_train": np.full(200, 11)},
        {"y_test": np.zeros(49)},
    ],
)
def test_an_npz_of_something_else_is_refused(tmp_path, change):
    path = write_npz(tmp_path / "mnist.npz")
    with np.load(path) as arrays:
        changed = dict(arrays) | change
    np.savez(path, **changed)
    with refused(path, "MNIST", "uint8 [N, 28, 28]"):
        digit_data.read_digits(path)


def test_pixels_survive_the_network_s_range():
    grey = np.arange(256, dtype=np.uint8)
    images = pixels.to_network(grey)
    assert images.min() == -1.0 and images.max() == 1.0
    np.testing.assert_array_equal(pixels.to_pixels(images), grey)


@pytest.fixture
def dataset(tmp_path):
    return tiny_dataset(write_npz(tmp_path / "mnist.npz"))


def test_an_epoch_shows_every_image_once_but_for_the_rest(dataset):
    assert dataset.steps_per_epoch == 200 // 12
    batches = list(itertools.islice(dataset.train_batches(0), dataset.steps_per_epoch))
    assert batches[0]["image"].shape == (2, 6, 28, 28, 1)
    shown = np.concatenate([b["image"].reshape(-1, 784) for b in batches])
    assert len(shown) == 16 * 12
    corpus = [image.tobytes() for image in dataset.corpus.train_images]
    for image in {image.tobytes() for image in shown}:
        shown_times = sum(image == other.tobytes() for other in shown)
        assert shown_times <= corpus.count(image)


def test_the_batches_of_a_step_do_not_depend_on_where_a_training_began(dataset):
    from_start = list(itertools.islice(dataset.train_batches(0), 40))
    resumed = list(itertools.islice(dataset.train_batches(20), 20))
    for one, other in zip(from_start[20:], resumed, strict=True):
        np.testing.assert_array_equal(one["image"], other["image"])
        np.testing.assert_array_equal(one["digit"], other["digit"])
    assert not np.array_equal(from_start[0]["image"], from_start[16]["image"])


def test_validation_shows_each_held_out_image_once_in_order(dataset):
    batches = list(dataset.validation_batches())
    digits = np.concatenate([b["digit"][0] for b in batches])
    np.testing.assert_array_equal(digits, dataset.corpus.held_out_digits)
    tensors = list(dataset.tensors(dataset.validation_batches))
    assert [t["image"].shape[1] for t in tensors] == [6] * 8 + [2]


def test_more_images_per_step_than_there_are_is_refused(tmp_path):
    path = write_npz(tmp_path / "mnist.npz")
    with refused(path, "200 training images", 202, "DigitDataset.batch_size"):
        tiny_dataset(path, batch_size=101)
    with refused("batch_size=0", 1):
        tiny_dataset(path, batch_size=0)


CORPORA = os.environ.get("SCRIBE_CORPORA")


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.skipif(not CORPORA, reason="SCRIBE_CORPORA names no folder of corpora")
@pytest.mark.parametrize(
    ("name", "total"),
    [("mnist_rgba_folders.tar.gz", 6_000), ("digits_rgba_folders.tar.gz", 10_000)],
)
def test_the_real_folders_are_read_whole(name, total):
    path = Path(CORPORA) / "digits" / name
    if not path.is_file():
        pytest.skip(f"there is no {path.name} in SCRIBE_CORPORA")
    corpus = digit_data.read_digits(path)
    assert len(corpus.train_images) + len(corpus.held_out_images) == total
    assert corpus.dropped == {}
    assert 0.08 < len(corpus.held_out_images) / total < 0.12
    np.testing.assert_array_less(0.05 * len(corpus.train_images), np.bincount(
        corpus.train_digits
    ))  # fmt: skip
    assert corpus.train_images.mean() > 180  # paper, with little ink on it


@pytest.mark.integration
@pytest.mark.skipif(not CORPORA, reason="SCRIBE_CORPORA names no folder of corpora")
def test_the_real_mnist_is_read_whole():
    path = Path(CORPORA) / "digits" / "mnist.npz"
    if not path.is_file():
        pytest.skip(f"there is no {path.name} in SCRIBE_CORPORA")
    corpus = digit_data.read_digits(path)
    assert corpus.train_images.shape == (60_000, 28, 28)
    assert corpus.held_out_images.shape == (10_000, 28, 28)
    assert corpus.train_images.mean() > 180
