"""Image files of strangers."""

import io

import pytest
from PIL import EpsImagePlugin, Image
from refusals import refused

from scrabblegan.images import Unusable, decode_image, read_image
from scrabblegan.images.decoding import MAX_PIXELS

pytestmark = pytest.mark.unit

EPS = b"""%!PS-Adobe-3.0 EPSF-3.0
%%BoundingBox: 0 0 20 20
%%EndComments
newpath 0 0 moveto 20 20 lineto stroke
%%EOF
"""


def saved(format: str, size=(20, 20)) -> bytes:
    file = io.BytesIO()
    Image.new("L" if format != "WEBP" else "RGB", size, 200).save(file, format)
    return file.getvalue()


def test_a_postscript_file_starts_no_program_whatever_it_is_called(
    tmp_path, monkeypatch
):
    ran = tmp_path / "ran"
    program = tmp_path / "gs"
    program.write_text(f"#!/bin/sh\ntouch {ran}\n")
    program.chmod(0o755)
    monkeypatch.setattr(EpsImagePlugin, "gs_binary", str(program))
    (tmp_path / "word.png").write_bytes(EPS)
    with pytest.raises(Unusable):
        read_image(tmp_path / "word.png")
    assert not ran.exists()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF", "BMP"])
def test_the_formats_of_scans_are_read(format):
    assert decode_image(saved(format)).shape == (20, 20)


@pytest.mark.parametrize("format", ["GIF", "PPM", "WEBP", "PCX", "TGA", "ICO"])
def test_other_formats_are_no_images(format):
    with pytest.raises(Unusable):
        decode_image(saved(format))


@pytest.mark.parametrize("side", [4001, 13_000, 20_000])
def test_an_image_is_refused_by_its_head_if_it_is_far_too_large(side):
    assert side * side > MAX_PIXELS
    head = bytearray(saved("BMP"))
    head[18:26] = side.to_bytes(4, "little") * 2
    with pytest.raises(Unusable, match="too large"):
        decode_image(bytes(head))


def test_a_device_is_no_image():
    with refused("/dev/zero"):
        read_image("/dev/zero")
