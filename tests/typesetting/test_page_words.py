"""Cutting lines into words, their measures, and the choice among several."""

import dataclasses
import itertools

import numpy as np
import pytest
from writing_samples import printed

import scribe
from scribe.foundation.alphabet import Alphabet
from scribe.strokes.arrays import strokes_from_points
from scribe.typesetting.choice import best_words, judge_words, write_words
from scribe.typesetting.words import cut_words
from scribe.writing.measures import measure_line, measure_lines

pytestmark = pytest.mark.unit

TEXT = "a line with tails, you say. yes"


def words_of(line):
    return cut_words(line, measure_line(line))


@pytest.mark.parametrize("slope", [0.0, 0.04, -0.06])
@pytest.mark.parametrize("x_height", [3.0, 17.0])
def test_the_measures_of_a_line_are_those_it_was_drawn_with(x_height, slope):
    found = measure_line(printed(TEXT, x_height, slope))
    assert found.x_height == pytest.approx(x_height, rel=0.05)
    assert found.slope == pytest.approx(slope, abs=0.005)
    x = np.linspace(0, 30 * x_height, 7)
    expected = x_height + slope * x  # the pen starts at the top of the a
    np.testing.assert_allclose(found.baseline(x), expected, atol=0.1 * x_height)


def test_a_few_stray_feet_do_not_tilt_the_baseline():
    line = printed("a line of many letters and more")
    strokes = line.strokes.copy()
    last = np.flatnonzero(line.phi.argmax(axis=1) == len(line.text) - 1)
    strokes[last[1], 1] += 30
    strokes[last[2], 1] -= 30
    found = measure_line(dataclasses.replace(line, strokes=strokes))
    assert abs(found.slope) < 0.01 and abs(found.intercept - 10) < 1


def test_a_line_without_letters_has_some_measures():
    found = measure_line(printed("....."))
    assert found.x_height > 0 and found.num_small == 0 and np.isfinite(found.intercept)


def test_a_short_line_leans_on_the_x_height_of_all():
    lines = [printed("a long line with many letters on it", 10), printed("us", 14)]
    long, short = measure_lines(lines)
    assert long.x_height == pytest.approx(10, rel=0.05)
    assert 10 < short.x_height < 13


@pytest.mark.parametrize("slope", [0.0, 0.05])
def test_words_come_out_whole_level_and_in_x_heights(slope):
    line = printed("till you see it. so", 7.0, slope)
    words = words_of(line)
    assert [word.text for word in words] == line.text.split()
    for word, width in zip(words, [4.2, 3.0, 3.0, 2.4, 1.8], strict=True):
        points = np.concatenate(word.strokes)
        lowest = 1.0 if "y" in word.text else 0.0
        assert points[:, 1].max() == pytest.approx(lowest, abs=0.15)
        assert word.width == pytest.approx(width, abs=0.25)
        assert word.left == pytest.approx(0, abs=0.05)
        assert word.right == pytest.approx(word.width, abs=0.05)
    assert words[0].gap is None
    for word in words[1:]:
        assert word.gap == pytest.approx(1.2, abs=0.1)
        assert np.sign(round(word.drift, 3)) == np.sign(slope)


def test_dots_and_full_stops_stay_with_their_word_however_late_they_come():
    line = printed("it is in. us")
    words = words_of(line)
    assert [len(word.strokes) for word in words] == [3, 3, 4, 2]
    late = np.concatenate(words[0].strokes)
    assert late[-2:, 0] == pytest.approx(0.3, abs=0.02)  # the dot, above the i


def shifted(line, stroke, distance, read_as=None):
    """The line with a stroke elsewhere; `read_as` is what the window then stood on."""
    ends = np.flatnonzero(line.strokes[:, 2] > 0.5) + 1
    start, end = np.append(0, ends)[stroke], ends[stroke]
    strokes, phi = line.strokes.copy(), line.phi.copy()
    strokes[start, 0] += distance
    strokes[end, 0] -= distance
    if read_as is not None:
        phi[start:end] = np.eye(phi.shape[1])[read_as]
    return dataclasses.replace(line, strokes=strokes, phi=phi)


def test_a_full_stop_stays_with_the_word_before_however_close_the_next_one_is():
    line = shifted(printed("so. we"), stroke=2, distance=9.0, read_as=3)
    words = words_of(line)
    assert [len(word.strokes) for word in words] == [3, 2]
    assert words[0].width > 2.6


def test_a_dot_in_the_air_between_two_words_belongs_to_none():
    line = printed("is we")
    assert [len(word.strokes) for word in words_of(line)] == [3, 2]
    words = words_of(shifted(line, stroke=2, distance=21.0))
    assert [len(word.strokes) for word in words] == [2, 2]


def crossed(text, word_end, read_as):
    """A printed line and a bar over its letter `word_end`, set after all of its word.

    The window then stands on character `read_as`.
    """
    line = printed(text)
    points = np.cumsum(line.strokes[:, :2], axis=0)
    points -= points[0] - [0.0, -10.0]  # the pen starts at the top of the first letter
    belongs = line.phi.argmax(axis=1)
    at = np.flatnonzero(belongs <= text.index(" ", word_end))[-1] + 1
    middle = points[belongs == word_end, 0].mean()
    bar = [[middle - 5, -9.0], [middle + 8, -8.0]]
    ends = np.insert(line.strokes[:, 2], at, [0, 1])
    return dataclasses.replace(
        line,
        strokes=strokes_from_points(np.insert(points, at, bar, axis=0), ends),
        phi=np.insert(line.phi, at, 2 * [np.eye(line.phi.shape[1])[read_as]], axis=0),
    )


@pytest.mark.parametrize("behind", ['"so" we', "(so) we", "[so we", "-so we", "+so we"])
def test_the_bar_of_a_last_letter_stays_when_the_next_word_begins_with_a_sign(behind):
    text = f"we hat {behind}"
    plain, bars = printed(text), crossed(text, word_end=5, read_as=7)
    expected = [len(word.strokes) for word in words_of(plain)]
    expected[1] += 1
    words = words_of(bars)
    assert [word.text for word in words] == text.split()
    assert [len(word.strokes) for word in words] == expected
    assert words[2].gap == pytest.approx(words_of(plain)[2].gap, abs=0.1)


def test_a_dash_alone_keeps_its_stroke_and_gives_the_bar_before_it_back():
    text = "we hat - so"
    words = words_of(crossed(text, word_end=5, read_as=7))
    assert [len(word.strokes) for word in words] == [2, 4, 1, 2]
    assert [word.text for word in words] == text.split()


def test_a_dash_is_found_among_the_strokes_of_the_next_word():
    line = crossed("we hat - so", word_end=5, read_as=7)
    phi = line.phi.copy()
    phi[phi.argmax(axis=1) == 7] = np.eye(phi.shape[1])[9]  # the window is far ahead
    at = np.flatnonzero(phi.argmax(axis=1) == 9)[:2]
    phi[at] = np.eye(phi.shape[1])[7]
    words = words_of(dataclasses.replace(line, phi=phi))
    assert [len(word.strokes) for word in words] == [2, 4, 1, 2]


@pytest.mark.slow
def test_words_that_begin_with_a_sign_stand_apart_from_the_word_before_them():
    texts = (
        'and He said that "this" is not (yet) it. so',
        'and if [half] a loaf (that left "it") fit -it so',
    )
    writer = scribe.load(engine="numpy")
    for style in ("hasty", "slanted"):
        lines = writer.write(texts, style=style, seed=5)
        for line, measures in zip(lines, measure_lines(lines), strict=True):
            words = cut_words(line, measures)
            assert [word.text for word in words] == line.text.split()
            for before, word in itertools.pairwise(words):
                if not word.text[0].isalnum():
                    ends = before.right - before.width
                    assert word.gap + word.left - ends > 0.3, (style, word.text)


def test_strokes_of_words_keep_the_order_of_writing():
    words = words_of(printed("it is in"))
    for word in words:
        starts = [stroke[0, 0] for stroke in word.strokes[:2]]
        assert starts == sorted(starts)


def test_words_that_the_pen_joined_are_cut_between_their_letters():
    words = words_of(printed("so we see", joined=True))
    assert [word.text for word in words] == ["so", "we", "see"]
    assert [len(word.strokes) for word in words] == [1, 1, 1]
    for word, width in zip(words, [1.8, 1.8, 3.0], strict=True):
        assert word.width == pytest.approx(width, abs=0.1)


def brute_force_nats(logits, alphabet, text):
    """Each way to spread the text over the frames, one by one; the best one's words."""
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    label = alphabet.encode(text)[:-1]
    best = (-np.inf, None)

    def paths(t, at):
        if t == len(logits):
            if at in (2 * len(label) - 1, 2 * len(label)):
                yield []
            return
        for step in (0, 1, 2):
            to = at + step
            skips_blank = step == 2 and to % 2 == 1
            fits = to <= 2 * len(label) and (step < 2 or skips_blank)
            if step == 2 and fits and to >= 3:
                fits = label[to // 2] != label[to // 2 - 1]
            if fits:
                for rest in paths(t + 1, to):
                    yield [to, *rest]

    for start in (0, 1):
        for rest in paths(1, start):
            path = [start, *rest]
            symbols = [label[s // 2] if s % 2 else 0 for s in path]
            costs = -log_p[np.arange(len(path)), symbols]
            if -costs.sum() > best[0]:
                characters = [max((s - 1) // 2, 0) for s in path]
                nats = np.bincount(characters, costs, len(text))
                best = (-costs.sum(), nats)
    return best[1]


def test_the_cost_of_a_character_is_that_of_its_frames_on_the_best_path():
    alphabet = Alphabet(" abc")
    random = np.random.default_rng(3)
    for text in ("a b", "aa", "ab c", "a"):
        logits = random.normal(0, 2, [7, alphabet.size])
        expected = brute_force_nats(logits, alphabet, text)
        nats, _ = judge_words(logits, alphabet, text, np.arange(len(text)))
        np.testing.assert_allclose(nats, expected)


def test_a_word_is_right_if_its_frames_are_read_as_it():
    alphabet = Alphabet(" abc")
    ids = [0, 2, 2, 0, 2, 1, 1, 4, 0, 3]  # "aa cb" with a blank between
    logits = 8.0 * np.eye(alphabet.size)[ids]
    for text, words, right in (
        ("aa cb", [0, 0, 0, 1, 1], [True, True]),
        ("aa cc", [0, 0, 0, 1, 1], [True, False]),
        ("a cb", [0, 0, 1, 1], [False, True]),
    ):
        found = judge_words(logits, alphabet, text, np.array(words))
        assert found[1].tolist() == right


def test_a_text_with_too_few_frames_costs_everything():
    words = np.array([0, 0, 0, 1])
    nats, right = judge_words(np.zeros([3, 3]), Alphabet(" a"), "aa a", words)
    assert nats.shape == (2,) and np.isinf(nats).all() and not right.any()


def test_without_a_reader_the_first_finished_line_is_taken():
    unfinished = dataclasses.replace(printed("so it", 9.0), finished=False)
    (words,) = best_words([[unfinished, printed("so it", 10.0, 0.1)]], None)
    expected = words_of(printed("so it", 10.0, 0.1))
    assert [word.text for word in words] == ["so", "it"]
    assert words[1].drift == pytest.approx(expected[1].drift, abs=0.05)


def test_a_line_with_fewer_strokes_than_words_gives_way_to_a_whole_one():
    whole, short = printed("so we see"), printed("s")
    phi = np.zeros([len(short.phi), 10], np.float32)
    phi[:, 0] = 1
    lost = dataclasses.replace(short, text="so we see", phi=phi)
    (words,) = best_words([[lost, whole]], None)
    assert [word.text for word in words] == ["so", "we", "see"]
    (words,) = best_words([[lost]], None)
    assert len(words) == 1


def test_each_word_is_taken_from_the_line_where_it_reads_best():
    class Reader:
        alphabet = Alphabet(" osit")

        def scores(self, strokes):
            label = self.alphabet.encode("so it")[:-1]
            right = 8.0 * np.eye(self.alphabet.size)[label]
            first_wrong, second_wrong = right.copy(), right.copy()
            first_wrong[:2] = 0.0
            second_wrong[3:] = 0.0
            return [first_wrong, second_wrong]

    small, large = printed("so it", 10.0), printed("so it", 10.0)
    large = dataclasses.replace(large, strokes=large.strokes * [1.5, 1, 1])
    (words,) = best_words([[small, large]], Reader())
    assert words[0].width == pytest.approx(1.5 * 1.8, abs=0.15)
    assert words[1].width == pytest.approx(1.8, abs=0.15)


class Misreader:
    """Reads what `printed` drew, but for a word in lines of some widths."""

    alphabet = Alphabet(" adeinostw")

    def __init__(self, *misread):
        self._misread = misread  # texts and the number of the word that is wrong

    def scores(self, strokes):
        found = []
        for line in strokes:
            text = TEXT_OF[line.tobytes()]
            logits = 8.0 * np.eye(self.alphabet.size)[self.alphabet.encode(text)[:-1]]
            for other, word in self._misread:
                if other == text:
                    at = len(" ".join(text.split(" ")[:word])) + (word > 0)
                    logits[at] = 0.0
            found.append(logits)
        return found


TEXT_OF: dict[bytes, str] = {}


def writing_down(written):
    """What write_words calls; keeps in `written` what was asked, call by call."""

    def write(texts, keys, last):
        assert len(set(keys)) == len(keys) == len(texts)
        written.append((list(texts), list(keys), last))
        lines = [
            printed(text, 10.0 + candidate)
            for text, (_, candidate) in zip(texts, keys, strict=True)
        ]
        TEXT_OF.update({line.strokes.tobytes(): line.text for line in lines})
        return lines

    return write


def test_a_misread_word_is_written_again_between_its_neighbours():
    written = []
    reader = Misreader(("and we sat it so", 2))
    choice = write_words(["and we sat it so"], writing_down(written), reader, 4)
    assert written == [
        (["and we sat it so"], [(0, 0)], False),
        (["we sat it"], [(2, 1)], False),
    ]
    (words,) = choice.words()
    assert [word.text for word in words] == "and we sat it so".split()
    assert choice.unfinished() == []


def test_misread_neighbours_are_written_again_together_and_the_padding_never():
    written = []
    text = "and we sat it so"
    misread = [(text, 0), (text, 1), (text, 2), (text, 4)]
    again = [("and we sat it", 1)]
    reader = Misreader(*misread, *again)
    write_words([text], writing_down(written), reader, 3)
    assert [texts for texts, _, _ in written] == [
        [text],
        ["and we sat it"],
        ["and we sat"],
    ]


def test_what_is_never_read_right_is_written_as_often_as_was_asked():
    for num_candidates, calls in ((1, 1), (2, 2), (3, 3), (6, 3)):
        written = []
        reader = Misreader(("and we so", 1))
        choice = write_words(
            ["and we so"], writing_down(written), reader, num_candidates
        )
        keys = [key for _, keys, _ in written for key in keys]
        assert [candidate for _, candidate in keys] == list(range(num_candidates))
        assert [last for _, _, last in written] == [False] * (calls - 1) + [True]
        assert [word.text for word in choice.words()[0]] == ["and", "we", "so"]


def test_without_a_reader_a_piece_is_written_once_unless_it_is_unfinished():
    written = []
    write_words(["and we so"], writing_down(written), None, 4)
    assert len(written) == 1

    def unfinished(texts, keys, last):
        return [
            dataclasses.replace(printed(text), finished=candidate == 2)
            for text, (_, candidate) in zip(texts, keys, strict=True)
        ]

    choice = write_words(["and we so"], unfinished, None, 4)
    assert choice.unfinished() == []
    choice = write_words(["and we so"], unfinished, None, 2)
    assert choice.unfinished() == [0]
