"""What scribe.export writes of each kind of network, see
scribe.networks.runtimes.Program."""

import tensorflow as tf

from scribe.models import StrokeModel
from scribe.models.sizes import FEATURE_DIM
from scribe.networks.reader_network import ReaderNetwork
from scribe.networks.runtimes import Program
from scribe.networks.tensorflow_engine import attention_rnn, sample


def stroke_step(model: StrokeModel) -> Program:
    """The step that draws a line's next point, with all states in the open.

    The states are zero before the first step. Given the random numbers of
    scribe.models.engine.random_numbers it draws what the sampling engines draw.
    """
    network = attention_rnn(model)
    units, lines = model.sizes["num_units"], "lines"
    inputs = {
        "point": ((lines, 3), "float32"),
        "noise": ((lines, 4), "float32"),
        "bias": ((lines,), "float32"),
    }
    states = {"h_1": units, "c_1": units}
    if model.reads_text:
        inputs["text"] = ((lines, "characters"), "int32")
        inputs["text_mask"] = ((lines, "characters"), "float32")
        states["window"] = model.sizes["alphabet_size"]
        states["kappa"] = model.sizes["num_window_components"]
    num_first = len(states)
    for layer in range(2, model.sizes["num_layers"] + 1):
        states |= {f"h_{layer}": units, f"c_{layer}": units}

    def step(point, noise, bias, text=None, text_mask=None, **given):
        flat = [given[name] for name in states]
        upper = flat[num_first:]
        nested = [tuple(flat[:num_first])]
        nested += [tuple(upper[i : i + 2]) for i in range(0, len(upper), 2)]
        if text is not None:
            text = tf.one_hot(text, model.sizes["alphabet_size"])
        activations, nested, phi = network.step(point, nested, text, text_mask)
        flat = [tensor for layer in nested for tensor in layer]
        outputs = {"next_point": sample(activations, bias, noise, model.variant)}
        if phi is not None:
            outputs["phi"] = phi
        pairs = zip(states, flat, strict=True)
        return outputs | {f"next_{name}": tensor for name, tensor in pairs}

    return Program(
        function=step,
        inputs=inputs | {name: ((lines, n), "float32") for name, n in states.items()},
        facts={
            "kind": model.kind,
            "states": {name: f"next_{name}" for name in states},
            "first_point": [0.0, 0.0, float(model.variant.starts_lifted)],
            "alphabet": model.alphabet.characters if model.reads_text else "",
            "offset_scale": model.offset_scale.tolist(),
        },
    )


def reader_network(model: StrokeModel) -> Program:
    """The whole network of a reader: features of lines -> scores of their frames.

    scribe.reading.reader.features of the cleaned strokes go in; in every frame that
    counts, the symbol with the highest score is read, repetitions and then blanks (id
    0) dropped.
    """
    network = ReaderNetwork(
        num_units=model.sizes["num_units"],
        stacks=tuple(model.sizes["stacks"]),
        dropout=0.0,
        products="float32",
        alphabet_size=model.sizes["alphabet_size"],
    )
    for name, variable in network.named_weights().items():
        variable.assign(model.weights[name])

    def read(features, lengths):
        logits, frames = network(features, lengths)
        return {"logits": logits, "frames": frames}

    return Program(
        function=read,
        inputs={
            "features": (("lines", "points", FEATURE_DIM), "float32"),
            "lengths": (("lines",), "int32"),
        },
        facts={
            "kind": model.kind,
            "alphabet": model.alphabet.characters,
            "offset_scale": model.offset_scale.tolist(),
            "cleaning": model.cleaning,
        },
        forms=("saved_model", "onnx"),  # LiteRT has no loop over lists of any length
    )


# By kind: StrokeModel -> what is exported of it.
PROGRAMS = {"attention_rnn": stroke_step, "reader": reader_network}
