"""What a network's sizes say: the shapes of its weights by name. Standard library only.

The names and shapes are those of `named_weights` of the networks in scribe.networks;
model.json has the sizes, and weights.npz must fit them.
"""

from scribe.models.variant import GRAVES, Variant

Shapes = dict[str, tuple[int, ...]]

# Encoder-decoder: how the decoder finds its place in the text.
ATTENTIONS = ("gaussian", "content", "location")
# SketchRNN: dx, dy and one of three pen states.
STROKE_DIM = 5
PEN_STATES = 3  # down, up, end of the drawing
# Reader: dx, dy, end_of_stroke and the height in the line.
FEATURE_DIM = 4
# Embedding of hands: direction of the ink, height in the line, and jumps of the pen.
HAND_FEATURE_DIM = 6


def attention_rnn_inputs(
    sizes: dict[str, int], variant: Variant = GRAVES
) -> dict[str, int]:
    """How many numbers each part of an AttentionRNN reads, without its own states.

    Args:
      sizes: as AttentionRNN.sizes.
      variant: its wiring.

    Returns:
      widths of "lstm_1", "lstm_2", ..., "window" (0 without text) and "output".
    """
    units, pen = sizes["num_units"], 3
    window = sizes["alphabet_size"] if sizes["num_window_components"] else 0
    widths = {"lstm_1": pen + (window if variant.window_feedback else 0)}
    for layer in range(2, sizes["num_layers"] + 1):
        skipped = pen + window if variant.has_skip(layer) else 0
        widths[f"lstm_{layer}"] = skipped + units
    read = units + (pen + window if variant.window_reads_input else 0)
    widths["window"] = read if window else 0
    widths["output"] = units * (sizes["num_layers"] if variant.output_skips else 1)
    return widths


def attention_rnn_shapes(sizes: dict[str, int], variant: Variant = GRAVES) -> Shapes:
    """The shapes of AttentionRNN.named_weights for a network of these sizes."""
    units, widths = sizes["num_units"], attention_rnn_inputs(sizes, variant)
    components = sizes["num_window_components"]
    shapes: Shapes = {}
    for i in range(1, sizes["num_layers"] + 1):
        shapes |= _lstm(f"lstm_{i}", widths[f"lstm_{i}"], units)
    if components:
        shapes |= _dense("window", widths["window"], 3 * components)
    return shapes | _dense("output", widths["output"], 6 * sizes["num_mixtures"] + 1)


def decoder_sizes(sizes: dict) -> dict[str, int]:
    """The sizes of the AttentionRNN that decodes.

    Args:
      sizes: as EncoderDecoder.sizes.
    """
    return {
        "num_layers": sizes["num_layers"],
        "num_units": sizes["num_units"],
        "num_mixtures": sizes["num_mixtures"],
        # 1 for other attentions, which report one position: where they look.
        "num_window_components": (
            sizes["num_window_components"] if sizes["attention"] == "gaussian" else 1
        ),
        "alphabet_size": sizes["encoder_units"],
    }


def encoder_decoder_shapes(sizes: dict, variant: Variant = GRAVES) -> Shapes:
    """The shapes of EncoderDecoder.named_weights; `variant` is the decoder's."""
    embedding, encoded = sizes["embedding_dim"], sizes["encoder_units"]
    shapes: Shapes = {"encoder/embedding": (sizes["alphabet_size"], embedding)}
    for direction in ("forward", "backward"):
        shapes |= _lstm(f"encoder/{direction}", embedding, encoded)
    if sizes["num_writers"]:
        shapes["encoder/writers"] = (sizes["num_writers"] + 1, encoded)
    shapes |= attention_rnn_shapes(decoder_sizes(sizes), variant)
    if sizes["attention"] != "gaussian":
        units = sizes["attention_units"]
        del shapes["window/kernel"], shapes["window/bias"]
        shapes["attention/query"] = (sizes["num_units"], units)
        shapes["attention/keys"] = (encoded, units)
        shapes["attention/bias"] = shapes["attention/energy"] = (units,)
    if sizes["attention"] == "location":
        filters, width = sizes["location_filters"], sizes["location_width"]
        shapes["attention/filters"] = (width, 1, filters)
        shapes["attention/location"] = (filters, units)
    return shapes


def sketch_rnn_shapes(sizes: dict[str, int], variant: Variant = GRAVES) -> Shapes:
    """The shapes of SketchRNN.named_weights; no variant changes them."""
    latent, decoder = sizes["latent_dim"], sizes["decoder_units"]
    shapes: Shapes = {}
    if latent:
        encoder = sizes["encoder_units"]
        shapes |= _lstm("encoder_forward", STROKE_DIM, encoder)
        shapes |= _lstm("encoder_backward", STROKE_DIM, encoder)
        shapes |= _dense("latent", 2 * encoder, 2 * latent)
        shapes |= _dense("start", latent, 2 * decoder)
    shapes |= _lstm("decoder", STROKE_DIM + latent, decoder)
    return shapes | _dense("output", decoder, 6 * sizes["num_mixtures"] + PEN_STATES)


def reader_shapes(sizes: dict, variant: Variant = GRAVES) -> Shapes:
    """The shapes of ReaderNetwork.named_weights; no variant changes them."""
    units, width = sizes["num_units"], FEATURE_DIM
    shapes: Shapes = {}
    for i, stack in enumerate(sizes["stacks"], start=1):
        for direction in ("forward", "backward"):
            shapes |= _lstm(f"{direction}_{i}", stack * width, units)
        width = 2 * units
    return shapes | _dense("output", width, sizes["alphabet_size"])


def hand_embedding_shapes(sizes: dict, variant: Variant = GRAVES) -> Shapes:
    """The shapes of EmbeddingNetwork.named_weights; no variant changes them."""
    inputs = HAND_FEATURE_DIM
    shapes: Shapes = {}
    layers = zip(sizes["channels"], sizes["widths"], strict=True)
    for i, (channels, width) in enumerate(layers, start=1):
        shapes[f"convolution_{i}/kernel"] = (width, inputs, channels)
        shapes[f"norm_{i}/gain"] = shapes[f"norm_{i}/bias"] = (channels,)
        inputs = channels
    return shapes | _dense("output", 2 * inputs, sizes["embedding_dim"])


def _lstm(name: str, inputs: int, units: int) -> Shapes:
    return {
        f"{name}/kernel": (inputs, 4 * units),
        f"{name}/recurrent_kernel": (units, 4 * units),
        f"{name}/bias": (4 * units,),
    }


def _dense(name: str, inputs: int, outputs: int) -> Shapes:
    return {f"{name}/kernel": (inputs, outputs), f"{name}/bias": (outputs,)}
