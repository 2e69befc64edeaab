"""Networks that start with what another one has learnt.

A wider one: as Net2WiderNet (Chen, Goodfellow and Shlens, ICLR 2016) it computes the
same function at first, so that hours of training are not spent twice. Unlike there, new
units are no copies of old ones: they listen with fresh weights, and nobody listens to
them until training has found what they are good for.

One without text starts as one that reads and has lost its text: how pens move is the
same to both. One that reads takes over the layers of one without text and keeps its own
window. One of fewer layers starts with the lower ones, which hear the same in both.
One of more characters writes the old ones as before, a new one about as it looks.
What an encoder-decoder starts with: scribe.training.encoder_transfer.
"""

import dataclasses

import numpy as np

from scribe.foundation.alphabet import TERMINATOR_ID, Alphabet
from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.models.variant import GRAVES
from scribe.networks.attention_rnn import STROKE_DIM, AttentionRNN
from scribe.networks.encoder_decoder import EncoderDecoder
from scribe.training import encoder_transfer

# Marks whose shapes begin as others' do; accented letters begin as their letters.
_LOOK_ALIKES = {
    "#": "H", "$": "S", "%": "/", "*": "x", "+": "t", "<": "(", "=": "-", ">": ")",
    "@": "a", "\\": "/", "^": '"', "_": "-", "`": "'", "{": "(", "|": "l", "}": ")",
    "~": "-", "&": "8",
}  # fmt: skip
# A new character's row is so much of its look-alike's and the rest of the mean of all,
# and noise, so that two that look alike do not stay the same.
_LIKENESS = 0.7
_NOISE = 0.02


def with_alphabet(source: StrokeModel, alphabet: Alphabet) -> StrokeModel:
    """A network of more characters that writes those it knows as it did.

    A character is one row in the kernel of every layer that reads the window. What is
    new begins close to what it looks like.

    Args:
      source: trained; an AttentionRNN that reads text.
      alphabet: has all characters of the source.

    Raises:
      InputError: `alphabet` lacks a character, or the network is of another kind.
    """
    lacking = [c for c in source.alphabet.characters if c not in alphabet]
    if lacking or source.kind != AttentionRNN.kind or not _reads(source.sizes):
        raise InputError(
            f"{source.folder} has another alphabet ({source.alphabet}) than this "
            f"configuration ({alphabet}): only networks with a window may get more "
            "characters, and none may lose any"
        )
    random = np.random.default_rng(0)
    width, weights = source.alphabet.size, dict(source.weights)
    for name in filter(_reads_window, weights):
        known = weights[name][-width:]
        mean = known[TERMINATOR_ID + 1 :].mean(axis=0)
        rows = [known[TERMINATOR_ID]]
        for character in alphabet.characters:
            like = _look_alike(character, source.alphabet)
            row = mean if like is None else known[source.alphabet.encode(like)[0]]
            if character not in source.alphabet:
                noise = random.normal(0.0, _NOISE, row.shape)
                row = _LIKENESS * row + (1.0 - _LIKENESS) * mean + noise
            rows.append(row)
        weights[name] = np.concatenate(
            [weights[name][:-width], np.array(rows, np.float32)]
        )
    sizes = {**source.sizes, "alphabet_size": alphabet.size}
    return dataclasses.replace(source, alphabet=alphabet, sizes=sizes, weights=weights)


def reader_to_start(source: StrokeModel, target: StrokeModel) -> dict[str, np.ndarray]:
    """Weights with which a reader starts where another one ends.

    A character that is new to it begins unlikely, with the target's own fresh weights:
    every frame that showed something else before still does.

    Args:
      source: a trained reader.
      target: a reader of no fewer characters, with the weights that it has so far.

    Raises:
      InputError: the two do not fit.
    """
    sizes = {**source.sizes, "alphabet_size": target.alphabet.size}
    lacking = [c for c in source.alphabet.characters if c not in target.alphabet]
    if source.kind != target.kind or sizes != target.sizes or lacking:
        raise InputError(
            f"{source.folder} is no start for this reader: {source.kind} "
            f"{source.sizes} of {source.alphabet} for {target.sizes} of "
            f"{target.alphabet}"
        )
    _check_unit(source, target)
    # With the blank, which has the terminator's id.
    old = source.alphabet.encode(source.alphabet.characters)
    known = target.alphabet.encode(source.alphabet.characters)
    weights = dict(source.weights)
    kernel = target.weights["output/kernel"].copy()
    kernel[:, known] = source.weights["output/kernel"][:, old]
    bias = np.full_like(
        target.weights["output/bias"], source.weights["output/bias"].min()
    )
    bias[known] = source.weights["output/bias"][old]
    return weights | {"output/kernel": kernel, "output/bias": bias}


def _check_unit(source: StrokeModel, target: StrokeModel) -> None:
    """Raises InputError if equally cleaned lines are in another unit to one of them."""
    if target.cleaning == source.cleaning and not np.allclose(
        target.offset_scale, source.offset_scale, rtol=1e-6
    ):
        raise InputError(
            f"{source.folder} was trained with the offset scale "
            f"{source.offset_scale.tolist()}, the data have "
            f"{target.offset_scale.tolist()}: bind StrokeDataset.offset_scale"
        )


def _look_alike(character: str, known: Alphabet) -> str | None:
    """The character of an alphabet whose shape another one begins with."""
    plain = known.adapt(character, "replace")[:1]
    return plain or known.adapt(_LOOK_ALIKES.get(character, ""), "skip") or None


def weights_to_start(source: StrokeModel, target: StrokeModel) -> dict[str, np.ndarray]:
    """Weights with which a network of no fewer characters starts where another ends.

    The other's lines may have been cleaned in another way: then a point or an offset is
    something else to it, and the scale too, but of deviation 1 in both.

    Args:
      source: trained.
      target: with the weights that it has so far.

    Raises:
      InputError: the two do not fit, see also `transferred`.
    """
    if target.alphabet != source.alphabet and target.reads_text:
        source = with_alphabet(source, target.alphabet)
    if (source.kind, target.kind) == (AttentionRNN.kind, EncoderDecoder.kind):
        _check_unit(source, target)
        return encoder_transfer.from_graves(source, target)
    for name in ("alphabet", "kind", "variant"):
        if getattr(target, name) != getattr(source, name):
            raise InputError(
                f"{source.folder} has another {name} ({getattr(source, name)}) than "
                f"this configuration ({getattr(target, name)})"
            )
    _check_unit(source, target)
    if target.sizes == source.sizes:
        return source.weights
    if source.kind == EncoderDecoder.kind:
        return encoder_transfer.from_another_attention(source, target)
    return transferred(source, target)


def transferred(source: StrokeModel, target: StrokeModel) -> dict[str, np.ndarray]:
    """Weights with which the target starts as the source writes, or close to it.

    The two may differ in these ways, and in several of them at once, except that a
    network gains text only if its units stay as many:

    * More units: the target writes as the source does.
    * Fewer layers: it writes as if the source's output did not hear the upper ones.
    * No text: it writes as the source with an empty window.
    * Text where the source has none: the target keeps its own window, and what its own
      layers read in it.

    Args:
      source: trained; an AttentionRNN.
      target: an AttentionRNN with the weights that it has so far.

    Raises:
      InputError: they differ in something else, or are wired in another way than
        Graves' networks are.
    """
    before, after = source.sizes, target.sizes
    kinds, variants = {source.kind, target.kind}, {source.variant, target.variant}
    if kinds != {AttentionRNN.kind} or variants != {GRAVES}:
        raise InputError(
            f"{source.folder} is no start for a network of other sizes, {before} for "
            f"{after}: only networks that are wired as Graves' are"
        )
    if not _may_begin(before, after):
        raise InputError(
            f"{source.folder} is no start for this network, {before} for {after}: only "
            "the units of Graves' networks may grow, their upper layers and their "
            "window may go, and a window may come if the units stay as many"
        )
    learnt = dict(source.weights)
    heard = after["num_layers"] * before["num_units"]
    learnt["output/kernel"] = learnt["output/kernel"][:heard]
    if _reads(before) and not _reads(after):
        learnt = _without_window(learnt, after["alphabet_size"])
    elif _reads(after) and not _reads(before):
        learnt = _with_window(learnt, target.weights, after["alphabet_size"])
    num_units = [before["num_units"], after["num_units"]]
    return {
        name: _placed(
            learnt[name],
            fresh,
            [_is_known(blocks, *num_units) for blocks in _blocks(name, after)],
        )
        for name, fresh in target.weights.items()
    }


def _may_begin(before: dict[str, int], after: dict[str, int]) -> bool:
    """Whether a network of sizes `after` may start with one of sizes `before`."""
    free = ("num_units", "num_layers", "num_window_components")
    keeps_window = after["num_window_components"] == before["num_window_components"]
    gets_window = not _reads(before) and before["num_units"] == after["num_units"]
    return (
        {**before, **{name: after[name] for name in free}} == after
        and after["num_units"] >= before["num_units"]
        and after["num_layers"] <= before["num_layers"]
        and (keeps_window or not _reads(after) or gets_window)
    )


def _reads(sizes: dict[str, int]) -> bool:
    return sizes["num_window_components"] > 0


def _reads_window(name: str) -> bool:
    """Whether a weight's last inputs are the window's, in a network that has one."""
    return name.startswith("lstm") and name.endswith("/kernel")


def _without_window(weights, width: int) -> dict[str, np.ndarray]:
    """The weights but for those that make the window or read it, `width` numbers."""
    return {
        name: w[:-width] if _reads_window(name) else w
        for name, w in weights.items()
        if not name.startswith("window/")
    }


def _with_window(weights, reader, width: int) -> dict[str, np.ndarray]:
    """The weights and, of `reader`, those that make the window or read it."""
    return {
        name: np.concatenate([weights[name], w[-width:]])
        if _reads_window(name)
        else weights.get(name, w)
        for name, w in reader.items()
    }


def _blocks(name: str, sizes: dict[str, int]) -> list[list[int | None]]:
    """What a weight's axes are made of: widths that stay, None for one per unit."""
    units, gates = [None], [None] * 4
    layer, kind = name.split("/")
    window = [sizes["alphabet_size"]] if _reads(sizes) else []
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
