"""Pixels: the curves of a page on an anti-aliased canvas."""

import dataclasses
import io

import numpy as np

from scribe.drawing.colours import rgb
from scribe.drawing.page import Look, Page
from scribe.drawing.pressure import page_strokes
from scribe.foundation.errors import InputError
from scribe.strokes.curves import flatten

DEFAULT_DPI = 200.0
_MOST_PIXELS = 40_000_000
_FRACTION_BITS = 4  # cv2 takes sixteenths of a pixel


class Canvas:
    """How much of each pixel is under ink.

    Drawn several times as large and averaged down. cv2's own thick lines are up to two
    pixels wider than asked for, so a piece of line is filled as a polygon here.

    `finest` is how many times as large it may be, less where that takes much memory.
    """

    def __init__(self, page: Page, look: Look, dpi: float, finest: int = 8):
        pixels_per_mm = dpi / 25.4
        self.width = max(1, round(page.width * pixels_per_mm))
        self.height = max(1, round(page.height * pixels_per_mm))
        area = self.width * self.height
        if area > _MOST_PIXELS:
            raise InputError(
                f"the picture would have {self.width} x {self.height} pixels: "
                f"choose a smaller dpi than {dpi:g}, or an .svg"
            )
        self._factor = next(
            f for f in (8, 4, 2) if f <= finest and area * f * f <= 4 * _MOST_PIXELS
        )
        self._scale = pixels_per_mm * self._factor
        self._radius = max(look.pen_width_mm * self._scale / 2, 0.5)
        self._large = np.zeros(
            [self.height * self._factor, self.width * self._factor], np.uint8
        )

    @property
    def tolerance(self) -> float:
        """How far, in mm, points may stray from a curve without being seen to."""
        return 0.2 / self._scale

    def draw(self, curve: np.ndarray) -> None:
        """Draws a curve [3m + 1, 2] or a dot [1, 2] of the page."""
        self.draw_points(flatten(curve, self.tolerance))

    def draw_points(self, points: np.ndarray, widths: np.ndarray | None = None) -> None:
        """Joins points [n, 2]; `widths` [n] in mm, or None for the pen's."""
        import cv2

        points = points * self._scale
        radius = np.full(len(points), self._radius)
        if widths is not None:
            radius = np.maximum(widths * self._scale / 2, 0.5)
        if len(points) == 1:
            points, radius = np.repeat(points, 2, axis=0), np.repeat(radius, 2)
        # A filled polygon takes in the pixels on its outline: half a pixel all around.
        for capsule in _fixed(_capsules(points, radius - 0.5)):
            cv2.fillConvexPoly(self._large, capsule, 255, cv2.LINE_8, _FRACTION_BITS)

    def write(self, page: Page, look: Look) -> None:
        """Draws the captions, in the grey that 60% ink gives."""
        if not page.captions:
            return
        import cv2

        from scribe.drawing.captions import outlines

        for caption in page.captions:
            at = np.array([caption.x, caption.y])
            shapes = [
                _fixed((at + polygon * look.caption_mm) * self._scale)
                for polygon in outlines(caption.text)
            ]
            if shapes:
                cv2.fillPoly(self._large, shapes, 153, cv2.LINE_AA, _FRACTION_BITS)

    def coverage(self) -> np.ndarray:
        """uint8 [height, width], 255 where all is ink."""
        import cv2

        size = (self.width, self.height)
        return cv2.resize(self._large, size, interpolation=cv2.INTER_AREA)


def _fixed(pixels: np.ndarray) -> np.ndarray:
    """Positions as cv2 takes them: whole at the centres of pixels, fixed point."""
    return np.rint((pixels - 0.5) * 2**_FRACTION_BITS).astype(np.int32)


def _capsules(points: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Outlines of the pieces between points, with round ends.

    Args:
      points: [n + 1, 2].
      radius: [n + 1] half the width of the line at each point.

    Returns:
      [n, 18, 2] convex polygons.
    """
    along = np.diff(points, axis=0)
    angle = np.arctan2(along[:, 1], along[:, 0])[:, None]
    half_turn = np.linspace(-np.pi / 2, np.pi / 2, 9)
    front = np.stack([np.cos(angle + half_turn), np.sin(angle + half_turn)], axis=2)
    radius = radius[:, None, None]
    return np.concatenate(
        [
            points[:-1, None] - radius[:-1] * front,
            points[1:, None] + radius[1:] * front,
        ],
        axis=1,
    )


def coverage(page: Page, look: Look, dpi: float, finest: int = 8) -> np.ndarray:
    """uint8 [H, W] share of ink of the whole page, 255 for all."""
    canvas = Canvas(page, look, dpi, finest)
    if look.pressure:
        for points, widths in page_strokes(page, look, canvas.tolerance):
            canvas.draw_points(points, widths)
    else:
        for curve in page.curves:
            canvas.draw(curve)
    canvas.write(page, look)
    return canvas.coverage()


def raster_image(page: Page, look: Look) -> np.ndarray:
    """uint8 [H, W, 3] red, green, blue."""
    if look.paper is None:
        raise InputError("pixels [H, W, 3] need a paper: give it a colour, not None")
    dpi = look.dpi or DEFAULT_DPI
    share = coverage(page, look, dpi)
    if not page.rules:
        return colour_ramp(look, 256)[share]
    paper = _ruled_paper(page, look, dpi)
    share = share[..., None] / np.float32(255)
    ink = np.array(rgb(look.ink), np.float32)
    return np.rint(share * ink + (1 - share) * paper).astype(np.uint8)


def _ruled_paper(page: Page, look: Look, dpi: float) -> np.ndarray:
    """uint8 [H, W, 3] the paper under the writing."""
    pen = dataclasses.replace(look, ink=look.rule_ink, pen_width_mm=look.rule_width_mm)
    canvas = Canvas(page, pen, dpi)
    for rule in page.rules:
        canvas.draw_points(rule)
    return colour_ramp(pen, 256)[canvas.coverage()]


def colour_ramp(look: Look, levels: int) -> np.ndarray:
    """uint8 [levels, 3] colours from bare paper (white if there is none) to ink."""
    share = np.linspace(0, 1, levels)[:, None]
    paper = np.array(rgb(look.paper or "white"))
    return np.rint(share * rgb(look.ink) + (1 - share) * paper).astype(np.uint8)


def png_image(page: Page, look: Look) -> bytes:
    """A PNG file that knows its size in mm; paper=None makes it transparent."""
    from PIL import Image

    dpi = look.dpi or DEFAULT_DPI
    if look.paper is None and not page.rules:
        share = coverage(page, look, dpi)
        ink = np.broadcast_to(np.array(rgb(look.ink), np.uint8), (*share.shape, 3))
        pixels = np.concatenate([ink, share[..., None]], axis=2)
    else:
        pixels = raster_image(page, look)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", dpi=(dpi, dpi), optimize=True)
    return file.getvalue()
