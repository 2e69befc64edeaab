"""Draws tuned_hand.png: lines of a page, and what is written primed, tuned and by hand.

  python docs/images/draw.py tuned_hand.png

The person is a program, so that the picture belongs to nobody: the network invents a
hand, and its strokes are bent to what no hand of the network's is. It takes some two
minutes of two cores and needs TensorFlow.
"""

import dataclasses
import sys

import numpy as np
from PIL import Image

import scribe
from scribe import drawing
from scribe.training import tuned_style
from scribe.writing import Style, own_sheet, styles

TEXTS = ["A letter in a hand of my own,", "but written by a program."]
HAND = "seed:5"
# x per unit of height, factor on x, radians by which strokes turn to the next axis.
LEAN, WIDTH, ANGULAR = 0.35, 0.85, 0.16


def bent(strokes: np.ndarray) -> np.ndarray:
    """Offsets of another hand: angular, narrow and leaning."""
    dx, dy, ends = strokes.T
    angle, length = np.arctan2(dy, dx), np.hypot(dx, dy)
    angle = angle - ANGULAR * np.sin(4 * angle)
    lifted = np.append(1, ends[:-1]) == 1  # the pen moves on above the paper
    x = np.where(lifted, dx, length * np.cos(angle))
    y = np.where(lifted, dy, length * np.sin(angle))
    return np.column_stack([WIDTH * x - LEAN * y, y, ends]).astype(np.float32)


def main(output: str) -> None:
    writer = scribe.load(engine="numpy")

    def person(texts, seed):
        lines = writer.write(texts, style=HAND, bias=0.8, seed=seed)
        return [Style(line.text, bent(line.strokes)) for line in lines]

    page = person(own_sheet.sheet_lines(writer.model.alphabet)[:8], seed=1)
    style = styles.find_style(styles.of_lines(page), writer.model)
    found = tuned_style.learn(writer.model, page, tuned_style.bound_tuner())
    print(f"held-out line: {found.before:.3f} to {found.after:.3f} nats per point")
    tuned = styles.find_style(
        dataclasses.replace(style, adaptation=found.adaptation), writer.model
    )
    rows = [("page", line) for line in page[:3]]
    for name, hand in (("primed", style), ("tuned", tuned)):
        rows += [(name, line) for line in writer.write(TEXTS, style=hand, seed=3)]
    rows += [("real", line) for line in person(TEXTS, seed=4)]
    pixels = drawing.raster(
        [line.strokes for _, line in rows],
        captions=[f"{name}: {line.text}" for name, line in rows],
        dpi=110,
        height_mm=9,
    )
    Image.fromarray(pixels).convert("L").save(output)


if __name__ == "__main__":
    main(sys.argv[1])
