"""Does it write in his hand? Lines in the hands of strangers, held against them.

What a writer's own lines of the same texts reach is the most that can be expected of
those that are written in his hand; what is written without a style shows what chance
does.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from scribe.corpora.prepared import Line, load_description, load_lines
from scribe.evaluation.hand_distance import (
    Measure,
    Nearness,
    hinge_measure,
    nearness,
    network_measure,
)
from scribe.evaluation.hands import STYLE_LINES, Hand, hands_of, page_of, style_of
from scribe.foundation.errors import InputError, WorkFailed
from scribe.models.stroke_model import StrokeModel
from scribe.reading import load_reader
from scribe.writing import Style, Writer
from scribe.writing.adaptation import Adaptation

Progress = Callable[[str, float], None]
Learn = Callable[[Sequence[Style]], Adaptation | None]
# How much of a tuned hand is written.
LIKENESSES = (0.5, 0.7, 1.0)


@dataclasses.dataclass(frozen=True, eq=False)
class Row:
    """What was measured of the lines of one kind.

    Attributes:
      name: of the kind.
      finished, lines: how many lines were completed, of how many.
      nearness: by measure.
      readings: pairs of a text and what the reader read.
    """

    name: str
    finished: int
    lines: int
    nearness: Mapping[str, Nearness]
    readings: Sequence[tuple[str, str]]


class HandMeasurement:
    """Measures lines in the hands of the writers of a corpus.

    Attributes:
      hands: the writers.
      measures: by name.
    """

    def __init__(
        self,
        model: StrokeModel,
        data_dir: str,
        split: str,
        num_hands: int,
        num_texts: int,
        measures: Mapping[str, Measure] | None = None,
    ):
        """Reads the corpus and measures its real lines.

        Args:
          model: that writes.
          data_dir: a prepared corpus that knows its writers.
          split: of it; no model here may have seen its writers.
          num_hands: most writers, spread over all.
          num_texts: most lines written in each hand.
          measures: by name; None for the shipped embedding and the hinge histogram.

        Raises:
          InputError: a number is out of its range, or the corpus cannot be used.
        """
        for name, value, least in (("hands", num_hands, 2), ("texts", num_texts, 1)):
            if value < least:
                raise InputError(f"num_{name}={value}: must be {least} or more")
        self.model = model
        self.rate = load_description(data_dir).points_per_second or 66.7
        self.measures = measures or {
            "network": network_measure(),
            "hinge": hinge_measure,
        }
        self._reader = load_reader()
        hands = hands_of(load_lines(data_dir, [split]), num_texts)
        places = np.linspace(0, len(hands) - 1, min(num_hands, len(hands))).round()
        self.hands = [hands[int(place)] for place in places]
        self._known = {
            name: {h.name: measure(self._cleaned(h.known)) for h in self.hands}
            for name, measure in self.measures.items()
        }

    def _cleaned(self, lines: Sequence[Line]) -> list[np.ndarray]:
        return [self.model.clean(line.strokes) for line in lines]

    def real(self) -> Row:
        """The writers' own lines of the texts."""
        lines = {hand.name: self._cleaned(hand.targets) for hand in self.hands}
        texts = [line.text for hand in self.hands for line in hand.targets]
        return self._row("another real line", lines, texts, len(texts))

    def written(
        self,
        name: str,
        write: Callable[[Hand, Sequence[str], int], Sequence],
        progress: Progress = lambda name, share: None,
    ) -> Row:
        """Has the texts written in each hand, and measures what was completed.

        Args:
          name: of the row.
          write: (hand, texts, number of the hand) -> WrittenLines.
          progress: called with the row's name and the share of the hands that is done.

        Raises:
          WorkFailed: no line of a hand was completed.
        """
        by_hand: dict[str, list[np.ndarray]] = {}
        texts, count = [], 0
        for number, hand in enumerate(self.hands):
            wanted = [
                self.model.alphabet.adapt(line.text, "replace") for line in hand.targets
            ]
            lines = write(hand, wanted, number)
            ended = [line for line in lines if line.finished]
            if not ended:
                raise WorkFailed(
                    f"{name}: no line of the hand {hand.name} was completed"
                )
            by_hand[hand.name] = [line.strokes for line in ended]
            texts += [line.text for line in ended]
            count += len(lines)
            progress(name, (number + 1) / len(self.hands))
        return self._row(name, by_hand, texts, count)

    def _row(self, name: str, lines, texts: Sequence[str], count: int) -> Row:
        strokes = [line for of_hand in lines.values() for line in of_hand]
        placed = {}
        for measure_name, measure in self.measures.items():
            directions = {hand: measure(of_hand) for hand, of_hand in lines.items()}
            placed[measure_name] = nearness(directions, self._known[measure_name])
        readings = list(zip(texts, self._reader.read(strokes), strict=True))
        return Row(name, len(strokes), count, placed, readings)


def evaluate(
    writer: Writer,
    data_dir: str,
    split: str,
    num_hands: int,
    num_texts: int,
    bias: float,
    seed: int,
    progress: Progress = lambda name, share: None,
    learn: Learn | None = None,
) -> dict:
    """The figures of real lines, of no style, of one line and of three as style.

    Args:
      writer: of the model.
      data_dir, split, num_hands, num_texts: see HandMeasurement.
      bias: see `Writer.write`.
      seed: of the first hand; the next ones count on.
      progress: called with a row's name and the share of it that is done.
      learn: tunes a hand on the lines of a page, of which the first is the style; None
        to tune none.
    """
    model = writer.model
    measurement = HandMeasurement(model, data_dir, split, num_hands, num_texts)
    primed = functools.partial(style_of, model=model, rate=measurement.rate)

    def write(style_for, hand, texts, number):
        style = style_for(hand)
        return writer.write(texts, bias=bias, style=style, seed=seed + number)

    rows = [measurement.real()]
    for name, style_for in (
        ("no style", lambda hand: None),
        ("one line as style", lambda hand: primed(hand, 1)),
        ("three lines joined", lambda hand: primed(hand, STYLE_LINES)),
    ):
        rows.append(
            measurement.written(name, functools.partial(write, style_for), progress)
        )
    if learn is not None:

        @functools.cache
        def tuned(hand):
            page = page_of(hand, model, measurement.rate)
            return dataclasses.replace(page[0], adaptation=learn(page))

        for likeness in LIKENESSES:
            name = f"tuned on a page, likeness {likeness:g}"
            style_for = functools.partial(_as_much, tuned, likeness)
            rows.append(
                measurement.written(name, functools.partial(write, style_for), progress)
            )
    return figures(measurement, rows)


def _as_much(tuned, likeness: float, hand: Hand) -> Style:
    """A hand's style with so much of what was learnt of it."""
    return dataclasses.replace(tuned(hand), likeness=likeness)


def figures(measurement: HandMeasurement, rows: Sequence[Row]) -> dict:
    """For JSON: the first row is that of real lines."""
    from scribe.reading.error_rates import count_errors

    found = {}
    for row in rows:
        rates = count_errors(*zip(*row.readings, strict=True)).rates()
        found[row.name] = {
            "lines": row.lines,
            "completed": row.finished,
            "character_error_rate": rates["cer"],
            "character_error_interval": list(rates["cer_interval"]),
        }
        for name, near in row.nearness.items():
            real = rows[0].nearness[name]
            found[row.name][name] = {
                "nearest_share": near.nearest_share(),
                "nearest_share_interval": list(near.nearest_interval()),
                "mean_rank": near.mean_rank(),
                "mean_rank_interval": list(near.mean_rank_interval()),
                "own_distance": near.own_distance(real),
                "own_distance_interval": list(near.own_distance_interval(real)),
            }
    return {
        "model": measurement.model.folder.name,
        "writers": len(measurement.hands),
        "measures": list(measurement.measures),
        "rows": found,
    }


def table(found: dict) -> str:
    """Markdown of what `evaluate` returns."""
    measures = found["measures"]
    columns = [
        f"{column} by {name}"
        for name in measures
        for column in ("nearest", "mean rank", "own distance")
    ]
    rows = [
        f"{found['writers']} writers; by chance {1 / found['writers']:.0%} are nearest",
        "",
        f"| lines | completed | {' | '.join(columns)} | character errors |",
        "|" + "---|" * (len(columns) + 3),
    ]
    for name, row in found["rows"].items():
        cells = []
        for measure in measures:
            near = row[measure]
            cells += [
                _with_interval(near, "nearest_share", "{:.0%}"),
                _with_interval(near, "mean_rank", "{:.1f}"),
                _with_interval(near, "own_distance", "{:.2f}"),
            ]
        rows.append(
            f"| {name} | {row['completed']} of {row['lines']} | {' | '.join(cells)} | "
            f"{row['character_error_rate']:.1%} |"
        )
    return "\n".join(rows) + "\n"


def _with_interval(near: dict, name: str, form: str) -> str:
    low, high = near[f"{name}_interval"]
    value, low, high = (form.format(number) for number in (near[name], low, high))
    return f"{value} ({low} to {high})"
