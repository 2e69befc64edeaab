"""An outside reader: the OCR program tesseract, on drawn lines.

It was made for print, so that it reads real handwriting badly; it is asked because it
had no part in training or choosing anything here.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence

import numpy as np

from scribe.foundation.errors import InputError, WorkFailed

# A line of print of this size has the x-height that tesseract asks for.
_LOOK = {"height_mm": 8.0, "dpi": 200.0}


def installed_version() -> str | None:
    """The program with its version, or None where it is not installed."""
    if shutil.which("tesseract") is None:
        return None
    result = subprocess.run(["tesseract", "--version"], capture_output=True, text=True)
    version = re.match(r"tesseract v?(\d+\.\d+)", result.stdout + result.stderr)
    return f"tesseract {version[1]}" if version else "tesseract"


def read_lines(lines: Sequence[np.ndarray]) -> list[str]:
    """Draws each line [P, 3] and lets tesseract read it; "" for what is no line.

    Raises:
      WorkFailed: the program ends with an error.
    """
    return [_read_line(strokes) for strokes in lines]


def _read_line(strokes: np.ndarray) -> str:
    from scribe.drawing import Look
    from scribe.drawing.page import lay_out
    from scribe.drawing.pixels import png_image

    look = Look(**_LOOK)
    try:
        picture = png_image(lay_out(strokes, look), look)
    except InputError:  # a pen that ran for metres
        return ""
    result = subprocess.run(
        # One line of English; several threads would wait for each other.
        ["tesseract", "stdin", "stdout", "--psm", "7", "-l", "eng"],
        input=picture,
        capture_output=True,
        env=os.environ | {"OMP_THREAD_LIMIT": "1"},
    )
    if result.returncode != 0:
        message = result.stderr.decode(errors="replace").strip().splitlines()
        raise WorkFailed(f"tesseract failed: {message[-1] if message else 'no reason'}")
    return " ".join(result.stdout.decode(errors="replace").split())
