"""Sets marks on a line that a network wrote, and draws what it could not write.

Where a character is drawn, the line opens: what follows moves to the right. A mark is
set when its word is done, as people set dots and bars. The dot of an i goes that has
another mark. All of it is in the hand's slant, size and pace, and by chance as the line
itself is: the same seed, the same strokes. NumPy only.
"""

import dataclasses

import numpy as np

from scribe.strokes.arrays import strokes_from_points
from scribe.strokes.hand_measures import slant_of
from scribe.strokes.measures import median_offset
from scribe.writing import mark_placing as placing
from scribe.writing.letter_ink import owners
from scribe.writing.line import Composed, WrittenLine
from scribe.writing.measures import measure_line
from scribe.writing.spelling import Spelling

# Between what is drawn and the letters of its word, and beside a space; in x-heights.
_LETTER_GAP, _WORD_GAPS = 0.24, (0.85, 1.5)
# A hand leans no more than this in a line so short that it is not sure.
_SLANTS = (-0.3, 0.8)
# The dot of an i is so short, so high above the baseline and so near to its stem.
_DOT_LENGTH, _DOT_HEIGHT, _DOT_AWAY = 0.6, 1.05, 0.85
# A mark is no farther from its letter, in x-heights.
_NEAR = 2.0
_DOTTED = "ij"
# The dots of these stand over each other, so far aside at most.
_COLONS, _STACKED = ":;", 0.3


@dataclasses.dataclass(eq=False)
class _Stroke:
    """Part of the line: n points.

    Attributes:
      points: [n, 2] in x-heights, upright, y upwards.
      owner: int [n] the letter of the text.
      source: int [n] the point of the line as written; -1 for what was added.
    """

    points: np.ndarray
    owner: np.ndarray
    source: np.ndarray


def compose(line: WrittenLine, spelling: Spelling, random) -> WrittenLine:
    """The line with all of its text.

    Args:
      line: what the network wrote of `spelling.base`.
      spelling: of the text.
      random: a numpy Generator of this line alone.
    """
    return _Composer(line, spelling, random).composed()


class _Composer:
    def __init__(self, line: WrittenLine, spelling: Spelling, random):
        self._line, self._spelling, self._random = line, spelling, random
        self._measures = measure_line(line)
        points = self._measures.points(line.strokes)
        base_owner = owners(line, points)
        self._slant = float(np.clip(slant_of(line.strokes), *_SLANTS))
        points[:, 0] -= self._slant * points[:, 1]
        self._upright = points
        ends = np.flatnonzero(line.strokes[:-1, 2] > 0.5) + 1
        self._join_colons(points, base_owner, ends)
        owner = np.array(spelling.owners)[base_owner]
        source = np.arange(len(points))
        self._strokes = [
            _Stroke(*parts)
            for parts in zip(
                *(np.split(x, ends) for x in (points, owner, source)), strict=True
            )
            if (parts[1] >= 0).any()
        ]
        dots = [s.points for own in self._dots_of_letters().values() for s in own]
        spacing = median_offset(line.strokes) / self._measures.x_height
        tall = self._height_of_tall_letters()
        self._hand = placing.Hand.of(max(spacing, 0.02), dots, tall, random)

    def composed(self) -> WrittenLine:
        letters = self._spelling.letters
        for number, letter in letters:
            if letter.drawn:
                self._draw(number, letter.drawn)
        dots = self._dots_of_letters()
        for number, letter in letters:
            if "dotless" in letter.marks:
                for dot in dots.get(number, []):
                    self._strokes.remove(dot)
        for number, letter in letters:
            for name in letter.marks:
                if name != "dotless":
                    self._mark(number, letter, name)
        return self._finished()

    def _join_colons(self, points, owner, ends) -> None:
        """Gives both dots of a colon to it, in `owner` [P]: the window parts them."""
        strokes = np.split(np.arange(len(points)), ends)
        small = [s for s in strokes if np.ptp(points[s], axis=0).max() < _DOT_LENGTH]
        for number, character in enumerate(self._spelling.base):
            own = points[owner == number]
            if character not in _COLONS or not len(own):
                continue
            for stroke in small:
                x, y = points[stroke].mean(axis=0)
                is_next = set(owner[stroke]) <= {number - 1, number + 1}
                if is_next and y < _DOT_HEIGHT and abs(x - own[:, 0].mean()) < _STACKED:
                    owner[stroke] = number

    def _dots_of_letters(self) -> dict[int, list[_Stroke]]:
        """The dots of each i and j, by the number of the letter."""
        spelling, stems = self._spelling, {}
        for owner, character in zip(spelling.owners, spelling.base, strict=True):
            if character in _DOTTED:
                own = self._points_of(owner)
                own = own[own[:, 1] < placing.SMALL_TOP]
                if len(own):
                    stems[owner] = own[own[:, 1].argmax(), 0]
        found: dict[int, list[_Stroke]] = {}
        if not stems:
            return found
        numbers, at = np.array(list(stems)), np.array(list(stems.values()))
        for stroke in self._strokes:
            own = stroke.points
            if np.ptp(own, axis=0).max() > _DOT_LENGTH or own[:, 1].min() < _DOT_HEIGHT:
                continue
            owner = int(stroke.owner[0])
            if self._is_all_of_a_sign(stroke):
                continue
            away = np.abs(at - own[:, 0].mean()) - 0.3 * (numbers == owner)
            if away.min() < _DOT_AWAY:
                found.setdefault(int(numbers[away.argmin()]), []).append(stroke)
        return found

    def _height_of_tall_letters(self) -> float:
        tops = [
            own[:, 1].max()
            for owner, character in zip(
                self._spelling.owners, self._spelling.base, strict=True
            )
            if (character in "bdfhkl" or character.isupper())
            and len(own := self._points_of(owner))
        ]
        return float(np.median(tops)) if tops else placing.TALL

    def _is_all_of_a_sign(self, stroke: _Stroke) -> bool:
        """Whether the stroke is the ink of an apostrophe or another sign."""
        owner = int(stroke.owner[0])
        if self._spelling.text[owner].isalnum():
            return False
        others = sum((s.owner == owner).any() for s in self._strokes)
        return others <= (2 if self._spelling.text[owner] == '"' else 1)

    def _points_of(self, number: int) -> np.ndarray:
        return np.concatenate([s.points[s.owner == number] for s in self._strokes])

    def _ink(self, wanted, near=(-np.inf, np.inf)) -> np.ndarray:
        """Dense ink of the letters for whose owners [n] `wanted` is true.

        Args:
          wanted: owners [n] -> bool [n].
          near: strokes outside of these x are left out.
        """
        pieces = [np.zeros([0, 2])]
        for stroke in self._strokes:
            x = stroke.points[:, 0]
            if x.max() < near[0] or x.min() > near[1]:
                continue
            index = np.flatnonzero(wanted(stroke.owner))
            parted = np.flatnonzero(np.diff(index) > 1) + 1
            pieces += [stroke.points[part] for part in np.split(index, parted)]
        return placing.ink([piece for piece in pieces if len(piece)])

    def _draw(self, number: int, name: str) -> None:
        """Opens the line and draws a character."""
        strokes = placing.character(name, self._hand, self._random)
        ink = np.concatenate(strokes)
        width = float(ink[:, 0].max())
        band = ink[:, 1].min() - 0.15, ink[:, 1].max() + 0.15
        right = self._edge(lambda owner: owner > number, band, np.min)
        left = self._edge(lambda owner: owner <= number, band, np.max)
        gaps = [self._gap(number, number - 1), self._gap(number, number + 1)]
        if left is None:
            at = 0.0 if right is None else right
        else:
            at = left + gaps[0]
            if right is not None and _WORD_GAPS[0] in gaps:
                natural = float(np.clip(right - left, *_WORD_GAPS))
                gaps = [natural if gap == _WORD_GAPS[0] else gap for gap in gaps]
                at = left + gaps[0]
        if right is not None:
            self._open(number, at + width + gaps[1] - right)
        where = self._first_after(number)
        self._strokes[where:where] = [
            self._added(stroke + [at, 0.0], number) for stroke in strokes
        ]

    def _gap(self, number: int, beside: int) -> float:
        """The distance to keep from the letter beside the one of this number."""
        text = self._spelling.text
        if not 0 <= beside < len(text) or text[beside] != " ":
            return _LETTER_GAP
        return _WORD_GAPS[0]

    def _edge(self, wanted, band, edge) -> float | None:
        """Where the ink of some letters ends that stands between two heights."""
        ink = self._ink(wanted)
        if not len(ink):
            return None
        inside = ink[(ink[:, 1] > band[0]) & (ink[:, 1] < band[1]), 0]
        return float(edge(inside if len(inside) else ink[:, 0]))

    def _open(self, number: int, by: float) -> None:
        """Moves all letters after a number; a stroke that goes on to them ends."""
        strokes = []
        for stroke in self._strokes:
            after = stroke.owner > number
            stroke.points[after, 0] += by
            cuts = np.flatnonzero(np.diff(after)) + 1
            parts = (np.split(x, cuts) for x in dataclasses.astuple(stroke))
            strokes += [_Stroke(*part) for part in zip(*parts, strict=True)]
        self._strokes = strokes

    def _first_after(self, number: int) -> int:
        """The stroke before which a letter of this number has its place."""
        after = [i for i, s in enumerate(self._strokes) if (s.owner > number).any()]
        return after[0] if after else len(self._strokes)

    def _mark(self, number: int, letter, name: str) -> None:
        """Sets a mark when the word of a letter is done."""
        base = letter.drawn or letter.base[-1:]
        own = self._ink(lambda owner: owner == number)
        if not len(own):
            return
        near = own[:, 0].min() - _NEAR, own[:, 0].max() + _NEAR
        others = self._ink(lambda owner: owner != number, near)
        strokes = placing.mark(name, base, own, others, self._hand, self._random)
        end = self._spelling.text.find(" ", number)
        where = self._first_after(end) if end >= 0 else len(self._strokes)
        if where < len(self._strokes) and (self._strokes[where].owner <= end).any():
            where += 1  # the pen went on to the next word
        self._strokes[where:where] = [self._added(s, number) for s in strokes]

    @staticmethod
    def _added(points: np.ndarray, number: int) -> _Stroke:
        return _Stroke(points, np.full(len(points), number), np.full(len(points), -1))

    def _finished(self) -> WrittenLine:
        line, spelling = self._line, self._spelling
        points = np.concatenate([s.points for s in self._strokes])
        owner = np.concatenate([s.owner for s in self._strokes])
        source = np.concatenate([s.source for s in self._strokes])
        ends = np.concatenate(
            [np.eye(1, len(s.points), len(s.points) - 1)[0] for s in self._strokes]
        )
        phi, kappa = self._window(owner, source)
        paper = self._on_paper(points)
        return dataclasses.replace(
            line,
            strokes=strokes_from_points(paper, ends),
            text=spelling.text,
            phi=phi,
            kappa=kappa,
            composed=Composed(line, spelling.owners, source),
        )

    def _window(self, owner: np.ndarray, source: np.ndarray):
        """phi [P, U] and kappa [P, K], over the letters of the text."""
        line, spelling = self._line, self._spelling
        columns = np.array([*spelling.owners, len(spelling.text)])
        phi = np.zeros([len(owner), len(spelling.text) + 1], line.phi.dtype)
        written = source >= 0
        seen = columns >= 0
        rows = np.zeros([int(written.sum()), phi.shape[1]], phi.dtype)
        np.add.at(rows.T, columns[seen], line.phi[source[written]][:, seen].T)
        phi[written] = rows
        phi[~written, owner[~written]] = 1.0
        if line.kappa is None:
            return phi, None
        moved = np.interp(line.kappa, np.arange(len(columns)), np.maximum(columns, 0))
        kappa = np.repeat(owner[:, None], line.kappa.shape[1], axis=1)
        kappa = kappa.astype(line.kappa.dtype)
        kappa[written] = moved[source[written]]
        return phi, kappa

    def _on_paper(self, points: np.ndarray) -> np.ndarray:
        """Upright points in x-heights as [P, 2] in the line's unit, y down."""
        measures = self._measures
        x = (points[:, 0] + self._slant * points[:, 1]) * measures.x_height
        y = measures.baseline(x) - points[:, 1] * measures.x_height
        return np.stack([x, y], axis=1)
