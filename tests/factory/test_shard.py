"""A shard is a function of the recipe, the seed and its number."""

import numpy as np
import pytest
from factory_samples import model_in, plan_of
from refusals import refused

from scribe.factory import shard
from scribe.factory.making import Workshop

pytestmark = [pytest.mark.unit, pytest.mark.usefixtures("clean_gin")]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return model_in(tmp_path_factory.mktemp("models") / "scribbler")


def samples_of(workshop, number):
    order = shard.Order(workshop.plan.seed, number, workshop.count(number))
    return list(shard.samples(workshop.recipe, workshop._penman, order))


@pytest.fixture(scope="module")
def samples(model):
    return samples_of(Workshop(plan_of(model)), 0)


def test_the_bytes_of_a_shard_are_the_same_whatever_was_made_before(model):
    plan = plan_of(model)
    first, second = Workshop(plan), Workshop(plan)
    one = dict(first.files(1))
    dict(second.files(2))
    dict(second.files(0))
    assert dict(second.files(1)) == one


def test_other_shards_and_seeds_give_other_pictures(model):
    workshop = Workshop(plan_of(model))
    texts = [[s.text for s in samples_of(workshop, n)] for n in (0, 1)]
    other = Workshop(plan_of(model, seed=4))
    texts.append([s.text for s in samples_of(other, 0)])
    assert len({tuple(t) for t in texts}) == 3


def test_the_last_shard_has_the_rest(model):
    workshop = Workshop(plan_of(model, num_samples=12))
    assert [workshop.count(n) for n in range(workshop.num_shards)] == [5, 5, 2]
    assert len(samples_of(workshop, 2)) == 2


def test_a_picture_of_a_word_holds_all_its_ink_and_its_labels(samples):
    for sample in samples:
        (line,) = sample.lines
        (word,) = line.words
        assert sample.text == line.text == word.text and " " not in sample.text
        assert "".join(c.text for c in word.characters) == word.text
        height, width = sample.image.shape
        assert height == 24 and sample.image.min() < 128
        points = np.concatenate(sample.strokes)
        assert (points >= 0).all() and (points <= [width, height]).all()
        rows, columns = np.nonzero(sample.image < 200)
        left, top, right, bottom = word.box
        assert columns.min() >= left - 1.5 and columns.max() <= right + 1.5
        assert rows.min() >= top - 1.5 and rows.max() <= bottom + 1.5


def test_lines_keep_their_words_in_order(model):
    workshop = Workshop(plan_of(model, recipe="factory/lines.gin"))
    for sample in samples_of(workshop, 0):
        (line,) = sample.lines
        assert sample.text == " ".join(word.text for word in line.words)
        lefts = [word.box[0] for word in line.words]
        assert lefts == sorted(lefts)


def test_the_word_before_a_first_line_is_not_kept(model):
    plan = plan_of(model, "Hands.lines_per_hand = 1", num_samples=60)
    workshop = Workshop(plan)
    texts = [s.text for s in samples_of(workshop, 0) + samples_of(workshop, 1)]
    assert "and" not in texts and len(texts) == 10


def test_every_hand_that_is_invented_has_a_name_of_its_own(model):
    workshop = Workshop(plan_of(model))
    hands = [{s.hand for s in samples_of(workshop, n)} for n in (0, 1)]
    assert not hands[0] & hands[1]


def test_splits_are_of_whole_shards_and_have_their_shares(model):
    plan = plan_of(
        model, "Recipe.splits = {'train': 8, 'validation': 1, 'test': 1}",
        "Recipe.samples_per_shard = 10",
    )  # fmt: skip
    recipe = Workshop(plan).recipe
    splits = [recipe.split_of(n, 100) for n in range(100)]
    assert [splits.count(s) for s in ("train", "validation", "test")] == [80, 10, 10]
    assert [recipe.split_of(n, 3) for n in range(3)] == ["train", "train", "test"]


def test_a_writer_of_nothing_readable_gives_up(model):
    plan = plan_of(
        model, "Check.reader = 'reader'", "Check.max_cer = 0.0",
        "Check.max_attempts = 1", num_samples=2,
    )  # fmt: skip
    workshop = Workshop(plan)
    with refused("lines", error=RuntimeError):
        list(workshop.files(0))


@pytest.mark.parametrize(
    ("binding", "facts"),
    [
        ("Recipe.kind = 'poems'", ["poems", "words"]),
        ("Recipe.engine = 'abacus'", ["abacus", "numpy"]),
        ("Recipe.line_characters = 0", ["line_characters", 0]),
        ("Recipe.samples_per_shard = 0", ["samples_per_shard", 0]),
        ("Recipe.splits = {'a b': 1}", ["a b"]),
        ("Recipe.splits = {}", ["splits"]),
        ("Hands.shares = {'robots': 1}", ["robots"]),
        ("Hands.shares = {'own': 1}", ["own"]),
        ("Hands.shares = {'styles': 1}", ["styles"]),
        ("Hands.bias = 20", ["bias", 20]),
        ("Hands.lines_per_hand = 0", ["lines_per_hand", 0]),
        ("Crop.height = 4", ["height", 4]),
        ("Crop.margin = 0.9", ["margin", 0.9]),
        ("Pens.width = 0", ["width", 0]),
        ("Check.max_cer = 2", ["max_cer", 2]),
        ("Check.reader = 'nobody'", ["nobody"]),
    ],
)
def test_a_recipe_that_cannot_be_is_refused(model, binding, facts):
    plan = plan_of(model, binding, num_samples=1)
    with refused(*facts):
        list(Workshop(plan).files(0))
