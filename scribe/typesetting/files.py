"""Pages as files: SVG, PDF, PNG, G-code, DXF."""

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from scribe.drawing.page import Look, Page
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

ENDINGS = (".svg", ".pdf", ".png", ".gcode", ".dxf")
# What a machine draws stroke by stroke, so that their order counts.
IN_STROKES = (".svg", ".gcode", ".dxf")
# Prints look better with a pen that presses, plotters need strokes of one width.
PRINTED_PRESSURE = 0.7
# Of an x's height: the usual pen; and the finest and the broadest there are.
_PEN = 0.4 / 2.34
_PENS_MM = (0.2, 0.7)
# These hold all pages; of the others there is one file per page.
_TOGETHER = (".pdf", ".gcode")


def check_path(path: str | Path) -> str:
    """The ending in ENDINGS of a file that pages can be saved in.

    Raises:
      InputError: it has another.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            f"cannot write pages into {os.fspath(path)!r}: its ending must be one of "
            f"{', '.join(ENDINGS)}"
        )
    if ending == ".dxf":
        import ezdxf  # noqa: F401  (whoever lacks it is told before anything is written)
    return ending


def look_of(
    ending: str,
    x_height_mm: float,
    *,
    ink: str,
    pen_width_mm: float | None = None,
    pressure: float | None = None,
    paper: str | None = None,
    dpi: float | None = None,
) -> Look:
    """How pages look in a file, with what suits its format where nothing is said.

    Args:
      ending: in ENDINGS.
      x_height_mm: of the writing; the usual pen follows it.
      ink: colour.
      pen_width_mm: None for the usual pen.
      pressure: None for a pen that presses in prints and none in plots.
      paper: colour, or "none"; None for white in pixels and none elsewhere.
      dpi: of pixels; None for the usual.
    """
    if pressure is None:
        pressure = PRINTED_PRESSURE if ending in (".pdf", ".png") else 0.0
    if pen_width_mm is None:
        low, high = _PENS_MM
        pen_width_mm = min(max(_PEN * x_height_mm, low), high)
    if paper is None and ending == ".png":
        paper = "white"
    return Look(
        ink=ink,
        pen_width_mm=pen_width_mm,
        pressure=pressure,
        paper=None if paper == "none" else paper,
        dpi=dpi,
    )


def plotter_of(ending: str, name: str | None = None, params: Sequence[str] = ()):
    """The plotter that a file is made for; None for none.

    Args:
      ending: in ENDINGS; a .gcode is always for a plotter.
      name, params: as for `load_plotter`.

    Raises:
      InputError: the plotter does not take such files, or as `load_plotter`.
    """
    if ending != ".gcode" and name is None:
        if params:
            raise InputError("--gin_param is for a --plotter")
        return None
    from scribe.drawing.plotter import Plotter, load_plotter

    machine = load_plotter(name, params)
    if isinstance(machine, Plotter) != (ending == ".gcode"):
        raise InputError(
            f"--plotter={name} does not take {ending}: axidraw takes .svg, the others "
            ".gcode"
        )
    return machine


def paths(path: str | Path, num_pages: int) -> list[Path]:
    """The files that pages are saved in: letter-1.svg, letter-2.svg, ...

    A single page, and a format that holds several, keeps the name as it is.
    """
    path = Path(path)
    if num_pages == 1 or check_path(path) in _TOGETHER:
        return [path]
    return [path.with_stem(f"{path.stem}-{n}") for n in range(1, num_pages + 1)]


def first_paths(path: str | Path) -> list[Path]:
    """Where the first page may be, however many there are."""
    return list(dict.fromkeys([*paths(path, 1), paths(path, 2)[0]]))


def for_machine(
    pages: Sequence[Page], ending: str, plotter=None, optimise: bool = False
) -> tuple[Sequence[Page], list[str]]:
    """Pages as a machine is to draw them, and what is to be said about that.

    Args:
      pages: strokes in writing order.
      ending: in ENDINGS.
      plotter: as for `save_pages`.
      optimise: puts strokes into the order of least travel.

    Returns:
      the pages, and sentences: how far the pen travels, and how long it all takes.
    """
    remarks = []
    if optimise:
        from scribe.drawing import path_order

        written, pages = pages, [path_order.optimised(page) for page in pages]
        remarks.append(path_order.said(written, pages))
    if ending == ".gcode":
        from scribe.drawing.gcode_document import plotting_seconds

        minutes = plotting_seconds(pages, plotter) / 60
        remarks.append(f"takes about {minutes:.2g} minutes to draw")
    return pages, remarks


def save_pages(
    pages: Sequence[Page],
    path: str | Path,
    look: Look | None = None,
    plotter=None,
    scan: Callable[[Page, Look], bytes] | None = None,
) -> list[Path]:
    """Writes pages into one file, or one each.

    Args:
      pages: layouts.
      path: its ending picks the format; see `paths` for the names.
      look: ink, pen, paper colour, pressure, resolution; None for the usual.
      plotter: a Plotter for G-code or a LayeredSvg for SVG, from
        scribe.drawing.plotter.load_plotter.
      scan: what makes a PNG of a page, see `scanned.scanned_png`; None for plain ink.

    Returns:
      the files that were written, each whole or not at all.

    Raises:
      InputError: an unknown ending, a page too large for pixels, or strokes outside
        the plotter's bed.
    """
    ending, look = check_path(path), look or Look()
    files = paths(path, len(pages))
    groups = [pages] if len(files) == 1 else [[page] for page in pages]
    # The first page last: where it is, the others are.
    for file, group in reversed(list(zip(files, groups, strict=True))):
        data = scan(group[0], look) if scan else _document(group, ending, look, plotter)
        write_whole(file, data)
    return files


def save_preview(program: Path, path: str | Path, look: Look, plotter) -> list[Path]:
    """Reads a plotter's file back and draws what it says."""
    from scribe.drawing.gcode_document import read_gcode

    drawn = read_gcode(program.read_text(encoding="utf-8"), plotter)
    paper = look.paper or "white"
    look = dataclasses.replace(look, pressure=0.0, paper=paper)
    return save_pages(drawn, path, look)


def _document(pages: Sequence[Page], ending: str, look: Look, plotter) -> bytes:
    if ending == ".svg":
        from scribe.drawing.svg_document import svg_document

        return svg_document(pages[0], look, layers=plotter).encode()
    if ending == ".pdf":
        from scribe.drawing.pdf_document import pdf_document

        return pdf_document(pages, look)
    if ending == ".png":
        from scribe.drawing.pixels import png_image

        return png_image(pages[0], look)
    if ending == ".dxf":
        from scribe.drawing.dxf_document import dxf_document

        return dxf_document(pages[0])
    from scribe.drawing.gcode_document import gcode_document

    return gcode_document(pages, plotter).encode()
