"""Every reader of files that may come from a stranger, with whole files for it.

`make(folder)` writes them, `read(folder)` reads all of them as the commands do, and
`targets` are those that an attack changes. Imports stand in the functions, so that the
readers of an earlier version can be attacked as far as it has them.
"""

import dataclasses
import io
import json
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np


@dataclasses.dataclass(frozen=True)
class Reader:
    """One reader.

    Attributes:
      area: under which its attacks are counted.
      make, targets, read: see the module.
    """

    area: str
    make: Callable[[Path], None]
    targets: tuple[str, ...]
    read: Callable[[Path], object]


STROKES = [
    [[3 * i, 10 * (i % 2), 10 * i] for i in range(9)],
    [[20 + 3 * i, 9 * (i % 3), 100 + 10 * i] for i in range(9)],
]
INK = """<?xml version="1.0"?><ink xmlns="http://www.w3.org/2003/InkML">
<traceFormat><channel name="X"/><channel name="Y"/><channel name="T" units="ms"/>
</traceFormat><annotation type="truth">ab</annotation>
<trace>0 0 0, 4 6 10, 8 1 25, 9 9 30, 12 0 40, 14 8 50, 15 1 60, 16 7 70</trace>
<trace>17 2 80, '1'4'15, "0 0 0, 1 -4 2, 0 3 1</trace></ink>"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">
<style>.pen{stroke:#000;fill:none}</style><g transform="translate(1,2) scale(2)">
<path class="pen" d="M0 0 L4 6 C5 5 6 4 8 1L9 9L10 0 Q11 9 12 1"/>
<polyline stroke="red" points="10,2 11,6"/></g></svg>"""


def _drawing(name: str, content: str | bytes) -> Reader:
    def make(folder):
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)

    def read(folder):
        from scribe.strokes import foreign, stroke_files

        if not stroke_files.is_style(folder / name):
            drawing = stroke_files.read_drawing(folder / name)
            foreign.to_recorded(drawing.strokes, drawing.text or "ab")

    return Reader("drawings and styles", make, (name,), read)


def _make_style(folder):
    rows = [[1.0, float(i % 3), int(i % 5 == 4)] for i in range(30)]
    content = {"text": "some words", "strokes": rows, "recorded": True}
    (folder / "style.json").write_text(json.dumps(content))


def _read_style(folder):
    from scribe.writing.styles import read_style

    read_style(folder / "style.json")


def _make_pen_xml(folder):
    import iam_ondb_samples

    (folder / "a01-000u-01.xml").write_text(iam_ondb_samples.line_xml(30))
    text = "OCR:\n\nx\n\nCSR: \n\nA MOVE to stop Mr . Green \nfrom %%%% doing\n"
    (folder / "a01-000u.txt").write_text(text)


def _read_pen_xml(folder):
    from scribe.corpora.iam_ondb import read_transcription
    from scribe.corpora.pen_xml import read_pen_line

    read_transcription((folder / "a01-000u.txt").read_bytes())
    read_pen_line((folder / "a01-000u-01.xml").read_bytes())


def _make_unipen(folder):
    from unipen_samples import PenFile

    pen = PenFile()
    pen.write_text("pool oil")
    pen.label("8", "TEXT", "0-3", "pool")
    pen.save(folder, "abc", "a.dat")


def _read_unipen(folder):
    from scribe.corpora.unipen_files import Pages

    pages = Pages(folder, ("7", "8"))
    for contributor in pages.contributors():
        for page in pages.of(contributor):
            dict(page.segments)


def _make_pickle(folder):
    strokes = [np.arange(30, dtype=np.int16).reshape(10, 3) for _ in range(3)]
    (folder / "a.cpkl").write_bytes(pickle.dumps([strokes, ["a", "b", "c"]], 2))


def _read_pickle(folder):
    from scribe.corpora.scribe_pickle import ScribePickle

    list(ScribePickle(folder / "a.cpkl").samples())


def _make_objects(folder):
    samples = np.empty(2, object)
    samples[:] = [np.zeros([3, 3]), np.ones([4, 3])]
    np.savez(folder / "a.npz", samples=samples, mean=np.zeros(3))


def _read_objects(folder):
    from scribe.corpora.safe_pickle import load_npz

    load_npz(folder / "a.npz")


def _make_corpus(folder):
    from scribe.corpora.prepared import Line, save_corpus

    strokes = np.ones([20, 3], np.float32)
    save_corpus(folder / "c", "mine", {"train": [Line(strokes, "ab", "l", "f")]}, {})


def _read_corpus(folder):
    from scribe.corpora.prepared import load_description, load_lines

    load_lines(folder / "c", load_description(folder / "c").splits)


def _make_words(folder):
    from word_samples import prepared_words

    prepared_words(folder / "w", {"train": ["ab", "c"]})


def _read_words(folder):
    from scrabblegan.words.prepared import load_facts, load_words

    for split in load_facts(folder / "w").get("splits", {}):
        load_words(folder / "w", split)


def _make_listed(folder):
    from word_samples import write_listed

    write_listed(folder, [("1.png", "ham", "1", "train"), ("2.png", "egg", "2", "")])


def _read_listed(folder):
    from scrabblegan.images import Unusable, decode_image
    from scrabblegan.words.corpora import ImageFolder, split_of

    for word in ImageFolder(folder).words():
        split_of(word)
        try:
            decode_image(word.content())
        except (Unusable, OSError):  # is left out and counted
            pass


def _make_iam(folder):
    from word_samples import write_iam

    write_iam(folder)


def _read_iam(folder):
    from scrabblegan.words.corpora import IamWords, split_of

    for word in IamWords(folder).words():
        split_of(word)


def _make_dhsd(folder):
    np.savez_compressed(
        folder / "d.npz", x=np.zeros([2, 64, 256], np.uint8), text=["a", "b"],
        writer=[1, 2], filename=["a.png", "b.png"],
    )  # fmt: skip


def _read_dhsd(folder):
    from scrabblegan.words.corpora import Dhsd

    list(Dhsd(folder / "d.npz").words())


def _image(format: str) -> Reader:
    def make(folder):
        from PIL import Image

        grey = Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20))
        grey.save(folder / "a.png", format)

    def read(folder):
        from scrabblegan.images import decode_image

        decode_image((folder / "a.png").read_bytes())

    return Reader("pictures", make, ("a.png",), read)


def _make_mnist(folder):
    from digit_samples import write_npz

    write_npz(folder / "mnist.npz", num_train=20, num_test=10)


def _make_digits(folder):
    import digit_samples

    random = np.random.default_rng(0)
    files = {
        f"{digit}/{number}.png": digit_samples.png(
            digit_samples.drawn_digit(digit, random)
        )
        for digit in range(3)
        for number in range(10)
    }
    with zipfile.ZipFile(folder / "digits.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with tarfile.open(folder / "digits.tar.gz", "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def _read_digits(name: str) -> Callable[[Path], None]:
    def read(folder):
        from scrabblegan.digits.dataset import read_digits

        read_digits(folder / name)

    return read


def _make_archive(folder):
    with tarfile.open(folder / "lineStrokes.tar.gz", "w:gz") as archive:
        for number in range(3):
            member = tarfile.TarInfo(f"lineStrokes/a01/{'x' * 120}/a-{number}.xml")
            member.size = 100
            archive.addfile(member, io.BytesIO(bytes(100)))


def _read_archive(folder):
    from scribe.corpora.archives import members

    list(members(folder / "lineStrokes.tar.gz", lambda name: name.endswith(".xml")))


def _make_unipen_archive(folder):
    (folder / "u").mkdir()
    _make_unipen(folder / "u")
    with tarfile.open(folder / "u.tar.gz", "w:gz") as archive:
        for name in ("data", "include"):
            archive.add(folder / "u" / name, name)


def _read_unipen_archive(folder):
    from scribe.corpora.unipen_sources import unpacked

    with unpacked(folder / "u.tar.gz"):
        pass


def _make_model(folder):
    from writing_samples import saved

    saved(folder / "m")


def _read_model(folder):
    from scribe.models import load_model
    from scribe.models.stroke_model import data_dir_of_training

    load_model(folder / "m")
    if (folder / "m" / "config.gin").exists():
        data_dir_of_training(folder / "m")


def _make_network(folder):
    description = {"kind": "scrabblegan", "network": "x", "sizes": {"channels": [1, 2]}}
    (folder / "model.json").write_text(json.dumps(description))
    np.savez_compressed(folder / "weights.npz", a=np.ones(3, np.float16))


def _read_network(folder):
    from scrabblegan.networks.network_files import read_description, read_weights

    read_description(folder, "scrabblegan")
    read_weights(folder)


def _make_gin(folder):
    from scribe.foundation import gin_config

    whole = gin_config.gin_folder() / "plotters" / "grbl_servo.gin"
    (folder / "mine.gin").write_bytes(whole.read_bytes())


def _read_gin(folder):
    from scribe.drawing.plotter import load_plotter

    load_plotter(str(folder / "mine.gin"))


READERS = {
    "json": _drawing("a.json", json.dumps({"text": "ab", "strokes": STROKES})),
    "inkml": _drawing("a.inkml", INK),
    "svg": _drawing("a.svg", SVG),
    "style": Reader(
        "drawings and styles", _make_style, ("style.json",), _read_style
    ),
    "iam_ondb": Reader(
        "corpora of strokes", _make_pen_xml, ("a01-000u-01.xml", "a01-000u.txt"),
        _read_pen_xml,
    ),
    "unipen": Reader(
        "corpora of strokes", _make_unipen,
        ("data/7/abc/a.dat", "data/8/abc/a.dat", "include/abc/a.dat"), _read_unipen,
    ),
    "scribe_pickle": Reader(
        "corpora of strokes", _make_pickle, ("a.cpkl",), _read_pickle
    ),
    "deepwriting": Reader(
        "corpora of strokes", _make_objects, ("a.npz",), _read_objects
    ),
    "prepared": Reader(
        "corpora of strokes", _make_corpus, ("c/corpus.json", "c/train.npz"),
        _read_corpus,
    ),
    "tar": Reader(
        "archives", _make_archive, ("lineStrokes.tar.gz",), _read_archive
    ),
    "unipen_tar": Reader(
        "archives", _make_unipen_archive, ("u.tar.gz",), _read_unipen_archive
    ),
    "digits_zip": Reader(
        "archives", _make_digits, ("digits.zip",), _read_digits("digits.zip")
    ),
    "digits_tar": Reader(
        "archives", _make_digits, ("digits.tar.gz",), _read_digits("digits.tar.gz")
    ),
    "prepared_words": Reader(
        "corpora of words", _make_words, ("w/words.json", "w/train.npz"), _read_words
    ),
    "listed": Reader("corpora of words", _make_listed, ("words.csv",), _read_listed),
    "iam": Reader("corpora of words", _make_iam, ("words.txt",), _read_iam),
    "dhsd": Reader("corpora of words", _make_dhsd, ("d.npz",), _read_dhsd),
    "mnist": Reader(
        "corpora of words", _make_mnist, ("mnist.npz",), _read_digits("mnist.npz")
    ),
    "png": _image("PNG"),
    "jpeg": _image("JPEG"),
    "tiff": _image("TIFF"),
    "bmp": _image("BMP"),
    "model": Reader(
        "models", _make_model, ("m/model.json", "m/weights.npz"), _read_model
    ),
    "network": Reader(
        "models", _make_network, ("model.json", "weights.npz"), _read_network
    ),
    "gin": Reader("gin files", _make_gin, ("mine.gin",), _read_gin),
}  # fmt: skip
