"""How much of a hand arrives in what is written in it: styles against their lines.

A hand is four numbers (scribe.strokes.hand_measures). Over many hands, those of the
written lines are laid against those of the styles. A style is one line, and a writer's
next line differs from it too: what another line of the same writer reaches is the most
that can be expected.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence

import numpy as np

from scribe.corpora.prepared import Line, load_description, load_lines
from scribe.evaluation.hands import by_writer, drawn_with_times, is_usual
from scribe.foundation.errors import InputError, WorkFailed
from scribe.models.stroke_model import StrokeModel
from scribe.strokes import hand_measures
from scribe.strokes.arrays import split_at_pen_lifts
from scribe.writing import Writer, styles, styles_from_strokes

# Of about the length of a style, without rare letters.
TEXTS = (
    "Every letter leans its own way",
    "the last train leaves at nine",
    "a cup of tea and a long walk",
    "what the pen has once written",
    "from hand to hand it went on",
    "she never wrote the same line",
    "we met under the old clock",
    "nothing more was said of it",
)
# Characters of a corpus line that serves as a style.
STYLE_CHARACTERS = (20, 60)


@dataclasses.dataclass(frozen=True, eq=False)
class Transfer:
    """What arrived of N hands.

    Attributes:
      name: where the hands and the lines come from.
      own: [N, 4] the measures of each style, in the columns of `in_columns`.
      written: [N, T, 4] those of T lines in each; NaN where a line did not end.
      refused: styles that could not be used.
    """

    name: str
    own: np.ndarray
    written: np.ndarray
    refused: int = 0

    def share(self) -> np.ndarray:
        """[4] by how much the written hands differ when the styles differ by one.

        The slope of the least-squares line of the written hands on the styles: 1 if
        all arrives, 0 if nothing does.
        """
        x, y = self._centred()
        return (x * y).sum(axis=0) / (x * x).sum(axis=0)

    def correlation(self) -> np.ndarray:
        """[4] of the written hands with the styles."""
        x, y = self._centred()
        return (x * y).sum(axis=0) / np.sqrt((x * x).sum(axis=0) * (y * y).sum(axis=0))

    def recognised(self) -> float:
        """Share of the lines whose nearest style is their own, each column to scale.

        What all lines have in common with each other and not with the styles, because
        they spell other texts, is taken out first.
        """
        shift = np.nanmean(self.written, axis=(0, 1)) - self.own.mean(axis=0)
        gaps = self.written[:, :, None] - shift - self.own[None, None]  # [N, T, N, 4]
        gaps /= self.own.std(axis=0)
        distance = (gaps**2).sum(axis=-1)
        ended = np.isfinite(distance[:, :, 0])
        nearest = np.where(ended[..., None], distance, 0.0).argmin(axis=-1)
        right = nearest == np.arange(len(self.own))[:, None]
        return float(right[ended].mean())

    def _centred(self) -> tuple[np.ndarray, np.ndarray]:
        """Styles and the means of their lines, around the mean of all; [N', 4] each."""
        some = np.isfinite(self.written[:, :, 0]).any(axis=1)
        own, mean = self.own[some], np.nanmean(self.written[some], axis=1)
        return own - own.mean(axis=0), mean - mean.mean(axis=0)


def report(
    writer: Writer,
    data_dir: str | None,
    num_hands: int,
    num_texts: int,
    bias: float,
    progress: Callable[[str, float], None] = lambda name, share: None,
) -> str:
    """Markdown tables: each shipped style, and all that was measured.

    Args:
      writer: of the model.
      data_dir: a prepared corpus whose validation lines are hands too, or None.
      num_hands: how many of them.
      num_texts: lines written in each hand, at most len(TEXTS).
      bias: see `Writer.write`.
      progress: called with what is being written and how much of it is, 0 to 1.

    Raises:
      InputError: a number is out of its range, or the corpus cannot be read.
    """
    if not 1 <= num_texts <= len(TEXTS):
        raise InputError(f"num_texts={num_texts}: must be from 1 to {len(TEXTS)}")
    if num_hands < 3:
        raise InputError(f"num_hands={num_hands}: must be 3 or more")
    pairs = []
    if data_dir is not None:
        rate = load_description(data_dir).points_per_second or 66.7
        pairs = _pairs(load_lines(data_dir, ["validation"]), num_hands)
        if len(pairs) < 3:
            raise InputError(
                f"{data_dir} has too few writers with two lines of fit length"
            )
    names = writer.style_names()
    own = [styles.find_style(name, writer.model) for name in names]
    write = functools.partial(
        written_in, writer, num_texts=num_texts, bias=bias, progress=progress
    )
    shipped = write("shipped styles", own, own)
    transfers = [shipped]
    if data_dir is not None:
        transfers += strangers(writer.model, pairs, rate, write)
    return "\n".join([_by_hand(names, shipped), _summary(transfers)])


def strangers(
    model: StrokeModel,
    pairs: Sequence[tuple[Line, Line]],
    rate: float,
    write: Callable[..., Transfer],
) -> list[Transfer]:
    """Lines of a corpus as hands: with and without their times, and what to expect.

    Args:
      model: that writes.
      pairs: lines that serve as styles, each with another of its writer.
      rate: points per second of the tablet.
      write: `written_in`, but for its name, given and references.
    """
    own = [_cleaned(first, model) for first, _ in pairs]
    next_lines = [_columns([_cleaned(second, model)]) for _, second in pairs]
    expected = Transfer(
        "another line of the same writer", _columns(own), np.array(next_lines)
    )

    def with_times(line: Line) -> styles.Style:
        drawn = drawn_with_times(line, rate)
        return styles_from_strokes.to_style(drawn, line.text, model)

    def without_times(line: Line) -> styles.Style:
        drawn = split_at_pen_lifts(line.strokes)
        return styles_from_strokes.to_style(drawn, line.text, model)

    found = [expected]
    kinds: list[tuple[str, Callable[[Line], styles.Style | None]]] = [
        ("strangers' lines with times", with_times),
        ("the same without times", without_times),
        ("no style", lambda line: None),
    ]
    for name, make in kinds:
        given, references, refused = [], [], 0
        for (line, _), reference in zip(pairs, own, strict=True):
            try:
                given.append(make(line))
                references.append(reference)
            except InputError:
                refused += 1
        if len(given) < 3:
            raise InputError(f"{refused} of {len(pairs)} lines can be no style")
        transfer = write(name, given, references)
        found.append(dataclasses.replace(transfer, refused=refused))
    return found


def written_in(
    writer: Writer,
    name: str,
    given: Sequence[styles.Style | None],
    references: Sequence[styles.Style],
    num_texts: int,
    bias: float,
    progress: Callable[[str, float], None],
) -> Transfer:
    """Writes the TEXTS in each style and measures them.

    Args:
      writer: of the model.
      name: of the result.
      given: the styles that are primed with; None for none.
      references: what their lines are held against.
      num_texts, bias, progress: as in `report`.

    Raises:
      WorkFailed: no line came to its end.
    """
    written = []
    for number, style in enumerate(given):
        lines = writer.write(TEXTS[:num_texts], style=style, bias=bias, seed=number)
        rows = np.full([num_texts, len(hand_measures.NAMES)], np.nan)
        for row, line in zip(rows, lines, strict=True):
            if line.finished:
                row[:] = _columns([styles.Style(line.text, line.strokes)])[0]
        written.append(rows)
        progress(name, len(written) / len(given))
    if not np.isfinite(written).any():
        raise WorkFailed(f"{name}: no line came to its end")
    return Transfer(name, _columns(references), np.array(written))


def _columns(lines: Sequence[styles.Style]) -> np.ndarray:
    """[N, 4] slant, and the logarithms of height, width and speed."""
    return hand_measures.in_columns(
        [hand_measures.measure_hand(line.strokes, line.text) for line in lines]
    )


def _cleaned(line: Line, model) -> styles.Style:
    return styles.Style(line.text, model.clean(line.strokes))


def _pairs(lines: Sequence[Line], num_hands: int) -> list[tuple[Line, Line]]:
    """Two lines of each of `num_hands` writers, spread over all.

    Of two of his forms if he wrote more than one.
    """
    pairs = []
    for of_writer in by_writer(lines).values():
        found = [line for line in of_writer if is_usual(line, STYLE_CHARACTERS)]
        if len(found) > 1:
            pairs.append((found[0], found[-1]))
    chosen = np.linspace(0, len(pairs) - 1, min(num_hands, len(pairs))).round()
    return [pairs[int(i)] for i in chosen]


def _by_hand(names: Sequence[str], transfer: Transfer) -> str:
    rows = ["| style | " + " | ".join(hand_measures.NAMES) + " | lines ended |"]
    rows.append("|" + "---|" * (len(hand_measures.NAMES) + 2))
    for name, own, written in zip(names, transfer.own, transfer.written, strict=True):
        ended = np.isfinite(written[:, 0])
        cells = ["–"] * len(own)
        if ended.any():
            mean = written[ended].mean(axis=0)
            cells = [f"{own[0]:.2f} → {mean[0]:.2f}"]
            for before, after in zip(np.exp(own[1:]), np.exp(mean[1:]), strict=True):
                cells.append(f"{_two_digits(before)} → {_two_digits(after)}")
        rows.append(f"| {name} | {' | '.join(cells)} | {ended.sum()} of {len(ended)} |")
    return "\n".join(rows) + "\n"


def _summary(transfers: Sequence[Transfer]) -> str:
    rows = ["| hands | number | " + " | ".join(hand_measures.NAMES)
            + " | recognised | by chance | refused |"]  # fmt: skip
    rows.append("|" + "---|" * (len(hand_measures.NAMES) + 5))
    for transfer in transfers:
        pairs = zip(transfer.share(), transfer.correlation(), strict=True)
        cells = " | ".join(f"{share:.2f} ({r:.2f})" for share, r in pairs)
        number = len(transfer.own)
        rows.append(
            f"| {transfer.name} | {number} | {cells} | "
            f"{100 * transfer.recognised():.0f} % | {100 / number:.0f} % | "
            f"{transfer.refused} |"
        )
    return "\n".join(rows) + "\n"


def _two_digits(value: float) -> str:
    """12, 0.085 or 430: never 4.3e+02."""
    return f"{float(f'{value:.2g}'):g}"
