"""What scribe.evaluate measures of a network that writes: log loss or legibility."""

import itertools
from pathlib import Path

from scribe.corpora.prepared import load_lines
from scribe.evaluation import (
    contact_sheet,
    hand_evaluation,
    legibility,
    likelihood_units,
)
from scribe.evaluation.sample_texts import sample_texts
from scribe.foundation.errors import InputError
from scribe.foundation.progress import Bar
from scribe.models.stroke_model import StrokeModel, data_dir_of_training
from scribe.writing import Writer

_COLUMNS = (
    ("nats per step", "nats_per_step", "{:.4f}"),
    ("per line", "nats_per_line", "{:.1f}"),
    (f"per {likelihood_units.BATCH} lines", "nats_per_batch", "{:.0f}"),
    ("x 700", "nats_per_700_steps", "{:.1f}"),
    ("squared error", "squared_error", "{:.3f}"),
    ("pen state right", "pen_accuracy", "{:.2%}"),
)
_WORST_TEXTS = 8
_WORST_CHARACTERS = 16
# A character that occurs less often says little.
_OFTEN = 4


def evaluate(model: StrokeModel, options) -> tuple[dict, str]:
    """The figures that the options of scribe.evaluate ask for, and their table."""
    if options.legibility:
        found = _legibility(model, options)
        return found, legibility_text(found)
    if options.hands:
        found = _hands(model, options)
        return found, hand_evaluation.table(found)
    found = _loss(model, options)
    return found, loss_text(found)


def _loss(model: StrokeModel, options) -> dict:
    """Log loss, squared error and pen states foreseen, of recorded lines."""
    data_dir = options.data_dir or data_dir_of_training(model.folder)
    lines = load_lines(data_dir, [options.split])
    if not lines:
        raise InputError(f"{data_dir} has no lines in the split {options.split!r}")
    obstacle = likelihood_units.obstacle(model.cleaning)
    units = {} if obstacle else likelihood_units.corpus_units(data_dir)

    from scribe.evaluation import log_loss
    from scribe.foundation import devices

    devices.select("auto")
    with Bar("measuring", None, "points", options.quiet) as bar:
        predictions = log_loss.predict(model, lines, bar)
    return {
        "model": model.folder.name,
        "corpus": Path(data_dir).name,
        "split": options.split,
        "lines": len(lines),
        "points": int(predictions.points.sum()),
        "points_with_the_pen_down": int(predictions.pens_down.sum()),
        "lines_with_other_characters": predictions.adapted,
        "own_unit": predictions.figures(),
        **{f"unit_{n}": predictions.figures(u) for n, u in units.items()},
        "units": {n: unit.tolist() for n, unit in units.items()},
        "units_not_defined": obstacle,
    }


def _legibility(model: StrokeModel, options) -> dict:
    """How well what the network writes can be read."""
    if not model.reads_text:
        raise InputError(f"{model.folder} is a model without text: nothing to read")
    sample = sample_texts(
        model.alphabet,
        options.num_texts,
        options.data_dir,
        options.split,
        options.seed,
        options.texts == "strings",
    )
    readers = legibility.readers(options.reader, options.tesseract == "auto")
    biases = options.bias or [0.0, 1.0]
    steps = itertools.count(1)
    weakest = contact_sheet.WeakestLines()
    with Bar("legibility", None, "steps", options.quiet) as bar:
        found = legibility.evaluate(
            model,
            readers,
            sample,
            biases,
            options.seed,
            options.best_of,
            progress=lambda message: bar(next(steps), message),
            watch=weakest.watch if options.sheet else lambda *lines: None,
        )
    if options.sheet:
        weakest.save(options.sheet)
    return found


def _hands(model: StrokeModel, options) -> dict:
    """How many lines in strangers' hands are nearest to their writers."""
    if len(options.bias or [1.0]) > 1:
        raise InputError("--hands takes one --bias")
    with Bar("hands", quiet=options.quiet) as bar:
        return hand_evaluation.evaluate(
            Writer(model),
            options.data_dir or data_dir_of_training(model.folder),
            options.split,
            options.num_hands,
            options.num_texts,
            (options.bias or [1.0])[0],
            options.seed,
            lambda name, share: bar(share, name),
            options.learn,
        )


def loss_text(found: dict) -> str:
    """The dictionary of `scribe.evaluate` without --legibility, as a small table."""
    lines = [
        f"{found['model']} on {found['lines']:,} lines, {found['points']:,} points, of "
        f"the split {found['split']} of {found['corpus']}",
        "",
        f"{'':10}" + "".join(f"{title:>17}" for title, _, _ in _COLUMNS),
    ]
    rows = [("own unit", "own_unit")]
    rows += [(f"Unit {name}", f"unit_{name}") for name in found["units"]]
    for title, key in rows:
        figures = found[key]
        cells = (
            form.format(figures[name]) if name in figures else ""
            for _, name, form in _COLUMNS
        )
        lines.append(f"{title:10}" + "".join(f"{cell:>17}" for cell in cells))
    low, high = found["own_unit"]["nats_per_step_interval"]
    share = found["points_with_the_pen_down"] / found["points"]
    lines += [
        "",
        f"95 % interval over lines: +-{(high - low) / 2:.4f} nats per step",
        f"the pen stays down after {share:.2%} of the points: what always saying so "
        "gets right",
    ]
    for name, unit in found["units"].items():
        lines.append(f"Unit {name} is {unit[0]:.3f} x {unit[1]:.3f} tablet units")
    if found["units_not_defined"]:
        lines.append(f"Units A and B: {found['units_not_defined']}")
    if found["lines_with_other_characters"]:
        lines.append(
            f"{found['lines_with_other_characters']} texts have characters that the "
            "model lacks: replaced by look-alikes, or left out"
        )
    return "\n".join(lines)


def legibility_text(found: dict) -> str:
    """The dictionary of `scribe.evaluation.legibility.evaluate` as tables."""
    lines = [
        f"{found['model']} wrote {found['texts']} texts ({found['characters']:,} "
        f"characters) of {found['source']}, seed {found['seed']}"
    ]
    if found["left_out"]:
        lines.append(
            f"{found['left_out']} texts left out: too long for a line, or with "
            "characters that the model lacks"
        )
    if found["real"] is not None:
        lines += ["", "real lines of the same texts"]
        lines += [
            f"  {name:16}{_rates(rates)}" for name, rates in found["real"].items()
        ]
        lines.append(f"  spread: {_spreads(found['real_spread'])}")
    for bias, figures in found["biases"].items():
        lines += ["", *_of_bias(bias, figures)]
    judged = found["verdict"]
    words = {True: "valid", False: "NOT valid", None: "not made"}[judged["valid"]]
    lines += ["", f"The comparison with real lines is {words}."]
    lines += [f"  {reason}" for reason in judged["reasons"]]
    return "\n".join(lines)


def _of_bias(bias: str, figures: dict) -> list[str]:
    lines = [
        f"bias {bias}",
        f"  completed at a single try {_share(figures, 'completed')}",
        f"  ended by itself, nothing left out {figures['finished']:.1%}; in up to 4 "
        f"tries {figures['finished_in_4']:.1%}, {figures['mean_attempts']:.2f} tries a "
        "text",
        *_readings(figures),
        *_parts(figures),
    ]
    rare = sorted(
        (
            (counts["misread"] / counts["occurs"], character, counts)
            for character, counts in figures["characters"].items()
            if counts["occurs"] >= _OFTEN and counts["misread"]
        ),
        key=lambda item: (-item[0], item[1]),
    )
    lines.append(
        "  misread most: "
        + ", ".join(
            f"{character} {counts['misread']}/{counts['occurs']}"
            for _, character, counts in rare[:_WORST_CHARACTERS]
        )
    )
    worst = sorted(
        (line for line in figures["lines"] if line["errors"]),
        key=lambda line: -line["errors"] / len(line["text"]),
    )
    for line in worst[:_WORST_TEXTS]:
        reading = next(iter(line["readings"].values()))
        lines += [f"    {line['text']}", f"      read as: {reading}"]
    if "best_of" in figures:
        best = figures["best_of"]
        lines += [
            f"bias {bias}, the best of {best['candidates']}",
            f"  completed {_share(best, 'completed')}",
            *_readings(best),
            *_parts(best),
        ]
    return lines


def _parts(figures: dict) -> list[str]:
    """Errors by class of character and, of the list of strings, by kind."""
    classes = ", ".join(
        f"{name} {part['rate']:.1%} of {part['occurs']}"
        for name, part in figures["classes"].items()
    )
    lines = [f"  misread: {classes}"]
    for kind, part in figures.get("kinds", {}).items():
        lines.append(
            f"    {kind:12} {part['strings']:4} strings, read without a mistake "
            f"{_share(part, 'right')}, but for look-alikes {part['alike']:.1%}, "
            f"CER {part['cer']:.1%}"
        )
    return lines


def _readings(figures: dict) -> list[str]:
    """Error rates by reader, and the spread of the hands."""
    lines = []
    for name, rates in figures["readers"].items():
        lines.append(f"  {name:16}{_rates(rates)}")
        if "cer_difference" in rates:
            lines += [
                f"    {unit.upper()} - real {_signed(rates, f'{unit}_difference')}"
                f"   / real {_ratio(rates, f'{unit}_ratio')}"
                for unit in ("cer", "wer")
            ]
    lines.append(f"  spread: {_spreads(figures['spread'])}")
    if "spread_share" in figures:
        shares = (
            "{} {:.0%} ({:.0%} to {:.0%})".format(
                name, share, *figures["spread_share_interval"][name]
            )
            for name, share in figures["spread_share"].items()
        )
        lines.append(f"  of that of real lines: {', '.join(shares)}")
    return lines


def _share(figures: dict, name: str) -> str:
    low, high = figures[f"{name}_interval"]
    return f"{figures[name]:.1%} ({low:.1%} to {high:.1%})"


def _rates(rates: dict) -> str:
    return f"CER {_share(rates, 'cer')}   WER {_share(rates, 'wer')}"


def _signed(rates: dict, name: str) -> str:
    low, high = rates[f"{name}_interval"]
    return f"{rates[name]:+.1%} ({low:+.1%} to {high:+.1%})"


def _ratio(rates: dict, name: str) -> str:
    if rates[name] is None:
        return "-"
    low, high = rates[f"{name}_interval"]
    return f"{rates[name]:.2f} ({low:.2f} to {high:.2f})"


def _spreads(spread: dict) -> str:
    found = (f"{name} {value:.3f}" for name, value in spread.items())
    return ", ".join(found) or "not defined, too few lines"
