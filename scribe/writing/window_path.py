"""What the path of the window tells of a written line: where its text begins and ends.

phi of a step is largest at the character that the window rests on. NumPy only.
"""

import numpy as np

from scribe.strokes.measures import median_offset

# The window of a good line rests on every character, but for a narrow one now and then;
# when it leaps over more, a part of a word is missing.
MAX_SKIPPED = 2
# One and a half letters: what a stroke may still complete if it begins when the window
# leaves the text, give or take some points.
MAX_POINTS_PAST_TEXT = 20
MAX_POINTS_BEFORE_END = 5
# A letter of its own stands so many median offsets to the right of all ink before it.
# After the full stop of 60 lines, the shipped model set out on another letter 27 times,
# and this finds 23 of them; of 240 real lines, led through the network, 7 lose their
# last stroke by it, most of them the second half of a closing quotation mark.
MIN_GAP_OF_LETTER = 0.5


def rest_of_style(strokes: np.ndarray, phi: np.ndarray, shift: int) -> int:
    """How many points still belong to the text of the style.

    After the last point of the style the window may lag behind by a letter or two, and
    the pen writes them a second time before it comes to the new text.

    Args:
      strokes: [T, 3] what was written freely.
      phi: [T, U] of the style's text, a space and the new text.
      shift: where the new text begins.
    """
    on_new_text = np.flatnonzero(phi.argmax(axis=1) >= shift)
    if not len(on_new_text):
        return 0
    lifts = np.flatnonzero(strokes[: on_new_text[0], 2] > 0.5)
    return int(lifts[-1]) + 1 if len(lifts) else 0


def surplus_stroke(strokes: np.ndarray, phi: np.ndarray, end: int) -> int:
    """How many points at the end of a finished line spell nothing: a stroke too many.

    A stroke that begins about when the window leaves the text may be a dot, a bar or a
    letter that was still missing. But it is surplus if it goes on and on, or if the
    last letter was begun before it and it stands to the right of that: the pen was
    setting out on a letter that is not there.

    Args:
      strokes: [T, 3].
      phi: [T, U].
      end: column of the terminator, or of the first trailing character.
    """
    lifts = np.flatnonzero(strokes[:-1, 2] > 0.5)
    if not len(lifts):
        return 0
    start = lifts[-1] + 1
    focus = phi.argmax(axis=1)
    past = focus[start:] >= end
    if past[MAX_POINTS_BEFORE_END:].all() and past.sum() > MAX_POINTS_PAST_TEXT:
        return len(past)
    stroke_before = slice(lifts[-2] + 1 if len(lifts) > 1 else 0, start)
    last_letter_begun = np.mean(focus[stroke_before] == end - 1) > 0.5
    x = np.cumsum(strokes[:, 0])
    gap = x[start] - x[:start].max()
    is_letter = gap > MIN_GAP_OF_LETTER * median_offset(strokes)
    return len(past) if past[1:].all() and last_letter_begun and is_letter else 0


def longest_skip(phi: np.ndarray) -> int:
    """How many characters in a row the window never rested on: phi [T, U] -> number.

    It rests on the character with the largest phi of a step.
    """
    rested_on = np.unique(phi.argmax(axis=1))
    gaps = np.diff(rested_on, prepend=-1, append=phi.shape[1])
    return int(gaps.max()) - 1


def leaps(phi: np.ndarray) -> bool:
    """Whether so much was skipped that the line has to be written again."""
    return longest_skip(phi) > MAX_SKIPPED
