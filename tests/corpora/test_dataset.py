"""Batches: what is in them, in which order, and what never depends on padding."""

import dataclasses
import itertools

import numpy as np
import pytest
from refusals import refused
from training_samples import CHARACTERS, random_batch, tiny_dataset

from scribe.corpora.augmentation import Augmentation, RareCharacters
from scribe.corpora.batches import pad_batch
from scribe.corpora.mixing import OtherCorpus
from scribe.corpora.prepared import Line, load_lines, save_corpus
from scribe.strokes import cleaning
from scribe.strokes.cleaning import divide_by_median_offset

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def dataset(tiny_corpus):
    return tiny_dataset(tiny_corpus)


def one_epoch(dataset, epoch=0):
    first = epoch * dataset.steps_per_epoch
    batches = dataset.train_batches(first)
    return list(itertools.islice(batches, dataset.steps_per_epoch))


def lines_of(batch):
    """The lines of a batch without padding, as bytes that can be compared."""
    lengths = batch["stroke_mask"].sum(axis=1).astype(int)
    return [s[:n].tobytes() for s, n in zip(batch["strokes"], lengths, strict=True)]


def assert_equal_batches(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def test_every_line_comes_once_in_an_epoch(dataset):
    expected = sorted(line.strokes.tobytes() for line in dataset.train)
    for epoch in range(3):
        seen = [line for batch in one_epoch(dataset, epoch) for line in lines_of(batch)]
        assert sorted(seen) == expected


def test_epochs_have_different_orders(dataset):
    first, second = one_epoch(dataset, 0), one_epoch(dataset, 1)
    assert [lines_of(b) for b in first] != [lines_of(b) for b in second]


@pytest.mark.parametrize("dropped", [1, 5, 8, 9, 20])
def test_starting_at_a_step_equals_dropping_the_batches_before_it(tiny_corpus, dropped):
    dataset = tiny_dataset(tiny_corpus, augmentation=Augmentation(0.1, 0.1))
    assert dataset.steps_per_epoch == 8
    from_start = itertools.islice(dataset.train_batches(0), dropped, dropped + 4)
    batches = itertools.islice(dataset.train_batches(dropped), 4)
    for batch, expected in zip(batches, from_start, strict=True):
        assert_equal_batches(batch, expected)


def test_order_follows_from_the_seed(tiny_corpus, dataset):
    again, other = tiny_dataset(tiny_corpus), tiny_dataset(tiny_corpus, seed=2)
    for one, same in zip(one_epoch(dataset), one_epoch(again), strict=True):
        assert_equal_batches(one, same)
    assert [lines_of(b) for b in one_epoch(dataset)] != [
        lines_of(b) for b in one_epoch(other)
    ]


def test_batches_hold_lines_of_like_length(tiny_corpus):
    def padding(bucket_points):
        dataset = tiny_dataset(tiny_corpus, bucket_points=bucket_points)
        masks = [batch["stroke_mask"] for batch in one_epoch(dataset)]
        return 1.0 - sum(m.sum() for m in masks) / sum(m.size for m in masks)

    assert padding(bucket_points=5) < 0.6 * padding(bucket_points=1000)


def test_batches_have_the_asked_size_or_one_line_less(dataset):
    sizes = {len(batch["strokes"]) for batch in one_epoch(dataset)}
    assert sizes <= {3, 4}


def test_training_lines_are_augmented_and_validation_lines_are_not(
    tiny_corpus, dataset
):
    augmented = tiny_dataset(tiny_corpus, augmentation=Augmentation(0.1, 0.1))
    first, second = one_epoch(augmented, 0), one_epoch(augmented, 1)
    plain = {line.strokes.tobytes() for line in augmented.train}
    assert not plain & {line for batch in first + second for line in lines_of(batch)}
    for one, other in zip(
        augmented.validation_batches(), dataset.validation_batches(), strict=True
    ):
        assert_equal_batches(one, other)


def test_augmentation_has_the_spread_it_was_given():
    line = np.array([[0, 0, 0], [1, 0, 0], [0, -1, 1]], np.float32)
    random = np.random.default_rng(0)
    drawn = [Augmentation(0.1, 0.2)(line, random) for _ in range(2000)]
    log_x = np.log([d[1, 0] for d in drawn])
    log_y = np.log([-d[2, 1] for d in drawn])
    shear = [d[2, 0] / d[1, 0] for d in drawn]
    for sample, std in ((log_x, 0.2), (log_y, 0.2), (shear, 0.1)):
        assert abs(np.mean(sample)) < 0.02
        assert np.std(sample) == pytest.approx(std, rel=0.1)
    assert abs(np.corrcoef(log_x, log_y)[0, 1]) < 0.1
    assert all(np.array_equal(d[:, 2], line[:, 2]) for d in drawn)


def test_validation_holds_every_line_once_sorted_by_length(dataset):
    batches = list(dataset.validation_batches())
    seen = [line for batch in batches for line in lines_of(batch)]
    assert sorted(seen) == sorted(x.strokes.tobytes() for x in dataset.validation)
    assert [len(line) for line in seen] == sorted(len(line) for line in seen)


def test_texts_are_encoded_with_their_terminator(dataset):
    for batch in one_epoch(dataset):
        for ids, mask in zip(batch["text"], batch["text_mask"], strict=True):
            length = int(mask.sum())
            assert ids[length - 1] == 0
            assert len(dataset.alphabet.decode(ids)) == length - 1
    assert dataset.alphabet.characters == CHARACTERS
    assert dataset.max_characters == 7


def test_offsets_are_divided_by_their_deviation_over_the_training_lines(
    tiny_corpus, dataset
):
    recorded = load_lines(tiny_corpus, ["train", "test"])
    offsets = np.concatenate([line.strokes[1:, :2] for line in recorded])
    np.testing.assert_allclose(dataset.offset_scale, offsets.std(axis=0), rtol=1e-5)
    normal = np.concatenate([line.strokes[1:, :2] for line in dataset.train])
    np.testing.assert_allclose(normal.std(axis=0), [1.0, 1.0], rtol=1e-5)
    np.testing.assert_allclose(
        dataset.validation[0].strokes[:, :2] * dataset.offset_scale,
        load_lines(tiny_corpus, ["validation"])[0].strokes[:, :2],
        atol=1e-5,
    )


def test_points_of_an_epoch_are_those_that_have_a_predecessor(dataset):
    learnt = sum(batch["stroke_mask"][:, 1:].sum() for batch in one_epoch(dataset))
    assert dataset.points_per_epoch == learnt


def test_lines_out_of_bounds_are_left_out_and_counted(tmp_path):
    random = np.random.default_rng(0)

    def scrawl(name, points, text="ab", longest=None):
        strokes = random.normal(size=(points, 3)).astype(np.float32)
        strokes[0, :2] = 0.0
        strokes[:, 2] = 0.0
        strokes[-1, 2] = 1.0
        if longest is not None:
            strokes[-1, 0] = longest
        return Line(strokes, text, name, name)

    lines = [
        scrawl("good", 20),
        scrawl("long", 50),
        scrawl("dense", 30, text="a"),
        scrawl("sparse", 20, text="a" * 15),
        scrawl("jump", 20, longest=1e4),
        scrawl("silent", 20, text=""),
        scrawl("dot", 1, text="a"),
    ]
    save_corpus(tmp_path / "c", "x", {"train": lines, "validation": lines[:1]}, {})
    dataset = tiny_dataset(
        tmp_path / "c",
        train_splits=["train"],
        max_points=40,
        points_per_character=(2, 25),
        max_offset=100.0,
    )
    assert [x.name for x in dataset.train] == ["good"]
    assert dataset.dropped == {
        "more than 40 points": 1,
        "not 2 to 25 points per character": 2,
        "an offset over 100 times the median": 1,
        "no text": 1,
        "fewer than 2 points": 1,
    }
    assert "1 lines dropped: no text" in dataset.describe()


def test_steps_run_in_their_order(tiny_corpus, clean_gin):
    clean_gin.bind_parameter("decimate.keep_every", 2)
    decimate = clean_gin.get_configurable("decimate")
    dataset = tiny_dataset(tiny_corpus, steps=[decimate, divide_by_median_offset])
    line = load_lines(tiny_corpus, ["train"])[0]
    expected = divide_by_median_offset(cleaning.decimate(line.strokes, 2))
    np.testing.assert_array_equal(dataset.clean(line.strokes), expected)
    assert dataset.cleaning() == [
        {"step": "decimate", "keep_every": 2},
        {"step": "divide_by_median_offset"},
    ]


def test_a_dataset_without_a_usable_line_is_refused(tiny_corpus):
    with refused(tiny_corpus, "train, test"):
        tiny_dataset(tiny_corpus, max_points=3)


def test_missing_data_names_the_command_that_makes_it(tmp_path):
    with refused(tmp_path, "python -m scribe.prepare_data"):
        tiny_dataset(tmp_path / "nothing")


def test_a_missing_split_names_those_that_exist(tiny_corpus):
    with refused(tiny_corpus, "'tests'", "train", "StrokeDataset.train_splits"):
        tiny_dataset(tiny_corpus, train_splits=["tests"])


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"bucket_points": 0}])
def test_sizes_below_one_are_refused(tiny_corpus, wrong):
    with refused(*(f"{name}={value}" for name, value in wrong.items()), 1):
        tiny_dataset(tiny_corpus, **wrong)


def test_offsets_that_cannot_be_normalised_are_refused(tmp_path):
    strokes = np.zeros([9, 3], np.float32)
    strokes[1:, 0] = np.arange(8)  # y never moves
    line = Line(strokes, "ab", "flat", "flat")
    save_corpus(tmp_path / "c", "x", {"train": [line], "validation": [line]}, {})
    with refused(tmp_path / "c", "2.29", "x and y"):
        tiny_dataset(tmp_path / "c", train_splits=["train"])


def test_padding_puts_each_line_at_the_start_of_its_row():
    strokes = [np.ones([3, 3], np.float32), np.full([1, 3], 2.0, np.float32)]
    texts = [np.array([4, 0]), np.array([1, 2, 3, 0])]
    batch = pad_batch(strokes, texts)
    np.testing.assert_array_equal(batch["stroke_mask"], [[1, 1, 1], [1, 0, 0]])
    np.testing.assert_array_equal(batch["strokes"][1], [[2, 2, 2], [0] * 3, [0] * 3])
    np.testing.assert_array_equal(batch["text"], [[4, 0, 0, 0], [1, 2, 3, 0]])
    np.testing.assert_array_equal(batch["text_mask"], [[1, 1, 0, 0], [1, 1, 1, 1]])


@pytest.mark.slow
def test_tensors_yield_the_same_batches(dataset):
    as_tensors = dataset.tensors(dataset.validation_batches)
    for tensors, batch in zip(as_tensors, dataset.validation_batches(), strict=True):
        assert_equal_batches({n: t.numpy() for n, t in tensors.items()}, batch)


def test_the_sample_batch_of_these_tests_is_padded():
    batch = random_batch()
    assert 0.0 < batch["stroke_mask"].mean() < 1.0
    assert 0.0 < batch["text_mask"].mean() < 1.0


def test_the_alphabet_and_the_unit_of_another_network_can_be_kept(tiny_corpus):
    dataset = tiny_dataset(tiny_corpus, alphabet="dcbx", offset_scale=(2.0, 4.0))
    assert dataset.alphabet.characters == "dcbx"
    lines = dataset.train + dataset.validation
    assert lines and not any("a" in line.text for line in lines)
    total = len(lines) + dataset.dropped["characters that the alphabet lacks"]
    assert total == 40  # "validation_large" is not read
    named = {line.name: line for line in load_lines(tiny_corpus, ["train"])}
    line = next(line for line in dataset.train if line.name in named)
    recorded = named[line.name].strokes
    np.testing.assert_allclose(line.strokes * [2.0, 4.0, 1.0], recorded, rtol=1e-6)


@pytest.mark.parametrize("scale", [(1.0,), (0.0, 1.0), (1.0, float("nan"))])
def test_a_unit_that_is_none_is_refused(tiny_corpus, scale):
    with refused(f"StrokeDataset.offset_scale={scale}", "over 0"):
        tiny_dataset(tiny_corpus, offset_scale=scale)


def repeated(tiny_corpus, **changes):
    options = {"common_lines": 40, "exponent": 0.5, "max_repeats": 1.9} | changes
    return tiny_dataset(tiny_corpus, repeats=RareCharacters(**options))


def test_a_line_comes_the_more_often_the_rarer_its_rarest_character():
    rare = RareCharacters(common_lines=4, exponent=0.5, max_repeats=1.7)
    texts = ["ab", "a", "ab", "ab", "ac", "bd", "ad", "aad"]
    # a and b are common; c is in one line, d in three.
    expected = [1.0, 1.0, 1.0, 1.0, 1.7, (4 / 3) ** 0.5, (4 / 3) ** 0.5, (4 / 3) ** 0.5]
    np.testing.assert_allclose(rare(texts), expected)


def test_repeated_lines_come_as_often_on_average_and_every_epoch_is_as_long(
    tiny_corpus,
):
    dataset = repeated(tiny_corpus)
    texts = [line.text for line in dataset.train]
    expected = RareCharacters(40, 0.5, 1.9)(texts)
    assert expected.min() > 1.0
    seen = np.zeros(len(texts))
    names = {line.strokes.tobytes(): i for i, line in enumerate(dataset.train)}
    for epoch in range(60):
        batches = one_epoch(dataset, epoch)
        assert len(batches) == dataset.steps_per_epoch
        lines = [names[line] for batch in batches for line in lines_of(batch)]
        assert len(lines) == np.ceil(expected.sum())
        assert min(np.bincount(lines, minlength=len(texts))) >= 1
        seen += np.bincount(lines, minlength=len(texts))
    np.testing.assert_allclose(seen / 60, expected, rtol=0.25)
    points = [len(line.strokes) - 1 for line in dataset.train]
    assert dataset.points_per_epoch == pytest.approx(np.dot(expected, points), rel=0.02)


def test_starting_at_a_step_holds_with_repeated_lines_too(tiny_corpus):
    dataset = repeated(tiny_corpus)
    from_start = itertools.islice(dataset.train_batches(0), 13, 16)
    for batch, expected in zip(dataset.train_batches(13), from_start, strict=False):
        assert_equal_batches(batch, expected)


def test_without_rare_characters_nothing_is_repeated(dataset, tiny_corpus):
    same = repeated(tiny_corpus, common_lines=1)
    for batch, expected in zip(one_epoch(same, 2), one_epoch(dataset, 2), strict=True):
        assert_equal_batches(batch, expected)


@pytest.mark.parametrize("times", [0.25, 1.0, 2.0])
def test_lines_of_another_corpus_come_as_often_as_they_should(
    tiny_corpus, tmp_path, times
):
    lines = load_lines(tiny_corpus, ["train"])
    others = [dataclasses.replace(line, name=f"o-{line.name}") for line in lines[:8]]
    save_corpus(tmp_path / "other", "other", {"train": others}, {})
    other = OtherCorpus(str(tmp_path / "other"), ["train"], times)
    mixed = tiny_dataset(tiny_corpus, others=[other])
    alone = tiny_dataset(tiny_corpus)
    assert len(mixed.train) == len(alone.train) + 8
    assert [line.name for line in mixed.validation] == [
        line.name for line in alone.validation
    ]
    epochs = 40
    counts = np.zeros(len(mixed.train))
    for epoch in range(epochs):
        for indices in mixed._epochs.batches(epoch):
            np.add.at(counts, indices, 1)
    own, foreign = counts[: len(alone.train)], counts[len(alone.train) :]
    total = len(alone.train) + 8 * times
    even = np.ceil(total) / total  # an epoch has whole lines
    np.testing.assert_allclose(own / epochs, even, atol=0.05)
    np.testing.assert_allclose(foreign / epochs, times * even, atol=0.1)


def test_lines_of_another_corpus_may_begin_with_a_lifted_pen(tiny_corpus, tmp_path):
    lines = load_lines(tiny_corpus, ["train"])[:3]
    save_corpus(tmp_path / "other", "other", {"train": lines}, {})
    other = OtherCorpus(str(tmp_path / "other"), ["train"], 1.0)
    lifted = dataclasses.replace(other, begins_lifted=True)
    alone = tiny_dataset(tiny_corpus).train
    usual = tiny_dataset(tiny_corpus, others=[other]).train
    marked = tiny_dataset(tiny_corpus, others=[lifted]).train
    for line, expected in zip(marked, usual, strict=True):
        np.testing.assert_array_equal(line.strokes[1:], expected.strokes[1:])
    assert [line.strokes[0, 2] for line in marked[len(alone) :]] == [1.0] * 3
    assert not any(line.strokes[0, 2] for line in marked[: len(alone)])
