"""The order of strokes in which a plotter travels least with its pen up.

Writing order goes back to dot an i and to begin each line; a plotter need not, and may
draw a stroke from its end. The shortest order is a travelling salesman's problem with
two-ended towns: nearest neighbours first, then 2-opt (Croes 1958) and moves of short
runs (Or 1976) until neither gains anything. NumPy only; some two seconds for a page of
1,000 strokes.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from scribe.drawing.page import Page

# A gain below this is no gain, mm; a pass that gains less than this share of the way is
# the last one.
_LEAST_GAIN = 1e-6
_LEAST_SHARE = 1e-3
_MOST_PASSES = 30
# Strokes that are moved together to another place in the order.
_LONGEST_RUN = 3


def optimised(page: Page) -> Page:
    """The page with its strokes in the order, and directions, of little travel.

    The pen starts at the paper's corner, x = y = 0.
    """
    if not page.curves:
        return page
    ends = np.stack([[curve[0], curve[-1]] for curve in page.curves])  # [N, 2, 2]
    order, turned = _nearest(ends)
    enough = _LEAST_SHARE * travel_mm([page])
    for _ in range(_MOST_PASSES):
        gained = _reverse_stretches(ends, order, turned)
        gained += _move_runs(ends, order, turned)
        if gained <= enough:
            break
    curves = [
        page.curves[i][::-1] if back else page.curves[i]
        for i, back in zip(order.tolist(), turned.tolist(), strict=True)
    ]
    num_points = [page.num_points[i] for i in order.tolist()]
    return dataclasses.replace(page, curves=curves, num_points=num_points)


def travel_mm(pages: Sequence[Page]) -> float:
    """How far the pen goes while it is up: from the corner, and between strokes."""
    total = 0.0
    for page in pages:
        at = np.zeros(2)
        for curve in page.curves:
            total += float(np.hypot(*(curve[0] - at)))
            at = curve[-1]
    return total


def said(before: Sequence[Page], after: Sequence[Page]) -> str:
    """The sentence on what an order of strokes is worth."""
    old, new = travel_mm(before), travel_mm(after)
    share = f" ({new / old:.0%})" if old else ""
    return (
        f"the pen travels {new / 1000:.2f} m lifted, {old / 1000:.2f} m in writing "
        f"order{share}, and draws {drawn_mm(after) / 1000:.2f} m"
    )


def drawn_mm(pages: Sequence[Page]) -> float:
    """How far it goes while it is down, measured along the corners of the curves."""
    return float(
        sum(
            np.hypot(*np.diff(curve[::3], axis=0).T).sum()
            for page in pages
            for curve in page.curves
        )
    )


def _nearest(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Always on to the nearest end of a stroke that is left.

    Args:
      ends: [N, 2, 2] first and last point of each stroke.

    Returns:
      int [N] strokes in their order, bool [N] which of them are drawn from their end.
    """
    left = np.ones(len(ends), bool)
    order, turned = [], []
    at = np.zeros(2)
    for _ in range(len(ends)):
        away = np.square(ends - at).sum(axis=2)
        away[~left] = np.inf
        stroke, end = divmod(int(away.argmin()), 2)
        left[stroke] = False
        order.append(stroke)
        turned.append(end == 1)
        at = ends[stroke, 1 - end]
    return np.array(order), np.array(turned)


def _starts_and_stops(ends, order, turned) -> tuple[np.ndarray, np.ndarray]:
    """[N + 1, 2] where each starts, and stops; the first is the corner."""
    index = np.arange(len(order))
    sides = turned.astype(int)
    corner = np.zeros((1, 2))
    starts = np.concatenate([corner, ends[order[index], sides]])
    stops = np.concatenate([corner, ends[order[index], 1 - sides]])
    return starts, stops


def _far(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.hypot(a[..., 0] - b[..., 0], a[..., 1] - b[..., 1])


def _reverse_stretches(ends, order, turned) -> float:
    """2-opt: draws stretches of strokes backwards where that saves way.

    Changes `order` and `turned`; returns the mm that it saved.
    """
    gained = 0.0
    starts, stops = _starts_and_stops(ends, order, turned)
    count = len(order)
    for i in range(1, count + 1):
        # Strokes i to j backwards: in at the stop of j, out at the start of i.
        last = np.arange(i, count + 1)
        before, now = _far(stops[i - 1], starts[i]), _far(stops[i - 1], stops[last])
        out = np.zeros((2, len(last)))
        out[0, :-1] = _far(stops[last[:-1]], starts[last[:-1] + 1])
        out[1, :-1] = _far(starts[i], starts[last[:-1] + 1])
        saved = before + out[0] - now - out[1]
        best = int(saved.argmax())
        if saved[best] < _LEAST_GAIN:
            continue
        gained += float(saved[best])
        stretch = slice(i, i + best + 1)
        starts[stretch], stops[stretch] = (
            stops[stretch][::-1].copy(),
            starts[stretch][::-1].copy(),
        )
        own = slice(i - 1, i + best)
        order[own] = order[own][::-1].copy()
        turned[own] = ~turned[own][::-1].copy()
    return gained


def _move_runs(ends, order, turned) -> float:
    """Or-opt: draws short runs of strokes elsewhere, and perhaps backwards.

    Changes `order` and `turned`; returns the mm that it saved.
    """
    gained = 0.0
    for length in range(1, _LONGEST_RUN + 1):
        starts, stops = _starts_and_stops(ends, order, turned)
        i = 1
        while i + length <= len(order) + 1:
            found = _better_place(starts, stops, i, length)
            if found is not None:
                saved, after, backwards = found
                gained += saved
                at = np.arange(len(order) + 1)
                run = at[i : i + length]
                rest = np.concatenate([at[:i], at[i + length :]])
                place = after + 1 if after < i else after + 1 - length
                new = np.insert(rest, place, run[::-1] if backwards else run)
                flipped = np.zeros(len(new), bool)
                flipped[place : place + length] = backwards
                starts, stops = (
                    np.where(flipped[:, None], stops[new], starts[new]),
                    np.where(flipped[:, None], starts[new], stops[new]),
                )
                order[:] = order[new[1:] - 1]
                turned[:] = turned[new[1:] - 1] ^ flipped[1:]
            i += 1
    return gained


def _better_place(starts, stops, i: int, length: int):
    """Where the run of `length` strokes from `i` on saves most; None for nowhere.

    Returns:
      mm saved, the stroke that it goes behind, whether backwards.
    """
    count = len(starts)
    end = i + length - 1
    into, out = starts[i], stops[end]
    is_last = end + 1 == count
    removed = _far(stops[i - 1], into)
    if not is_last:
        removed += _far(out, starts[end + 1]) - _far(stops[i - 1], starts[end + 1])
    places = np.concatenate([np.arange(i - 1), np.arange(end + 1, count)])
    if not len(places):
        return None
    follows = places + 1 < count
    behind = starts[np.minimum(places + 1, count - 1)]
    here = stops[places]
    old = np.where(follows, _far(here, behind), 0.0)
    forward = _far(here, into) + np.where(follows, _far(out, behind), 0.0) - old
    backward = _far(here, out) + np.where(follows, _far(into, behind), 0.0) - old
    both = np.stack([forward, backward])
    way, at = divmod(int(both.argmin()), len(places))
    saved = float(removed - both[way, at])
    if saved < _LEAST_GAIN:
        return None
    return saved, int(places[at]), way == 1
