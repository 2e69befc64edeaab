"""Images side by side, and their files."""

import numpy as np
import pytest
from PIL import Image

from scrabblegan.images import pictures

pytestmark = pytest.mark.unit


def test_a_grid_fills_rows_and_leaves_paper():
    images = np.stack([np.full([2, 3], i, np.uint8) for i in range(5)])
    laid = pictures.grid(images)
    expected = np.array([[0, 1, 2], [3, 4, 255]], np.uint8)
    np.testing.assert_array_equal(laid, expected.repeat(2, 0).repeat(3, 1))
    assert pictures.grid(images, num_columns=1).shape == (10, 3)


def test_no_half_written_file_is_left(tmp_path, monkeypatch):
    def fail(image, file, **options):
        file.write(b"half")
        raise OSError("disk full")

    (tmp_path / "a.png").write_bytes(b"before")
    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        pictures.save_png(np.zeros([2, 3], np.uint8), tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"before"
