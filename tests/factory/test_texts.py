"""Where the words of a data set come from."""

import collections

import numpy as np
import pytest
from refusals import refused

from scribe.corpora.tokens import KINDS
from scribe.factory import texts

pytestmark = pytest.mark.unit


def lexicon(**changes):
    bound = {"language": "en", "size": 200, "exponent": 1.0, "capitalised": 0.0}
    bound |= {"in_capitals": 0.0, "punctuation": 0.0}
    return texts.Lexicon(**bound | changes)


def drawn(source, count=2000, seed=0):
    random = np.random.default_rng(seed)
    return [word for _ in range(count) for word in source.draw(random)]


def test_a_lexicon_draws_words_as_often_as_running_text_has_them():
    import wordfreq

    source = lexicon()
    counts = collections.Counter(drawn(source, 20_000))
    shares = {w: wordfreq.word_frequency(w, "en") for w in ("the", "of", "people")}
    total = sum(wordfreq.word_frequency(w, "en") for w in source._words)
    for word, share in shares.items():
        assert counts[word] / 20_000 == pytest.approx(share / total, rel=0.15)


def test_with_exponent_0_all_words_come_alike():
    counts = collections.Counter(drawn(lexicon(exponent=0.0, size=10), 5000))
    assert len(counts) == 10
    assert max(counts.values()) < 1.3 * min(counts.values())


def test_a_lexicon_has_the_shares_of_capitals_and_marks_that_are_bound():
    words = drawn(lexicon(capitalised=0.3, in_capitals=0.1, punctuation=0.2), 4000)
    marked = [w for w in words if not w.strip("(\"'").replace("'", "").isalnum()]
    assert len(marked) / 4000 == pytest.approx(0.2, abs=0.03)
    letters = [w.strip("()\"',.;:?!") for w in words]
    long = [w for w in letters if len(w) > 1]
    assert sum(w.isupper() for w in long) / len(long) == pytest.approx(0.1, abs=0.03)
    assert sum(w.istitle() for w in long) / len(long) == pytest.approx(0.3, abs=0.05)


def test_other_languages_have_their_own_words():
    assert {"und", "für"} <= set(drawn(lexicon(language="de"), 3000))


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"language": "xx"}, ["xx", "de"]),
        ({"size": 0}, [0]),
        ({"exponent": -1}, [-1]),
        ({"punctuation": 2}, ["punctuation", 2]),
    ],
)
def test_a_lexicon_that_cannot_be_is_refused(changes, facts):
    with refused(*facts):
        lexicon(**changes)


def test_text_files_give_words_that_follow_each_other(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("one two three\nfour five", encoding="utf-8")
    source = texts.TextFiles([str(path)], words_at_once=3)
    runs = {tuple(source.draw(np.random.default_rng(n))) for n in range(30)}
    words = "one two three four five".split()
    assert runs == {tuple(words[i : i + 3]) for i in range(3)}


def test_text_files_without_words_are_refused(tmp_path):
    (tmp_path / "a.txt").write_text(" \n")
    with refused("a.txt"):
        texts.TextFiles([str(tmp_path / "a.txt")], words_at_once=3)
    (tmp_path / "b.txt").write_bytes(b"caf\xe9")
    with refused("b.txt", "UTF-8", 4):
        texts.TextFiles([str(tmp_path / "b.txt")], words_at_once=3)


def test_strings_are_of_the_kinds_that_are_asked_for():
    assert all(":" in w or "." in w or "h" in w or "o" in w or "m" in w or "M" in w
               or w.isdigit() or "-" in w for w in drawn(texts.Strings(["time"]), 50)
    )  # fmt: skip
    with refused("poem", *KINDS):
        texts.Strings(["poem"])


def test_random_characters_have_their_shares_and_lengths():
    source = texts.RandomCharacters(["ab", "7"], [3, 1], (2, 5))
    words = drawn(source)
    assert {len(word) for word in words} == {2, 3, 4, 5}
    letters = "".join(words)
    assert letters.count("7") / len(letters) == pytest.approx(0.25, abs=0.03)
    for wrong in ((["ab"], [1, 2], (1, 2)), ([""], [1], (1, 2)), (["a"], [1], (3, 2))):
        with refused():
            texts.RandomCharacters(*wrong)


def test_a_mixture_draws_from_each_source_by_its_share():
    one = texts.RandomCharacters(["a"], [1], (1, 1))
    two = texts.RandomCharacters(["b"], [1], (1, 1))
    words = drawn(texts.Mixture([one, two], [1, 4]))
    assert words.count("a") / len(words) == pytest.approx(0.2, abs=0.03)
    with refused(2, 1):
        texts.Mixture([one, two], [1])


def words_of(source, num_characters, can_write=lambda word: True):
    left_out = collections.Counter()
    random = np.random.default_rng(5)
    return texts.words_of(source, num_characters, can_write, random, left_out), left_out


def test_a_line_is_as_long_as_asked_but_has_a_word():
    source = texts.RandomCharacters(["ab"], [1], (4, 4))
    for length, count in ((14, 3), (15, 3), (13, 2), (2, 1)):
        assert len(words_of(source, length)[0]) == count


def test_words_that_the_writer_cannot_write_are_left_out_and_counted():
    source = texts.RandomCharacters(["ab"], [1], (1, 1))
    words, left_out = words_of(source, 20, can_write=lambda word: word == "a")
    assert set(words) == {"a"} and sum(left_out.values()) > 0
    with refused("texts", "characters"):
        words_of(source, 20, can_write=lambda word: False)
