"""Checkpoints as TensorFlow 1 wrote them, and NumPy models of what is in them.

The models are written from the layouts (docs/operate/OLD_CHECKPOINTS.md), with the
matrices as they stand in the file, and share nothing with the code under test.
"""

import numpy as np

UNITS, COMPONENTS, MIXTURES = 12, 2, 3


def scribe_tensors(alphabet_size=54, new_names=True, seed=0, units=UNITS) -> dict:
    """Variables of greydanus/scribe by name, random."""
    kernel, bias = ("kernel", "bias") if new_names else ("weights", "biases")
    rows = {0: 3 + units, 1: units + alphabet_size + 3 + units, 2: 2 * units}
    shapes = {}
    for i, height in rows.items():
        shapes[f"cell{i}/lstm_cell/{kernel}"] = (height, 4 * units)
        shapes[f"cell{i}/lstm_cell/{bias}"] = (4 * units,)
    shapes["window/window_w"] = (units, 3 * COMPONENTS)
    shapes["window/window_b"] = (3 * COMPONENTS,)
    shapes["mdn_dense/output_w"] = (units, 6 * MIXTURES + 1)
    shapes["mdn_dense/output_b"] = (6 * MIXTURES + 1,)
    tensors = _random(shapes, seed)
    tensors["window/window_b"][2 * COMPONENTS :] -= 2.0  # a character in some ten steps
    return tensors


def sjvasquez_tensors(alphabet_size=73, new_names=True, seed=0, units=UNITS) -> dict:
    """Variables of sjvasquez/handwriting-synthesis by name, random."""
    kernel, bias = ("kernel", "bias") if new_names else ("weights", "biases")
    scope = "rnn/LSTMAttentionCell"
    shapes = {}
    for suffix, below in (("", 0), ("_1", units), ("_2", units)):
        height = alphabet_size + 3 + below + units
        shapes[f"{scope}/lstm_cell{suffix}/{kernel}"] = (height, 4 * units)
        shapes[f"{scope}/lstm_cell{suffix}/{bias}"] = (4 * units,)
    shapes[f"{scope}/attention/weights"] = (alphabet_size + 3 + units, 3 * COMPONENTS)
    shapes[f"{scope}/attention/biases"] = (3 * COMPONENTS,)
    shapes["rnn/gmm/weights"] = (units, 6 * MIXTURES + 1)
    shapes["rnn/gmm/biases"] = (6 * MIXTURES + 1,)
    tensors = _random(shapes, seed)
    tensors[f"{scope}/attention/biases"][2 * COMPONENTS :] += 2.0
    return tensors


def _random(shapes: dict, seed: int) -> dict:
    random = np.random.default_rng(seed)
    tensors = {}
    for name, shape in shapes.items():
        deviation = 1.5 * shape[0] ** -0.5 if len(shape) == 2 else 0.3
        tensors[name] = random.normal(0, deviation, shape).astype(np.float32)
    return tensors


def save(prefix, tensors: dict, slots: bool = True) -> None:
    """Writes prefix.index and prefix.data-00000-of-00001."""
    import tensorflow as tf

    stored = dict(tensors)
    if slots:
        for name, value in tensors.items():
            stored[f"{name}/RMSProp"] = np.ones_like(value)
            stored[f"{name}/RMSProp_1"] = np.zeros_like(value)
            stored[f"{name}/Adam"] = np.zeros_like(value)
        stored["beta1_power"] = np.float32(0.9)
        stored["Variable"] = np.int32(7)
        stored["Variable_1"] = np.float32(1e-4)
    prefix.parent.mkdir(parents=True, exist_ok=True)
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=list(stored),
        shape_and_slices=[""] * len(stored),
        tensors=[tf.constant(value) for value in stored.values()],
    )
    # SaveV2 leaves a single shard under its final name.
    assert prefix.with_name(f"{prefix.name}.index").is_file()


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm(x, h, c, kernel, bias):
    """TensorFlow 1's LSTMCell: columns i, j, f, o, forget bias 1 added here."""
    i, j, f, o = np.split(np.concatenate([x, h]) @ kernel + bias, 4)
    c = sigmoid(f + 1.0) * c + sigmoid(i) * np.tanh(j)
    return sigmoid(o) * np.tanh(c), c


def scribe_mixtures(tensors: dict, strokes, ids, step=lstm) -> list[dict]:
    """The mixture of every step of greydanus/scribe: strokes [T, 3], ids [U]."""
    t, one_hot = _Named(tensors), np.eye(54)[ids]
    h, c = np.zeros([3, UNITS]), np.zeros([3, UNITS])
    kappa, u = np.zeros([COMPONENTS, 1]), np.arange(len(ids))
    mixtures = []
    for x in strokes.astype(np.float64):
        h[0], c[0] = step(x, h[0], c[0], *t.pair("cell0/lstm_cell"))
        hats = np.exp(h[0] @ t["window/window_w"] + t["window/window_b"])
        alpha, beta, move = np.split(hats[:, None], 3)
        kappa = kappa + move
        phi = (alpha * np.exp(-beta * (kappa - u) ** 2)).sum(axis=0)
        above = np.concatenate([h[0], phi @ one_hot, x])
        h[1], c[1] = step(above, h[1], c[1], *t.pair("cell1/lstm_cell"))
        h[2], c[2] = step(h[1], h[2], c[2], *t.pair("cell2/lstm_cell"))
        z = h[2] @ t["mdn_dense/output_w"] + t["mdn_dense/output_b"]
        pi, mu_x, mu_y, sigma_x, sigma_y, rho = np.split(z[1:], 6)
        mixtures.append(
            {
                "pi": np.exp(pi) / np.exp(pi).sum(),
                "mu_x": mu_x,
                "mu_y": mu_y,
                "sigma_x": np.exp(sigma_x),
                "sigma_y": np.exp(sigma_y),
                "rho": np.tanh(rho),
                "pen_probability": sigmoid(-z[0]),
                "phi": phi,
            }
        )
    return mixtures


def sjvasquez_mixtures(tensors: dict, strokes, ids, step=lstm) -> list[dict]:
    """The same for sjvasquez/handwriting-synthesis."""
    t, one_hot = _Named(tensors), np.eye(73)[ids]
    scope = "rnn/LSTMAttentionCell"
    h, c = np.zeros([3, UNITS]), np.zeros([3, UNITS])
    kappa, u, window = np.zeros([COMPONENTS, 1]), np.arange(len(ids)), np.zeros(73)
    mixtures = []
    for x in strokes.astype(np.float64):
        read = np.concatenate([window, x])
        h[0], c[0] = step(read, h[0], c[0], *t.pair(f"{scope}/lstm_cell"))
        z = np.concatenate([window, x, h[0]]) @ t[f"{scope}/attention/weights"]
        z = np.log1p(np.exp(z + t[f"{scope}/attention/biases"]))
        alpha, beta, move = np.split(z[:, None], 3)
        kappa, beta = kappa + move / 25.0, np.maximum(beta, 0.01)
        phi = (alpha * np.exp(-((kappa - u) ** 2) / beta)).sum(axis=0)
        window = phi @ one_hot
        for i in (1, 2):
            read = np.concatenate([x, h[i - 1], window])
            h[i], c[i] = step(read, h[i], c[i], *t.pair(f"{scope}/lstm_cell_{i}"))
        z = h[2] @ t["rnn/gmm/weights"] + t["rnn/gmm/biases"]
        pi, sigma_x, sigma_y, rho, mu_x, mu_y = np.split(z[:-1], 6)
        mixtures.append(
            {
                "pi": np.exp(pi) / np.exp(pi).sum(),
                "mu_x": mu_x,
                "mu_y": mu_y,
                "sigma_x": np.maximum(np.exp(sigma_x), 1e-4),
                "sigma_y": np.maximum(np.exp(sigma_y), 1e-4),
                "rho": np.tanh(rho),
                "pen_probability": sigmoid(z[-1]),
                "phi": phi,
            }
        )
    return mixtures


class _Named(dict):
    """Tensors in double precision, with either generation of names."""

    def __init__(self, tensors):
        super().__init__({n: np.asarray(v, np.float64) for n, v in tensors.items()})

    def pair(self, scope):
        kernel = self.get(f"{scope}/kernel", self.get(f"{scope}/weights"))
        return kernel, self.get(f"{scope}/bias", self.get(f"{scope}/biases"))


LAYOUTS = {
    "scribe": (scribe_tensors, scribe_mixtures),
    "sjvasquez": (sjvasquez_tensors, sjvasquez_mixtures),
}
