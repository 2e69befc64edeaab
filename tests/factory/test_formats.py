"""Every format is read back by its toolkit's own parser, or one of its field."""

import csv
import importlib.util
import io
import json
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from factory_samples import files_in, model_in, plan_of
from repository import ROOT

from scribe.factory import runner
from scribe.factory.formats import FORMATS

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("clean_gin")]

SPLITS = "Recipe.splits = {'train': 2, 'test': 1}"
PAGES = (
    "Sheets.width = 300", "Sheets.line_height = 40", "Sheets.lines = 3",
    "Sheets.paragraph_lines = 2", "Recipe.samples_per_shard = 2",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(format, recipe) -> the folder of a data set; made once."""
    model = model_in(tmp_path_factory.mktemp("models") / "scribbler")
    known = {}

    def make(form, recipe="words"):
        if (form, recipe) not in known:
            folder = tmp_path_factory.mktemp(form) / "set"
            more = PAGES if recipe == "paragraphs" else ()
            count = 3 if more else 12
            runner.make(
                plan_of(model, SPLITS, *more, form=form, num_samples=count,
                        recipe=f"factory/{recipe}.gin"),
                folder,
            )  # fmt: skip
            known[form, recipe] = folder
        return known[form, recipe]

    return make


@pytest.fixture(scope="module")
def truth(made):
    """The samples as the plain format has them: by split [(image, labels)]."""

    def of_split(folder):
        rows = (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(row) for row in rows]
        return [(cv2.imread(str(folder / row["file_name"]), -1), row) for row in rows]

    def find(recipe="words"):
        folder = made("folder", recipe)
        return {split: of_split(folder / split) for split in ("train", "test")}

    return find


def picture(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), -1)


def test_every_format_writes_all_samples_and_says_so(made):
    for form in FORMATS:
        if form == "tfrecord":
            continue
        facts = json.loads((made(form) / "dataset.json").read_text())
        assert facts["finished"] and sum(facts["splits"].values()) == 12
        assert set(facts["splits"]) == {"train", "test"}


def test_parquet_is_read_by_pyarrow(made, truth):
    from pyarrow import parquet

    for split, known in truth().items():
        rows = [
            row
            for path in sorted(made("parquet").glob(f"data/{split}-*.parquet"))
            for row in parquet.read_table(path).to_pylist()
        ]
        assert [row["text"] for row in rows] == [labels["text"] for _, labels in known]
        for row, (image, labels) in zip(rows, known, strict=True):
            np.testing.assert_array_equal(picture(row["image"]["bytes"]), image)
            assert json.loads(row["labels"])["lines"] == labels["lines"]
    (path, *_) = made("parquet").glob("data/*.parquet")
    schema = parquet.read_schema(path)
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"}
    card = (made("parquet") / "README.md").read_text()
    assert card.startswith("---\n") and "split: test" in card and "Terms" in card


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_webdataset_is_read_by_webdataset(made, truth):
    webdataset = pytest.importorskip("webdataset")
    for split, known in truth().items():
        paths = [
            str(path) for path in sorted(made("webdataset").glob(f"{split}-*.tar"))
        ]
        found = list(webdataset.WebDataset(paths, shardshuffle=False))
        assert [s["txt"].decode() for s in found] == [k["text"] for _, k in known]
        for sample, (image, labels) in zip(found, known, strict=True):
            np.testing.assert_array_equal(picture(sample["png"]), image)
            assert json.loads(sample["json"])["strokes"] == labels["strokes"]


def test_tar_files_hold_no_time_and_no_owner(made):
    (path, *_) = made("webdataset").glob("train-*.tar")
    with tarfile.open(path) as archive:
        assert {(m.mtime, m.uid, m.uname) for m in archive} == {(0, 0, "")}


@pytest.mark.slow
def test_tfrecords_are_read_by_tf_data(made, truth):
    from scribe.factory.formats import tfrecord

    for split, known in truth().items():
        found = list(tfrecord.read(made("tfrecord"), split).as_numpy_iterator())
        for sample, (image, labels) in zip(found, known, strict=True):
            np.testing.assert_array_equal(sample["image"][..., 0], image)
            assert sample["text"].decode() == labels["text"]
            assert json.loads(sample["labels"])["lines"] == labels["lines"]


def test_lmdb_is_read_by_lmdb(made, truth):
    import lmdb

    for split, known in truth().items():
        folder = str(made("lmdb") / split)
        with lmdb.open(folder, readonly=True, lock=False) as database:
            with database.begin() as transaction:
                assert int(transaction.get(b"num-samples")) == len(known)
                for i, (image, labels) in enumerate(known, start=1):
                    text = transaction.get(b"label-%09d" % i).decode()
                    data = transaction.get(b"image-%09d" % i)
                    assert text == labels["text"]
                    np.testing.assert_array_equal(picture(data), image)


def test_iams_tree_is_read_by_scrabblegan(made, truth):
    from scrabblegan.words.corpora import IamWords

    words = list(IamWords(made("iam")).words())
    known = [pair for pairs in truth().values() for pair in pairs]
    by_text = sorted((w.text, w.content()) for w in words)
    assert [text for text, _ in by_text] == sorted(k["text"] for _, k in known)
    for word in words:
        assert picture(word.content()).shape[0] == 24


def test_lines_of_iams_tree_have_bars_between_words(made, truth):
    rows = (made("iam", "lines") / "lines.txt").read_text().splitlines()[1:]
    texts = [row.split(" ")[8].replace("|", " ") for row in rows]
    known = [k["text"] for pairs in truth("lines").values() for _, k in pairs]
    assert sorted(texts) == sorted(text for text in known if " " in text)


def test_the_plain_folder_is_prepared_by_scrabblegan(made, truth, tmp_path):
    from scrabblegan.words.corpora import ImageFolder

    words = list(ImageFolder(made("folder")).words())
    known = [k["text"] for pairs in truth().values() for _, k in pairs]
    assert sorted(w.text for w in words) == sorted(known)
    assert {w.split for w in words} == {"train", "test"}


@pytest.mark.parametrize(
    ("form", "name"), [("paddleocr", "rec_gt_{}.txt"), ("loghi", "{}.txt")]
)
def test_lists_name_a_picture_and_its_text(made, truth, form, name):
    for split, known in truth().items():
        rows = (
            (made(form) / name.format(split)).read_text(encoding="utf-8").splitlines()
        )
        pairs = [row.split("\t") for row in rows]
        assert [text for _, text in pairs] == [k["text"] for _, k in known]
        for (path, _), (image, _) in zip(pairs, known, strict=True):
            found = cv2.imread(str(made(form) / path), -1)
            np.testing.assert_array_equal(found, image)
    if form == "paddleocr":
        letters = (made(form) / "dict.txt").read_text().splitlines()
        assert set(letters) == set(
            "".join(k["text"] for p in truth().values() for _, k in p)
        )


def test_pylaias_tables_are_spelled_in_its_symbols(made, truth):
    folder = made("pylaia", "lines")
    symbols = dict(
        row.rsplit(" ", 1) for row in (folder / "syms.txt").read_text().splitlines()
    )
    assert symbols["<ctc>"] == "0" and len(set(symbols.values())) == len(symbols)
    for split, known in truth("lines").items():
        rows = (folder / f"{split}.txt").read_text().splitlines()
        for row, (_, labels) in zip(rows, known, strict=True):
            name, *spelled = row.split(" ")
            assert (folder / f"{name}.png").is_file() and set(spelled) <= set(symbols)
            text = "".join(" " if s == "<space>" else s for s in spelled)
            assert text == labels["text"]


def test_easyocrs_table_is_a_csv(made, truth):
    for split, known in truth().items():
        folder = made("easyocr") / split
        table = io.StringIO((folder / "labels.csv").read_text())
        rows = list(csv.DictReader(table))
        assert [row["words"] for row in rows] == [k["text"] for _, k in known]
        assert all((folder / row["filename"]).is_file() for row in rows)


def test_doctrs_labels_are_json(made, truth):
    for split, known in truth().items():
        folder = made("doctr") / split
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        assert list(labels.values()) == [k["text"] for _, k in known]
        assert all((folder / "images" / name).is_file() for name in labels)


@pytest.mark.parametrize("form", ["page_xml", "alto"])
def test_page_and_alto_hold_what_the_labels_say(made, truth, form):
    from lxml import etree

    for split, known in truth("paragraphs").items():
        paths = sorted((made(form, "paragraphs") / split).rglob("*.xml"))
        for path, (image, labels) in zip(paths, known, strict=True):
            root = etree.parse(str(path)).getroot()
            ns = {"x": root.nsmap[None]}
            lines = root.findall(".//x:TextLine", ns)
            assert len(lines) == len(labels["lines"]) > 1
            height, width = image.shape[:2]
            for line, label in zip(lines, labels["lines"], strict=True):
                if form == "alto":
                    texts = [s.get("CONTENT") for s in line.findall("x:String", ns)]
                    baseline = line.get("BASELINE")
                    corners = line.find("x:Shape/x:Polygon", ns).get("POINTS")
                else:
                    texts = [
                        w.findtext("x:TextEquiv/x:Unicode", namespaces=ns)
                        for w in line.findall("x:Word", ns)
                    ]
                    baseline = line.find("x:Baseline", ns).get("points")
                    corners = line.find("x:Coords", ns).get("points")
                assert " ".join(texts) == label["text"]
                points = np.array([p.split(",") for p in corners.split()], float)
                assert (points >= 0).all() and (points <= [width, height]).all()
                wanted = np.clip(label["polygon"], 0, [width, height])
                np.testing.assert_allclose(points, wanted, atol=0.51)
                points = np.array([p.split(",") for p in baseline.split()], float)
                wanted = np.clip(label["baseline"], 0, [width, height])
                np.testing.assert_allclose(points, wanted, atol=0.51)
            names = [
                e.get("id") or e.get("ID")
                for e in root.iter()
                if e.get("id") or e.get("ID")
            ]
            assert len(names) == len(set(names))


def test_page_keeps_to_its_schema(made):
    """The schema comes with `pip install --no-deps ocrd`."""
    from lxml import etree

    package = importlib.util.find_spec("ocrd_validators")
    if package is None:
        pytest.skip("ocrd, which brings PRImA's page.xsd, is not installed")
    path = Path(package.submodule_search_locations[0]) / "page.xsd"
    schema = etree.XMLSchema(etree.parse(str(path)))
    paths = sorted(made("page_xml", "paragraphs").rglob("*.xml"))
    assert len(paths) == 3
    for page in paths:
        schema.assertValid(etree.parse(str(page)))


def test_paragraphs_break_into_lines_inside_their_margins(truth):
    for pairs in truth("paragraphs").values():
        for image, labels in pairs:
            lines = labels["lines"]
            assert labels["text"].split("\n") == [line["text"] for line in lines]
            assert image.shape[1] == 300
            heights = [np.mean([y for _, y in line["baseline"]]) for line in lines]
            assert (np.diff(heights) > 25).all()
            assert {line["paragraph"] for line in lines} >= {0}


def test_every_format_is_in_the_help(capsys):
    from scribe import dataset

    with pytest.raises(SystemExit):
        dataset.main(["--help"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in FORMATS)


def test_every_format_has_its_example_in_the_guide():
    guide = (ROOT / "docs" / "use" / "DATASETS.md").read_text(encoding="utf-8")
    assert all(f"--format={name}" in guide for name in FORMATS if name != "folder")


def test_the_bytes_of_a_format_are_the_same_again(made, tmp_path):
    folder = made("lmdb")
    facts = json.loads((folder / "dataset.json").read_text())
    from scribe.factory.making import Plan

    plan = Plan(facts["config"], facts["seed"], 12, "lmdb")
    runner.make(plan, tmp_path / "again")
    one, two = files_in(folder), files_in(tmp_path / "again")
    lock_free = [name for name in one if not name.endswith("lock.mdb")]
    assert {n: one[n] for n in lock_free} == {n: two[n] for n in lock_free}
