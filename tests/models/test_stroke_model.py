"""Run folders and shipped models, as sampling reads them."""

import dataclasses
import json

import numpy as np
import pytest
from refusals import refused
from writing_samples import saved, scribbler

from scribe.foundation.errors import InputError
from scribe.models import shipped, stroke_model
from scribe.models.kinds import DRAWING
from scribe.models.shipped import pretrained_folder, pretrained_models
from scribe.models.stroke_model import find_model, load_model, save_model


def change_description(folder, **changes):
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def change_weights(folder, **changes):
    """Replaces arrays; None takes one out."""
    path = folder / "weights.npz"
    with np.load(path) as arrays:
        weights = dict(arrays) | changes
    np.savez(path, **{n: w for n, w in weights.items() if w is not None})


@pytest.fixture
def folder(tmp_path):
    saved(tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.unit
@pytest.mark.parametrize("reads_text", [True, False])
def test_what_is_saved_is_loaded_again(tmp_path, reads_text):
    model = scribbler(num_layers=3, reads_text=reads_text)
    save_model(model, tmp_path, {"step": 7, "kind": "attention_rnn"})
    loaded = load_model(tmp_path)
    assert loaded.folder == tmp_path
    assert loaded.reads_text is reads_text
    for field in ("kind", "sizes", "alphabet", "cleaning"):
        assert getattr(loaded, field) == getattr(model, field)
    np.testing.assert_array_equal(loaded.offset_scale, model.offset_scale)
    assert loaded.weights.keys() == model.weights.keys()
    for name, value in model.weights.items():
        assert loaded.weights[name].dtype == np.float32
        np.testing.assert_array_equal(loaded.weights[name], value)
    assert json.loads((tmp_path / "model.json").read_text())["step"] == 7
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.json", "weights.npz"]


@pytest.mark.unit
def test_half_precision_weights_are_smaller_and_loaded_as_single(tmp_path):
    model = scribbler(num_units=32)
    sizes = []
    for dtype in ("float32", "float16"):
        save_model(model, tmp_path, {}, dtype)
        sizes.append((tmp_path / "weights.npz").stat().st_size)
    assert sizes[1] < 0.6 * sizes[0]
    for name, value in load_model(tmp_path).weights.items():
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, model.weights[name], atol=1e-3)


@pytest.mark.unit
def test_recorded_strokes_are_cleaned_in_the_order_of_training(tmp_path):
    from scribe.strokes import cleaning

    model = scribbler()
    random = np.random.default_rng(0)
    strokes = random.normal(0, 50, [60, 3]).astype(np.float32)
    strokes[:, 2] = random.random(60) < 0.1
    decimated = cleaning.decimate(cleaning.deskew(strokes), 2)
    expected = cleaning.divide_by_median_offset(decimated)
    np.testing.assert_array_equal(model.clean(strokes), expected)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("step", "facts"),
    [
        ({"step": "system"}, ["'system'"]),
        ({"keep_every": 2}, ["None"]),
        ({"step": "decimate", "every": 2}, ["decimate", "'every'"]),
    ],
)
def test_a_cleaning_step_that_does_not_exist_is_refused(step, facts):
    model = dataclasses.replace(scribbler(), cleaning=[step])
    with refused("model.json", *facts):
        model.clean(np.zeros([3, 3], np.float32))


@pytest.mark.unit
def test_a_model_is_found_by_its_path_or_by_the_name_of_a_shipped_one(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("scribe.models.shipped.pretrained_folder", lambda: tmp_path)
    monkeypatch.setattr(stroke_model, "pretrained_folder", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("scribe_default", "other", "elsewhere/run"):
        saved(tmp_path / name)
    assert find_model(None) == tmp_path / "scribe_default"
    assert find_model("elsewhere/run").resolve() == tmp_path / "elsewhere" / "run"
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert find_model("other") == tmp_path / "other"
    (tmp_path / "elsewhere" / "other").mkdir()  # without a model it hides nothing
    assert find_model("other") == tmp_path / "other"
    with refused("others", "other, scribe_default"):
        find_model("others")
    with refused("saved/other", "other, scribe_default"):
        find_model("saved/other")


@pytest.mark.unit
def test_only_models_that_write_are_offered():
    offered = pretrained_models(DRAWING)
    assert "scribe_default" in offered
    assert set(offered) < set(pretrained_models())  # readers and images are left out
    assert all(load_model(pretrained_folder() / name) for name in offered)
    with pytest.raises(InputError) as refusal:
        find_model("nowhere")
    assert f"shipped models: {', '.join(offered)})" in str(refusal.value)


@pytest.mark.unit
def test_a_copy_without_shipped_models_still_finds_run_folders(
    tmp_path, monkeypatch, folder
):
    def none_there():
        raise InputError("no shipped models were found")

    for module in (shipped, stroke_model):
        monkeypatch.setattr(module, "pretrained_folder", none_there)
    assert find_model(str(folder)) == folder
    with refused("runs", "none"):
        find_model("runs")
    with refused("shipped models"):
        find_model(None)


@pytest.mark.unit
@pytest.mark.parametrize("file", ["model.json", "weights.npz"])
def test_a_folder_without_exported_weights_is_refused(folder, file):
    (folder / file).unlink()
    with refused(folder, file):
        find_model(str(folder))


@pytest.mark.unit
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("file", ["model.json", "weights.npz"])
def test_a_file_cut_short_is_refused(folder, file, share):
    path = folder / file
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with refused(folder / file):
        load_model(folder)


@pytest.mark.property
def test_a_file_with_a_damaged_byte_is_refused_or_harmless(folder):
    random = np.random.default_rng(0)
    for file in ("model.json", "weights.npz"):
        path = folder / file
        content = path.read_bytes()
        for position in random.integers(0, len(content), 60):
            damaged = bytearray(content)
            damaged[position] ^= 1 << int(random.integers(8))
            path.write_bytes(damaged)
            try:
                load_model(folder)
            except InputError:
                pass
        path.write_bytes(content)


@pytest.mark.unit
@pytest.mark.parametrize("content", ["[]", "null", "3", '{"kind": "attention_rnn"}'])
def test_a_description_that_is_none_is_refused(folder, content):
    (folder / "model.json").write_text(content)
    with refused(folder / "model.json"):
        load_model(folder)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"kind": "fortune_teller"}, ["'fortune_teller'", "attention_rnn"]),
        ({"sizes": {"num_layers": 2}}, ["'num_units'"]),
        ({"alphabet": "abc"}, ["3 characters", "alphabet_size 70"]),
        ({"alphabet": "abca"}, ["'abca'"]),
        ({"offset_scale": [1.0]}, ["offset_scale", "two numbers over 0"]),
        ({"offset_scale": [1.0, -1.0]}, ["offset_scale", "two numbers over 0"]),
        ({"offset_scale": [1.0, float("nan")]}, ["NaN"]),
        ({"sizes": {"num_layers": 10**9}}, [10**9, 100]),
        ({"sizes": {"num_layers": float("inf")}}, ["Infinity"]),
        ({"alphabet": 7}, [7]),
        ({"offset_scale": ["a", "b"]}, ["'a'"]),
        ({"cleaning": ["deskew"]}, []),
        ({"cleaning": None}, []),
    ],
)
def test_a_description_with_wrong_values_is_refused(folder, changes, facts):
    change_description(folder, **changes)
    with refused(folder / "model.json", *facts):
        load_model(folder)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({"lstm_2/bias": None}, ["model.json", "lstm_2/bias", (64,)]),
        ({"lstm_3/bias": np.zeros(64)}, ["model.json", "lstm_3/bias", (64,)]),
        ({"output/bias": np.zeros(5)}, ["model.json", "output/bias", (5,), (25,)]),
        ({"output/bias": np.full(25, np.nan)}, ["output/bias", "finite"]),
        ({"output/bias": np.array(["a"])}, []),
        ({"output/bias": np.array([{}])}, []),
    ],
)
def test_weights_that_do_not_fit_are_refused(folder, changes, facts):
    change_weights(folder, **changes)
    with refused("weights.npz", *facts):
        load_model(folder)


@pytest.mark.unit
@pytest.mark.parametrize(
    "size", ["num_layers", "num_units", "num_mixtures", "num_window_components"]
)
def test_the_weights_of_another_network_are_refused(folder, size):
    sizes = json.loads((folder / "model.json").read_text())["sizes"]
    change_description(folder, sizes=sizes | {size: sizes[size] + 1})
    with refused(folder, "weights.npz", "model.json"):
        load_model(folder)
