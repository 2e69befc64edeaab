"""From words in one hand to a picture with its labels."""

import functools
from collections.abc import Sequence

import numpy as np

from scribe.factory.hands import Hand
from scribe.factory.ink import Ink, ink_of
from scribe.factory.labels import line_labels, strokes_of
from scribe.factory.pens import coverage
from scribe.factory.recipe import Recipe
from scribe.factory.samples import Sample
from scribe.factory.sheets import Sheet, fitted
from scribe.factory.sizes import in_a_row
from scribe.models.ink_model import SPREAD_OF_X_HEIGHT, InkModel
from scribe.typesetting.words import Word


def pictured(
    recipe: Recipe,
    name: str,
    hand: Hand,
    words: Sequence[Word],
    sheet: Sheet | None,
    random: np.random.Generator,
) -> Sample:
    """A sample.

    Args:
      recipe: says how it looks.
      name: of the sample.
      hand: that wrote.
      words: in reading order.
      sheet: that they are set on; None for a picture of a row of words.
      random: of all draws.
    """
    pen = recipe.pens.draw(random, hand.speed)
    operations = recipe.scan.happening(random) if recipe.scan else []

    def bent(ink: Ink, unit: float) -> Ink:
        for operation in operations:
            ink = operation.move(ink, unit, random)
        return ink

    if sheet is None:
        ink = ink_of(in_a_row(words, hand.width), hand.slant, hand.width)
        ink, width = recipe.crop.place(bent(ink, 1.0), random, hand.size)
        height = recipe.crop.height
    else:
        ink, height = sheet.set(words, random, hand.slant, hand.width)
        width = sheet.width
        ink = fitted(bent(ink, sheet.unit), width, height)
    unit = float(np.median([placed.unit for placed in ink.placed]))
    if recipe.ink is not None:
        image = inked(recipe.ink, ink, unit, height, width, random)
    else:
        share = coverage(ink, pen, height, width)
        image = 255 - share
        if recipe.scan:
            image = recipe.scan.picture(share, unit, operations, random)
    lines = line_labels(ink, pen.width * unit)
    return Sample(
        name=name,
        image=image,
        text="\n".join(line.text for line in lines),
        hand=hand.name,
        lines=lines,
        strokes=strokes_of(ink),
        facts={
            "bias": round(hand.bias, 3),
            "slant": round(hand.slant, 3),
            "x_height": round(unit, 2),
            "pen_width": round(pen.width * unit, 2),
        },
    )


def inked(
    name: str, ink: Ink, unit: float, height: int, width: int, random
) -> np.ndarray:
    """Strokes as a network of ink draws them: uint8 [height, width].

    Args:
      name: of the network.
      ink: the strokes.
      unit: pixels per x-height.
      height, width: of the picture.
      random: of pen, grain and paper.
    """
    model = network_of_ink(name)
    spread = unit * SPREAD_OF_X_HEIGHT
    return model.scan(ink.points, ink.ends, height, width, random, spread)


# One for a process.
network_of_ink = functools.cache(InkModel.load)
