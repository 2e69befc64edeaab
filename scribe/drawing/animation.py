"""GIF: a picture that writes itself."""

import io

import numpy as np

from scribe.drawing.page import Look, Page
from scribe.drawing.pixels import Canvas, colour_ramp
from scribe.drawing.timing import schedule
from scribe.foundation.errors import InputError

DEFAULT_DPI = 144.0
_LEVELS = 32  # shades between paper and ink: smooth edges, and small files
_MOST_PIXELS = 500_000_000  # of all pictures together


def gif_animation(page: Page, look: Look) -> bytes:
    """A GIF that repeats for ever, its last picture held for `hold_seconds`.

    Written with Pillow, because imageio would choose a palette for each picture anew;
    here all share one ramp from paper to ink, and only what changed is stored.
    """
    from PIL import Image

    if look.paper is None:
        raise InputError("a GIF needs a paper: give it a colour, not None")
    pictures, milliseconds = _frames(page, look)
    palette = colour_ramp(look, _LEVELS).tobytes()
    images = []
    for picture in pictures:
        image = Image.fromarray(picture, mode="P")
        image.putpalette(palette)
        images.append(image)
    file = io.BytesIO()
    images[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=milliseconds,
        loop=0,
        optimize=False,
        disposal=1,
    )
    return file.getvalue()


def _frames(page: Page, look: Look) -> tuple[list[np.ndarray], list[int]]:
    """Pictures [H, W] of shades, and how long each is shown in ms.

    Picture i shows what was written until (i + 1) / fps. Times in a GIF are hundredths
    of a second; they are rounded so that the errors do not add up.
    """
    canvas = Canvas(page, look, look.dpi or DEFAULT_DPI, finest=4)
    canvas.write(page, look)
    spans = schedule(page, look)
    count = max(1, int(np.ceil(spans[-1, 1] * look.fps - 1e-6)))
    if count * canvas.width * canvas.height > _MOST_PIXELS:
        raise InputError(
            f"the GIF would have {count} pictures of {canvas.width} x {canvas.height} "
            "pixels: choose a smaller dpi, fewer seconds or fps, or an .anim.svg"
        )
    shown = np.rint(100 * np.arange(count + 1) / look.fps).astype(int)
    pictures, milliseconds = [], []
    drawn = [0] * len(page.curves)  # pieces of each curve on the canvas, dots count 1
    current = 0
    for i in range(count):
        now = (i + 1) / look.fps if i < count - 1 else np.inf
        while current < len(page.curves) and spans[current, 0] <= now:
            curve, (start, end) = page.curves[current], spans[current]
            share = 1.0 if end <= now else (now - start) / (end - start)
            pieces = max(1, (len(curve) - 1) // 3)
            upto = int(share * pieces)
            if upto > drawn[current]:
                canvas.draw(curve[3 * drawn[current] : 3 * upto + 1])
                drawn[current] = upto
            if end > now:
                break
            current += 1
        shades = np.rint(canvas.coverage() * ((_LEVELS - 1) / 255)).astype(np.uint8)
        duration = 10 * int(shown[i + 1] - shown[i])
        if pictures and np.array_equal(pictures[-1], shades):
            milliseconds[-1] += duration
        else:
            pictures.append(shades)
            milliseconds.append(duration)
    milliseconds[-1] += round(1000 * look.hold_seconds)
    return pictures, milliseconds
