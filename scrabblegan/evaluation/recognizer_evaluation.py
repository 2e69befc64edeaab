"""Measures recognizers on held-out words."""

import numpy as np

from scrabblegan.evaluation.reading_figures import (
    LENGTH_COLUMNS,
    length_cells,
    rate_cell,
    reading_figures,
)
from scrabblegan.models.recognizer import DECODERS, Recognizer
from scrabblegan.words import load_facts, load_words
from scribe.foundation.errors import InputError


def measure_recognizers(
    recognizers: dict[str, Recognizer],
    judge: None,
    data_dir: str,
    num_samples: int,
    seed: int,
) -> dict:
    """Error rates on the split validation, of words that all alphabets can spell.

    Args:
      recognizers: by name.
      judge: none; the texts judge.
      data_dir: prepared words.
      num_samples: words at most.
      seed: of their choice.

    Returns:
      what `recognizers_report` prints, as numbers.
    """
    words = load_words(data_dir, "validation")
    known = words.spelt_by(recognizer.alphabet for recognizer in recognizers.values())
    if not len(known):
        raise InputError(f"{data_dir} has no held-out words of known characters")
    order = np.random.default_rng(seed).permutation(len(known))
    chosen = known.chosen(order[:num_samples])
    rows = {}
    for name, recognizer in recognizers.items():
        for decoder in DECODERS:
            readings = recognizer.read(chosen.images, decoder)
            row, _ = reading_figures(chosen.texts, readings)
            row["parameters"] = recognizer.num_parameters
            rows[f"{name}, {decoder}"] = row
    return {
        "corpus": load_facts(data_dir).get("name", data_dir),
        "num_words": len(chosen),
        "num_left_out": len(words) - len(known),
        "rows": rows,
    }


def recognizers_report(result: dict) -> str:
    """The figures as a Markdown table with what they mean."""
    lines = [
        f"{result['num_words']:,} held-out words; {result['corpus']}; "
        f"{result['num_left_out']:,} with other characters left out.",
        "",
        f"| | CER | WER | {' | '.join(LENGTH_COLUMNS)} | read worst |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in result["rows"].items():
        worst = " ".join(f"{c} {s:.0%}" for c, s in row["worst_characters"].items())
        cells = [name, *(rate_cell(row, rate) for rate in ("cer", "wer"))]
        cells += length_cells(row)
        lines.append(f"| {' | '.join([*cells, worst])} |")
    return "\n".join(
        [
            *lines,
            "",
            "CER, WER: characters and words read wrongly, capitals counted, without a "
            "dictionary; in brackets 95 % intervals over words. Then the WER of "
            "words by their length. Read worst: characters missed most often.",
        ]
    )
