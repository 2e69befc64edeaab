"""What scribe.evaluate measures of a network that writes: log loss or legibility."""

import itertools
from pathlib import Path

from scribe.corpora.prepared import load_lines
from scribe.evaluation import legibility, likelihood_units, report
from scribe.foundation.errors import InputError
from scribe.foundation.progress import Bar
from scribe.models.stroke_model import StrokeModel, data_dir_of_training


def evaluate(model: StrokeModel, options) -> tuple[dict, str]:
    """The figures that the options of scribe.evaluate ask for, and their table."""
    if options.legibility:
        found = _legibility(model, options)
        return found, report.of_legibility(found)
    found = _loss(model, options)
    return found, report.of_loss(found)


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
    sample = legibility.texts(
        model.alphabet,
        options.num_texts,
        options.data_dir,
        options.split,
        options.seed,
    )
    readers = legibility.readers(options.reader, options.tesseract == "auto")
    biases = options.bias or [0.0, 1.0]
    steps = itertools.count(1)
    with Bar("legibility", None, "steps", options.quiet) as bar:
        return legibility.evaluate(
            model,
            readers,
            sample,
            biases,
            options.seed,
            options.best_of,
            progress=lambda message: bar(next(steps), message),
        )
