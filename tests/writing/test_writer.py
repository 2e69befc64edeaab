"""Writing: what a Writer promises of lines, samples, seeds and styles."""

import json
import sys

import numpy as np
import pytest
from refusals import refused
from writing_samples import saved, scribbler

import scribe
from scribe.models.engine import random_numbers
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.stroke_model import load_model
from scribe.strokes.arrays import rescale
from scribe.writing import Style, Writer, priming, window_path
from scribe.writing import session as sessions
from scribe.writing import writer as writers
from scribe.writing.attempts import Attempt
from scribe.writing.limits import MAX_CHARACTERS
from scribe.writing.session import Session

TEXTS = ("The quick fox", "jumps", "in 1734.")


def assert_same(first, second, atol=1e-3):
    for a, b in zip(first, second, strict=True):
        assert (a.text, a.finished, a.attempts) == (b.text, b.finished, b.attempts)
        np.testing.assert_allclose(a.strokes, b.strokes, atol=atol)
        if a.phi is not None:
            np.testing.assert_allclose(a.phi, b.phi, atol=1e-4)
            np.testing.assert_allclose(a.kappa, b.kappa, atol=1e-4)


def different(first, second):
    return len(first.strokes) != len(second.strokes) or not np.allclose(
        first.strokes, second.strokes, atol=0.1
    )


@pytest.fixture(scope="module")
def writer():
    return Writer(scribbler(), engine="numpy")


@pytest.fixture(scope="module")
def textless():
    return Writer(scribbler(reads_text=False), engine="numpy")


@pytest.fixture(scope="module")
def hand(writer):
    line = writer.write("some other hand", seed=77)[0]
    return Style(line.text, line.strokes)


# Lines


@pytest.mark.smoke
def test_a_line_is_strokes_in_pen_units_and_the_windows_path(writer):
    (line,) = writer.write("The quick fox", seed=1)
    assert line.finished and line.attempts == 1 and line.text == "The quick fox"
    num_points = len(line.strokes)
    assert line.strokes.dtype == np.float32 and line.strokes.shape == (num_points, 3)
    assert line.strokes[0, :2].tolist() == [0, 0] and line.strokes[-1, 2] == 1
    assert np.isfinite(line.strokes).all() and np.isin(line.strokes[:, 2], (0, 1)).all()
    assert line.phi.shape == (num_points, len("The quick fox") + 1)
    assert line.kappa.shape == (num_points, 3)
    assert (np.diff(line.kappa, axis=0) > 0).all()
    assert line.phi[-1].argmax() == len("The quick fox")


@pytest.mark.unit
def test_the_strokes_are_what_the_engine_wrote_times_the_scale(writer):
    (line,) = writer.write("fox", seed=3, bias=0.2)
    request = writer.session.request(["fox"], [Attempt(3, 0)], bias=0.2)
    answer = NumpyEngine(writer.model).write(request)
    assert answer.lengths[0] == len(line.strokes) - 1
    expected = answer.strokes[0, : answer.lengths[0]] * [2.0, 1.5, 1.0]
    np.testing.assert_allclose(line.strokes[1:], expected, rtol=1e-6)


@pytest.mark.unit
def test_a_line_does_not_keep_its_whole_batch_in_memory(writer, hand):
    for style in (None, hand):
        for line in writer.write(TEXTS, style=style):
            for array in (line.strokes, line.phi, line.kappa):
                assert array.base is None or array.base.size < 4 * array.size


@pytest.mark.unit
def test_texts_lose_needless_spaces(writer):
    (line,) = writer.write("  The\tquick\n\u00a0fox ")
    assert line.text == "The quick fox"
    assert_same([line], writer.write("The quick fox"))


# Seeds, samples, batches


@pytest.mark.unit
def test_progress_grows_to_the_whole_of_each_batch(writer):
    told = []
    writer.write(
        ["some text to write", "and more"],
        progress=lambda *now: told.append(now),
        max_attempts=1,
    )
    numbers, shares = zip(*told, strict=True)
    assert set(numbers) == {2} and len(shares) > 2
    assert list(shares) == sorted(shares) and shares[-1] == 1.0


@pytest.mark.unit
def test_the_same_seed_gives_the_same_strokes_and_another_seed_others(writer):
    first, again = (writer.write(TEXTS, seed=5) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a.strokes, b.strokes)
    assert all(map(different, first, writer.write(TEXTS, seed=6)))


@pytest.mark.unit
def test_samples_follow_their_text_and_stay_when_more_are_asked_for(writer):
    lines = writer.write(TEXTS, seed=2, num_samples=3)
    assert [line.text for line in lines] == [t for t in TEXTS for _ in range(3)]
    assert_same(lines[::3], writer.write(TEXTS, seed=2))
    assert different(lines[0], lines[1]) and different(lines[1], lines[2])
    twins = writer.write(["fox", "fox"])
    assert different(*twins)


@pytest.mark.unit
def test_a_line_does_not_depend_on_the_other_texts(writer):
    lines = writer.write(TEXTS, seed=4)
    others = writer.write(["a", "jumps", "a text that is a good deal longer"], seed=4)
    assert_same(lines[1:2], others[1:2])


@pytest.mark.unit
def test_how_many_lines_make_a_batch_changes_nothing(writer, textless, monkeypatch):
    whole = writer.write(TEXTS, num_samples=2)
    free = textless.write_freely(30, num_samples=5)
    monkeypatch.setattr(writers, "MAX_BATCH", 2)
    assert_same(whole, writer.write(TEXTS, num_samples=2))
    assert_same(free, textless.write_freely(30, num_samples=5))


@pytest.mark.unit
def test_the_limits_change_nothing_for_a_line_that_keeps_them(writer):
    lines = writer.write(TEXTS, seed=8)
    longest = max(len(line.strokes) for line in lines)
    assert_same(lines, writer.write(TEXTS, seed=8, max_steps=longest))
    assert_same(lines, writer.write(TEXTS, seed=8, max_steps_per_character=25))


@pytest.mark.unit
def test_more_bias_makes_the_strokes_of_a_seed_steadier(writer):
    spread = []
    for bias in (0.0, 1.0, 3.0):
        lines = writer.write("quick", bias=bias, num_samples=20)
        offsets = np.concatenate([line.strokes[1:, :2] for line in lines])
        spread.append(offsets.std())
    assert spread[0] > spread[1] > spread[2]


# Lines that do not come to their end


class FailsAtFirst:
    """A NumPy engine whose first `num_failures` answers leave `unlucky` unfinished."""

    def __init__(self, model, num_failures, unlucky):
        self._engine = NumpyEngine(model)
        self._num_failures = num_failures
        self._unlucky = unlucky
        self.requests = []

    def write(self, request):
        answer = self._engine.write(request)
        self.requests.append(request)
        if len(self.requests) <= self._num_failures:
            for row, ids in enumerate(request.text):
                if ids[0] == self._unlucky:
                    answer.finished[row] = False
        return answer


@pytest.mark.unit
def test_only_lines_that_did_not_finish_are_drawn_again_with_other_numbers(monkeypatch):
    model = scribbler()
    unlucky = model.alphabet.encode("j")[0]
    failing = FailsAtFirst(model, 2, unlucky)
    writer = Writer(model, engine="numpy")
    monkeypatch.setattr(writer.session, "engine", lambda num_lines: failing)
    lines = writer.write(TEXTS, seed=9)
    assert [line.attempts for line in lines] == [1, 3, 1]
    assert all(line.finished for line in lines)
    assert [len(request.text) for request in failing.requests] == [3, 1, 1]
    for attempt in (1, 2):
        noise = failing.requests[attempt].noise[0]
        expected = random_numbers(9, 1, 0, len(noise), attempt=attempt)
        np.testing.assert_array_equal(noise, expected)


@pytest.mark.unit
def test_a_line_that_never_finishes_is_given_up_and_told(monkeypatch):
    model = scribbler()
    failing = FailsAtFirst(model, 99, model.alphabet.encode("j")[0])
    writer = Writer(model, engine="numpy")
    monkeypatch.setattr(writer.session, "engine", lambda num_lines: failing)
    lines = writer.write(TEXTS, max_attempts=3)
    assert [line.finished for line in lines] == [True, False, True]
    assert lines[1].attempts == 3 and len(failing.requests) == 3
    assert len(lines[1].strokes) > 1 and lines[1].strokes[-1, 2] == 1


@pytest.mark.unit
def test_a_window_that_stands_still_ends_the_attempt():
    writer = Writer(scribbler(steps_per_character=2000), engine="numpy")
    (line,) = writer.write("fox", max_steps_per_character=30)
    assert not line.finished and line.attempts == 4
    assert len(line.strokes) == 32  # the first point and 31 steps


@pytest.mark.unit
def test_a_window_that_leaps_over_letters_has_not_written_them():
    hasty = Writer(scribbler(steps_per_character=0.15), engine="numpy")
    (line,) = hasty.write("The quick brown fox")
    assert not line.finished and line.attempts == 4
    assert line.phi[-1].argmax() == len(line.text)


@pytest.mark.unit
def test_an_attempt_ends_at_the_most_steps_allowed(writer):
    lines = writer.write(["a", "The quick brown fox"], max_steps=20)
    assert [line.finished for line in lines] == [True, False]
    assert len(lines[1].strokes) == 21


# Styles


@pytest.mark.unit
def test_a_style_leads_the_network_and_is_cut_off(writer, hand):
    (line,) = writer.write("fox", bias=0.5, seed=1, style=hand)
    primed = writer.session.primed(hand)
    request = writer.session.request(["fox"], [Attempt(1, 0)], 0.5, primed)
    np.testing.assert_allclose(
        request.first,
        rescale(hand.strokes[-1:], [1 / 2.0, 1 / 1.5]),
        rtol=1e-6,
    )
    assert writer.model.alphabet.decode(request.text[0]) == f"{primed.text}fox"
    assert primed.text.rstrip(" ") == "some other hand" != primed.text
    answer = NumpyEngine(writer.model).write(request)
    stop = answer.lengths[0]
    free = answer.strokes[0, :stop] * [2.0, 1.5, 1.0]
    phi = answer.phi[0, :stop]
    free = free[window_path.rest_of_style(free, phi, len(primed.text)) :]
    assert len(line.strokes) == len(free)
    assert line.strokes[0, :2].tolist() == [0, 0]
    np.testing.assert_allclose(line.strokes[1:], free[1:], rtol=1e-5)
    assert line.phi.shape == (len(free), 4) and line.phi[-1].argmax() == 3
    assert line.kappa.shape == (len(free), 3)
    np.testing.assert_allclose(
        line.kappa[-1] + len(primed.text),
        answer.kappa[0, stop - 1],
        rtol=1e-5,
    )
    assert different(line, writer.write("fox", bias=0.5, seed=1)[0])


@pytest.mark.unit
@pytest.mark.parametrize("num_points", [10, 30, 50, 70, 120])
def test_the_window_stands_on_a_space_when_a_style_ends(writer, num_points):
    """However many letters ahead of the style's text it is by then."""
    given = Style("some hand", np.ones([num_points, 3], np.float32))
    primed = writer.session.primed(given)
    num_spaces = len(primed.text) - len(given.text)
    assert 1 <= num_spaces <= 1 + priming.MAX_LEAD
    request = writer.session.request(
        ["fox"], [Attempt(0, 0)], 0.5, primed, max_steps=200
    )
    answer = NumpyEngine(writer.model).write(request)
    focus = answer.phi[0, 0].argmax()
    if num_spaces > 1 and num_spaces <= priming.MAX_LEAD:
        assert focus == len(primed.text) - 1
    else:
        assert focus < len(primed.text) or num_spaces > priming.MAX_LEAD


@pytest.mark.unit
def test_the_steps_of_a_style_are_not_counted(writer, hand):
    (line,) = writer.write("fox", style=hand, seed=1)
    assert line.finished
    again = writer.write("fox", style=hand, seed=1, max_steps=len(hand.strokes))
    assert_same([line], again)


@pytest.mark.unit
def test_a_written_line_is_a_style(tmp_path, writer, hand):
    (line,) = writer.write("some other hand", seed=77)
    line.save(tmp_path / "hand.json")
    assert_same(
        writer.write(TEXTS, style=str(tmp_path / "hand.json")),
        writer.write(TEXTS, style=hand),
    )


# Without text


@pytest.mark.unit
def test_a_network_without_text_writes_as_many_points_as_asked(textless):
    lines = textless.write_freely(50, num_samples=3, seed=2)
    assert [len(line.strokes) for line in lines] == [51] * 3
    for line in lines:
        assert line.finished and line.text == ""
        assert line.phi is None and line.kappa is None
        assert line.strokes[0, :2].tolist() == [0, 0] and line.strokes[-1, 2] == 1
    assert different(lines[0], lines[1])
    longer = textless.write_freely(80, seed=2)[0]
    np.testing.assert_allclose(longer.strokes[:50], lines[0].strokes[:50], atol=1e-4)


# What was expected


@pytest.mark.unit
@pytest.mark.parametrize("reads_text", [True, False])
def test_the_prediction_is_the_mixture_that_the_points_were_drawn_from(
    writer, textless, reads_text
):
    if reads_text:
        hand = writer
        (line,) = writer.write("The fox", seed=6, bias=0.0)
    else:
        hand = textless
        (line,) = textless.write_freely(40, seed=6, bias=0.0)
    expected = hand.predict(line)
    num_steps = len(line.strokes) - 1
    assert {name: x.shape for name, x in expected.items()} == {
        "pi": (num_steps, 4),
        "mu": (num_steps, 4, 2),
        "sigma": (num_steps, 4, 2),
        "rho": (num_steps, 4),
    }
    noise = random_numbers(6, 0, 0, num_steps)
    below = np.cumsum(expected["pi"], axis=1) < noise[:, :1]
    at = np.arange(num_steps), np.minimum(below.sum(axis=1), 3)
    rho = expected["rho"][at]
    y = rho * noise[:, 1] + np.sqrt(1 - rho**2) * noise[:, 2]
    normal = np.stack([noise[:, 1], y], axis=1)
    points = expected["mu"][at] + expected["sigma"][at] * normal
    np.testing.assert_allclose(line.strokes[1:, :2], points, atol=1e-3)


# Loading


@pytest.mark.smoke
def test_scribe_load_takes_a_run_folder(tmp_path):
    saved(tmp_path / "run")
    writer = scribe.load(tmp_path / "run")
    (line,) = writer.write("The quick fox", bias=1.0, seed=1)
    for name in ("line.svg", "line.png", "line.pdf", "line.json"):
        line.save(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 100
    assert writer.style_names() == []


@pytest.mark.integration
def test_both_engines_give_the_same_lines(tmp_path):
    saved(tmp_path / "run")
    first, second = (scribe.load(tmp_path / "run", engine=engine) for engine in ENGINES)
    (line,) = first.write("some other hand")
    hand = Style(line.text, line.strokes)
    for options in ({}, {"style": hand}, {"num_samples": 3, "bias": 1.5}):
        assert_same(first.write(TEXTS, **options), second.write(TEXTS, **options))


ENGINES = ("numpy", "tensorflow")


@pytest.mark.unit
def test_the_engine_is_chosen_by_the_number_of_lines(monkeypatch):
    few, many = sessions.LINES_FOR_TENSORFLOW, sessions.LINES_WORTH_TENSORFLOW
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    assert isinstance(Session(scribbler()).engine(many - 1), NumpyEngine)
    monkeypatch.undo()
    import tensorflow  # noqa: F401

    loaded = Session(scribbler())
    assert isinstance(loaded.engine(few - 1), NumpyEngine)
    assert not isinstance(loaded.engine(few), NumpyEngine)


# Rejections


@pytest.mark.unit
@pytest.mark.parametrize(
    ("texts", "options", "facts"),
    [
        ([], {}, ["texts"]),
        ("", {}, ["''"]),
        ("  \t ", {}, [repr("  \t ")]),
        (["fox", ""], {}, ["''"]),
        (["fox", "fox \U0001f600"], {}, ["'😀' at 2:5"]),
        ("\U0001f600", {"unknown": "skip"}, ["'😀'"]),
        ("a" * 1000, {}, ["1000 characters", 120]),
        ("a" * (MAX_CHARACTERS + 1), {}, ["121 characters", 120]),
        ("fox", {"bias": -1.0}, ["bias=-1.0", 0, 10]),
        ("fox", {"bias": float("nan")}, ["bias=nan", 0, 10]),
        ("fox", {"bias": float("inf")}, ["bias=inf", 0, 10]),
        ("fox", {"bias": 11}, ["bias=11", 0, 10]),
        ("fox", {"num_samples": 0}, ["num_samples=0", 1]),
        ("fox", {"num_samples": 10**9}, [10**9, 10000]),
        ("fox", {"max_steps": 0}, ["max_steps=0", 1]),
        ("fox", {"max_steps_per_character": -1}, ["max_steps_per_character=-1", 1]),
        ("fox", {"max_attempts": 0}, ["max_attempts=0", 1]),
        ("fox", {"max_steps": 10**9}, ["max_steps=1000000000", 100_000]),
        ("fox", {"seed": -1}, ["seed=-1", 0]),
        ("fox", {"unknown": "drop"}, ["unknown='drop'", "refuse, replace, skip"]),
        ("fox", {"style": "nobody"}, ["'nobody'", "none"]),
    ],
)
def test_wrong_arguments_are_refused(writer, texts, options, facts):
    with refused(*facts):
        writer.write(texts, **options)


@pytest.mark.unit
def test_a_text_may_be_as_long_as_promised_and_a_seed_as_large(writer):
    (line,) = writer.write("a" * MAX_CHARACTERS, seed=2**80)
    assert line.finished


@pytest.mark.unit
@pytest.mark.parametrize(
    ("unknown", "written"), [("skip", "naïve caf 12"), ("replace", "naïve cafe 12")]
)
def test_unknown_characters_are_left_out_or_replaced(writer, unknown, written):
    """A Cyrillic letter at the end."""
    (line,) = writer.write("naïve ☃ cafе 12", unknown=unknown)
    assert line.text == written
    places = [(s.character, s.line, s.column) for s in line.substitutes]
    assert places == [("☃", 1, 7), ("е", 1, 12)]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "adapted"),
    [
        ("’tis “é” – …", "'tis e - ..."),  # no quotation marks in this alphabet
        ("e\u0301\u00a0ﬁx", "e fix"),
        ("½ №5 x²", " No5 x2"),
    ],
)
def test_a_look_alike_is_taken_whole_or_not_at_all(writer, text, adapted):
    assert writer.model.alphabet.adapt(text, "replace") == adapted


@pytest.mark.unit
def test_a_model_is_asked_for_what_it_does(writer, textless):
    with refused("without text", "write_freely", "--num_steps"):
        textless.write("fox")
    with refused("write ", "--text"):
        writer.write_freely(10)
    with refused("num_steps=0", 1):
        textless.write_freely(0)
    with refused(10**9, 10000):
        textless.write_freely(10, num_samples=10**9)


@pytest.mark.unit
def test_an_engine_that_does_not_exist_is_refused():
    with refused("engine='torch'", "auto, numpy or tensorflow"):
        scribe.load(engine="torch")


# The shipped model


@pytest.fixture(scope="module")
def shipped():
    return scribe.load()


@pytest.mark.smoke
def test_the_shipped_model_writes_and_ends(shipped):
    texts = ["The quick brown fox jumps over 13 lazy dogs.", "Hello"]
    lines = shipped.write(texts, bias=1.0, num_samples=2)
    assert all(line.finished for line in lines)
    for line in lines:
        steps = len(line.strokes) / len(line.text)
        assert 4 < steps < 40, "points per character"


@pytest.mark.slow
@pytest.mark.integration
def test_both_engines_give_the_same_strokes_with_the_shipped_model(shipped):
    tensorflow = Writer(shipped.model, engine="tensorflow")
    numpy = Writer(shipped.model, engine="numpy")
    for seed in range(10):
        assert_same(
            numpy.write("Hello world", bias=1.0, seed=seed),
            tensorflow.write("Hello world", bias=1.0, seed=seed),
        )


@pytest.mark.slow
@pytest.mark.integration
def test_the_shipped_model_writes_in_every_shipped_hand(shipped):
    for name in shipped.style_names():
        (line,) = shipped.write("Hello world", bias=1.0, style=name)
        assert line.finished, name


@pytest.mark.unit
def test_the_shipped_model_is_small_and_says_where_it_comes_from(shipped):
    folder = shipped.model.folder
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    assert sum(sizes) < 10e6
    assert {"README.md", "config.gin"} <= {path.name for path in folder.iterdir()}
    description = json.loads((folder / "model.json").read_text())
    assert description["validation"] and description["step"] > 0
    assert load_model(folder).alphabet == shipped.model.alphabet
