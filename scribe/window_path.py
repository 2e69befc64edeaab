"""What the path of the window tells of a written line: where its text begins and ends.

phi of a step is largest at the character that the window rests on. NumPy only.
"""

import numpy as np

# The window of a good line rests on every character, but for a narrow one now and then;
# when it leaps over more, a part of a word is missing.
MAX_SKIPPED = 2
# One and a half letters: what a stroke may still complete if it begins when the window
# leaves the text, give or take some points.
MAX_POINTS_PAST_TEXT = 20
MAX_POINTS_BEFORE_END = 5


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


def flourish(strokes: np.ndarray, phi: np.ndarray, end: int) -> int:
    """How many points at the end of a finished line spell nothing.

    A stroke that begins about when the window leaves the text may be a dot, a bar or a
    letter that was still missing; but one that goes on and on is something that no line
    of the corpus has taught the pen.

    Args:
      strokes: [T, 3].
      phi: [T, U].
      end: column of the terminator.
    """
    lifts = np.flatnonzero(strokes[:-1, 2] > 0.5)
    if not len(lifts):
        return 0
    past = phi[lifts[-1] + 1 :].argmax(axis=1) == end
    begun_past = past[MAX_POINTS_BEFORE_END:].all()
    return len(past) if begun_past and past.sum() > MAX_POINTS_PAST_TEXT else 0


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
