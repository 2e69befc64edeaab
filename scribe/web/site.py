"""The whole writer as a folder of static files: the page, the network, its hands.

The folder needs no server of ours: any web server hands its files out, and the
visitor's browser does the rest (browser/*.js, which compute what scribe.models,
scribe.writing and scribe.reading do). The page itself is that of `scribe.serve`; only
static/api.js, by which it asks for lines, is another one.
"""

import dataclasses
import gzip
import hashlib
import json
import shutil
import tempfile
import unicodedata
from pathlib import Path

import numpy as np

from scribe.drawing.plotter import Plotter, load_plotter
from scribe.foundation.alphabet import Alphabet, look_alike, same_to_a_pen
from scribe.foundation.errors import InputError
from scribe.models.shipped import shipped_model
from scribe.models.stroke_model import StrokeModel, load_model
from scribe.reading import reader as readers
from scribe.strokes import pen_shapes
from scribe.strokes.cleaning import CLEANING_STEPS
from scribe.web import sheet
from scribe.writing import own_sheet, spelling, styles
from scribe.writing.limits import MAX_BIAS, MAX_CHARACTERS

HERE = Path(__file__).parent
KIND = "attention_rnn"
FORMATS = ("svg", "png", "pdf", "gcode")
MAX_LINES, MAX_STYLES, MAX_CANDIDATES = 40, 12, 4
# Scripts of which a character may have a look-alike in the alphabet.
_LOOKED_AT = (
    *range(0x21, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000),
    *range(0x2000, 0x2270), *range(0xFB00, 0xFB07), *range(0xFF01, 0xFF5F),
)  # fmt: skip
# Only the page's own files, and WebAssembly; a drawing is kept as a blob.
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_SERVED = '<html lang="en" data-writer="server">'


def write_site(model: StrokeModel, output: Path) -> dict[str, int]:
    """Writes the folder, whole or not at all.

    Args:
      model: that is to write in the browser.
      output: a folder that does not exist or is empty.

    Returns:
      bytes of each file by its path in the folder.

    Raises:
      InputError: the model is of another kind, or cannot be run there.
    """
    _check(model)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".export.") as scratch:
        folder = Path(scratch) / "site"
        _write_page(folder)
        _write_model(folder, model)
        sizes = _write_list(folder)
        if output.is_dir():
            output.rmdir()
        folder.rename(output)
    return sizes


def _check(model: StrokeModel) -> None:
    if model.kind != KIND or not model.reads_text:
        raise InputError(
            f"{model.folder}: the page writes with models of kind {KIND!r} that read "
            f"text, not {model.kind!r}"
        )
    for step in model.cleaning:
        if step["step"] not in CLEANING_STEPS:
            raise InputError(f"{model.folder}: unknown cleaning step {step['step']!r}")
    largest = np.finfo(np.float16).max
    if not all((np.abs(w) <= largest).all() for w in model.weights.values()):
        raise InputError(f"{model.folder} has weights too large for half precision")


def _write_page(folder: Path) -> None:
    """The files that do not depend on the model."""
    nowhere = shutil.ignore_patterns("docs.*", "api.js")
    shutil.copytree(HERE / "static", folder / "static", ignore=nowhere)
    for path in sorted((HERE / "browser").glob("*.js")):
        if path.name != "service_worker.js":
            shutil.copy(path, folder / "static")
    index = folder / "static" / "index.html"
    page = index.read_text(encoding="utf-8")
    index.unlink()
    for old, new in (
        (_SERVED, _SERVED.replace("server", "browser")),
        (
            '<meta charset="utf-8">\n',
            '<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n',
        ),
    ):
        if page.count(old) != 1:
            raise AssertionError(f"index.html must have {old!r} once")
        page = page.replace(old, new)
    (folder / "index.html").write_text(page, encoding="utf-8")


def _write_model(folder: Path, model: StrokeModel) -> None:
    """site.json and the weights."""
    (folder / "model").mkdir()
    description = {
        "model": _described_model(model),
        "page": _described_page(model),
        "spelling": _described_spelling(model.alphabet),
        "shapes": _described_shapes(),
        "styles": _described_styles(model),
        "plotter": _described_plotter(),
        "reader": None,
    }
    chooser = shipped_model(readers.CHOOSING)
    if chooser is not None:
        reader = load_model(chooser)
        description["reader"] = {
            "sizes": reader.sizes,
            "alphabet": reader.alphabet.characters,
            "offset_scale": reader.offset_scale.tolist(),
            "cleaning": reader.cleaning,
            "weights": _write_weights(folder / "model" / "reader.bin", reader, "int8"),
        }
    description["model"]["weights"] = _write_weights(
        folder / "model" / "writer.bin", model, "float16"
    )
    text = json.dumps(description, ensure_ascii=False, separators=(",", ":"))
    (folder / "model" / "site.json").write_text(text + "\n", encoding="utf-8")


def _described_model(model: StrokeModel) -> dict:
    return {
        "name": model.folder.name,
        "sizes": model.sizes,
        "alphabet": model.alphabet.characters,
        "offset_scale": model.offset_scale.tolist(),
        "cleaning": model.cleaning,
        "variant": dataclasses.asdict(model.variant),
        "max_characters": MAX_CHARACTERS,
    }


def _described_page(model: StrokeModel) -> dict:
    """What the page has to know: a ModelAnswer of scribe.web.messages, mostly."""
    return {
        "max_lines": MAX_LINES,
        "max_styles": MAX_STYLES,
        "max_bias": MAX_BIAS,
        "max_candidates": MAX_CANDIDATES,
        "sheet": own_sheet.sheet_lines(model.alphabet),
        "formats": FORMATS,
        "margin_mm": sheet.MARGIN_MM,
        "line_spacing": sheet.LINE_SPACING,
        "ascent": sheet.ASCENT,
        "below_mm": sheet.BELOW_MM,
        "grid_mm": sheet.GRID_MM,
        "max_height_mm": sheet.MAX_HEIGHT_MM,
        "rule_share": sheet.RULE_SHARE,
    }


def _described_spelling(alphabet: Alphabet) -> dict:
    """How characters are spelled that the alphabet lacks: scribe.writing.spelling.

    `same` is what a pen writes alike; `alike` are look-alikes, also of what is drawn,
    for a text that the network reads.
    """
    same, alike = {}, {}
    for character in map(chr, _LOOKED_AT):
        if character.isspace() or character in alphabet:
            continue
        if letter := spelling.letter_of(character, alphabet):
            if letter.drawn and (plain := look_alike(character, alphabet.__contains__)):
                alike[character] = plain
            continue
        plain = same_to_a_pen(character)
        if plain is not None and all(spelling.letter_of(c, alphabet) for c in plain):
            same[character] = plain
        elif found := look_alike(
            character, lambda c: spelling.letter_of(c, alphabet) is not None
        ):
            alike[character] = found
    return {
        "same": same,
        "alike": alike,
        "struck": spelling.STRUCK,
        "placed": {"".join(pair): mark for pair, mark in spelling.PLACED.items()},
        "letters": spelling.writable(alphabet)[len(alphabet.characters) :],
    }


def _described_shapes() -> dict:
    return {
        "marks": pen_shapes.MARKS,
        "classes": {
            m: unicodedata.combining(m) for m in pen_shapes.MARKS if len(m) == 1
        },
        "bars": pen_shapes.BARS,
        "characters": pen_shapes.CHARACTERS,
    }


def _described_styles(model: StrokeModel) -> list[dict]:
    found = []
    for name in styles.shipped_names(model.folder):
        style = styles.find_style(name, model)
        rows = [[float(f"{v:.7g}") for v in row] for row in style.strokes.tolist()]
        found.append({"id": name, "name": name, "text": style.text, "strokes": rows})
    return found


def _described_plotter() -> dict:
    plotter = load_plotter()
    assert isinstance(plotter, Plotter)
    return dataclasses.asdict(plotter)


def _write_weights(path: Path, model: StrokeModel, kind: str) -> dict:
    """Writes the arrays of a network as browser/weights.js reads them.

    Args:
      path: the file.
      model: the network.
      kind: "float16", or "int8" with a scale for each column of a matrix.

    Returns:
      what site.json says of them.
    """
    arrays, parts = [], []
    for name, weights in model.weights.items():
        described: dict = {"name": name, "shape": list(weights.shape)}
        if kind == "int8":
            scales = np.abs(weights) / 127  # exact for a bias
            if weights.ndim > 1:
                scales = scales.max(axis=0)
            scales = np.where(scales == 0, 1, scales)
            weights = np.rint(weights / scales).astype(np.int8)
            described["scales"] = [float(f"{scale:.6g}") for scale in scales]
        else:
            weights = weights.astype("<f2")
        arrays.append(described)
        parts.append(weights.tobytes())
    data = np.frombuffer(b"".join(parts), np.uint8)
    if kind == "float16":
        data = data.reshape(-1, 2).T
    packed = gzip.compress(data.tobytes(), compresslevel=9, mtime=0)
    path.write_bytes(packed)
    return {"type": kind, "file": path.name, "arrays": arrays, "bytes": len(packed)}


def _write_list(folder: Path) -> dict[str, int]:
    """The service worker, which knows all files; returns the bytes of each."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files]
    worker = (HERE / "browser" / "service_worker.js").read_bytes()
    digest = hashlib.sha256(worker)
    for name, path in zip(names, files, strict=True):
        digest.update(name.encode() + b"\0" + path.read_bytes())
    head = f"const VERSION = {json.dumps(digest.hexdigest()[:16])};\n"
    head += f"const FILES = {json.dumps(names)};\n"
    (folder / "service_worker.js").write_bytes(head.encode() + worker)
    sizes = {n: p.stat().st_size for n, p in zip(names, files, strict=True)}
    sizes["service_worker.js"] = (folder / "service_worker.js").stat().st_size
    return sizes
