"""A small corpus in the UNIPEN format, as folders: each of its rules occurs in it."""

from pathlib import Path

import numpy as np

# Strokes of a made-up hand in heights of a capital, y up from the baseline.
_BAR = [(0.0, 0.0), (0.0, 1.0)]
_RING = [
    (0.25 + 0.25 * np.cos(a), 0.25 + 0.25 * np.sin(a))
    for a in np.linspace(0.0, 6.3, 12)
]
_SHAPES = {
    "l": [_BAR],
    "o": [_RING],
    "i": [[(0.0, 0.0), (0.0, 0.5)], [(0.0, 0.8)]],
    "n": [[(0.0, 0.5), (0.0, 0.0), (0.0, 0.4), (0.4, 0.4), (0.4, 0.0)]],
    "p": [[(0.0, 0.5), (0.0, -0.4), (0.0, 0.4), (0.4, 0.4), (0.4, 0.0), (0.0, 0.0)]],
    ".": [[(0.0, 0.0)]],
    "H": [[(0.0, 0.0), (0.0, 1.0)], [(0.6, 0.0), (0.6, 1.0)], [(0.0, 0.5), (0.6, 0.5)]],
    "1": [[(0.0, 0.8), (0.2, 1.0), (0.2, 0.0)]],
}


def drawn(text: str, x: float = 0.0, y: float = 0.0, size: float = 100.0) -> list:
    """[n, 2] strokes of each character of a text, y up: a list of lists."""
    characters = []
    for c in text:
        if c == " ":
            x += 0.8
            continue
        shape = [np.array(stroke, float) + [x, 0.0] for stroke in _SHAPES[c]]
        characters.append([stroke * size + [0.0, y] for stroke in shape])
        x = max(stroke[:, 0].max() for stroke in shape) + 0.2
    return characters


class PenFile:
    """A pen file in the making, and the segments of its components."""

    def __init__(self, head: str = ".COORD X Y\n.POINTS_PER_SECOND 100\n"):
        self.text = head
        self.count = 0
        self.segments: dict[str, list[str]] = {}

    def declare(self, line: str) -> None:
        self.text += f"{line}\n"

    def down(self, points) -> int:
        """Adds a component; returns its number."""
        rows = "\n".join(" ".join(f"{v:.0f}" for v in row) for row in points)
        self.text += f".PEN_DOWN\n{rows}\n.PEN_UP\n"  # an empty one does not count
        self.count += 1
        return self.count - 1

    def label(self, category, kind, ranges, text, quality="?") -> None:
        line = f'.SEGMENT {kind} {ranges} {quality} "{text}"'
        self.segments.setdefault(category, []).append(line)

    def write_text(self, text: str, y: float = 0.0, words=True, characters=False):
        """Draws a line and labels its words or characters; returns its range."""
        first, word_first = self.count, self.count
        glyphs = iter(drawn(text, y=y))
        for word in text.split(" "):
            for c in word:
                begin = self.count
                for stroke in next(glyphs):
                    self.down(stroke)
                if characters:
                    span = f"{begin}-{self.count - 1}"
                    self.label("1a", "CHARACTER", span, c)
            if words:
                self.label("7", "WORD", f"{word_first}-{self.count - 1}", word)
            word_first = self.count
        return f"{first}-{self.count - 1}"

    def save(self, root: Path, contributor: str, name: str) -> None:
        ink = root / "include" / contributor / name
        ink.parent.mkdir(parents=True, exist_ok=True)
        ink.write_text(self.text, "latin-1")
        for category, lines in self.segments.items():
            folder = root / "data" / category / contributor
            folder.mkdir(parents=True, exist_ok=True)
            text = f".VERSION 1.0\n.INCLUDE {contributor}/{name}\n"
            (folder / name).write_text(text + "\n".join(lines) + "\n", "latin-1")
