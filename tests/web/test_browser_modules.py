"""What the exported page computes is what the NumPy engine and its neighbours compute.

Its modules run in Node here, beside the Python that they follow.
"""

import base64
import dataclasses
import itertools
import json
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from web_server import drawing
from writing_samples import scribbler

from scribe.models.engine import random_numbers
from scribe.models.shipped import shipped_model
from scribe.models.stroke_model import load_model, save_model
from scribe.models.variant import GRAVES, Variant
from scribe.reading import reader as readers
from scribe.strokes import line_breaks, stroke_files
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.web import files, sheet, site
from scribe.writing import Style, Writer, own_hand, spelling, styles
from scribe.writing.attempts import Attempt
from scribe.writing.best_of import write_best

HARNESS = Path(__file__).parents[1] / "samples" / "site_in_node.mjs"
NODE = shutil.which("node")
TEXTS = ["fox jumps", "over, 3 dogs.", "Why?"]
VARIANTS = {
    "graves": GRAVES,
    "softplus": Variant(
        window_form="softplus",
        window_reads_input=True,
        min_probability=0.02,
        starts_lifted=True,
    ),
    "narrow": Variant(
        window_feedback=False,
        window_form="exp",
        skip_layers=2,
        output_skips=False,
        pen_threshold=0.15,
    ),
}

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(NODE is None, reason="no Node.js was found: install nodejs"),
]


def asked(folder: Path, *calls):
    """What the modules of a site answer to calls, (name, options) each."""
    done = subprocess.run(
        [NODE, HARNESS, folder],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def half(model):
    """A model whose weights lose nothing in half precision."""
    weights = {n: np.float32(np.float16(w)) for n, w in model.weights.items()}
    return dataclasses.replace(model, weights=weights)


def small_site(folder: Path, **options):
    """A site of a scribbler, and the scribbler as its run folder has it."""
    run = folder / "run"
    run.mkdir()
    save_model(half(scribbler(**options)), run, facts={})
    model = load_model(run)
    site.write_site(model, folder / "site")
    return model, folder / "site"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return small_site(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """The shipped writer and its site."""
    model = load_model(shipped_model("scribe_default"))
    folder = tmp_path_factory.mktemp("shipped") / "site"
    site.write_site(model, folder)
    return model, folder


def order(texts=TEXTS, **options) -> dict:
    return {"texts": texts, "bias": 0.7, "seed": 11, **options}


def assert_same_strokes(line: dict, ours, atol=1e-3) -> None:
    theirs = np.array(line["strokes"])
    assert theirs.shape == ours.strokes.shape
    np.testing.assert_allclose(theirs, ours.strokes, atol=atol)
    assert (line["finished"], line["attempts"]) == (ours.finished, ours.attempts)


@pytest.mark.parametrize("seed", [0, 7, 2**53 - 1])
def test_the_random_numbers_are_those_of_numpy_bit_for_bit(small, seed):
    calls = [("blocks", {"seed": seed, "key": [3, 2, 1, 1], "count": 5})]
    calls += [("noise", dict(seed=seed, text=2, sample=1, attempt=3, count=50))]
    blocks, noise = asked(small[1], *calls)
    sequence = np.random.SeedSequence(seed, spawn_key=(3, 2, 1, 1))
    random = np.random.Generator(np.random.Philox(sequence))
    assert blocks == random.random([5, 4]).tolist()
    np.testing.assert_allclose(noise, random_numbers(seed, 2, 1, 50, 3), rtol=1e-6)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_of_the_network_writes_the_same_strokes(tmp_path, name):
    model, folder = small_site(tmp_path, variant=VARIANTS[name], num_layers=3)
    ours = Writer(model, "numpy").write(TEXTS, bias=0.7, seed=11)
    with_simd, lines, plain = asked(
        folder,
        ("simd",),
        ("lines", {"order": order()}),
        ("lines", {"order": order(), "simd": False}),
    )
    assert with_simd
    for line, other, own in zip(lines, plain, ours, strict=True):
        assert_same_strokes(line, own)
        assert_same_strokes(other, own)


def test_a_style_is_continued_as_here(small):
    model, folder = small
    line = Writer(model, "numpy").write("the lazy dog", seed=3)[0]
    style = Style(line.text, line.strokes)
    hand = {"id": "one", "text": style.text, "strokes": style.strokes.tolist()}
    (lines,) = asked(folder, ("lines", {"order": order(), "hand": hand}))
    ours = Writer(model, "numpy").write(TEXTS, bias=0.7, seed=11, style=style)
    for theirs, own in zip(lines, ours, strict=True):
        assert_same_strokes(theirs, own)


@pytest.mark.slow
def test_the_shipped_writer_writes_the_same_lines_and_chooses_the_same(shipped):
    model, folder = shipped
    writer = Writer(model, "numpy")
    name = styles.shipped_names(model.folder)[0]
    texts = ["Dear Ada, it writes", "by itself, at 3."]
    # Over so many steps roundings of the window's place would add up.
    long = "a letter that goes on for a line of some eighty characters, " * 2
    texts.append(long[:80].strip())
    chance, chosen = asked(
        folder,
        ("lines", {"order": order(texts, bias=1.0)}),
        (
            "lines",
            {
                "order": order(texts, bias=0.2, best_of=3),
                "hand": name,
                "chooses": True,
            },
        ),
    )
    for line, own in zip(chance, writer.write(texts, seed=11), strict=True):
        assert_same_strokes(line, own)
    for number, (line, text) in enumerate(zip(chosen, texts, strict=True)):
        ways = writer.write_attempts(
            3 * writer.spelled(text, "refuse"),
            [Attempt(11, number, sample) for sample in range(3)],
            bias=0.2,
            style=name,
        )
        lengths = [len(way.strokes) for way in ways]
        assert len(line["strokes"]) in lengths
        way = ways[lengths.index(len(line["strokes"]))]
        assert_same_strokes(line, way)
    # The first text's number is that of a single text here, too.
    (best,) = write_best(writer, texts[0], 3, seed=11, bias=0.2, style=name)
    assert_same_strokes(chosen[0], best)


@pytest.mark.slow
def test_its_reader_reads_as_the_shipped_one_does(shipped):
    model, folder = shipped
    ours = readers.load_reader(readers.CHOOSING)
    texts = ["the quick brown fox", "jumps over 13 dogs", "Hello, Ada!"]
    lines = Writer(model, "numpy").write(texts, seed=4, bias=0.5)
    found = asked(
        folder,
        *(
            ("check", {"strokes": line.strokes.tolist(), "text": line.text})
            for line in lines
        ),
    )
    nats, right = ours.check([line.strokes for line in lines], texts)
    assert [one["right"] for one in found] == right.tolist()
    # Its weights have a byte each.
    np.testing.assert_allclose([one["nats"] for one in found], nats, atol=0.03)


def test_the_strokes_of_a_page_are_parted_into_the_same_lines(small):
    model, folder = small
    texts = [" ".join(words) for words in itertools.permutations(TEXTS)]
    random = np.random.default_rng(4)
    pages = []
    for slope in (0.0, 0.08, -0.15):
        lines = Writer(model, "numpy").write(texts[:5], seed=int(random.integers(9)))
        paths = []
        for number, line in enumerate(lines):
            x, y = np.concatenate(split_at_pen_lifts(line.strokes)).T
            height = np.ptp(y)
            for path in split_at_pen_lifts(line.strokes):
                away = [2.0 * height * random.random(), 1.3 * height * number]
                paths.append(path + away + [0.0, slope] * path[:, :1])
        order = [*random.permutation(4), *range(4, len(paths))]  # some are late
        pages.append([paths[i] for i in order])
    answers = asked(
        folder, *(("split", {"paths": [p.tolist() for p in page]}) for page in pages)
    )
    for page, answer in zip(pages, answers, strict=True):
        ours = [[p.tolist() for p in line] for line in line_breaks.split_lines(page)]
        assert len(ours) > 1 and answer == ours


PAD = [{"penColor": "black", "points": [{"x": 1, "y": 2, "time": 5, "pressure": 0.4},
                                        {"x": 3, "y": 5, "time": 9, "pressure": 0.5}]},
       {"points": [{"x": 7, "y": 2, "time": 20, "pressure": 0}]}]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        PAD,
        {"strokes": PAD, "label": "ab"},
        [[[1, 2], [3, 4]], [], [[5, 6, 7]]],
        [[[1, 2, 3, 4, 5], [6, 7, 8, 9, 9], [1, 2, 3, 4, 5]], [[1, 2], [3, 4]]],
        {"ink": {"x": [[1, 2], [3]], "y": [[4, 5], [6]], "t": [[0, 9], [20]]}},
        {"strokes": [{"X": [1, 2], "Y": [3, 4], "T": []}]},
        {"drawing": [[[1, 2], [3, 4], [0, 5]]]},
    ],
    ids=["signature_pad", "with a text", "rows", "columns", "ink", "no times", "draw"],
)
def test_json_of_pads_and_boards_is_read_as_here(small, content):
    (found,) = asked(small[1], ("strokes", content))
    ours = stroke_files.parse_drawing(json.dumps(content).encode())
    wanted = [np.asarray(stroke).tolist() for stroke in ours.strokes]
    assert found["strokes"] == [stroke for stroke in wanted if stroke]
    assert found["text"] == ours.text


@pytest.mark.parametrize(
    "content",
    [{}, {"strokes": 3}, [[{"x": 1}]], [[["a", 1]]], [{"x": [1], "y": [1, 2]}]],
)
def test_json_that_has_no_strokes_is_refused(small, content):
    (found,) = asked(small[1], ("strokes", content))
    assert "JSON" in found["error"] or "[x, y]" in found["error"]


@pytest.mark.slow
@pytest.mark.parametrize("timed", [True, False])
def test_a_drawing_becomes_the_same_style(shipped, timed):
    model, folder = shipped
    text = "the quick brown fox"
    strokes = [[row[: 3 if timed else 2] for row in s] for s in drawing(text)]
    turned = [[[-x, -y] for x, y, *_ in stroke] for stroke in strokes]
    style, reading, upside_down = asked(
        folder,
        ("style", {"lines": [{"text": text, "strokes": strokes}], "judged": True}),
        ("reading", {"text": text, "strokes": strokes}),
        ("reading", {"text": text, "strokes": turned}),
    )
    hand = own_hand.from_line(strokes, text, model)
    ours = styles.find_style(styles.cleaned(hand.style, model), model)
    assert style["text"] == ours.text
    theirs = np.array(style["strokes"])
    assert theirs.shape == ours.strokes.shape
    np.testing.assert_allclose(theirs, ours.strokes, atol=0.02)
    assert reading["fits"] and upside_down["fits"]


@pytest.mark.slow
def test_a_drawing_of_another_text_is_refused_with_what_it_reads(shipped):
    strokes = drawing("the quick brown fox")
    answers = asked(
        shipped[1],
        (
            "style",
            {"lines": [{"text": "jazz at Kew Gdns 9", "strokes": strokes}] * 2,
             "judged": True},
        ),
        ("style", {"lines": [{"text": "fox", "strokes": [[[0, 0], [1, 1]]]}]}),
    )  # fmt: skip
    assert "line 1" in answers[0]["error"] and "jazz" in answers[0]["error"]
    assert "2 points" in answers[1]["error"]


def test_files_are_those_of_the_server(small):
    model, folder = small
    written = Writer(model, "numpy").write(TEXTS, seed=2)
    lines = [written[0], None, *written[1:]]
    paper = {"height_mm": 10.0, "width_mm": 60.0, "length_mm": 150.0, "rule": "lines",
             "page_length_mm": 60.0}  # fmt: skip
    ink, ground = "#1b2a4a", "#faf3e2"
    look = {"ink": ink, "paper": ground, "pen_width_mm": 0.42}
    rule_ink = sheet.rule_ink(ink, ground)
    rows = [line and line.strokes.tolist() for line in lines]
    asked_for = {"lines": rows, "hand": None, "paper": paper,
                 "look": look | {"rule_ink": rule_ink}}  # fmt: skip
    svg, gcode, pdf = asked(
        folder,
        *(("file", asked_for | {"format": name}) for name in ("svg", "gcode", "pdf")),
    )
    placed = [line and sheet.place_line(line, None, 10.0) for line in lines]
    arguments = (placed, 10.0, (60.0, 150.0), "lines")
    from scribe.drawing.page import Look

    ours = Look(**look, rule_ink=rule_ink)
    page = [sheet.sheet(*arguments)]
    assert nearly(svg, files.file_of(page, ours, "svg").decode(), "<path")
    pages = sheet.pages(*arguments, 60.0)
    assert len(pages) > 1
    assert nearly(gcode, files.file_of(pages, ours, "gcode").decode(), "G1")
    theirs, ours = base64.b64decode(pdf), files.file_of(pages, ours, "pdf")
    found, expected = pdf_streams(theirs), pdf_streams(ours)
    assert len(found) == len(expected) == len(pages)
    for content, own in zip(found, expected, strict=True):
        assert nearly(content, own, " c")
    boxes = re.compile(rb"/MediaBox.*|/Kids.*")
    assert re.findall(boxes, theirs) == re.findall(boxes, ours)


def pdf_streams(document: bytes) -> list[str]:
    """What the pages of a PDF draw, whose table of offsets is right."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", document)[1])
    assert document[start:].startswith(b"xref\n0 ")
    offsets = re.findall(rb"(\d{10}) 00000 n \n", document[start:])
    for number, offset in enumerate(map(int, offsets), start=1):
        assert document[offset:].startswith(b"%d 0 obj\n" % number)
    streams = re.finditer(rb"/Length (\d+) [^>]*>>\nstream\n", document)
    return [
        zlib.decompress(document[s.end() : s.end() + int(s[1])]).decode()
        for s in streams
    ]


def nearly(theirs: str, ours: str, what: str) -> bool:
    """Whether two files are the same but for the last digit of some numbers."""
    theirs, ours = theirs.splitlines(), ours.splitlines()
    assert len(theirs) == len(ours) and sum(line.count(what) for line in ours) > 5
    others = [pair for pair in zip(theirs, ours, strict=True) if pair[0] != pair[1]]
    return len(others) <= 0.01 * len(ours)


# Marks over, under, through and beside letters, at capitals, two on one letter, without
# a letter of Unicode's; drawn characters at both ends of words and alone.
ACCENTED = [
    "Příliš žluťoučký kůň, ďáblík ľan",
    "große Füße: 50 € für ŁÓDŹ?",
    "ŷĳ ǖ x\u0302 ķģņ șțąęįş Đđħŧŀ ıøØ¢",
    "½ + ½ = «œuf» ¿æ",
    "ß",
]


def test_normal_numbers_are_those_of_numpy(small):
    # So many that each way through the ziggurat, its tail too, is taken.
    (found,) = asked(small[1], ("normals", {"seed": 3, "key": [1], "count": 20_000}))
    random = np.random.Generator(
        np.random.Philox(np.random.SeedSequence(3, spawn_key=(1,)))
    )
    ours = random.normal(size=20_000)
    assert np.abs(ours).max() > 3.66
    np.testing.assert_allclose(found, ours, rtol=1e-12)


def test_a_text_is_spelled_in_letters_marks_and_drawn_signs_as_here(small):
    model, folder = small
    texts = [*ACCENTED, "“ﬁ”\u00a0–  ’…\u2009Ωй", "e\u0301\u0323a\u0308\u0304 \u0301"]
    answers = asked(
        folder, *(("spell", {"text": text, "unknown": "replace"}) for text in texts)
    )
    for text, answer in zip(texts, answers, strict=True):
        ours = spelling.spell(text, model.alphabet, "replace")
        assert (answer["text"], answer["base"]) == (ours.text, ours.base)
        assert answer["owners"] == list(ours.owners)
        letters = [[n, dataclasses.asdict(letter)] for n, letter in ours.letters]
        for _, letter in letters:
            letter["marks"] = list(letter["marks"])
        assert answer["letters"] == letters
        assert answer["substitutes"] == [
            dataclasses.asdict(one) for one in ours.substitutes
        ]
        assert answer["plain"] == spelling.plain_text(ours.text, model.alphabet)
    (known,) = asked(folder, ("characters",))
    assert set(spelling.writable(model.alphabet)) <= set(known)


def test_marks_and_drawn_signs_are_set_as_here(small):
    model, folder = small
    lines, other = asked(
        folder,
        ("lines", {"order": order(ACCENTED)}),
        ("lines", {"order": order(ACCENTED, seed=12)}),
    )
    ours = Writer(model, "numpy").write(ACCENTED, bias=0.7, seed=11)
    assert all(line.composed is not None for line in ours)
    for theirs, own in zip(lines, ours, strict=True):
        assert theirs["text"] == own.text
        assert_same_strokes(theirs, own)
    assert lines != other


@pytest.mark.slow
def test_the_shipped_writer_sets_the_same_marks(shipped):
    model, folder = shipped
    (lines,) = asked(folder, ("lines", {"order": order(ACCENTED), "hand": "neat"}))
    ours = Writer(model, "numpy").write(ACCENTED, bias=0.7, seed=11, style="neat")
    for theirs, own in zip(lines, ours, strict=True):
        assert_same_strokes(theirs, own)


def test_what_is_not_written_as_it_stands_is_named(small):
    folder = small[1]
    texts = ["“It’s”  – naive…", " ﬁne\u00a0day ", "世 Ωmega"]
    answers = asked(
        folder, *(("spell", {"text": text, "unknown": "replace"}) for text in texts)
    )
    spelled = [one["text"] for one in answers]
    assert spelled == ["It's - naive...", "fine day", "Omega"]
    assert answers[2]["substitutes"] == [
        {"character": "世", "written": "", "line": 1, "column": 1},
        {"character": "Ω", "written": "O", "line": 1, "column": 3},
    ]
    named = [one["character"] for one in answers[0]["substitutes"]]
    assert named == ["“", "”"] and answers[1]["substitutes"] == []
    (refused,) = asked(folder, ("spell", {"text": "a 世", "unknown": "refuse"}))
    assert "世" in refused["error"] and "1:3" in refused["error"]
    lost = asked(folder, ("lines", {"order": order(["世"])}))
    assert "世" in lost[0]["error"]
    long = asked(folder, ("lines", {"order": order(["a" * 121])}))
    assert "121" in long[0]["error"] and "120" in long[0]["error"]
