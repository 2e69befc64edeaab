"""The sizes of a SketchRNN and of its weights. Standard library only.

Shapes as in scribe.networks.sketch_rnn, whose `named_weights` has the same names.
"""

STROKE_DIM = 5  # dx, dy and one of three pen states
PEN_STATES = 3  # down, up, end of the drawing


def weight_shapes(sizes: dict[str, int], variant=None) -> dict[str, tuple[int, ...]]:
    """The shapes of SketchRNN.named_weights for a network of these sizes.

    Args:
      sizes: encoder_units, decoder_units, latent_dim, num_mixtures.
      variant: has no meaning here.
    """
    latent, decoder = sizes["latent_dim"], sizes["decoder_units"]
    shapes = {}
    if latent:
        encoder = sizes["encoder_units"]
        shapes |= _lstm("encoder_forward", STROKE_DIM, encoder)
        shapes |= _lstm("encoder_backward", STROKE_DIM, encoder)
        shapes |= _dense("latent", 2 * encoder, 2 * latent)
        shapes |= _dense("start", latent, 2 * decoder)
    shapes |= _lstm("decoder", STROKE_DIM + latent, decoder)
    shapes |= _dense("output", decoder, 6 * sizes["num_mixtures"] + PEN_STATES)
    return shapes


def _lstm(name: str, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}/kernel": (inputs, 4 * units),
        f"{name}/recurrent_kernel": (units, 4 * units),
        f"{name}/bias": (4 * units,),
    }


def _dense(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}/kernel": (inputs, outputs), f"{name}/bias": (outputs,)}
