"""Whether words can still be read after a SketchRNN drew them again.

The reader that measures reads the words as recorded and as drawn
(scribe.evaluation.legibility).
"""

from collections.abc import Sequence

import numpy as np

from scribe.corpora.prepared import Line
from scribe.evaluation import legibility
from scribe.foundation.errors import InputError
from scribe.models.stroke_model import StrokeModel
from scribe.reading import error_rates
from scribe.writing.sketcher import Sketcher

TEMPERATURES = (0.1, 0.4)


def redrawn(
    model: StrokeModel, words: Sequence[tuple[Line, np.ndarray]], options
) -> dict:
    """How well words can be read after they were encoded and drawn again.

    Args:
      model: of kind sketch_rnn.
      words: as recorded, and as the network sees them.
      options: of scribe.evaluate.
    """
    if not model.sizes["latent_dim"]:
        raise InputError(f"{model.folder} is a decoder alone: it draws nothing again")
    if options.num_texts < 1:
        raise InputError(f"num_texts={options.num_texts}: must be 1 or more")
    sketcher = Sketcher(model)
    order = np.random.default_rng(options.seed).permutation(len(words))
    kept = [words[i] for i in order[: options.num_texts]]
    texts = [line.text for line, _ in kept]
    readers = legibility.readers(options.reader, options.tesseract == "auto")

    def read(drawings: Sequence[np.ndarray]) -> dict:
        return {
            name: error_rates.count_errors(
                texts, legibility.read_back(reader, drawings)
            )
            for name, reader in readers.items()
        }

    real = read([line.strokes for line, _ in kept])
    z, _ = sketcher.encode_cleaned([drawing for _, drawing in kept])
    found = {
        "texts": len(kept),
        "characters": sum(len(text) for text in texts),
        "seed": options.seed,
        "real": {name: errors.rates() for name, errors in real.items()},
        "temperatures": {},
    }
    for temperature in options.temperature or TEMPERATURES:
        drawn = sketcher.decode(z, temperature, options.seed)
        errors = read([line.strokes for line in drawn])
        found["temperatures"][f"{temperature:g}"] = {
            "finished": float(np.mean([line.finished for line in drawn])),
            "readers": {
                name: errors[name].rates()
                | error_rates.compare_errors(errors[name], real[name])
                for name in readers
            },
        }
    return found


def redrawn_text(found: dict) -> str:
    """The dictionary of `redrawn` for a terminal."""
    lines = [
        f"{found['model']} drew {found['texts']} words ({found['characters']:,} "
        f"characters) of the split {found['split']} of {found['corpus']} again, seed "
        f"{found['seed']}",
        "",
        "the words as recorded",
        *(_rates(name, rates) for name, rates in found["real"].items()),
    ]
    for temperature, figures in found["temperatures"].items():
        lines += [
            f"drawn again at temperature {temperature}, {figures['finished']:.1%} came "
            "to their end",
            *(_rates(name, rates) for name, rates in figures["readers"].items()),
        ]
    return "\n".join(lines)


def _rates(name: str, rates: dict) -> str:
    row = f"  {name:16}"
    for unit in ("cer", "wer"):
        low, high = rates[f"{unit}_interval"]
        row += f"{unit.upper()} {rates[unit]:.1%} ({low:.1%} to {high:.1%})   "
    return row.rstrip()
