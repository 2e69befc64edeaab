"""DXF: polylines for CAD programs, engravers and mills. Needs ezdxf (the extra `cad`).

Millimetres, y upwards, in two layers. The strokes are light-weight polylines, which
every program that makes tool paths reads; not all read splines.
"""

import io

import numpy as np

from scribe.drawing.page import Page
from scribe.strokes.curves import flatten, moved

WRITING_LAYER, RULES_LAYER = "writing", "rules"
# AutoCAD 2000: the first version with light-weight polylines.
_VERSION = "R2000"
_TOLERANCE_MM = 0.01
# A dot is as short a line as no program leaves out.
_DOT_MM = 0.1


def dxf_document(page: Page) -> bytes:
    """The page as an ASCII DXF; the same page gives the same bytes."""
    import ezdxf
    from ezdxf import colors, units

    fixed = ezdxf.options.write_fixed_meta_data_for_testing
    ezdxf.options.write_fixed_meta_data_for_testing = True  # no clock, no identifier
    try:
        drawing = ezdxf.new(_VERSION, units=units.MM)
        drawing.header["$LIMMIN"] = (0, 0)
        drawing.header["$LIMMAX"] = (page.width, page.height)
        drawing.header["$EXTMIN"] = (0, 0, 0)
        drawing.header["$EXTMAX"] = (page.width, page.height, 0)
        drawing.layers.add(WRITING_LAYER, color=colors.WHITE)  # black on white
        drawing.layers.add(RULES_LAYER, color=colors.GRAY)
        space = drawing.modelspace()
        for rule in page.rules:
            _add(space, page, rule, RULES_LAYER)
        for curve in page.curves:
            points = flatten(curve, _TOLERANCE_MM)
            points = points[moved(points)]
            if len(points) == 1:
                points = points + [[-_DOT_MM / 2, 0.0], [_DOT_MM / 2, 0.0]]
            _add(space, page, points, WRITING_LAYER)
        text = io.StringIO()
        drawing.write(text)
    finally:
        ezdxf.options.write_fixed_meta_data_for_testing = fixed
    return text.getvalue().encode(drawing.output_encoding)


def _add(space, page: Page, points: np.ndarray, layer: str) -> None:
    upwards = np.round(points * [1.0, -1.0] + [0.0, page.height], 4)
    space.add_lwpolyline(upwards.tolist(), dxfattribs={"layer": layer})
