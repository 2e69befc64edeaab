"""Measures recognizers on held-out words."""

import numpy as np

from scrabblegan.evaluation import figures
from scrabblegan.models.recognizer import DECODERS, Recognizer
from scrabblegan.words import prepared
from scribe.foundation.errors import InputError


def measure(
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
      what `report` prints, as numbers.
    """
    words = prepared.load(data_dir, "validation")
    alphabets = [recognizer.alphabet for recognizer in recognizers.values()]
    known = [
        i
        for i, text in enumerate(words.texts)
        if not any(alphabet.unknown(text) for alphabet in alphabets)
    ]
    if not known:
        raise InputError(f"{data_dir} has no held-out words of known characters")
    chosen = np.random.default_rng(seed).permutation(known)[:num_samples]
    images = [words.images[i] for i in chosen]
    texts = [words.texts[i] for i in chosen]
    rows = {}
    for name, recognizer in recognizers.items():
        for decoder in DECODERS:
            row, _ = figures.figures(texts, recognizer.read(images, decoder))
            row["parameters"] = recognizer.num_parameters
            rows[f"{name}, {decoder}"] = row
    return {
        "corpus": prepared.description(data_dir).get("name", data_dir),
        "num_words": len(texts),
        "num_left_out": len(words) - len(known),
        "rows": rows,
    }


def report(result: dict) -> str:
    """The figures as a Markdown table with what they mean."""
    lines = [
        f"{result['num_words']:,} held-out words; {result['corpus']}; "
        f"{result['num_left_out']:,} with other characters left out.",
        "",
        f"| | CER | WER | {' | '.join(figures.LENGTH_COLUMNS)} | read worst |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in result["rows"].items():
        worst = " ".join(f"{c} {s:.0%}" for c, s in row["worst_characters"].items())
        cells = [name, *(figures.share(row, rate) for rate in ("cer", "wer"))]
        cells += figures.lengths(row)
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
