"""The kinds of networks of strokes: facts only. Standard library only.

model.json names the kind of its network. What can be done with one stands in the room
that does it, as a dictionary from kinds to functions:

- `scribe.models.NUMPY_ENGINES` run it with NumPy;
- `scribe.networks.tensorflow_engine.NETWORKS` build it in TensorFlow;
- `scribe.networks.programs.PROGRAMS` export it;
- `scribe.writing.opening.OPENED` and its `MODES` draw with it;
- `scribe.evaluation.EVALUATIONS` measure it.

A new kind has a row here and one in each of those that it can do.
"""

import dataclasses
from collections.abc import Callable, Mapping

from scribe.models import sizes
from scribe.models.sizes import ATTENTIONS, Shapes
from scribe.models.variant import Variant

MAX_SIZE = 100_000
MAX_LAYERS = 100


@dataclasses.dataclass(frozen=True)
class Kind:
    """What is true of all networks of one kind.

    Attributes:
      name: as model.json has it.
      sizes: the numbers that make a network's size, and what reads each from
        model.json: a type, or a function that raises ValueError.
      weight_shapes: (sizes, variant) -> shapes of the weights by name.
      draws: whether it makes strokes, and does not read them.
      reads_text: sizes -> whether the network writes a given text.
    """

    name: str
    sizes: Mapping[str, Callable]
    weight_shapes: Callable[[dict, Variant], Shapes]
    draws: bool = True
    reads_text: Callable[[dict], bool] = lambda sizes: False


def _size(number) -> int:
    """A size of a network: what a stranger's file asks for is built."""
    size = int(number)
    if not 0 <= size <= MAX_SIZE:
        raise ValueError(f"{number!r} must be from 0 to {MAX_SIZE:,}")
    return size


def _layers(number) -> int:
    layers = int(number)
    if not 0 <= layers <= MAX_LAYERS:
        raise ValueError(f"{number!r} layers must be from 0 to {MAX_LAYERS}")
    return layers


def _attention(name: str) -> str:
    if name not in ATTENTIONS:
        raise ValueError(f"{name!r} is not one of {', '.join(ATTENTIONS)}")
    return name


def _whole_numbers(numbers: list) -> list[int]:
    whole = [_size(n) for n in numbers[: MAX_LAYERS + 1]]
    if min(whole, default=0) < 1 or len(whole) > MAX_LAYERS:
        raise ValueError(f"{numbers!r} are not whole numbers from 1 on")
    return whole


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            name="attention_rnn",
            sizes={
                "num_layers": _layers,
                "num_units": _size,
                "num_mixtures": _size,
                "num_window_components": _size,
                "alphabet_size": _size,
            },
            weight_shapes=sizes.attention_rnn_shapes,
            reads_text=lambda sizes: sizes["num_window_components"] > 0,
        ),
        Kind(
            name="encoder_decoder",
            sizes={
                "num_layers": _layers,
                "num_units": _size,
                "num_mixtures": _size,
                "embedding_dim": _size,
                "encoder_units": _size,
                "attention": _attention,
                "num_window_components": _size,
                "attention_units": _size,
                "location_filters": _size,
                "location_width": _size,
                "alphabet_size": _size,
                "num_writers": _size,
            },
            weight_shapes=sizes.encoder_decoder_shapes,
            reads_text=lambda sizes: True,
        ),
        Kind(
            name="sketch_rnn",
            sizes={
                "encoder_units": _size,
                "decoder_units": _size,
                "latent_dim": _size,
                "num_mixtures": _size,
            },
            weight_shapes=sizes.sketch_rnn_shapes,
        ),
        Kind(
            name="reader",
            sizes={
                "num_units": _size,
                "stacks": _whole_numbers,
                "alphabet_size": _size,
            },
            weight_shapes=sizes.reader_shapes,
            draws=False,
        ),
        Kind(
            name="hand_embedding",
            sizes={
                "channels": _whole_numbers,
                "widths": _whole_numbers,
                "strides": _whole_numbers,
                "embedding_dim": _size,
            },
            weight_shapes=sizes.hand_embedding_shapes,
            draws=False,
        ),
    )
}

DRAWING = [name for name, kind in KINDS.items() if kind.draws]
