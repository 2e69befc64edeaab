"""Whether what a network writes can be read: it writes, readers read it back.

Every figure is defined in docs/measure/EVALUATION.md. The reader that measures is not
the one that `write_best` chooses with.
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from scribe.evaluation.character_classes import by_class, by_kind, looks_like
from scribe.evaluation.sample_texts import Sample
from scribe.evaluation.shares import interval_of_share
from scribe.foundation import intervals
from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.reading import error_rates, tesseract
from scribe.strokes import hand_measures
from scribe.strokes.hand_measures import HandMeasures
from scribe.writing import Writer, WrittenLine, limits, write_best

MEASURING = "reader"
# At most so many characters may be read after the text of a completed line.
MAX_SURPLUS = 1
# What makes the comparison with real lines valid.
MAX_REAL_CER = 0.10
MIN_SPREAD = 0.70
SPREADS = ("slant", "height", "speed")

Read = Callable[[Sequence[np.ndarray]], list[str]]
# What may look on: title, lines and their figures.
Watch = Callable[[str, Sequence[WrittenLine], dict], None]


def readers(name: str | None = None, outside: bool = True) -> dict[str, Read]:
    """Who reads: the measuring reader first, then tesseract if it is there.

    Args:
      name: a run folder or a shipped reader; None for the one that measures.
      outside: whether to ask tesseract.
    """
    from scribe.reading import reader

    found: dict[str, Read] = {MEASURING: reader.load_reader(name).read}
    program = tesseract.installed_version() if outside else None
    if program:
        found[program] = tesseract.read_lines
    return found


@dataclasses.dataclass(frozen=True, eq=False)
class _Judges:
    """What written lines are judged by.

    Attributes:
      sample: the texts.
      readers: by name; the first one decides which lines are complete.
      real: errors of each reader on the real lines; None without real lines.
      real_hands: measures of the real lines; None without real lines.
      progress: called with what begins now.
    """

    sample: Sample
    readers: dict[str, Read]
    real: dict[str, error_rates.ReadingErrors] | None
    real_hands: list[HandMeasures] | None
    progress: Callable[[str], None]

    def judge(self, lines: Sequence[WrittenLine]) -> dict:
        """Figures of one line for each text."""
        texts = self.sample.texts
        readings = {}
        for name, read in self.readers.items():
            self.progress(f"{name} reads {len(lines)} lines")
            readings[name] = read_back(read, [line.strokes for line in lines])
        errors = {
            name: error_rates.count_errors(texts, r) for name, r in readings.items()
        }
        hands = _hands([line.strokes for line in lines], texts)
        first = next(iter(self.readers))
        surplus = map(error_rates.surplus_characters, texts, readings[first])
        completed = np.array(
            [
                line.finished and extra <= MAX_SURPLUS
                for line, extra in zip(lines, surplus, strict=True)
            ]
        )
        figures = {
            "completed": float(completed.mean()),
            "completed_interval": interval_of_share(completed),
            "finished": float(np.mean([line.finished for line in lines])),
            "readers": {name: e.rates() for name, e in errors.items()},
            "spread": _spread(hands),
            "classes": by_class(errors[first].by_character),
            "characters": {
                character: {"occurs": occurs, "misread": misread}
                for character, (occurs, misread) in errors[first].by_character.items()
            },
            "lines": [
                {
                    "text": text,
                    "completed": bool(completed[i]),
                    "errors": int(errors[first].character_errors[i]),
                    "readings": {name: r[i] for name, r in readings.items()},
                }
                for i, text in enumerate(texts)
            ],
        }
        if self.sample.kinds is not None:
            counts = errors[first].character_errors, errors[first].characters
            pairs = zip(texts, readings[first], strict=True)
            alike = np.array([looks_like(text, reading) for text, reading in pairs])
            figures["kinds"] = by_kind(self.sample.kinds, *counts, alike)
        if self.real is not None:
            for name, rates in figures["readers"].items():
                rates |= error_rates.compare_errors(errors[name], self.real[name])
            figures |= _spread_shares(hands, self.real_hands)
        return figures


def evaluate(
    model: StrokeModel,
    readers: dict[str, Read],
    sample: Sample,
    biases: Sequence[float],
    seed: int,
    num_candidates: int = 0,
    progress: Callable[[str], None] = lambda message: None,
    watch: Watch = lambda title, lines, figures: None,
) -> dict:
    """Writes the texts at each bias, has them read, and compares with real lines.

    Args:
      model: a network that reads text.
      readers: by name; the first one decides which lines are complete.
      sample: the texts.
      biases: e.g. [0.0, 1.0].
      seed: of the hands, one for each text.
      num_candidates: among how many lines `write_best` chooses in a further pass; 0
        for none.
      progress: called with what begins now, in a few words.
      watch: called with the lines of each pass and their figures.

    Returns:
      what `python -m scribe.evaluate --legibility --json` writes.

    Raises:
      InputError: the network does not read text, or a number is out of its range.
    """
    for bias in biases:
        limits.check_bias(bias)
    if num_candidates < 0:
        raise InputError(f"{num_candidates} candidates: must be 0 (none) or more")
    writer = Writer(model)
    real = real_hands = None
    if sample.real is not None:
        real = {}
        for name, read in readers.items():
            progress(f"{name} reads {len(sample.real)} real lines")
            real[name] = error_rates.count_errors(
                sample.texts, read_back(read, sample.real)
            )
        real_hands = _hands([model.clean(s) for s in sample.real], sample.texts)
    judges = _Judges(sample, readers, real, real_hands, progress)
    found = {
        "model": model.folder.name,
        "texts": len(sample.texts),
        "source": sample.source,
        "left_out": sample.left_out,
        "characters": sum(map(len, sample.texts)),
        "seed": seed,
        "real": real and {name: errors.rates() for name, errors in real.items()},
        "real_spread": None if real_hands is None else _spread(real_hands),
        "biases": {},
    }
    for bias in biases:
        progress(f"{model.folder.name} writes at bias {bias:g}")
        single, figures = _single_try(writer, judges, bias, seed)
        watch(f"bias {bias:g}", single, figures)
        if num_candidates:
            progress(f"and {num_candidates} lines for each text")
            lines = write_best(
                writer, sample.texts, num_candidates, bias=bias, seed=seed
            )
            figures["best_of"] = {"candidates": num_candidates, **judges.judge(lines)}
            title = f"bias {bias:g}, the best of {num_candidates}"
            watch(title, lines, figures["best_of"])
        found["biases"][f"{bias:g}"] = figures
    found["verdict"] = verdict(found, next(iter(readers)))
    return found


def _single_try(writer, judges: _Judges, bias: float, seed: int):
    """The first attempts, their figures, and how many more it takes."""
    texts = judges.sample.texts
    single = writer.write(texts, bias=bias, seed=seed, max_attempts=1)
    tried = single
    if not all(line.finished for line in single):
        tried = writer.write(texts, bias=bias, seed=seed)
    return single, {
        "finished_in_4": float(np.mean([line.finished for line in tried])),
        "mean_attempts": float(np.mean([line.attempts for line in tried])),
        **judges.judge(single),
    }


def read_back(read: Read, lines: Sequence[np.ndarray]) -> list[str]:
    """What is read in each line; nothing in what is a single point."""
    drawn = [i for i, strokes in enumerate(lines) if len(strokes) > 1]
    readings = [""] * len(lines)
    for i, reading in zip(drawn, read([lines[i] for i in drawn]), strict=True):
        readings[i] = reading
    return readings


def _hands(lines, texts: Sequence[str]) -> list[HandMeasures]:
    """The lines that can be measured, measured."""
    measured = []
    for strokes, text in zip(lines, texts, strict=True):
        try:
            measured.append(hand_measures.measure_hand(strokes, text))
        except InputError:  # dots alone: a line that ended at once
            continue
    return measured


def _spread(hands: list[HandMeasures]) -> dict[str, float]:
    """None of any measure where there are no two lines, as of a network just begun."""
    return hand_measures.spread(hands) if len(hands) > 1 else {}


def _spread_shares(written: list[HandMeasures], real: list[HandMeasures]) -> dict:
    """The spread of written lines as a share of that of real ones, with intervals."""
    num_lines = min(len(written), len(real))
    if num_lines < 2:
        return {"spread_share": {}, "spread_share_interval": {}}
    columns = [hand_measures.in_columns(hands[:num_lines]) for hands in (written, real)]
    found: dict = {"spread_share": {}, "spread_share_interval": {}}
    for name, *values in zip(hand_measures.NAMES, *(c.T for c in columns), strict=True):
        if hand_measures.deviation(values[1]) == 0.0:
            continue
        found["spread_share"][name] = _ratio_of_deviations(*values)
        found["spread_share_interval"][name] = intervals.bootstrap(
            _ratio_of_deviations, *values
        )
    return found


def _ratio_of_deviations(written: np.ndarray, real: np.ndarray) -> float:
    # A draw in which all real hands are the same has no ratio.
    return hand_measures.deviation(written) / max(hand_measures.deviation(real), 1e-12)


def verdict(found: dict, reader: str) -> dict:
    """Whether the comparison with real lines may be quoted.

    It may if the reader can read real lines, and if the network writes about as
    variedly as people do when nothing holds it back: a network that writes one neat
    hand would be read well without having learnt to write.

    Returns:
      "valid": True, False, or None if it cannot be said; "reasons": sentences.
    """
    if found["real"] is None:
        return {
            "valid": None,
            "reasons": ["without real lines there is nothing to compare with"],
        }
    reasons = []
    cer = found["real"][reader]["cer"]
    if cer > MAX_REAL_CER:
        reasons.append(
            f"the reader misreads {cer:.1%} of the characters of real lines, more than "
            f"{MAX_REAL_CER:.0%}"
        )
    if "0" not in found["biases"]:
        reasons.append("nothing was written at bias 0, which would show the spread")
        return {"valid": None, "reasons": reasons}
    for name in SPREADS:
        share = found["biases"]["0"]["spread_share"].get(name, 0.0)
        if share < MIN_SPREAD:
            reasons.append(
                f"the spread of {name} at bias 0 is {share:.0%} of that of real lines, "
                f"less than {MIN_SPREAD:.0%}"
            )
    return {"valid": not reasons, "reasons": reasons}
