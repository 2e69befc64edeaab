"""SVG: one <path> per stroke in writing order, user unit 1 mm."""

import numpy as np

from scribe.drawing.colours import hexadecimal
from scribe.drawing.page import Look, Page
from scribe.drawing.pressure import outline, page_strokes
from scribe.drawing.timing import schedule

_INKSCAPE = ' xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'

# Dashes exist only while a stroke is being drawn. Before, it is hidden (`backwards`
# applies the first keyframe during the delay), afterwards it is an ordinary path: so
# where animations are unknown or unwanted, the whole writing is simply there.
_KEYFRAMES = """<style>
@keyframes scribe{from{stroke-dasharray:1 2;stroke-dashoffset:1;visibility:hidden}\
to{stroke-dasharray:1 2;stroke-dashoffset:0;visibility:visible}}
@keyframes scribe-dot{from{visibility:hidden}to{visibility:visible}}
@media (prefers-reduced-motion:reduce){.scribe path{animation:none!important}}
</style>
"""
_OUTLINE_TOLERANCE_MM = 0.015


def svg_document(page: Page, look: Look, animate: bool = False, layers=None) -> str:
    """The page as SVG 1.1 text.

    Args:
      page: the layout.
      look: colours, pen width, and for animations the time.
      animate: strokes appear one after the other as they were written (CSS, no script;
        it runs inside an <img> too).
      layers: a scribe.drawing.plotter.LayeredSvg whose names the layers get, as
        Inkscape writes them.
    """
    size = f"{_number(page.width)} {_number(page.height)}"
    width, height = size.split()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg"{layers and _INKSCAPE or ""} '
        f'width="{width}mm" '
        f'height="{height}mm" viewBox="0 0 {size}">\n'
    ]
    if animate:
        parts.append(_KEYFRAMES)
    if look.paper is not None:
        ground = hexadecimal(look.paper)
        parts.append(f'<rect width="{width}" height="{height}" fill="{ground}"/>\n')
    if page.rules:
        parts.append(_ruled_path(page, look, layers))
    ink = hexadecimal(look.ink)
    layer = _layer(layers and layers.writing_layer)
    if look.pressure and not animate:
        parts.append(f'<g class="scribe"{layer} fill="{ink}">\n')
        for points, widths in page_strokes(page, look, _OUTLINE_TOLERANCE_MM):
            data = "".join(_polygon_data(p) for p in outline(points, widths))
            parts.append(f'<path d="{data}"/>\n')
    else:
        parts.append(
            f'<g class="scribe"{layer} fill="none" stroke="{ink}" '
            f'stroke-width="{_number(look.pen_width_mm)}" '
            'stroke-linecap="round" stroke-linejoin="round">\n'
        )
        if animate:
            spans = schedule(page, look)
            for curve, (start, end) in zip(page.curves, spans, strict=True):
                parts.append(_animated_path(curve, start, end))
        else:
            parts.extend(f'<path d="{path_data(curve)}"/>\n' for curve in page.curves)
    parts.append("</g>\n")
    if page.captions:
        parts.append(
            f'<g fill="{ink}" fill-opacity="0.6" font-family="sans-serif" '
            f'font-size="{_number(look.caption_mm)}">\n'
        )
        for caption in page.captions:
            x, y = _number(caption.x), _number(caption.y)
            parts.append(f'<text x="{x}" y="{y}">{_escaped(caption.text)}</text>\n')
        parts.append("</g>\n")
    parts.append("</svg>\n")
    return "".join(parts)


def path_data(curve: np.ndarray) -> str:
    """The `d` of a <path>: an absolute start, then relative cubics, to 1/1000 mm.

    Positions are rounded before the differences are taken, so that errors do not add up
    along a stroke. A dot has zero length, which a round cap makes visible.
    """
    thousandths = np.rint(curve * 1000).astype(np.int64)
    x, y = (thousandths[0] / 1000).tolist()
    start = f"M{x:.7g} {y:.7g}"
    pieces = (len(curve) - 1) // 3
    if pieces == 0:
        return start + "h0"
    begins = np.repeat(thousandths[:-1:3], 3, axis=0)
    numbers = ((thousandths[1:] - begins) / 1000).ravel().tolist()
    return f"{start}c{_packed(numbers)}"


def _packed(numbers: list[float]) -> str:
    """Numbers without what SVG can read them without: "0 -0.5 0.25" is "0-.5 .25"."""
    text = " " + " ".join(["%.7g"] * len(numbers)) % tuple(numbers)
    text = text.replace(" 0.", " .").replace("-0.", "-.").replace(" -", "-")
    return text.removeprefix(" ")


def _polygon_data(points: np.ndarray) -> str:
    """A closed polygon, to 1/100 mm: absolute start, then relative lines."""
    hundredths = np.rint(points * 100).astype(np.int64)
    x, y = (hundredths[0] / 100).tolist()
    steps = (np.diff(hundredths, axis=0) / 100).ravel().tolist()
    return f"M{x:.7g} {y:.7g}l{_packed(steps)}z"


def _layer(name: str | None) -> str:
    if not name:
        return ""
    name = _escaped(name).replace('"', "&quot;")
    return f' inkscape:groupmode="layer" inkscape:label="{name}"'


def _ruled_path(page: Page, look: Look, layers) -> str:
    """All ruled lines as one path of its own, which a plotter can be told to skip."""
    lines = "".join(
        f"M{_number(x)} {_number(y)}L{_number(right)} {_number(bottom)}"
        for (x, y), (right, bottom) in page.rules
    )
    layer = _layer(layers and layers.rules_layer)
    return (
        f'<g class="rules"{layer} fill="none" stroke="{hexadecimal(look.rule_ink)}" '
        f'stroke-width="{_number(look.rule_width_mm)}"><path d="{lines}"/></g>\n'
    )


def _animated_path(curve: np.ndarray, start: float, end: float) -> str:
    if len(curve) == 1:
        name, seconds = "scribe-dot", 0.01
    else:
        name, seconds = "scribe", max(end - start, 0.01)
    return (
        f'<path pathLength="1" style="animation:{name} {_number(seconds)}s '
        f'{_number(start)}s linear backwards" d="{path_data(curve)}"/>\n'
    )


def _number(value: float) -> str:
    return f"{round(float(value), 3):.7g}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
