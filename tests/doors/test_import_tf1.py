"""Old checkpoints become networks that compute what the originals did."""

import itertools
import json
import shutil

import numpy as np
import pytest
import tensorflow as tf
import tf1_samples
from refusals import assert_names
from tf1_samples import LAYOUTS, UNITS, save, scribe_tensors

from scribe import import_tf1, sample
from scribe.foundation import gin_config
from scribe.foundation.command_line import status_of
from scribe.models.numpy_engine import NumpyEngine
from scribe.models.numpy_mixtures import mixture_from_activations
from scribe.models.stroke_model import load_model

TEXT = "The quick brown fox"


def imported(tmp_path, tensors, *options):
    """The run folder of a checkpoint with these variables."""
    if not (tmp_path / "old").exists():
        save(tmp_path / "old" / "model.ckpt-110", tensors)
    output = tmp_path / "run"
    checkpoint = str(tmp_path / "old" / "model.ckpt-110")
    assert import_tf1.main(
        ["--checkpoint", checkpoint, "--output", str(output), *options]
    ) == 0  # fmt: skip
    return load_model(output)


def refusal(capsys, *arguments) -> str:
    """The sentence that an import which has to fail ends with."""
    assert status_of(import_tf1.main, list(arguments)) == 2
    message = capsys.readouterr().err
    assert message.startswith("error: ") and message.count("\n") == 1
    return message


def scribbles(num_points, seed=0):
    random = np.random.default_rng(seed)
    strokes = random.normal(0, 1, [num_points, 3]).astype(np.float32)
    strokes[:, 2] = random.random(num_points) < 0.1
    return strokes


def mixtures_of(model, strokes, ids):
    """What the imported network says, one dictionary of arrays [T, ..]."""
    engine = NumpyEngine(model)
    mask = np.ones([1, len(ids)], np.float32)
    activations, phi = engine.activations(strokes[None], ids[None], mask)
    bias = np.zeros(len(strokes), np.float32)
    return mixture_from_activations(activations[0], bias, model.variant) | {
        "phi": phi[0]
    }


def assert_equal_mixtures(found, expected, tolerance=1e-5):
    for name in expected[0]:
        values = np.stack([step[name] for step in expected])
        scale = np.maximum(1.0, np.abs(values))
        np.testing.assert_allclose(
            found[name] / scale, values / scale, atol=tolerance, err_msg=name
        )


@pytest.mark.unit
@pytest.mark.parametrize(
    ("layout", "new_names"), [*itertools.product(LAYOUTS, (True, False))]
)
def test_an_imported_network_gives_the_mixtures_of_the_original(
    tmp_path, layout, new_names
):
    make, original = LAYOUTS[layout]
    tensors = make(new_names=new_names)
    model = imported(tmp_path, tensors, "--no-y_up")
    ids, strokes = model.alphabet.encode(TEXT), scribbles(200)
    expected = original(tensors, strokes, ids)
    assert expected[-1]["phi"].argmax() > 5, "the window has hardly moved"
    assert_equal_mixtures(mixtures_of(model, strokes, ids), expected)


@pytest.mark.unit
@pytest.mark.parametrize("layout", LAYOUTS)
def test_tensorflow_s_own_cell_agrees(tmp_path, layout):
    """BlockLSTM takes the matrices of TensorFlow 1 as they are."""

    def block_lstm(x, h, c, kernel, bias):
        zeros = np.zeros(UNITS, np.float32)
        result = tf.raw_ops.BlockLSTM(
            seq_len_max=1, x=np.float32(x)[None, None], cs_prev=np.float32(c)[None],
            h_prev=np.float32(h)[None], w=np.float32(kernel), wci=zeros, wcf=zeros,
            wco=zeros, b=np.float32(bias), forget_bias=1.0, cell_clip=-1.0,
            use_peephole=False,
        )  # fmt: skip
        return result.h.numpy()[0, 0], result.cs.numpy()[0, 0]

    make, original = LAYOUTS[layout]
    tensors = make(seed=1)
    model = imported(tmp_path, tensors, "--no-y_up")
    ids, strokes = model.alphabet.encode(TEXT), scribbles(200, seed=1)
    expected = original(tensors, strokes, ids, step=block_lstm)
    assert_equal_mixtures(mixtures_of(model, strokes, ids), expected)


@pytest.mark.unit
@pytest.mark.parametrize("layout", LAYOUTS)
def test_training_computes_the_same_as_the_engine(tmp_path, layout):
    from scribe.networks.tensorflow_engine import attention_rnn

    model = imported(tmp_path, LAYOUTS[layout][0]())
    ids, strokes = model.alphabet.encode(TEXT)[None], scribbles(40)[None]
    mask = np.ones(ids.shape, np.float32)
    expected, _ = NumpyEngine(model).activations(strokes, ids, mask)
    found = attention_rnn(model)(strokes, ids, mask)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.unit
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_network_of_y_upwards_is_turned_over(tmp_path, layout):
    make, original = LAYOUTS[layout]
    tensors = make()
    model = imported(tmp_path, tensors, "--y_up")
    ids, strokes = model.alphabet.encode(TEXT), scribbles(50)
    upwards = original(tensors, strokes * [1, -1, 1], ids)
    for step in upwards:
        step["mu_y"], step["rho"] = -step["mu_y"], -step["rho"]
    assert_equal_mixtures(mixtures_of(model, strokes, ids), upwards)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("layout", "alphabet_size", "scale", "y_up"),
    [("scribe", 54, 50.0, False), ("sjvasquez", 73, 1.0, True)],
)
def test_what_is_not_in_the_file_follows_from_the_layout(
    tmp_path, layout, alphabet_size, scale, y_up
):
    model = imported(tmp_path, LAYOUTS[layout][0]())
    assert model.alphabet.size == alphabet_size
    np.testing.assert_array_equal(model.offset_scale, [scale, scale])
    described = json.loads((tmp_path / "run" / "model.json").read_text())
    assert described["imported"] == {
        "checkpoint": "model.ckpt-110", "layout": layout, "y_up": y_up,
    }  # fmt: skip


@pytest.mark.unit
def test_what_is_not_in_the_file_can_be_given(tmp_path):
    model = imported(
        tmp_path, scribe_tensors(alphabet_size=5), "--alphabet= abc", "--data_scale=20"
    )
    assert model.alphabet.characters == " abc"
    np.testing.assert_array_equal(model.offset_scale, [20.0, 20.0])


@pytest.mark.unit
def test_every_size_follows_from_the_shapes(tmp_path):
    model = imported(tmp_path, scribe_tensors(units=7))
    assert model.sizes == {
        "num_layers": 3,
        "num_units": 7,
        "num_mixtures": tf1_samples.MIXTURES,
        "num_window_components": tf1_samples.COMPONENTS,
        "alphabet_size": 54,
    }


# Files


@pytest.mark.unit
@pytest.mark.parametrize(
    "name", ["", "model.ckpt-110.index", "model.ckpt-110.data-00000-of-00001"]
)
def test_a_checkpoint_is_found_by_its_folder_or_any_file(tmp_path, name):
    save(tmp_path / "old" / "model.ckpt-110", scribe_tensors())
    path, output = tmp_path / "old" / name, tmp_path / "run"
    assert import_tf1.main(["--checkpoint", str(path), "--output", str(output)]) == 0
    assert load_model(output).alphabet.size == 54


@pytest.mark.unit
def test_the_newest_checkpoint_of_a_folder_that_moved_is_taken(tmp_path):
    folder = tmp_path / "old"
    for step, seed in ((100, 0), (200, 1)):
        save(folder / f"model.ckpt-{step}", scribe_tensors(seed=seed))
    (folder / "checkpoint").write_text(
        'model_checkpoint_path: "/home/who/saved/model.ckpt-200"\n'
        'all_model_checkpoint_paths: "/home/who/saved/model.ckpt-100"\n'
    )
    output = tmp_path / "run"
    import_tf1.main(["--checkpoint", str(folder), "--output", str(output)])
    described = json.loads((output / "model.json").read_text())
    assert described["imported"]["checkpoint"] == "model.ckpt-200"
    np.testing.assert_array_equal(
        load_model(output).weights["window/kernel"],
        scribe_tensors(seed=1)["window/window_w"],
    )


@pytest.mark.unit
@pytest.mark.parametrize("name", ["model.data", "model-11.data-00000-of-00001"])
def test_a_data_file_that_was_renamed_is_found(tmp_path, name):
    prefix = tmp_path / "old" / "model.ckpt-110"
    save(prefix, scribe_tensors())
    data = prefix.with_name("model.ckpt-110.data-00000-of-00001")
    data.rename(data.with_name(name))
    model = imported(tmp_path, None)
    np.testing.assert_array_equal(
        model.weights["window/kernel"], scribe_tensors()["window/window_w"]
    )


@pytest.mark.unit
def test_the_first_format_of_tensorflow_1_is_read(tmp_path):
    prefix = tmp_path / "old" / "model.ckpt-110"
    prefix.parent.mkdir()
    tensors = scribe_tensors()
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = {
            name: tf.compat.v1.get_variable(name, initializer=value)
            for name, value in tensors.items()
        }
        session.run(tf.compat.v1.global_variables_initializer())
        version = tf.compat.v1.train.SaverDef.V1
        saver = tf.compat.v1.train.Saver(variables, write_version=version)
        saver.save(session, str(prefix), write_meta_graph=False)
    assert not prefix.with_name("model.ckpt-110.index").exists()
    model = imported(tmp_path, None)
    np.testing.assert_array_equal(
        model.weights["window/bias"], tensors["window/window_b"]
    )


# Refusals


@pytest.mark.unit
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_tensor_that_is_missing_or_has_a_wrong_shape_is_named(
    tmp_path, capsys, layout
):
    tensors = LAYOUTS[layout][0]()
    for i, name in enumerate(tensors):
        missing = {n: v for n, v in tensors.items() if n != name}
        wrong = tensors | {name: np.zeros(np.add(tensors[name].shape, 1), np.float32)}
        for kind, changed in (("missing", missing), ("wrong", wrong)):
            save(tmp_path / f"{kind}{i}" / "model", changed, slots=False)
            message = refusal(
                capsys, "--checkpoint", str(tmp_path / f"{kind}{i}"),
                "--layout", layout, "--output", str(tmp_path / "run"),
            )  # fmt: skip
            reader = {"scribe": "cell1", "sjvasquez": "lstm_cell/"}[layout]
            if kind == "wrong" and reader in name and "kernel" in name:
                # One more row would be one more character.
                assert "made for" in message or name in message
            else:
                assert name in message
            assert not (tmp_path / "run").exists()


@pytest.mark.unit
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_alphabet_of_another_length_is_named(tmp_path, capsys, layout):
    save(tmp_path / "old", LAYOUTS[layout][0]())
    arguments = ["--checkpoint", str(tmp_path / "old"), "--output", str(tmp_path / "r")]
    message = refusal(capsys, *arguments, "--alphabet=abc")
    size = {"scribe": 53, "sjvasquez": 72}[layout]
    assert_names(message, size, "--alphabet", 3)
    save(tmp_path / "other", LAYOUTS[layout][0](alphabet_size=9))
    arguments[1] = str(tmp_path / "other")
    message = refusal(capsys, *arguments)
    assert_names(message, 8, size, "--alphabet")


@pytest.mark.unit
def test_other_files_are_refused(tmp_path, capsys):
    folder = tmp_path / "old"
    save(folder / "a" / "model", {"dense/kernel": np.zeros([2, 2], np.float32)})
    save(folder / "b" / "one", scribe_tensors())
    save(folder / "b" / "two", scribe_tensors())
    save(folder / "c" / "model", scribe_tensors())
    (folder / "c" / "model.data-00000-of-00001").unlink()
    (folder / "d").mkdir()
    (folder / "d" / "model.index").write_bytes(b"nothing of the kind")
    (folder / "d" / "model.data-00000-of-00001").write_bytes(b"")
    save(folder / "e" / "model", scribe_tensors())
    shutil.copytree(folder / "e", folder / "f")
    data = folder / "f" / "model.data-00000-of-00001"
    data.write_bytes(bytes(byte ^ 1 for byte in data.read_bytes()))
    twice = scribe_tensors() | {
        f"model_1/{name}": value for name, value in scribe_tensors().items()
    }
    save(folder / "g" / "model", twice)
    for path, sentence in (
        ("a", "none of the layouts scribe, sjvasquez; it holds Variable"),
        ("b", "holds 2 checkpoints: name one"),
        ("b/three", "there is no checkpoint"),
        ("c", "no model.data-00000-of-00001"),
        ("d", "no checkpoint or is damaged"),
        ("f", "its data file is damaged or another checkpoint's"),
        ("g", "more than one"),
        ("h", "there is no checkpoint"),
    ):
        message = refusal(
            capsys, "--checkpoint", str(folder / path), "--output", str(tmp_path / "r")
        )
        assert sentence in message, path
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.unit
def test_a_folder_that_is_in_use_is_left_alone(tmp_path, capsys):
    save(tmp_path / "old" / "model", scribe_tensors())
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "notes.txt").write_text("mine")
    message = refusal(
        capsys, "--checkpoint", str(tmp_path / "old"), "--output", str(tmp_path / "run")
    )
    assert "exists and is not empty" in message
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["notes.txt"]


# The run folder in use


@pytest.mark.integration
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_imported_network_writes(tmp_path, layout):
    model = imported(tmp_path, LAYOUTS[layout][0]())
    output = tmp_path / "line.svg"
    status = sample.main(
        ["--model", str(model.folder), "--text", "abc", "--output", str(output),
         "--max_steps=300", "--max_steps_per_character=200", "--bias=0.5"]
    )  # fmt: skip
    assert status == 0 and output.read_text().startswith(("<svg", "<?xml"))


@pytest.mark.slow
@pytest.mark.integration
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_imported_network_is_trained_further_and_evaluated(
    tmp_path, layout, tiny_corpus, clean_gin, without_tracing
):
    model = imported(tmp_path, LAYOUTS[layout][0]())
    gin_config.parse(
        [str(model.folder / "config.gin")],
        [f"DATA_DIR = {str(tiny_corpus)!r}", "StrokeDataset.batch_size = 2",
         "StrokeDataset.points_per_character = (1, 100)"],
    )  # fmt: skip
    dataset, trainer = gin_config.build_trainer()
    for name, weights in trainer.stroke_model().weights.items():
        np.testing.assert_array_equal(weights, model.weights[name])
    before = trainer.evaluate(itertools.islice(dataset.validation_batches(), 1))
    for batch in itertools.islice(dataset.train_batches(0), 3):
        trainer.train_step(batch)
    after = trainer.evaluate(itertools.islice(dataset.validation_batches(), 1))
    assert after["loss"] < before["loss"]
    unused = [name for name in gin_config.unused() if not name.startswith("train.")]
    assert unused in ([], ["NUM_STEPS"])  # this test plays the loop
    trainer.export(tmp_path / "run", after)
    assert load_model(tmp_path / "run").variant == model.variant
