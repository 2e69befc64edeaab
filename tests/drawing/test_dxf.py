"""DXF, read back by ezdxf: the strokes of the page, millimetres, y up."""

import io

import numpy as np
import pytest
from drawing_samples import furthest, loops

from scribe import drawing
from scribe.drawing.page import Look, Page, lay_out
from scribe.strokes.curves import flatten

ezdxf = pytest.importorskip("ezdxf", reason="DXF is written by ezdxf")
pytestmark = pytest.mark.unit


def read(data: bytes):
    found = ezdxf.read(io.StringIO(data.decode()))
    return found, [
        (line.dxf.layer, np.array(list(line.vertices())))
        for line in found.modelspace().query("LWPOLYLINE")
    ]


def test_a_dxf_holds_the_strokes_of_the_page_in_their_order(tmp_path):
    drawing.save([loops(), loops(90, 1)], tmp_path / "a.dxf", height_mm=12)
    found, lines = read((tmp_path / "a.dxf").read_bytes())
    page = lay_out([loops(), loops(90, 1)], Look(height_mm=12))
    assert found.units == ezdxf.units.MM
    assert not found.audit().has_errors
    assert len(lines) == len(page.curves)
    for (layer, points), curve in zip(lines, page.curves, strict=True):
        down = points * [1, -1] + [0, page.height]
        path = flatten(curve, 0.001)
        assert layer == "writing"
        assert furthest(down, path) < 0.011 and furthest(path, down) < 0.011


def test_dots_are_drawn_and_rules_have_a_layer_of_their_own():
    from scribe.drawing.dxf_document import dxf_document

    dot = np.array([[20.0, 30.0]])
    rule = np.array([[0.0, 40.0], [100.0, 40.0]])
    page = Page(100.0, 50.0, [dot], [1], rules=[rule])
    _, lines = read(dxf_document(page))
    (first, ruled), (second, drawn) = lines
    assert (first, second) == ("rules", "writing")
    np.testing.assert_allclose(ruled, [[0, 10], [100, 10]])
    np.testing.assert_allclose(drawn.mean(axis=0), [20, 20])
    assert 0.05 < np.ptp(drawn, axis=0).max() < 0.11


def test_the_same_page_gives_the_same_bytes(tmp_path):
    for name in ("a.dxf", "b.dxf"):
        drawing.save(loops(), tmp_path / name)
    assert (tmp_path / "a.dxf").read_bytes() == (tmp_path / "b.dxf").read_bytes()
