"""What the A/B experiment found, as tables."""

import numpy as np

from scrabblegan.evaluation.honest_figures import HONEST_LEGEND, honest_table

# Above this share of words read wrongly there is nothing to compare.
_ILLEGIBLE = 0.9
_NAMES = {"raw": "raw scans", "closed": "closed scans", "both": "both"}


def preprocessing_report(report: dict) -> str:
    """Markdown: real words, generated words, and the verdict.

    Args:
      report: as `PreprocessingExperiment.run` returns it.
    """
    real = [
        f"| {_NAMES[judge]} | {_rate(rates['raw'], 'wer')} | "
        f"{_rate(rates['closed'], 'wer')} | {_rate(rates['raw'], 'cer')} | "
        f"{_rate(rates['closed'], 'cer')} |"
        for judge, rates in report["real"].items()
    ]
    generated = [
        f"| {_NAMES[judge]} | {name.upper()} | {_by_seed(found[name]['a'])} | "
        f"{_by_seed(found[name]['b'])} | {100 * found[name]['mean']:+.1f} | "
        f"{_interval(found[name]['over_words'])} | "
        f"{_interval(found[name]['over_seeds'])} | {found[name]['verdict']} |"
        for judge, found in report["generated"].items()
        for name in ("wer", "cer")
    ]
    num_real = report["real"]["both"]["raw"]["words"]
    lines = [
        f"**{report['corpus']}**: {report['training_words']} training words; judges "
        f"of {report['steps']['judges']} steps, models of {report['steps']['models']} "
        f"steps, seeds {', '.join(map(str, report['seeds']))}.",
        "",
        f"Real words that were held out ({num_real}), per cent, with 95 % intervals:",
        "",
        "| judge trained on | WER raw | WER closed | CER raw | CER closed |",
        "|---|---|---|---|---|",
        *real,
        "",
        f"The same {report['words']} words written by A (learnt from raw scans) and B "
        "(from closed ones), per cent, mean over the seeds and each of them:",
        "",
        "| judge trained on | | A | B | B - A | 95 %, other words | 95 %, other seeds "
        "| verdict |",
        "|---|---|---|---|---|---|---|---|",
        *generated,
        "",
        verdict(report),
        "",
        honest_table(report["seen"]),
        "",
        HONEST_LEGEND,
    ]
    return "\n".join(lines) + "\n"


def verdict(report: dict) -> str:
    """A sentence by the word error rate of the judge that was trained on both."""
    found = report["generated"]["both"]["wer"]
    sentence = f"Verdict of the judge trained on both: {found['verdict']}."
    if min(np.mean(found["a"]), np.mean(found["b"])) > _ILLEGIBLE:
        sentence += (
            f" But it reads less than {100 * (1 - _ILLEGIBLE):.0f} % of the words of "
            "either model: after so few steps neither writes legibly, and the "
            "comparison says nothing about preprocessing yet."
        )
    return sentence


def _rate(rates: dict, name: str) -> str:
    low, high = rates[f"{name}_interval"]
    return f"{100 * rates[name]:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def _by_seed(rates: list[float]) -> str:
    each = ", ".join(f"{100 * rate:.1f}" for rate in rates)
    return f"{100 * np.mean(rates):.1f} ({each})"


def _interval(bounds) -> str:
    low, high = bounds
    return f"{100 * low:+.1f} to {100 * high:+.1f}"
