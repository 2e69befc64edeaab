"""Where a recorded line comes apart into words. NumPy only.

A line of n words has n - 1 spaces, and these are, in most hands, its n - 1 widest gaps.
Two judges say whether that is so in a line: the gap ratio, how much narrower the widest
gap inside a word is, and a reader of strokes, which says after which pen lift it sees
the letters of the next word.
"""

import dataclasses

import numpy as np

from scribe.reading.ctc import best_path
from scribe.reading.reader import Reader
from scribe.strokes.arrays import split_at_pen_lifts, strokes_from_paths
from scribe.strokes.measures import vertical_spread

# In vertical spreads of the line, about half a small letter's height: a stroke whose
# middle lies so far behind the ink before it came late, as the dot of an i.
_BACKWARD = 0.5
# Frames of the reader, about a quarter of a letter each, by which it may see a letter
# too early or too late.
_TOLERANCE_FRAMES = 2


@dataclasses.dataclass(frozen=True, eq=False)
class Cuts:
    """A line's strokes, put into words from left to right.

    Attributes:
      words: for each word the numbers of its strokes in the order of writing.
      lifts: for each cut but the line's ends the number of the stroke it follows; late
        strokes do not count.
      gap_ratio: the narrowest gap between words over the widest one inside a word;
        infinite for a single word and where no word has a gap, 0 if a cut is no gap.
    """

    words: list[np.ndarray]
    lifts: np.ndarray
    gap_ratio: float


def cut_at_widest_gaps(strokes: np.ndarray, num_words: int) -> Cuts | None:
    """Cuts a line at its widest gaps.

    Args:
      strokes: [P, 3] of a level line (`cleaning.deskew`).
      num_words: of its text.

    Returns:
      None if the line has fewer pen lifts than spaces.
    """
    edges = np.array(
        [(s[:, 0].min(), s[:, 0].max()) for s in split_at_pen_lifts(strokes)]
    )
    hosts = _hosts(edges, _BACKWARD * vertical_spread(strokes))
    bodies = np.unique(hosts)
    if len(bodies) < num_words:
        return None
    left = np.array([edges[hosts == body, 0].min() for body in bodies])
    right = np.array([edges[hosts == body, 1].max() for body in bodies])
    # From everything that is on the left of a lift to everything on the right of it.
    gaps = np.minimum.accumulate(left[:0:-1])[::-1] - np.maximum.accumulate(right)[:-1]
    order = np.argsort(-gaps, kind="stable")
    chosen, others = np.sort(order[: num_words - 1]), gaps[order[num_words - 1 :]]
    word_of_body = np.searchsorted(chosen, np.arange(len(bodies)), side="left")
    word_of_stroke = word_of_body[np.searchsorted(bodies, hosts)]
    return Cuts(
        words=[np.flatnonzero(word_of_stroke == word) for word in range(num_words)],
        lifts=bodies[chosen],
        gap_ratio=_ratio(gaps[chosen].min(initial=np.inf), others.max(initial=0.0)),
    )


def _ratio(narrowest: float, widest: float) -> float:
    if narrowest <= 0.0:
        return 0.0
    return narrowest / widest if widest > 0.0 else np.inf


def _hosts(edges: np.ndarray, backward: float) -> np.ndarray:
    """For each stroke the one that it belongs to: itself, or another if it came late.

    Dots and bars are put where the pen has been before, at times only when the line is
    finished. The host is the stroke, not itself late, that is nearest to its middle.

    Args:
      edges: [strokes, 2] left and right edge of each.
      backward: how far behind the ink the middle of a late stroke lies.
    """
    hosts = np.arange(len(edges))
    bodies: list[int] = []
    reach = -np.inf
    for i, (left, right) in enumerate(edges):
        middle = (left + right) / 2
        if middle < reach - backward:
            away = np.maximum(edges[bodies, 0] - middle, middle - edges[bodies, 1])
            # Of several that it stands over, the latest.
            nearest = np.flatnonzero(np.maximum(away, 0.0) <= max(away.min(), 0.0))[-1]
            hosts[i] = bodies[nearest]
        else:
            bodies.append(i)
            reach = max(reach, right)
    return hosts


def pick_strokes(strokes: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The strokes of these numbers alone: [P, 3] -> [P', 3]."""
    paths = split_at_pen_lifts(strokes)
    return strokes_from_paths([paths[i] for i in numbers])


def confirmed_by_reader(
    lifts: np.ndarray,
    strokes: np.ndarray,
    text: str,
    scores: np.ndarray,
    reader: Reader,
) -> np.ndarray:
    """Whether a reader sees the space of each cut where the cut is.

    The best path of the transcription through the reader's frames (Graves et al. 2006,
    with the maximum for the sum) says in which frames the last letter before each space
    and the first one after it are read. The cut must lie between them.

    Args:
      lifts: as `Cuts.lifts`, one for each space of the text.
      strokes: [P, 3] of the line.
      text: words with one blank between.
      scores: [T', V] of the line, as `Reader.scores`.
      reader: whose scores they are.

    Returns:
      bool [cuts]; all False where the line has too few frames for the text.
    """
    text = reader.alphabet.adapt(text, "replace")
    spaces = np.flatnonzero([character == " " for character in text])
    label = reader.alphabet.encode(text)[:-1]
    found = best_path(scores, label)
    if found is None or len(spaces) != len(lifts):
        return np.zeros(len(lifts), bool)
    states, _ = found
    frames_per_point = len(scores) / len(reader.clean(strokes))
    at = _ends_of_strokes(strokes, reader)[lifts] * frames_per_point
    # State 2 u + 1 is character u; between are blanks.
    before = np.searchsorted(states, 2 * spaces - 1, side="right") - 1
    after = np.searchsorted(states, 2 * spaces + 3, side="left")
    return (before - _TOLERANCE_FRAMES <= at) & (at <= after + _TOLERANCE_FRAMES)


def _ends_of_strokes(strokes: np.ndarray, reader: Reader) -> np.ndarray:
    """The row of the cleaned line at which each stroke ends.

    Cleaning puts points along the strokes and in the air between them, but the first
    and the last of a stroke stay: the rows are found by the length of the way.
    """
    cleaned = reader.clean(strokes)
    rows = np.flatnonzero(cleaned[:, 2] > 0.5)
    ways = [np.cumsum(np.hypot(*s[:, :2].T)) for s in (strokes, cleaned)]
    at = ways[0][strokes[:, 2] > 0.5] / max(ways[0][-1], 1e-9) * ways[1][-1]
    return rows[np.abs(ways[1][rows][:, None] - at).argmin(axis=0)]
