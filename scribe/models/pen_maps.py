"""What a pen did, as maps of pixels: what a network of ink sees of strokes.

The maps are drawn with a thin pen of one width, so that they say where the pen was, how
fast and in which direction, and leave it to the network what ink comes of that.
"""

import numpy as np

from scribe.strokes.curves import bezier_curve

CHANNELS = 3  # covered, speed, direction
_PEN_PIXELS = 1.6  # as cv2 counts: its lines are a little wider
_FINE = 4  # drawn so many times as large
_FRACTION_BITS = 4
_PIECES = 3  # of the way from one point to the next
_USUAL_SPEED, _LEAST, _MOST = 85.0, 10.0, 255.0


def pen_maps(
    points: np.ndarray, ends: np.ndarray, height: int, width: int
) -> np.ndarray:
    """Maps of strokes.

    Args:
      points: float [P, 2] pixels, y down; a point for each equal step of time.
      ends: bool [P], the last point of each stroke.
      height, width: of the maps, pixels; what lies outside is cut off.

    Returns:
      uint8 [height, width, 3]: share of the pixel under the pen; its speed, 85 being
      usual for these strokes; its direction, 0 upwards, 128 sideways, 255 downwards.
      The last two are 0 where the pen was not, and less where it covered a part.
    """
    import cv2

    shape = height * _FINE, width * _FINE
    covered, speed, direction = (np.zeros(shape, np.uint8) for _ in range(CHANNELS))
    thickness = round(_PEN_PIXELS * _FINE)
    usual = usual_speed(points, ends)
    _draw(covered, points, ends, thickness)
    for stroke in _strokes(points, ends):
        path = fixed(curve_of(stroke))
        if len(path) == 1:
            continue
        for piece, fast, down in zip(*_pieces(stroke, path, usual), strict=True):
            for image, value in ((speed, fast), (direction, down)):
                cv2.polylines(
                    image, [piece], False, int(value), thickness, cv2.LINE_8,
                    _FRACTION_BITS,
                )  # fmt: skip
    small = [
        cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        for image in (covered, speed, direction)
    ]
    return np.stack(small, axis=-1)


def drawn_pen(
    points: np.ndarray, ends: np.ndarray, height: int, width: int, pen_pixels: float
) -> np.ndarray:
    """The share of each pixel under a pen of one width: uint8 [height, width]."""
    import cv2

    covered = np.zeros((height * _FINE, width * _FINE), np.uint8)
    # cv2's smooth lines are a pixel or two wider than asked for.
    _draw(covered, points, ends, max(round(pen_pixels * _FINE - 1.5), 1))
    return cv2.resize(covered, (width, height), interpolation=cv2.INTER_AREA)


def _draw(covered: np.ndarray, points, ends, thickness: int) -> None:
    """All strokes on the fine grid."""
    import cv2

    for stroke in _strokes(points, ends):
        path = fixed(curve_of(stroke))
        if len(path) == 1:
            radius = thickness * 2 ** (_FRACTION_BITS - 1)
            at = path[0].tolist()
            cv2.circle(covered, at, radius, 255, -1, cv2.LINE_AA, _FRACTION_BITS)
        else:
            cv2.polylines(
                covered, [path], False, 255, thickness, cv2.LINE_AA, _FRACTION_BITS
            )


def usual_speed(points: np.ndarray, ends: np.ndarray) -> float:
    """The median of the steps between points of one stroke, pixels."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)[~ends[:-1]]
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else 1.0


def _strokes(points: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    return [s for s in np.split(points, np.flatnonzero(ends) + 1) if len(s)]


def curve_of(stroke: np.ndarray) -> np.ndarray:
    """Points along the smooth curve of a stroke, three pieces between two points."""
    controls = bezier_curve(stroke)
    if len(controls) == 1:
        return controls
    a, b, c, d = (controls[k : k + len(controls) - 1 : 3] for k in range(4))
    t = (np.arange(_PIECES) / _PIECES)[None, :, None]
    a, b, c, d = a[:, None], b[:, None], c[:, None], d[:, None]
    path = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c
    path += t**3 * d
    return np.concatenate([path.reshape(-1, 2), controls[-1:]])


def fixed(path: np.ndarray) -> np.ndarray:
    """Pixels as numbers of cv2's fixed point, on the fine grid."""
    return np.rint((path * _FINE - 0.5) * 2**_FRACTION_BITS).astype(np.int32)


def _pieces(stroke: np.ndarray, path: np.ndarray, usual: float):
    """For each step of the pen its curve, its speed and its direction, 0 to 255."""
    kept = np.concatenate([[True], np.any(stroke[1:] != stroke[:-1], axis=1)])
    steps = np.diff(stroke[kept], axis=0)
    length = np.linalg.norm(steps, axis=1)
    padded = np.pad(length, 1, mode="edge")
    smooth = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    fast = np.clip(_USUAL_SPEED * smooth / usual, _LEAST, _MOST)
    down = 127.5 + 127.5 * steps[:, 1] / length
    curves = [path[_PIECES * k : _PIECES * (k + 1) + 1] for k in range(len(steps))]
    return curves, fast, down
