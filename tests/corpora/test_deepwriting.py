"""The reader of DeepWriting, on files in the published layout that are made here.

Nobody has run it on the real files yet.
"""

import os

import numpy as np
import pytest
from refusals import refused

from scribe import prepare_data, verify_data
from scribe.corpora.deepwriting import DeepWriting
from scribe.corpora.prepared import load_lines
from scribe.corpora.synthetic import Synthetic
from scribe.strokes.arrays import points_from_strokes

STORED_ALPHABET = [
    "\0",
    *"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.,-()/",
]
LINES = ["The cat", "it's 12 (ok)", "Jam, Zoo"]
WRITERS = [4, 7, 4]
POINTS_PER_CHARACTER = 8


def absolute_samples():
    """One sample a line, with the labels of its points."""
    samples, labels, ends, words = [], [], [], []
    for line_index, line in enumerate(LINES):
        random = np.random.default_rng(line_index)
        num_points = POINTS_PER_CHARACTER * len(line.replace(" ", ""))
        steps = random.normal([4.0, 0.0], [3.0, 6.0], [num_points, 2])
        pen = np.arange(num_points) % 8 == 7
        samples.append(np.column_stack([500 + np.cumsum(steps, axis=0), pen]))
        labels.append([]), ends.append([]), words.append([])
        for word_index, word in enumerate(line.split()):
            for character in word:
                labels[-1] += [character] * POINTS_PER_CHARACTER
                ends[-1] += [0] * (POINTS_PER_CHARACTER - 1) + [1]
                words[-1] += [word_index + 1] * POINTS_PER_CHARACTER
    return samples, labels, ends, words


def objects(arrays):
    result = np.empty(len(arrays), object)
    for i, array in enumerate(arrays):
        result[i] = np.array(array)
    return result


def content(alphabet=None, steps=("scale", "relative_representation", "normalization")):
    samples, labels, ends, words = absolute_samples()
    indices = {character: i for i, character in enumerate(alphabet or STORED_ALPHABET)}
    data = {}
    for step in steps:
        stacked = np.concatenate(samples)
        if step == "scale":
            data["min"], data["max"] = stacked.min(0), stacked.max(0)
            first, second = data["min"], data["max"] - data["min"]
        elif step == "normalization":
            data["mean"], data["std"] = stacked.mean(0), stacked.std(0)
            first, second = data["mean"], data["std"]
        for sample in samples:
            if step == "relative_representation":
                sample[:, :2] = np.diff(sample[:, :2], axis=0, prepend=sample[:1, :2])
            elif step in ("scale", "normalization"):
                sample[:, :2] = ((sample - first) / second)[:, :2]
    return data | {
        "samples": objects(samples),
        "texts": np.array(LINES),
        "char_labels": objects([[indices[c] for c in of] for of in labels]),
        "word_labels": objects(words),
        "eoc_labels": objects(ends),
        "subject_labels": np.array(WRITERS),
        "alphabet": np.array(STORED_ALPHABET),
        "preprocessing": np.array(steps),
    }


def write(path, data):
    np.savez_compressed(path, **data)
    return path


def lines_of(reading):
    lines = [line for of in reading.lines_by_split.values() for line in of]
    return sorted(lines, key=lambda line: line.name)


def assert_same_shape_as_recorded(line, sample):
    points = points_from_strokes(line.strokes)
    np.testing.assert_allclose(points, sample[:, :2] - sample[0, :2], atol=0.05)
    np.testing.assert_array_equal(line.strokes[:-1, 2], sample[:-1, 2])


@pytest.mark.integration
@pytest.mark.parametrize("alphabet", [STORED_ALPHABET, sorted(STORED_ALPHABET)])
def test_texts_come_from_the_labels_in_either_order_of_the_alphabet(tmp_path, alphabet):
    path = write(tmp_path / "deepwriting_training.npz", content(alphabet))
    lines = lines_of(DeepWriting(path).read())
    assert [line.text for line in lines] == LINES
    assert [line.form for line in lines] == [f"writer-{writer}" for writer in WRITERS]


@pytest.mark.integration
@pytest.mark.parametrize(
    "steps",
    [
        (),
        ("scale",),
        ("relative_representation",),
        ("relative_representation", "normalization"),
        ("scale", "semantic_chunks", "relative_representation", "normalization"),
        ("origin_translation", "relative_representation", "normalization", "scale"),
    ],
)
def test_whatever_was_done_to_the_points_is_undone(tmp_path, steps):
    path = write(tmp_path / "data.npz", content(steps=steps))
    recorded = absolute_samples()[0]
    for line, sample in zip(lines_of(DeepWriting(path).read()), recorded, strict=True):
        assert_same_shape_as_recorded(line, sample)


@pytest.mark.integration
@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((), "absolute positions"),
        (("relative_representation",), "relative_representation"),
        (
            ("relative_representation", "normalization"),
            "relative_representation, normalization",
        ),
    ],
)
def test_older_files_are_judged_by_their_data_and_it_is_said_how(tmp_path, steps, said):
    data = content(steps=steps)
    del data["preprocessing"]
    data["strokes"] = data.pop("samples")
    reading = DeepWriting(write(tmp_path / "data.npz", data)).read()
    assert any(f"judging by its data: {said}" in note for note in reading.notes)
    recorded = absolute_samples()[0]
    for line, sample in zip(lines_of(reading), recorded, strict=True):
        assert_same_shape_as_recorded(line, sample)


@pytest.mark.integration
def test_a_writer_of_both_files_is_in_one_split_only(tmp_path):
    write(tmp_path / "deepwriting_training.npz", content())
    write(tmp_path / "deepwriting_validation.npz", content())
    reading = DeepWriting(tmp_path).read()
    assert sum(map(len, reading.lines_by_split.values())) == 6
    splits_of_writer = {}
    for split, lines in reading.lines_by_split.items():
        for line in lines:
            splits_of_writer.setdefault(line.form, set()).add(split)
    assert all(len(splits) == 1 for splits in splits_of_writer.values())


def in_two_files(folder, **changes):
    """A training file and a validation file that was scaled by its mean and std."""
    data = content(steps=("relative_representation", "normalization"))
    training = write(folder / "deepwriting_training.npz", data)
    other = {k: v for k, v in data.items() if k not in ("mean", "std")} | changes
    return training, write(folder / "deepwriting_validation.npz", other)


@pytest.mark.integration
@pytest.mark.parametrize("old_names", [False, True])
def test_a_validation_file_is_scaled_by_the_numbers_of_the_training_file(
    tmp_path, old_names
):
    training, validation = in_two_files(
        tmp_path, subject_labels=np.array([4, 9, 9]), texts=np.array(LINES)
    )
    if old_names:
        for path in (training, validation):
            data = dict(np.load(path, allow_pickle=True))
            del data["preprocessing"]
            data["strokes"] = data.pop("samples")
            write(path, data)
    reading = DeepWriting(training, validation).read()
    assert {k: len(v) for k, v in reading.lines_by_split.items()} == {
        "train": 3,
        "validation": 3,
    }
    for split in ("train", "validation"):
        lines = reading.lines_by_split[split]
        assert [line.text for line in lines] == LINES
        for line, sample in zip(lines, absolute_samples()[0], strict=True):
            assert_same_shape_as_recorded(line, sample)
    forms = [line.form for line in reading.lines_by_split["validation"]]
    assert forms == ["writer-4", "writer-9", "writer-9"]
    assert "1 of 3 lines for validation are by writers of training" in reading.notes[-1]


@pytest.mark.unit
def test_a_validation_file_needs_the_training_file(tmp_path):
    training, validation = in_two_files(tmp_path)
    with refused("--validation", "--source", tmp_path):
        DeepWriting(tmp_path, validation).read()
    with refused(training):
        DeepWriting(training, training).read()


@pytest.mark.integration
def test_a_corpus_in_its_format_is_prepared_and_passes_the_checks(
    tmp_path, capsys, monkeypatch
):
    """Lines of the project's own synthetic corpus, in DeepWriting's layout."""
    monkeypatch.chdir(tmp_path)
    lines = [line for _, line in Synthetic(num_lines=24, seed=1).samples()]
    lines = [line for line in lines if set(line.text) <= {" ", *STORED_ALPHABET}]
    writers = sorted({line.form for line in lines})
    data = {
        "samples": objects([line.strokes.astype(float) for line in lines]),
        "texts": np.array([line.text for line in lines]),
        "subject_labels": np.array([writers.index(line.form) for line in lines]),
        "alphabet": np.array(STORED_ALPHABET),
        "preprocessing": np.array(["relative_representation", "normalization"]),
        **{name: objects(labels) for name, labels in labels_of(lines).items()},
    }
    points = np.concatenate(list(data["samples"]))
    mean, std = points.mean(axis=0), points.std(axis=0)
    for i, sample in enumerate(data["samples"]):
        scaled = (sample[:, :2] - mean[:2]) / std[:2]
        data["samples"][i] = np.column_stack([scaled, sample[:, 2]])
    half = len(lines) // 2
    for name, rows in (("training", slice(half)), ("validation", slice(half, None))):
        part = {k: v[rows] if len(v) == len(lines) else v for k, v in data.items()}
        scales = {"mean": mean, "std": std} if name == "training" else {}
        write(tmp_path / f"{name}.npz", part | scales)
    options = ["--format=deepwriting", "--source=training.npz", "--output=prepared"]
    assert prepare_data.main([*options, "--validation=validation.npz"]) == 0
    assert verify_data.main(["--data_dir=prepared"]) == 1  # writers are in both files
    assert "no form is in two splits: not so for writer" in capsys.readouterr().out
    assert verify_data.main(["--data_dir=prepared", "--shared_forms"]) == 0
    assert "SUCCESS! All checks passed!" in capsys.readouterr().out
    prepared = load_lines("prepared", ["train", "validation"])
    assert [line.text for line in prepared] == [line.text for line in lines]
    for line, original in zip(prepared, lines, strict=True):
        np.testing.assert_allclose(line.strokes, original.strokes, atol=1e-2)
        assert line.form == f"writer-{writers.index(original.form)}"


def labels_of(lines):
    """Labels as if each character took as many points as any other of its line."""
    labels = {"char_labels": [], "eoc_labels": [], "word_labels": []}
    for line in lines:
        characters = [c for c in line.text if c != " "]
        words = [i for i, word in enumerate(line.text.split()) for _ in word]
        at = np.arange(len(line.strokes)) * len(characters) // len(line.strokes)
        indices = np.array([STORED_ALPHABET.index(c) for c in characters])
        labels["char_labels"].append(indices[at])
        labels["word_labels"].append(np.array(words)[at] + 1)
        labels["eoc_labels"].append(np.diff(at, append=len(characters)) > 0)
    return labels


class Malicious:
    def __reduce__(self):
        return os.system, ("touch HARM",)


@pytest.mark.unit
def test_an_array_that_would_run_a_program_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = content()
    data["texts"] = np.array([Malicious()] * 3, object)
    path = write(tmp_path / "data.npz", data)
    with refused(path, "texts.npy", "system"):
        DeepWriting(path).read()
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"char_labels": None}, ["char_labels", "DeepWriting"]),
        ({"samples": None}, ["samples"]),
        ({"std": None}, ["std"]),
        ({"mean": np.zeros(2)}, ["mean", "three"]),
        ({"texts": np.array(LINES[:2])}, ["lists", "lengths"]),
        ({"subject_labels": np.array([1])}, ["lists", "lengths"]),
        ({"texts": np.array(["x"] * 3)}, ["character labels", "texts"]),
        (
            {"char_labels": objects([[99] * 48, [99] * 80, [99] * 56])},
            ["character labels", "texts"],
        ),
        ({"word_labels": objects([[1], [1], [1]])}, ["labels", "index 7", "size 1"]),
        (
            {"samples": objects([np.zeros([5, 2])] * 3)},
            ["sample 0", (5, 2), "[points, 3]"],
        ),
        ({"samples": np.array(["a", "b", "c"])}, ["sample 0", "numbers"]),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, changes, facts):
    data = {
        key: value for key, value in (content() | changes).items() if value is not None
    }
    with refused(tmp_path / "data.npz", *facts):
        DeepWriting(write(tmp_path / "data.npz", data)).read()


@pytest.mark.unit
def test_what_is_no_npz_is_refused(tmp_path):
    path = tmp_path / "data.npz"
    path.write_bytes(b"no archive")
    with refused(path, ".npz"):
        DeepWriting(path).read()
    path.unlink()
    with refused(tmp_path, ".npz"):
        DeepWriting(tmp_path).read()
