"""Pictures of what a model attends to, and what all figures share.

Matplotlib is used through its Figure object: pyplot's global state and a display are
never needed.
"""

import io
import os

import numpy as np

from scribe.drawing.page import checked_line
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole
from scribe.strokes.arrays import points_from_strokes, split_at_pen_lifts
from scribe.strokes.curves import bezier_curve, flatten, moved

FIGURE_ENDINGS = (".png", ".svg", ".pdf")
INK = "#16182b"
_FIGURE_DPI = 150
# Neighbouring characters get different ones; all are dark enough to write with.
_LETTER_COLOURS = ("#1f4e9c", "#b3402a", "#1b7a4b", "#7a3b96")


def attention_figure(phi, text: str, path=None, strokes=None):
    """Which character the window was over while the pen moved.

    Graves (2013), figure 13: pen steps run to the right, characters downwards, the end
    of the text (the terminator) last. Below, the writing, each piece in the colour of
    the character that weighed most when the pen drew it.

    Args:
      phi: [T, U + 1] window weights, one row for each pen step.
      text: the U characters.
      path: .png, .svg or .pdf file, or None.
      strokes: None, or the line [P, 3] that was written. Row t of `phi` belongs to
        point t if P = T, and to the move from point t to t + 1 if P = T + 1.

    Returns:
      The matplotlib Figure.

    Raises:
      InputError: shapes that do not fit, values that are not finite.
    """
    phi = np.asarray(phi, np.float64)
    if phi.ndim != 2 or len(phi) == 0 or phi.shape[1] != len(text) + 1:
        raise InputError(
            f"phi must be [T, {len(text) + 1}] for the {len(text)} characters of "
            f"{text!r} and the end, not {list(phi.shape)}"
        )
    if not np.isfinite(phi).all():
        raise InputError("phi has values that are not finite")
    if strokes is not None:
        strokes = checked_line(strokes)
        if len(strokes) - len(phi) not in (0, 1):
            raise InputError(
                f"{len(phi)} rows of phi do not fit a line of {len(strokes)} points"
            )
    figure, axes = _attention_axes(len(text) + 1, strokes)
    axes[0].imshow(
        phi.T,
        aspect="auto",
        interpolation="nearest",
        cmap=heat_colours(),
        vmin=0.0,
        # The first steps of a line can be many times brighter than all that follow.
        vmax=np.quantile(phi.max(axis=1), 0.95) or None,
        extent=(-0.5, len(phi) - 0.5, len(text) + 0.5, -0.5),
    )
    labels = ["␣" if character == " " else character for character in text] + ["end"]
    axes[0].set_yticks(range(len(labels)), labels, fontsize=8, parse_math=False)
    axes[0].tick_params(axis="y", length=0)
    axes[0].tick_params(axis="x", labelsize=8)
    for u, label in enumerate(axes[0].get_yticklabels()):
        label.set_color(_letter_colour(u, len(text)))
    axes[0].set_xlabel("pen step", fontsize=8)
    if strokes is not None:
        _draw_by_character(axes[1], strokes, phi, len(text))
    save_figure(figure, path)
    return figure


def _attention_axes(rows: int, strokes):
    """A figure with the map, and the writing below it in the same width."""
    width, left, right = 11.0, 0.55, 0.15
    inner = width - left - right
    map_height = max(1.2, 0.16 * rows)
    writing = 0.0
    if strokes is not None:
        box = np.ptp(_frame(points_from_strokes(strokes)), axis=0)
        writing = float(np.clip(inner * box[1] / box[0], 0.3, 3.0))
    foot = 0.45 + (writing + 0.15 if writing else 0.0)
    height = 0.1 + map_height + foot
    figure = new_figure(width, height)
    boxes = [(left, foot, inner, map_height)]
    if writing:
        boxes.append((left, 0.1, inner, writing))
    return figure, [figure.add_axes(relative(box, width, height)) for box in boxes]


def _draw_by_character(axes, strokes, phi, num_characters: int) -> None:
    attended = phi.argmax(axis=1)  # [T]
    if len(strokes) > len(phi):
        attended = np.concatenate([attended[:1], attended])  # the move to each point
    parts = {}  # character: its pieces of curves
    first = 0
    for points in split_at_pen_lifts(strokes):
        whose = attended[first : first + len(points)][moved(points)]
        first += len(points)
        curve = bezier_curve(points)
        if len(whose) == 1:
            parts.setdefault(whose[0], []).append(curve)
            continue
        bounds = np.flatnonzero(np.diff(whose[1:])) + 1
        for begin, end in zip([0, *bounds], [*bounds, len(whose) - 1], strict=True):
            part = curve[3 * begin : 3 * end + 1]
            parts.setdefault(whose[end], []).append(part)
    for u, curves in parts.items():
        draw_curves(axes, curves, _letter_colour(int(u), num_characters), 1.1)
    plain_writing_axes(axes, *_frame(points_from_strokes(strokes)))


def _frame(points) -> np.ndarray:
    """[2, 2] upper left and lower right corner of a box with room for the ink."""
    low, high = points.min(axis=0), points.max(axis=0)
    border = max(0.004 * float((high - low)[0]), 0.05 * float((high - low)[1]), 1e-9)
    return np.stack([low - border, high + border])


def _letter_colour(u: int, num_characters: int) -> str:
    return "#777777" if u == num_characters else _LETTER_COLOURS[u % 4]


def draw_curves(axes, curves, colour: str, width: float, alpha: float = 1.0) -> None:
    """Curves of control points on axes with the strokes' own unit; `width` in pt."""
    from matplotlib.collections import LineCollection

    size = max(float(np.ptp(np.concatenate(curves), axis=0).max()), 1e-9)
    lines = [flatten(curve, size / 2000) for curve in curves]
    lines = [np.repeat(line, 2, axis=0) if len(line) == 1 else line for line in lines]
    axes.add_collection(
        LineCollection(
            lines,
            colors=colour,
            linewidths=width,
            alpha=alpha,
            capstyle="round",
            joinstyle="round",
        )
    )


def plain_writing_axes(axes, low, high) -> None:
    """Shows the box from `low` to `high` in true proportion, y downwards, no frame."""
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(high[1], low[1])
    axes.set_aspect("equal")
    axes.set_axis_off()


def heat_colours():
    """A colour map from white paper over warm tones to ink; even in lightness."""
    from matplotlib.colors import LinearSegmentedColormap

    tones = (
        "#ffffff",
        "#fde7bd",
        "#f8b26a",
        "#e5665a",
        "#a12d6f",
        "#4a1a62",
        "#120b2b",
    )
    return LinearSegmentedColormap.from_list("heat", tones)


def relative(box, width: float, height: float) -> tuple[float, ...]:
    """A box (left, bottom, width, height) in inches as parts of a figure."""
    return (box[0] / width, box[1] / height, box[2] / width, box[3] / height)


def new_figure(width: float, height: float):
    """An empty figure of so many inches on the Agg canvas."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_FIGURE_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure, path) -> None:
    """Writes a figure whole or not at all; None as a path writes nothing."""
    if path is None:
        return
    ending = os.path.splitext(os.fspath(path))[1].lower()
    if ending not in FIGURE_ENDINGS:
        raise InputError(
            f"cannot draw a figure into {os.fspath(path)!r}: its ending must be one of "
            f"{', '.join(FIGURE_ENDINGS)}"
        )
    file = io.BytesIO()
    figure.savefig(file, format=ending[1:])
    write_whole(path, file.getvalue())


def figure_pixels(figure) -> np.ndarray:
    """uint8 [H, W, 3] red, green, blue of a figure made here, for TensorBoard."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
