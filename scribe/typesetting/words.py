"""Cutting written lines into words, which a page can then set anew."""

import dataclasses

import numpy as np

from scribe.strokes import arrays as pen
from scribe.writing import WrittenLine
from scribe.writing.measures import Measures, characters

# Words meet between these heights above the baseline, in x-heights: a loop or a bar
# that reaches over a neighbour takes no room.
_BAND = (-0.3, 1.3)
# A stroke with more points on either side of a space joins two words.
_POINTS_ACROSS = 4
# What is no higher, in x-heights, is a dot, a bar or a comma.
_MARK = 0.55
_DOT = 0.25
# A dot that is farther from all words, in x-heights, belongs to none, unless the word
# ends with a character that has marks up in the air.
_LOST = 0.5
_HIGH_MARKS = "\"'!?:;)-+*/]"
# Signs at the head of a word that are marks themselves.
_FLAT_SIGNS = "\"'`-~_.,:;"


@dataclasses.dataclass(frozen=True, eq=False)
class Word:
    """One word as it was written.

    Lengths are in x-heights of the line that it comes from; the origin stands on the
    baseline where the word's room begins; y down.

    Attributes:
      text: without spaces around it.
      strokes: for each stroke [n, 2] points in writing order.
      characters: for each stroke int [n], which character of `text` each point is part
        of; one that stands outside the word counts as its nearest.
      width: the room that it takes on the line.
      left, right: how far its ink reaches, e.g. left -0.2 for a tail to the left.
      gap: distance to the word before it in the line; None for the first.
      drift: how far the baseline had moved down since the word before.
      mark: what the pen draws at it beside letters, see `pen_marks`; "" for nothing.
    """

    text: str
    strokes: list[np.ndarray]
    characters: list[np.ndarray]
    width: float
    left: float
    right: float
    gap: float | None
    drift: float
    mark: str = ""


def cut_words(
    line: WrittenLine, measures: Measures, letters: np.ndarray | None = None
) -> list[Word]:
    """The words of a line from left to right, each level and on the baseline.

    Args:
      line: written with text.
      measures: of the line, as `measure_line` or `measure_lines` took them.
      letters: int [P] the character that each point of the line is part of, as
        `letter_ink.owners` finds it; None for the one that the window rested on.
    """
    points, belongs, owners = _strokes(line, letters)
    strokes = [
        _Stroke(own, owner, measures) for own, owner in zip(points, owners, strict=True)
    ]
    groups, texts, starts = _groups(line.text, strokes, belongs)
    _return_marks(groups, texts, measures.x_height)
    words, before = [], None
    for text, start, group in zip(texts, starts, groups, strict=True):
        word, high, baseline = _word(text, start, group, measures, before)
        words.append(word)
        before = (high, baseline)
    return words


def _strokes(line: WrittenLine, letters: np.ndarray | None):
    """The strokes, the character that the window was on at each of their points, and
    the one that each is part of.

    Where the pen went on from one word into the next, the stroke is cut between them.
    """
    belongs = characters(line)
    is_space = np.array([character == " " for character in line.text])
    letters = belongs if letters is None else letters
    strokes, focus, owners = [], [], []
    start = 0
    for points in pen.split_at_pen_lifts(line.strokes):
        own = belongs[start : start + len(points)]
        owner = letters[start : start + len(points)]
        start += len(points)
        cuts = set()
        for space in np.flatnonzero(is_space[own.min() : own.max()]) + own.min():
            across = min((own < space).sum(), (own > space).sum())
            if across > _POINTS_ACROSS:
                cuts.add(int(np.argmax(own > space)))
        cuts = sorted(cuts - {0})
        strokes.extend(np.split(points, cuts))
        focus.extend(np.split(own, cuts))
        owners.extend(np.split(owner, cuts))
    return strokes, focus, owners


class _Stroke:
    """A stroke, and what it takes of the line.

    Lengths are in pen units but for `height`.

    Attributes:
      points: [n, 2].
      characters: int [n], the character of the line that each belongs to.
      height: [n] above the baseline, in x-heights.
      room: from where to where it lies in the band that words share; all of it if
        it is outside.
      is_mark: whether it is so low or so flat that it may be a dot, a bar or a comma.
      is_low: whether it is a full stop or a comma.
      is_dot: whether it has hardly any length.
    """

    def __init__(self, points: np.ndarray, characters: np.ndarray, measures: Measures):
        self.points, self.characters = points, characters
        above = measures.baseline(points[:, 0]) - points[:, 1]
        self.height = above / measures.x_height
        inside = points[(self.height > _BAND[0]) & (self.height < _BAND[1]), 0]
        inside = inside if len(inside) else points[:, 0]
        self.room = float(inside.min()), float(inside.max())
        self.is_low = bool(self.height.max() < _MARK)
        self.is_mark = bool(np.ptp(self.height) < _MARK) or self.is_low
        self.is_dot = bool(np.ptp(points, axis=0).max() < _DOT * measures.x_height)


def _room(strokes: list[_Stroke]) -> tuple[float, float]:
    """What letters take of the line; marks count where there is nothing else."""
    rooms = [s.room for s in strokes if not s.is_mark] or [s.room for s in strokes]
    return min(low for low, _ in rooms), max(high for _, high in rooms)


def _room_with_punctuation(text: str, strokes: list[_Stroke]) -> tuple[float, float]:
    low, high = _room(strokes)
    if not text[0].isalnum():
        low = min(s.room[0] for s in strokes)
    if not text[-1].isalnum():
        high = max(s.room[1] for s in strokes)
    return low, high


def _word(text, start: int, group: list[_Stroke], measures: Measures, before):
    """A Word, and where its room ends and how high its baseline is in the line.

    Args:
      text, start: of the word, and where it begins in the text of the line.
      group: its strokes.
      measures: of the line.
      before: where the room of the word before ends and how high its baseline is.
    """
    low, high = _room_with_punctuation(text, group)
    middle, unit = (low + high) / 2, measures.x_height
    baseline = float(measures.baseline(middle)[0])
    placed = []
    for stroke in group:
        x, y = stroke.points.T
        y = y - baseline - measures.slope * (x - middle)
        placed.append(np.stack([x - low, y], axis=1) / unit)
    ink = np.concatenate(placed)[:, 0]
    word = Word(
        text=text,
        strokes=placed,
        characters=[
            np.clip(stroke.characters - start, 0, len(text) - 1) for stroke in group
        ],
        width=(high - low) / unit,
        left=float(ink.min()),
        right=float(ink.max()),
        gap=None if before is None else (low - before[0]) / unit,
        drift=0.0 if before is None else (baseline - before[1]) / unit,
    )
    return word, high, baseline


def _groups(text: str, strokes: list[_Stroke], belongs: list[np.ndarray]):
    """The strokes of each word, the words' texts, and where these begin in the line.

    A stroke belongs to the word that the window read for most of it. Where the window
    stood on the space all the time, the widest gap decides. A word without a stroke of
    its own is put together with the next, or the one before if the line ended there.
    """
    groups: list[list[_Stroke]] = []
    texts: list[str] = []
    starts: list[int] = []
    start, start_text = 0, 0
    for space in (i for i, character in enumerate(text) if character == " "):
        before = np.array([(own < space).sum() for own in belongs])
        after = np.array([(own > space).sum() for own in belongs])
        low = 1 + max(np.flatnonzero(before > after), default=start)
        high = min(np.flatnonzero(after > before), default=len(strokes) - 1)
        low, high = sorted([low, high])
        if not after.any():
            break  # the line ended before the window came to this word
        ends = range(max(low, start + 1), min(high, len(strokes) - 1) + 1)
        if not ends:
            continue
        gaps = [_gap(strokes[start:end], strokes[end : end + 4]) for end in ends]
        end = ends[int(np.argmax(gaps))]
        groups.append(strokes[start:end])
        texts.append(text[start_text:space])
        starts.append(start_text)
        start, start_text = end, space + 1
    groups.append(strokes[start:])
    texts.append(text[start_text:])
    starts.append(start_text)
    return groups, texts, starts


def _gap(before: list[_Stroke], after: list[_Stroke]) -> float:
    return _room(after)[0] - _room(before)[1]


def _return_marks(groups: list[list[_Stroke]], texts: list[str], unit: float) -> None:
    """Gives dots, bars and commas to the word that they stand at.

    People dot and cross a word when it is finished, as the window is on its way to the
    next. Dots in the air between two words are slips and go.

    Args:
      groups, texts: of the words; groups change.
      unit: the x-height.
    """
    rooms = [_room(group) for group in groups]
    moves = []
    for i, (group, text) in enumerate(zip(groups, texts, strict=True)):
        bodies = [k for k, stroke in enumerate(group) if not stroke.is_mark]
        if not bodies:
            continue  # a dash is a word
        signs = 0 if text[0].isalnum() else bodies[0]
        for k, stroke in enumerate(group):
            if not stroke.is_mark or k < signs:
                continue
            near = [n for n in (i - 1, i, i + 1) if 0 <= n < len(groups)]
            away = {n: _distance(stroke, rooms[n]) for n in near}
            leads = i > 0 and k < bodies[0] and stroke.room[1] < rooms[i][0]
            if leads and stroke.is_low and not texts[i - 1][-1].isalnum():
                to = i - 1  # a comma, however close to the word that follows
            elif leads and away[i] > _LOST * unit > away[i - 1] / 2:
                to = i - 1  # the bar of a last letter
            elif stroke.is_low or (k > bodies[-1] and not text[-1].isalnum()):
                to = i
            else:
                to = min(near, key=lambda n: (away[n], n != i))  # noqa: B023
            stays = stroke.is_low or texts[to][-1] in _HIGH_MARKS or not stroke.is_dot
            if away[to] > _LOST * unit and not stays:
                moves.append((stroke, i, None))
            elif to != i:
                moves.append((stroke, i, to))
    for stroke, source, to in moves:
        groups[source].remove(stroke)
        if to is not None:
            groups[to].insert(len(groups[to]) if to < source else 0, stroke)
    for i in range(1, len(groups)):
        if not texts[i][0].isalnum():
            _return_late(groups, i, texts[i], rooms[i - 1])


def _return_late(groups, i: int, text: str, room_before: tuple[float, float]) -> None:
    """Gives the bars and dots at the head of word `i` to the word before it."""
    group = groups[i]
    if all(stroke.is_mark for stroke in group) and i + 1 < len(groups):
        # A dash alone may be among the strokes of the word that follows.
        bodies = [k for k, s in enumerate(groups[i + 1]) if not s.is_mark]
        group = group + groups[i + 1][: min(bodies, default=0)]
    late = _num_late(group, text, room_before)
    if late >= len(groups[i]):
        del groups[i + 1][: late + 1 - len(groups[i])]
        groups[i] = group[: late + 1]
    groups[i - 1] += groups[i][:late]
    del groups[i][:late]


def _num_late(group: list[_Stroke], text: str, room_before: tuple[float, float]) -> int:
    """How many strokes at the head of a word are bars and dots of the word before it.

    The window is past the space when they are set, and on a sign that may itself be a
    mark. They stand over the letters that they belong to, the sign beyond the space.

    Args:
      group, text: a word that begins with a bracket, a quotation mark, a dash, ...
      room_before: of the word before it.
    """
    bodies = [k for k, stroke in enumerate(group) if not stroke.is_mark]
    most = bodies[0] if bodies else len(group)
    # A tall quotation mark is no mark, but does not reach down to the line either.
    sign_is_body = bodies and group[bodies[0]].height.min() > _DOT
    if not bodies or (text[0] in _FLAT_SIGNS and not sign_is_body):
        most -= 1
    late = 0
    while late < most:
        stroke, rest = group[late], group[late + 1 :]
        to_own = min(_from_middle(stroke, other.room) for other in rest)
        if _from_middle(stroke, room_before) >= to_own:
            break
        late += 1
    return late


def _from_middle(stroke: _Stroke, room: tuple[float, float]) -> float:
    middle = sum(stroke.room) / 2
    return max(room[0] - middle, middle - room[1], 0.0)


def _distance(stroke: _Stroke, room: tuple[float, float]) -> float:
    return max(room[0] - stroke.room[1], stroke.room[0] - room[1], 0.0)
