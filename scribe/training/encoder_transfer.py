"""Encoder-decoders that start with what another network has learnt.

From Graves' network: the decoder is his network, which looks at what the encoder made
of a character where his looks at the character. So the encoder begins by passing
characters on, one unit to each, and the decoder's rows for these units are the old rows
for the characters: at first it writes as the other did. The encoder's other units have
fresh weights, and nobody listens to them until training has found what they are good
for, as in Net2WiderNet (Chen, Goodfellow and Shlens, ICLR 2016).

From an encoder-decoder of another attention, or of other writers: what does not depend
on these.
"""

import logging

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models.sizes import decoder_sizes
from scribe.models.stroke_model import StrokeModel
from scribe.models.variant import GRAVES

logger = logging.getLogger(__name__)

# A gate of this is open, and of less than nothing shut, to 0.2 %.
_OPEN = 6.0
# What a unit hears of its own character; tanh is 0.76 there and not yet flat.
_HEARD = 1.0
# A character's own number in the embedding; 10 is as loud as fresh embeddings are.
_LOUD = 3.0
_OWN_TO_AN_ATTENTION = (
    "attention", "num_window_components", "attention_units", "location_filters",
    "location_width", "num_writers",
)  # fmt: skip


def from_graves(source: StrokeModel, target: StrokeModel) -> dict[str, np.ndarray]:
    """Weights with which an encoder-decoder starts where Graves' network ends.

    Another attention than the Gaussian window keeps its fresh weights.

    Args:
      source: an AttentionRNN that reads text, of the target's alphabet.
      target: an EncoderDecoder with the weights that it has so far.

    Raises:
      InputError: the decoder is of another size, the source is wired in another way
        than Graves' networks are, or the encoder has no unit for each character.
    """
    num_characters = target.alphabet.size
    before = {**source.sizes, "alphabet_size": target.sizes["encoder_units"]}
    after = decoder_sizes(target.sizes)
    if target.sizes["attention"] != "gaussian":
        after["num_window_components"] = before["num_window_components"]
    reads = before["num_window_components"] > 0
    if source.variant != GRAVES or before != after or not reads:
        raise InputError(
            f"{source.folder} is no start for this decoder, {source.sizes} for "
            f"{target.sizes}: only a network with text, wired as Graves' are and of "
            "the decoder's layers, units, mixtures and window components"
        )
    narrow = min(target.sizes["encoder_units"], target.sizes["embedding_dim"])
    if narrow < num_characters:
        raise InputError(
            f"an encoder that starts by passing on {num_characters} characters needs "
            f"as many units and numbers of the embedding, not {narrow}: bind "
            "EncoderDecoder.encoder_units and embedding_dim"
        )
    started = dict(target.weights)
    heard = _pass_characters_on(started, num_characters)
    if "encoder/writers" in started:
        started["encoder/writers"] = np.zeros_like(started["encoder/writers"])
    for name, learnt in source.weights.items():
        if name.startswith("lstm") and name.endswith("/kernel"):
            silent = len(started[name]) - len(learnt)
            rows = learnt[-num_characters:] / heard
            unheard = np.zeros([silent, learnt.shape[1]], learnt.dtype)
            started[name] = np.concatenate([learnt[:-num_characters], rows, unheard])
        elif name in started:
            started[name] = learnt
    _tell(source, [n for n in started if n not in source.weights], started)
    return started


def from_another_attention(
    source: StrokeModel, target: StrokeModel
) -> dict[str, np.ndarray]:
    """Weights with which an encoder-decoder starts but for its attention and writers.

    Raises:
      InputError: they differ in something else, or are of two alphabets.
    """
    same = {
        name: size
        for name, size in source.sizes.items()
        if name not in _OWN_TO_AN_ATTENTION
    }
    if {**target.sizes, **same} != target.sizes or source.variant != target.variant:
        raise InputError(
            f"{source.folder} is no start for this network, {source.sizes} for "
            f"{target.sizes}: only the attention and the writers of an "
            "encoder-decoder may be others"
        )
    known = {
        name: learnt
        for name, learnt in source.weights.items()
        if name in target.weights and target.weights[name].shape == learnt.shape
    }
    _tell(source, [n for n in target.weights if n not in known], known)
    return target.weights | known


def _tell(source: StrokeModel, fresh: list[str], taken) -> None:
    """Names what a training begins without."""
    lost = [name for name in source.weights if name not in taken]
    logger.info("not from %s: %s", source.folder, ", ".join(fresh) or "nothing")
    if lost:
        logger.info("of %s without use: %s", source.folder, ", ".join(lost))


def _pass_characters_on(weights: dict[str, np.ndarray], num_characters: int) -> float:
    """Makes the first units of the encoder say one character each, in place.

    Only the forward LSTM does; those units of the backward one are silent, with gates
    as they are, so that both can learn to say more.

    Returns:
      What a unit says at its character; at others it says nothing, but for 0.2 % of
      what it has just said.
    """
    num_units = len(weights["encoder/forward/recurrent_kernel"])
    gates = np.arange(num_characters)[:, None] + num_units * np.arange(4)
    opens, forgets, hears, tells = gates.T  # as Keras orders them
    lstm = {}
    for direction, silenced in (("forward", gates.ravel()), ("backward", hears)):
        for part in ("kernel", "recurrent_kernel", "bias"):
            name = f"encoder/{direction}/{part}"
            lstm[name] = weights[name].copy()
            lstm[name][..., silenced] = 0.0
    # One number each: what is learnt of one character leaves the others as they are.
    embedding = np.zeros_like(weights["encoder/embedding"])
    np.fill_diagonal(embedding, _LOUD)
    kernel = lstm["encoder/forward/kernel"]
    kernel[np.arange(num_characters), hears] = _HEARD / _LOUD
    bias = lstm["encoder/forward/bias"]
    bias[opens] = bias[tells] = _OPEN
    bias[forgets] = -_OPEN
    weights.update(lstm | {"encoder/embedding": embedding})
    gate = 1.0 / (1.0 + np.exp(-_OPEN))
    return float(gate * np.tanh(gate * np.tanh(_HEARD)))
