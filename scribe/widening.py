"""Networks that start with what a smaller one, or one that reads, has learnt.

As Net2WiderNet (Chen, Goodfellow and Shlens, ICLR 2016) the wider network computes the
same function at first, so that hours of training are not spent twice. Unlike there, new
units are no copies of old ones: they listen with fresh weights, and nobody listens to
them until training has found what they are good for.

A network without text starts as one that reads and has lost its text: how pens move is
the same to both.
"""

import numpy as np

from scribe.attention_rnn import STROKE_DIM, AttentionRNN
from scribe.errors import InputError
from scribe.run_folder import StrokeModel
from scribe.variant import GRAVES


def widened(narrow: StrokeModel, wide: StrokeModel) -> dict[str, np.ndarray]:
    """Weights with which the wide network writes as the narrow one does.

    Args:
      narrow: trained; an AttentionRNN.
      wide: the same with more units, or without text, or both, and with its initial
        weights. Without text it writes as the narrow one with an empty window.

    Raises:
      InputError: they differ in more than their units and the window, or are wired in
        another way than Graves' networks are.
    """
    before, after, learnt = narrow.sizes, wide.sizes, narrow.weights
    if before.get("num_window_components") and not after.get("num_window_components"):
        learnt = _without_window(learnt, before["alphabet_size"])
        before = before | {"num_window_components": 0}
    num_units = [sizes.get("num_units", 0) for sizes in (before, after)]
    if (
        {narrow.kind, wide.kind} != {AttentionRNN.kind}
        or {narrow.variant, wide.variant} != {GRAVES}
        or before | {"num_units": num_units[1]} != after
        or num_units[1] < num_units[0]
    ):
        raise InputError(
            f"{narrow.folder} cannot be widened from {narrow.sizes} to {after}: only "
            "the units of Graves' networks may grow and their window may go, and "
            "nothing else may differ"
        )
    return {
        name: _placed(
            learnt[name],
            fresh,
            [_is_known(blocks, *num_units) for blocks in _blocks(name, before)],
        )
        for name, fresh in wide.weights.items()
    }


def _without_window(weights, width: int) -> dict[str, np.ndarray]:
    """The weights but for those that make the window or read it, `width` numbers."""
    return {
        name: w[:-width] if name.endswith("/kernel") and "lstm" in name else w
        for name, w in weights.items()
        if not name.startswith("window/")
    }


def _blocks(name: str, sizes: dict[str, int]) -> list[list[int | None]]:
    """What a weight's axes are made of: widths that stay, None for one per unit."""
    units, gates = [None], [None] * 4
    layer, kind = name.split("/")
    reads_text = sizes["num_window_components"] > 0
    window = [sizes["alphabet_size"]] if reads_text else []
    if layer == "window":
        axes = [units, [3 * sizes["num_window_components"]]]
    elif layer == "output":
        axes = [units * sizes["num_layers"], [6 * sizes["num_mixtures"] + 1]]
    elif kind == "recurrent_kernel":
        axes = [units, gates]
    elif layer == "lstm_1":
        axes = [[STROKE_DIM, *window], gates]
    else:
        axes = [[STROKE_DIM, *units, *window], gates]
    return axes[1:] if kind == "bias" else axes


def _is_known(blocks: list[int | None], narrow: int, wide: int) -> np.ndarray:
    """Which entries of a wide axis the narrow one has as well."""
    known = [
        np.ones(width, bool) if width is not None else np.arange(wide) < narrow
        for width in blocks
    ]
    return np.concatenate(known)


def _placed(learnt, fresh, known: list[np.ndarray]) -> np.ndarray:
    """The learnt weights at their places, silence and fresh weights at the others."""
    wide = fresh.copy()
    *sources, listeners = known
    for source in sources:
        wide[np.ix_(~source, listeners)] = 0.0
    wide[np.ix_(*known)] = learnt
    return wide
