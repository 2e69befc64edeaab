"""How programs of TensorFlow 1 lay out Graves' synthesis network in a checkpoint.

Each layout says which rows and columns of their matrices mean what; one function puts
them into the order of this project. What they compute differently is in the layout's
Variant. Neither the alphabet nor the unit of the offsets is in a checkpoint: the ones
here are those that the programs' own authors used.

Shapes: H hidden units, V alphabet size, K window components, M mixtures.
"""

import dataclasses
import math
import string

import numpy as np

from scribe.foundation.errors import InputError
from scribe.models.variant import Variant
from scribe.networks.tf1_checkpoint import Tf1Checkpoint

# The order of this project: rows of an LSTM, rows of the window, columns of the output.
_CELL_ROWS = ("pen", "below", "window")
_WINDOW_ROWS = ("pen", "window", "below")
_OUTPUT_COLUMNS = ("pi", "mu_x", "mu_y", "sigma_x", "sigma_y", "rho", "pen_logit")

# tanh reaches 1 in single precision, and the density of a correlation of 1 is infinite.
_NEARLY_ONE = 0.999999


@dataclasses.dataclass(frozen=True)
class Layout:
    """The tensors of one program.

    Attributes:
      cells: scopes of the LSTM cells, from the first.
      cell_rows: for each cell what its kernel's rows read, in order, without the cell's
        own output, which comes last: "pen" (dx, dy, end of stroke), "below" (output of
        the cell before), "window".
      window: names of the window's kernel and bias.
      window_rows: as `cell_rows`; "below" is the first cell's output.
      output: names of the output's kernel and bias.
      output_columns: the names of _OUTPUT_COLUMNS in the order of this program.
      negative_pen: the pen lifts with the sigmoid of minus the logit.
      variant: what it computes differently.
      alphabet: characters from id 1 on; id 0 stands for the end of the text.
      data_scale: pen units in a unit of the network.
      y_up: whether y grew upwards.
      cleaning: what was done to a line, as StrokeModel.cleaning.
    """

    cells: tuple[str, ...]
    cell_rows: tuple[tuple[str, ...], ...]
    window: tuple[tuple[str, ...], tuple[str, ...]]
    window_rows: tuple[str, ...]
    output: tuple[tuple[str, ...], tuple[str, ...]]
    output_columns: tuple[str, ...]
    negative_pen: bool
    variant: Variant
    alphabet: str
    data_scale: float
    y_up: bool
    cleaning: tuple[dict, ...]


def _pair(scope: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of a kernel and a bias, which changed with TensorFlow 1.2."""
    return (
        (f"{scope}/kernel", f"{scope}/weights"),
        (f"{scope}/bias", f"{scope}/biases"),
    )


LAYOUTS = {
    # https://github.com/greydanus/scribe
    "scribe": Layout(
        cells=("cell0/lstm_cell", "cell1/lstm_cell", "cell2/lstm_cell"),
        cell_rows=(("pen",), ("below", "window", "pen"), ("below",)),
        window=(("window/window_w",), ("window/window_b",)),
        window_rows=("below",),
        output=(("mdn_dense/output_w",), ("mdn_dense/output_b",)),
        output_columns=("pen_logit", *_OUTPUT_COLUMNS[:-1]),
        negative_pen=True,
        variant=Variant(
            window_feedback=False,
            window_form="exp",
            skip_layers=2,
            output_skips=False,
            min_log_sigma=-20.0,  # they have no floor
            max_rho=_NEARLY_ONE,
            pen_threshold=0.35,
            starts_lifted=True,
        ),
        alphabet=" " + string.ascii_letters,
        data_scale=50.0,
        y_up=False,
        cleaning=({"step": "clip_offsets", "limit": 500.0},),
    ),
    # https://github.com/sjvasquez/handwriting-synthesis
    "sjvasquez": Layout(
        cells=tuple(f"rnn/LSTMAttentionCell/lstm_cell{n}" for n in ("", "_1", "_2")),
        cell_rows=(("window", "pen"), *[("pen", "below", "window")] * 2),
        window=_pair("rnn/LSTMAttentionCell/attention"),
        window_rows=("window", "pen", "below"),
        output=_pair("rnn/gmm"),
        output_columns=(
            *("pi", "sigma_x", "sigma_y", "rho", "mu_x", "mu_y"),
            "pen_logit",
        ),
        negative_pen=False,
        variant=Variant(
            window_reads_input=True,
            window_form="softplus",
            output_skips=False,
            min_log_sigma=math.log(1e-4),
            max_rho=_NEARLY_ONE,
            min_probability=0.01,
            starts_lifted=True,
        ),
        alphabet=" !\"#'(),-." + string.digits + ":;?ABCDEFGHIJKLMNOPRSTUVWY"
        + string.ascii_lowercase,
        data_scale=1.0,
        y_up=True,
        cleaning=({"step": "deskew"}, {"step": "divide_by_median_offset"}),
    ),
}  # fmt: skip


def recognised(checkpoint: Tf1Checkpoint) -> str:
    """The name of the layout that has the checkpoint's output layer.

    Raises:
      InputError: none has it.
    """
    for name, layout in LAYOUTS.items():
        if checkpoint.find(layout.output[0]) is not None:
            return name
    raise InputError(
        f"{checkpoint.path} has none of the layouts {', '.join(LAYOUTS)}; it holds "
        f"{', '.join(sorted(checkpoint.shapes)) or 'no variables'}"
    )


def sizes_of(checkpoint: Tf1Checkpoint, layout: Layout) -> dict[str, int]:
    """The sizes that follow from the shapes, as AttentionRNN.sizes.

    Raises:
      InputError: a tensor is missing or no such matrix.
    """
    kernels = [checkpoint.shape(_pair(scope)[0]) for scope in layout.cells]
    units = _share(checkpoint, _pair(layout.cells[0])[1], 4, 0)
    reader = next(i for i, rows in enumerate(layout.cell_rows) if "window" in rows)
    others = {"pen": 3, "below": units, "window": 0}
    known = units + sum(others[part] for part in layout.cell_rows[reader])
    alphabet_size = kernels[reader][0] - known
    if alphabet_size < 2:
        raise InputError(
            f"{checkpoint.path}: {_pair(layout.cells[reader])[0][0]} has the shape "
            f"{kernels[reader]}, whose rows leave none for a text beside {known} others"
        )
    return {
        "num_layers": len(layout.cells),
        "num_units": units,
        "num_mixtures": _share(checkpoint, layout.output[1], 6, 1),
        "num_window_components": _share(checkpoint, layout.window[1], 3, 0),
        "alphabet_size": alphabet_size,
    }


def _share(checkpoint: Tf1Checkpoint, names, parts: int, rest: int) -> int:
    """n of a vector of `parts` n + `rest` numbers."""
    shape = checkpoint.shape(names)
    if len(shape) != 1 or shape[0] <= rest or (shape[0] - rest) % parts:
        wanted = f"({parts} n + {rest},)" if rest else f"({parts} n,)"
        raise InputError(
            f"{checkpoint.path}: {checkpoint.find(names)} has the shape {shape}, "
            f"not {wanted}"
        )
    return (shape[0] - rest) // parts


def weights_of(
    checkpoint: Tf1Checkpoint, layout: Layout, sizes: dict[str, int], y_up: bool
) -> dict[str, np.ndarray]:
    """The weights in the order of this project, by the names of weights.npz.

    Args:
      checkpoint, layout: what to read and how.
      sizes: as `sizes_of`.
      y_up: whether y grew upwards; here it grows downwards.

    Raises:
      InputError: a tensor is missing or has a shape that does not fit the others.
    """
    units, mixtures = sizes["num_units"], sizes["num_mixtures"]
    widths = {"pen": 3, "below": units, "window": sizes["alphabet_size"]}
    pen = np.array([1, -1 if y_up else 1, 1], np.float32)[:, None]

    def rows(matrix, found: tuple[str, ...], wanted: tuple[str, ...]):
        parts = _split(matrix, [widths[part] for part in found], found)
        if "pen" in parts:
            parts["pen"] = parts["pen"] * pen
        return np.concatenate([parts[name] for name in wanted if name in parts])

    def width(found: tuple[str, ...]) -> int:
        return sum(widths[part] for part in found)

    weights = {}
    pairs = zip(layout.cells, layout.cell_rows, strict=True)
    for i, (scope, found) in enumerate(pairs, start=1):
        kernel, bias = _pair(scope)
        matrix = checkpoint.tensor(kernel, (width(found) + units, 4 * units))
        matrix = _gates(matrix)
        weights[f"lstm_{i}/kernel"] = rows(matrix[:-units], found, _CELL_ROWS)
        weights[f"lstm_{i}/recurrent_kernel"] = matrix[-units:]
        weights[f"lstm_{i}/bias"] = _gates(checkpoint.tensor(bias, (4 * units,)))
        weights[f"lstm_{i}/bias"][units : 2 * units] += 1.0  # added at run time there
    components = 3 * sizes["num_window_components"]
    matrix = checkpoint.tensor(
        layout.window[0], (width(layout.window_rows), components)
    )
    weights["window/kernel"] = rows(matrix, layout.window_rows, _WINDOW_ROWS)
    weights["window/bias"] = checkpoint.tensor(layout.window[1], (components,))
    outputs = 6 * mixtures + 1
    kernel = checkpoint.tensor(layout.output[0], (units, outputs))
    bias = checkpoint.tensor(layout.output[1], (outputs,))
    weights["output/kernel"] = _outputs(kernel.T, layout, y_up).T.copy()
    weights["output/bias"] = _outputs(bias, layout, y_up)
    return weights


def _gates(matrix: np.ndarray) -> np.ndarray:
    """Columns of the gates i, j, f, o as i, f, j, o, the order of Keras."""
    i, j, f, o = np.split(matrix, 4, axis=-1)
    return np.concatenate([i, f, j, o], axis=-1)


def _outputs(rows: np.ndarray, layout: Layout, y_up: bool) -> np.ndarray:
    """What describes the mixture, [6 M + 1, ..], in the order of
    scribe.networks.mixtures."""
    num_mixtures = len(rows) // 6
    widths = [1 if name == "pen_logit" else num_mixtures for name in _OUTPUT_COLUMNS]
    width = dict(zip(_OUTPUT_COLUMNS, widths, strict=True))
    columns = layout.output_columns
    parts = _split(rows, [width[name] for name in columns], columns)
    negated = {"mu_y", "rho"} if y_up else set()
    negated |= {"pen_logit"} if layout.negative_pen else set()
    return np.concatenate(
        [-parts[name] if name in negated else parts[name] for name in _OUTPUT_COLUMNS]
    )


def _split(matrix: np.ndarray, widths: list[int], names) -> dict[str, np.ndarray]:
    """The rows of a matrix by name."""
    parts = np.split(matrix, np.cumsum(widths)[:-1])
    return dict(zip(names, parts, strict=True))
