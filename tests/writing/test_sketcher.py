"""Drawing with a SketchRNN: again, between two, freely; the commands; the figures."""

import json
import math

import numpy as np
import pytest
from refusals import assert_refusal, refused
from sketch_samples import doodler, drawings, saved
from writing_samples import printed

import scribe
from scribe import drawing, evaluate, font, publish, sample, serve, write_page
from scribe.corpora.prepared import Line, save_corpus
from scribe.evaluation.sketch_evaluation import verdict
from scribe.foundation.command_line import status_of
from scribe.models import load_model
from scribe.models.engine import random_numbers
from scribe.models.sketch_engine import SketchEngine, latent_figures
from scribe.writing import styles
from scribe.writing.sketch_sources import find_source
from scribe.writing.sketcher import Sketcher, between

pytestmark = pytest.mark.unit

TEXTS = ["one", "two", "one", "three"]


def word(text: str) -> np.ndarray:
    return printed(text).strokes


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Four words in two splits; "one" is in both."""
    folder = tmp_path_factory.mktemp("words") / "corpus"
    lines = [Line(word(t), t, f"a-{i}", "a") for i, t in enumerate(TEXTS)]
    # The first one is in training and of another size.
    first = lines[0].strokes * [3.0, 1.0, 1.0]
    lines[0] = Line(first.astype(np.float32), "one", "a-0", "a")
    save_corpus(folder, "words", {"train": lines[:2], "validation": lines[2:]}, {})
    return folder


@pytest.fixture
def run_folder(tmp_path, corpus, monkeypatch):
    """A run folder that knows its corpus, in an empty working folder."""
    saved(tmp_path / "run")
    (tmp_path / "run" / "config.gin").write_text(f"DATA_DIR = {str(corpus)!r}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "run"


def test_a_sketch_rnn_is_loaded_for_drawing(run_folder):
    sketcher = scribe.load(run_folder)
    assert isinstance(sketcher, Sketcher)
    with refused("sketch_rnn", "NumPy", "--engine"):
        scribe.load(run_folder, engine="tensorflow")


def test_the_same_seed_draws_the_same_whatever_is_drawn_beside_it():
    sketcher = Sketcher(doodler())
    z = np.random.default_rng(0).normal(size=[70, 4])
    together = sketcher.decode(z, seed=3)
    alone = sketcher.decode(z[:1], seed=3)
    np.testing.assert_allclose(together[0].strokes, alone[0].strokes, atol=1e-3)
    assert not np.array_equal(
        sketcher.decode(z[:1], seed=4)[0].strokes, alone[0].strokes
    )
    freely = [sketcher.free(n, seed=2)[0].strokes for n in (1, 3)]
    np.testing.assert_allclose(*freely, atol=1e-3)


def test_drawings_are_in_pen_units():
    model = doodler()
    z = np.zeros([1, 4])
    (line,) = Sketcher(model).decode(z, seed=5)
    noise = random_numbers(5, 0, 0, 400)[None]
    (drawn,), _ = SketchEngine(model).draw(z, noise, 0.2)
    np.testing.assert_allclose(line.strokes, drawn * [*model.offset_scale, 1.0], 1e-5)


def test_the_way_between_two_latent_vectors_is_a_great_circle():
    random = np.random.default_rng(1)
    first, second = random.normal(size=[2, 6])
    way = between(first, 2.0 * second, 5)
    np.testing.assert_allclose(way[[0, -1]], [first, 2.0 * second], atol=1e-12)
    lengths = np.linalg.norm(way, axis=1)
    np.testing.assert_allclose(np.diff(lengths, 2), 0.0, atol=1e-12)  # evenly
    directions = way / lengths[:, None]
    angles = np.arccos(np.sum(directions[1:] * directions[:-1], axis=1))
    np.testing.assert_allclose(angles, angles[0])
    assert np.linalg.matrix_rank(way) == 2  # in the plane of the two


@pytest.mark.parametrize("factor", [0.0, 1.0, 2.0])
def test_between_two_of_one_direction_the_way_is_straight(factor):
    first = np.array([1.0, 2.0, 2.0])
    np.testing.assert_allclose(
        between(first, factor * first, 3)[1], (1 + factor) / 2 * first
    )


def test_long_lists_are_encoded_as_short_ones():
    sketcher = Sketcher(doodler())
    many = drawings([5 + i % 7 for i in range(70)])
    mu, sigma = sketcher.encode_cleaned(many)
    assert mu.shape == sigma.shape == (70, 4)
    alone, _ = sketcher.encode_cleaned(many[66:67])
    np.testing.assert_allclose(mu[66:67], alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("call", "facts"),
    [
        (lambda s: s.decode(np.zeros([1, 3])), ["[1, 3]", "4 numbers"]),
        (
            lambda s: s.decode(np.zeros([1, 4]), temperature=3.0),
            ["temperature=3.0", 0, 2],
        ),
        (
            lambda s: s.decode(np.zeros([1, 4]), temperature=math.nan),
            ["temperature=nan", 0, 2],
        ),
        (lambda s: s.free(0), ["num_samples=0", 1]),
        (lambda s: s.free(1, seed=-1), ["seed=-1", 0]),
        (lambda s: s.encode([np.zeros([1, 3])]), ["2 points", [1, 3]]),
        (lambda s: s.encode([np.full([9, 3], np.nan)]), ["finite"]),
        (lambda s: s.encode([np.ones([999, 3])]), ["999 points", 400]),
        (lambda s: between(np.ones(2), np.ones(2), 1), ["num_steps=1", 2]),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, facts):
    with refused(*facts):
        call(Sketcher(doodler()))


def test_a_word_of_the_corpus_is_found_by_name_and_by_text(corpus):
    sketcher = Sketcher(doodler())
    by_name = find_source("a-0", sketcher, str(corpus))
    assert by_name.text == "one"
    by_text = find_source(
        "one", sketcher, str(corpus)
    )  # the one that training has not seen
    np.testing.assert_array_equal(
        by_text.drawing, find_source("a-2", sketcher, str(corpus)).drawing
    )
    assert not np.array_equal(by_name.drawing, by_text.drawing)


def test_files_are_drawings_too(tmp_path):
    sketcher = Sketcher(doodler())
    written = word("hello")
    recorded = find_file(tmp_path / "a.json", sketcher, written, recorded=True)
    np.testing.assert_array_equal(recorded.drawing, sketcher.clean(written))
    own = find_file(tmp_path / "b.json", sketcher, written, recorded=False)
    assert len(own.drawing) == len(written)  # at the network's rate already
    assert own.text == recorded.text == "hello"
    drawing.save(written, tmp_path / "c.svg")
    foreign = find_source(str(tmp_path / "c.svg"), sketcher, None, "hello")
    assert foreign.text == "hello" and len(foreign.drawing) > 20
    with refused(tmp_path / "c.svg", "--text"):
        find_source(str(tmp_path / "c.svg"), sketcher, None)


def find_file(path, sketcher, strokes, recorded):
    styles.save_style(path, styles.Style("hello", strokes), recorded=recorded)
    return find_source(str(path), sketcher, None)


def run(command, *arguments):
    return status_of(command.main, [str(argument) for argument in arguments])


def test_the_commands_draw_again_between_and_freely(run_folder, capsys):
    given = ["--drawing=one", "--drawing=three"]
    save = "--model=run"
    assert run(sample, save, "--output=free.svg", "--num_samples=3") == 0
    assert run(sample, save, "--mode=reconstruct", *given, "--num_samples=2") == 0
    assert run(sample, save, "--mode=interpolate", *given, "--output=b{i}.png") == 0
    names = ["one_0", "one_1", "three_2", "three_3"]
    assert capsys.readouterr().out.splitlines() == [
        "free.svg",
        *(f"logs/figures/{name}.svg" for name in names),
        *(f"b{i}.png" for i in range(9)),
    ]


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (["--text=hello"], ["--text", "--drawing"]),
        (["--bias=2"], ["--bias", "--temperature"]),
        (["--drawing=one"], ["--drawing", "--mode=reconstruct", "--mode=interpolate"]),
        (["--mode=reconstruct"], ["--mode=reconstruct", "--drawing", "--data_dir"]),
        (["--mode=reconstruct", "--drawing=four"], ["'four'", "corpus"]),
        (
            ["--mode=reconstruct", "--drawing=one", "--data_dir=x"],
            ["'one'", "x", "--data_dir"],
        ),
        (
            ["--mode=interpolate", "--drawing=one"],
            ["--mode=interpolate", "--drawing", 1],
        ),
        (
            ["--mode=reconstruct", "--drawing=one", "--text=a", "--text=b"],
            ["2 texts", "1 drawings", "--text"],
        ),
        (["--temperature=3"], ["temperature=3.0", 0, 2]),
        (["--interactive"], ["run", "without text"]),
    ],
)
def test_options_that_do_not_go_together_are_one_sentence(
    run_folder, capsys, arguments, facts
):
    status = run(sample, "--model=run", "--output=a.svg", *arguments)
    assert_refusal(capsys, status, *facts)


def test_a_writer_refuses_what_only_a_sketch_rnn_takes(capsys):
    status = run(sample, "--text=a", "--temperature=0.3")
    assert_refusal(capsys, status, "--temperature", "sketch_rnn")


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (font, ["--style=neat", "--output=a.ttf"]),
        (evaluate, ["--sheet=a.png"]),
        (write_page, ["letter.txt", "--output=a.pdf"]),
        (serve, []),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_commands_that_need_a_writer_say_so(run_folder, command, arguments, capsys):
    (run_folder.parent / "letter.txt").write_text("Dear Ada")
    status = run(command, "--model=run", *arguments)
    assert_refusal(capsys, status, "run", "without text")


def test_a_decoder_alone_draws_freely_only(tmp_path, corpus, capsys, monkeypatch):
    saved(tmp_path / "run", latent_dim=0)
    monkeypatch.chdir(tmp_path)
    save, given = "--model=run", ["--drawing=one", f"--data_dir={corpus}"]
    assert run(sample, save, "--output=a.svg") == 0
    status = run(sample, save, "--mode=reconstruct", *given, "--output=a.svg")
    assert_refusal(capsys, status, "run", "decoder", "freely")
    assert run(evaluate, save, f"--data_dir={corpus}", "--json=a.json") == 0
    found = json.loads((tmp_path / "a.json").read_text())
    assert found["verdict"] == "a decoder alone: there is no posterior"
    assert run(evaluate, save, f"--data_dir={corpus}", "--legibility") == 2


def test_the_figures_are_those_of_the_losses(run_folder, corpus, capsys):
    """With the engine's z, as the trainer would compute them with TensorFlow."""
    tf = pytest.importorskip("tensorflow")
    from scribe.corpora.batches import pad_batch
    from scribe.networks import sketch_losses

    assert run(evaluate, "--model=run", "--json=found.json") == 0
    found = json.loads((run_folder.parent / "found.json").read_text())
    sketcher = scribe.load(run_folder)
    words = sorted([sketcher.clean(word(t)) for t in TEXTS[2:]], key=len)
    mu, sigma = sketcher.encode_cleaned(words)
    noise = [random_numbers(0, i, 0, 4)[:, 1] for i in range(len(words))]
    batch = pad_batch(words, [np.zeros(1, np.int32)] * len(words))
    mask = tf.constant(batch["stroke_mask"])
    _, targets = sketch_losses.stroke5(tf.constant(batch["strokes"]), mask)
    activations = np.zeros([2, len(words[1]), 6 * 3 + 3], np.float32)
    engine = SketchEngine(sketcher.model)
    rows = engine.activations(words, mu + sigma * np.array(noise))
    for b, row in enumerate(rows):
        activations[b, : len(row)] = row
    offset, pen = sketch_losses.reconstruction_nats(activations, targets, mask)
    kl = sketch_losses.kl_nats(mu, 2 * np.log(sigma)).numpy()
    steps = sum(map(len, words))
    right = sketch_losses.pens_right(activations, targets, mask).numpy().sum()
    for name, expected in {
        "drawings": 2,
        "steps": steps,
        "offset_nats_per_drawing": offset.numpy().mean(),
        "pen_nats_per_drawing": pen.numpy().mean(),
        "reconstruction_nats_per_step": (offset + pen).numpy().sum() / steps,
        "reconstruction_nats_per_batch": 32 * (offset + pen).numpy().mean(),
        "kl_nats_per_drawing": kl.sum() / 2,
        "kl_nats_per_batch": 32 * kl.sum() / 2,
        "pen_accuracy": right / steps,
        "active_dims": (kl.mean(axis=0) > 0.01).sum(),
        "active_dims_by_variance": (mu.var(axis=0) > 0.01).sum(),
    }.items():
        assert found[name] == pytest.approx(expected, rel=1e-4), name
    printed_text = capsys.readouterr().out
    assert f"{found['active_dims']} of 4 latent dimensions carry" in printed_text
    assert found["verdict"] in printed_text


def test_words_drawn_again_are_read_back(run_folder, capsys):
    arguments = ["--legibility", "--tesseract=no", "--temperature=0.2"]
    assert run(evaluate, "--model=run", *arguments, "--json=found.json") == 0
    found = json.loads((run_folder.parent / "found.json").read_text())
    assert found["texts"] == 2 and found["characters"] == 8
    assert list(found["temperatures"]) == ["0.2"]
    rates = found["temperatures"]["0.2"]["readers"]["reader"]
    assert rates["cer"] > 0.0 and rates["cer_interval"][0] <= rates["cer"]
    assert "drawn again at temperature 0.2" in capsys.readouterr().out


def test_a_collapse_is_called_one():
    kl = np.array([0.5, 0.001, 0.02, 0.0])
    variance = np.array([0.3, 0.0, 0.005, 0.0])
    assert latent_figures(kl, variance) == {
        "active_dims": 2,
        "active_dims_by_variance": 1,
    }
    assert verdict(128, 3, 40.0).startswith("posterior collapse: 3 of 128")
    assert verdict(128, 100, 0.2).startswith("posterior collapse")
    assert verdict(128, 100, 20.0).startswith("no posterior collapse: 100 of 128")


def test_it_is_published_as_any_model(run_folder):
    assert run(publish, "--model=run", "--output=shipped") == 0
    shipped = run_folder.parent / "shipped"
    model = load_model(shipped)
    assert model.kind == "sketch_rnn" and model.sizes == doodler().sizes
