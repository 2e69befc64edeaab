"""Runs the notebooks and stores what they showed, so that a reader sees pictures.

  python notebooks/refresh.py                    all but COLAB_TRAINING
  python notebooks/refresh.py 7_writing.ipynb    some
  python notebooks/refresh.py --address          only the repository's address

Pictures are kept small, warnings and paths of this machine are left out. A notebook
that fails is not changed. The address is `url` in setup.cfg: badges for Colab and the
first cell get it as soon as it is known.
"""

import argparse
import base64
import configparser
import io
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbclient
import nbformat
from PIL import Image, ImageSequence

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
# It trains, and has to be run where it is needed.
UNSTORED = "COLAB_TRAINING.ipynb"
UNKNOWN = "OWNER/REPOSITORY"
FIRST_CELL = "find-scribe"
CELL_SECONDS = 600
MAX_WIDTH = 720
NUM_GREYS = 6
NUM_COLOURS = 16
BADGE = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"


def address() -> str:
    """The repository's address, or "" while nobody knows it."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    url = settings["metadata"]["url"]
    return "" if UNKNOWN in url else url


def set_address(notebook, name: str, url: str) -> None:
    """Puts the badge under the title and the address into the first cell."""
    title = notebook.cells[0]
    kept = [line for line in title.source.split("\n") if not line.startswith(BADGE)]
    text = "\n".join(kept).replace("\n\n\n", "\n\n")
    if url:
        place = url.removeprefix("https://github.com/")
        link = f"https://colab.research.google.com/github/{place}/blob/main/notebooks"
        head, rest = text.split("\n", 1)
        text = f"{head}\n\n{BADGE}({link}/{name})\n{rest}"
    title.source = text
    for cell in notebook.cells:
        if cell.id == FIRST_CELL:
            line = f'REPOSITORY = "{url}"'
            cell.source = re.sub(r'^REPOSITORY = ".*"', line, cell.source, flags=re.M)


def small(picture: bytes, kind: str) -> bytes:
    """A picture of at most MAX_WIDTH pixels and few colours."""
    frames = [
        frame.convert("RGBA")
        for frame in ImageSequence.Iterator(Image.open(io.BytesIO(picture)))
    ]
    whites = [Image.new("RGBA", frame.size, "white") for frame in frames]
    flat = []
    for white, frame in zip(whites, frames, strict=True):
        white.alpha_composite(frame)
        scale = min(1.0, MAX_WIDTH / white.width)
        size = (round(white.width * scale), round(white.height * scale))
        image = white.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        saturation = image.convert("HSV").getchannel("S").point(lambda s: s > 96)
        if saturation.getbbox() is None:  # ink on paper
            image, colours = image.convert("L"), NUM_GREYS
        else:
            colours = NUM_COLOURS
        flat.append(image.quantize(colours, dither=Image.Dither.NONE))
    out = io.BytesIO()
    if kind == "image/gif":
        duration = Image.open(io.BytesIO(picture)).info.get("duration", 50)
        options = {"save_all": True, "append_images": flat[1:], "loop": 0}
        flat[0].save(out, "GIF", duration=duration, **options)
    else:
        flat[0].save(out, "PNG", optimize=True)
    return min(picture, out.getvalue(), key=len)


def cleaned(outputs: list) -> list:
    """Outputs without warnings, and with small pictures."""
    kept = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            continue
        data = output.get("data", {})
        if "image/png" in data:
            data.pop("image/jpeg", None)  # Pillow gives both
        for kind in ("image/png", "image/gif"):
            if kind in data:
                picture = small(base64.b64decode(data[kind]), kind)
                data[kind] = base64.b64encode(picture).decode()
        if "text/plain" in data:
            plain = re.sub(r" at 0x[0-9A-Fa-f]+", "", data["text/plain"])
            data["text/plain"] = plain.replace(str(ROOT), "..")
        if "text" in output:
            output.text = output.text.replace(str(ROOT), "..")
        if "metadata" in output:
            output.metadata = {}
        kept.append(output)
    return kept


def run(notebook) -> None:
    """Executes a notebook in its folder, its own files in a temporary one."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SCRIBE_NOTEBOOK_FOLDER"] = folder
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        client = nbclient.NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(FOLDER)}},
        )
        client.execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = cleaned(cell.outputs)
            cell.metadata = {}
    plain = notebook.metadata.language_info.name
    notebook.metadata.language_info = {"name": plain}


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="notebooks, all by default")
    parser.add_argument("--address", action="store_true", help="run nothing")
    options = parser.parse_args(arguments)
    known = [path.name for path in sorted(FOLDER.glob("*.ipynb"))]
    wrong = sorted(set(options.names) - set(known))
    if wrong:
        parser.error(f"no notebook {', '.join(wrong)}: there are {', '.join(known)}")
    for name in options.names or known:
        path = FOLDER / name
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        set_address(notebook, name, address())
        began = time.monotonic()
        if not options.address and name != UNSTORED:
            run(notebook)
        nbformat.write(notebook, path)
        seconds = time.monotonic() - began
        print(f"{name}: {seconds:.0f} s, {path.stat().st_size // 1000} kB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
