"""A pen plotter as its gin file in gin/plotters/ describes it.

Some take G-code (`Plotter`), others SVG whose layers have names they know
(`LayeredSvg`).
"""

import dataclasses
import math
import threading
from collections.abc import Sequence

from scribe.foundation import gin_config
from scribe.foundation.errors import InputError

gin = gin_config.import_gin()

DEFAULT_PLOTTER = "grbl_servo"
_loading = threading.Lock()


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True, kw_only=True)
class Plotter:
    """What a plotter can reach, how it moves, and how it is told to.

    Attributes:
      bed_width_mm, bed_height_mm: how far the pen reaches from the machine's origin.
      paper_x_mm, paper_y_mm: where the paper's corner next to the origin lies.
      y_up: whether the machine's y grows away from the lower left corner of the bed, as
        GRBL's does; False for an origin in the upper left corner.
      draw_feed_mm_per_minute: speed of the pen on the paper.
      travel_feed_mm_per_minute: speed of the lifted pen, which `G0` moves at; the
        machine's own setting, used to say how long a page takes.
      pen_seconds: time of one lift or one touch, for the same purpose.
      tolerance_mm: how far straight moves may stray from the curve.
      start_commands: lines before the first move. Millimetres and absolute positions
        (G21, G90) are set by the writer.
      pen_up_commands, pen_down_commands: lines that lift and lower the pen and wait
        until it has arrived.
      page_commands: lines between two pages in one file; `M0` waits for a new sheet.
      end_commands: lines after the last stroke, the pen being up.
    """

    bed_width_mm: float
    bed_height_mm: float
    paper_x_mm: float
    paper_y_mm: float
    y_up: bool
    draw_feed_mm_per_minute: float
    travel_feed_mm_per_minute: float
    pen_seconds: float
    tolerance_mm: float
    start_commands: Sequence[str]
    pen_up_commands: Sequence[str]
    pen_down_commands: Sequence[str]
    page_commands: Sequence[str]
    end_commands: Sequence[str]

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is None:
                raise InputError(f"the plotter's gin file does not bind {field.name}")
            if field.name.endswith("_commands"):
                _check_commands(field.name, value)
            elif field.name == "y_up":
                if not isinstance(value, bool):
                    raise InputError(f"Plotter.y_up={value!r}: must be True or False")
            else:
                needs_more = field.name not in ("paper_x_mm", "paper_y_mm")
                _check_number(field.name, value, needs_more)
        for name in ("pen_up_commands", "pen_down_commands"):
            if not getattr(self, name):
                raise InputError(f"Plotter.{name}: at least one line must move the pen")
        if list(self.pen_up_commands) == list(self.pen_down_commands):
            raise InputError("Plotter.pen_up_commands and pen_down_commands are equal")


@gin.register(module="scribe")
@dataclasses.dataclass(frozen=True, kw_only=True)
class LayeredSvg:
    """What a plotter that is fed with SVG does with each layer, said by its name.

    Attributes:
      writing_layer: name of the layer with the strokes.
      rules_layer: name of the layer with ruled lines.
    """

    writing_layer: str
    rules_layer: str

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if not (isinstance(value, str) and value and value.isprintable()):
                raise InputError(f"LayeredSvg.{field.name}={value!r}: must be a name")


@gin.configurable(module="scribe")
def profile(machine):
    """What a plotter's gin file is about: @Plotter() or @LayeredSvg()."""
    return machine


def _check_number(name: str, value, must_be_positive: bool) -> None:
    fine = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (fine and math.isfinite(value) and (value > 0 or not must_be_positive)):
        needed = "a number, more than 0" if must_be_positive else "a number"
        raise InputError(f"Plotter.{name}={value!r}: must be {needed}")


def _check_commands(name: str, value) -> None:
    lines = value if isinstance(value, (list, tuple)) else [None]
    if not all(isinstance(line, str) and line.isprintable() for line in lines):
        raise InputError(f"Plotter.{name}={value!r}: must be a list of lines of text")


def load_plotter(
    name: str | None = None, params: Sequence[str] = ()
) -> Plotter | LayeredSvg:
    """Reads a plotter's gin file.

    Bindings that gin holds for anything else stay as they are.

    Args:
      name: a file in gin/plotters/ without its ending, or the path of one's own; None
        for DEFAULT_PLOTTER.
      params: single bindings such as "Plotter.bed_width_mm = 300".

    Raises:
      InputError: there is no such file, or it does not describe a plotter.
    """
    path = _path(name or DEFAULT_PLOTTER)
    with _loading:
        gin.bind_parameter("scribe.profile.machine", None)
        for kind in (Plotter, LayeredSvg):  # nothing is left of another plotter
            for field in dataclasses.fields(kind):
                gin.bind_parameter(f"scribe.{kind.__name__}.{field.name}", None)
        gin_config.parse([path], params, clear=False)
        machine = gin_config.call(profile)
    if not isinstance(machine, (Plotter, LayeredSvg)):
        raise InputError(
            f"{path} describes no plotter: bind profile.machine = @Plotter()"
        )
    return machine


def _path(name: str) -> str:
    folder = gin_config.gin_folder() / "plotters"
    known = sorted(path.stem for path in folder.glob("*.gin"))
    if name in known:
        return str(folder / f"{name}.gin")
    if name.endswith(".gin"):
        return name
    raise InputError(
        f"there is no plotter {name!r}; gin/plotters/ has: {', '.join(known)}"
    )
