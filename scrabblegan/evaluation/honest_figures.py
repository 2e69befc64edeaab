"""What any source of word images is measured by, beside how well it is read.

Counts of what the eye sees (`eye_measures`), a fresh classifier (`real_or_not`) and
hands told apart (`told_hands`), for one row of a table.
"""

import collections
from collections.abc import Sequence

import numpy as np

from scrabblegan.evaluation.eye_measures import eye_figures
from scrabblegan.evaluation.real_or_not import SEEDS, fresh_auc
from scrabblegan.evaluation.told_hands import NUM_HANDS, num_told_apart
from scrabblegan.images import pictures
from scrabblegan.words import Words

_WORDS_PER_HALF = 8


def honest_figures(
    real: Sequence[np.ndarray],
    images: Sequence[np.ndarray],
    texts: Sequence[str],
    has_baseline: bool,
) -> dict:
    """Of images of words, against real ones that none of them was made from."""
    auc = fresh_auc(real, images)
    return {
        **eye_figures(images, texts, has_baseline),
        "auc": None if auc is None else float(np.mean(auc)),
        "auc_by_seed": auc,
    }


def hands_of_writer(writer, texts: Sequence[str], seed: int) -> int | None:
    """How many of sixteen hands of a writer are told apart; None for too few texts."""
    words = list(dict.fromkeys(texts))
    if len(words) < 2 * _WORDS_PER_HALF:
        return None
    random = np.random.default_rng([seed, NUM_HANDS])
    chosen = random.permutation(len(words))[: 2 * _WORDS_PER_HALF]
    halves = np.array_split([words[i] for i in chosen], 2)
    first, second = (
        [writer.write(" ".join(half), seed + hand) for hand in range(NUM_HANDS)]
        for half in halves
    )
    return num_told_apart(first, second)


def hands_of_words(words: Words) -> int | None:
    """The same of real words; their names say which page or writer they are of.

    None without sixteen pages of enough words.
    """
    pages = collections.defaultdict(list)
    for image, name in zip(words.images, words.names, strict=True):
        pages[name.rpartition("/")[0]].append(image)
    large = [own for own in pages.values() if len(own) >= 2 * _WORDS_PER_HALF]
    if len(large) < NUM_HANDS:
        return None
    spread = np.linspace(0, len(large) - 1, NUM_HANDS).round().astype(int)
    first, second = (
        [pictures.line(large[i][start : 2 * _WORDS_PER_HALF : 2]) for i in spread]
        for start in (0, 1)
    )
    return num_told_apart(first, second)


def honest_table(rows: dict[str, dict]) -> str:
    """A Markdown table of `honest_figures`, a row for each source."""
    lines = [
        "| | smudged | pieces per character | loose tails | AUC, fresh classifier "
        "| hands told apart |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        by_seed = ", ".join(f"{auc:.2f}" for auc in row["auc_by_seed"] or ())
        auc = "-" if row["auc"] is None else f"{row['auc']:.3f} ({by_seed})"
        tails, hands = row["loose_tails"], row.get("hands")
        cells = [
            name,
            f"{row['smudged']:.1%}",
            f"{row['pieces']:.2f}",
            "-" if tails is None else f"{tails:.1%}",
            auc,
            "-" if hands is None else f"{hands} of {NUM_HANDS}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


HONEST_LEGEND = (
    "Smudged: words with a grey veil away from any stroke. Pieces: connected ink per "
    "character. Loose tails: words with ink below the baseline that hangs on nothing "
    "or that no letter has. AUC: of a small classifier that learns to tell them from "
    f"held-out real words, mean and each of {len(SEEDS)} seeds; 0.5 is chance, that of "
    "real words is the floor. Hands: how many are nearest to themselves by other words "
    "(real ones: of pages or writers)."
)
