"""Do synthetic words help a recognizer? Trained with and without them, and measured.

For each number of real words and each seed recognizers are trained for equally many
steps: on the real words alone; on synthetic ones and then the real ones (`pretrained`);
on both at once (`mixed`). `synthetic` has seen no real word. All read the test words.

The folder of an experiment:

    words/real-256-1, words/mixed-256-1, words/synthetic-NAME   what is trained on
    runs/real-256-1, runs/pretrained-256-1-NAME, ...            ordinary runs
    report.json, report.md, gain.png

The same command goes on where it was stopped.
"""

import dataclasses
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import gin

from scrabblegan.evaluation import gain_words
from scrabblegan.evaluation.preprocessing import Training
from scrabblegan.evaluation.reading_figures import reading_figures
from scrabblegan.models.recognizer import Recognizer
from scrabblegan.words import Words
from scrabblegan.words.prepared import load_words
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole

_SEEDS = ("train.seed", "WordDataset.seed", "RecognizerTrainer.seed")


@gin.register(module="scrabblegan")
@dataclasses.dataclass(frozen=True)
class HtrGainExperiment:
    """What is trained and measured; bound in gin/comparisons/htr_gain.gin.

    Attributes:
      files, bindings: of a training from fresh weights.
      tuning_files, tuning_bindings: of one that goes on from another run.
      num_steps: of every recognizer, both stages together.
      tuning_share: of the steps, for the second stage of `pretrained`.
      counts: numbers of real words; None for all.
      ablation_count: number of real words with which other synthetic sets are tried.
      real_share: of the images that `mixed` sees.
      seeds: of the trainings and of the choice of real words.
      test_split: of the real words.
    """

    files: Sequence[str]
    bindings: Sequence[str]
    tuning_files: Sequence[str]
    tuning_bindings: Sequence[str]
    num_steps: int
    tuning_share: float
    counts: Sequence[int | None]
    ablation_count: int | None
    real_share: float
    seeds: Sequence[int]
    test_split: str

    def __post_init__(self):
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise InputError(f"seeds={tuple(self.seeds)}: use one or more, each once")
        for name in ("tuning_share", "real_share"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise InputError(
                    f"{name}={getattr(self, name)}: must be between 0 and 1"
                )
        if any(count is not None and count < 1 for count in self.counts):
            raise InputError(f"counts={tuple(self.counts)}: use 1 or more, or None")

    def run(
        self, corpus: str, real: Path, synthetic: Mapping[str, Path], folder: Path
    ) -> dict:
        """Trains, reads, compares.

        Args:
          corpus: name of `datasets/<corpus>_words.gin`: alphabet and lengths.
          real: prepared words with train, validation and a test split.
          synthetic: prepared words by name; the first is the one that is measured with
            all numbers of real words, the others are ablations.
          folder: of the experiment.

        Returns:
          what report.json holds.
        """
        gain_words.check_alike(real, list(synthetic.values()))
        self._training(self.num_steps).parse(corpus, real, seed=0)
        train, validation, test = (
            load_words(real, split)
            for split in ("train", "validation", self.test_split)
        )
        alphabet = Alphabet(gin.query_parameter("WordDataset.alphabet"))
        lengths = gin.query_parameter("WordDataset.lengths")
        train, validation, test = (
            _usable(words, alphabet, lengths) for words in (train, validation, test)
        )
        cells = []
        for seed in self.seeds:
            made = _Cell(self, corpus, real, synthetic, folder, seed)
            cells += made.of_seed(train, validation, test)
        report = {
            "corpus": corpus,
            "num_steps": self.num_steps,
            "test_words": len(test),
            "real_words": len(train),
            "seeds": list(self.seeds),
            "cells": _together(cells),
        }
        text = json.dumps(report, indent=1)
        write_whole(folder / "report.json", f"{text}\n".encode())
        write_whole(folder / "report.md", gain_report(report).encode())
        _figure(report, folder / "gain.png")
        return report

    def _training(self, num_steps: int, tuning: bool = False) -> Training:
        files = self.tuning_files if tuning else self.files
        bindings = self.tuning_bindings if tuning else self.bindings
        return Training(files, bindings, num_steps, _SEEDS)


class _Cell:
    """The trainings of one seed."""

    def __init__(self, experiment, corpus, real, synthetic, folder, seed):
        self._experiment, self._corpus, self._seed = experiment, corpus, seed
        self._real, self._synthetic, self._folder = real, synthetic, folder

    def of_seed(self, train: Words, validation: Words, test: Words) -> list[dict]:
        """All recognizers of this seed, and how they read."""
        experiment, cells = self._experiment, []
        main = next(iter(self._synthetic), None)
        for name in self._synthetic:
            cells.append(self._measured("synthetic", 0, name, test))
        for count in experiment.counts:
            own = gain_words.subset(train, count, self._seed)
            splits = {"train": own, "validation": validation}
            words = self._words(f"real-{len(own)}-{self._seed}", splits)
            run = self._run(f"real-{len(own)}-{self._seed}", words)
            cells.append(self._figures("real", len(own), "", run, test))
            for name in self._synthetic:
                if name != main and count != experiment.ablation_count:
                    continue
                stem = f"{len(own)}-{self._seed}-{name}"
                run = self._tuned(f"pretrained-{stem}", words, name)
                cells.append(self._figures("pretrained", len(own), name, run, test))
                if name == main:
                    both = gain_words.mixed(
                        own, self._synthetic_words(name)["train"], experiment.real_share
                    )
                    splits = {"train": both, "validation": validation}
                    mixture = self._words(f"mixed-{stem}", splits)
                    run = self._run(f"mixed-{stem}", mixture)
                    cells.append(self._figures("mixed", len(own), name, run, test))
        return cells

    def _measured(self, mode: str, count: int, name: str, test: Words) -> dict:
        run = self._run(f"synthetic-{self._seed}-{name}", self._folder_of(name))
        return self._figures(mode, count, name, run, test)

    def _synthetic_words(self, name: str) -> dict[str, Words]:
        return gain_words.synthetic_splits(self._synthetic[name])

    def _folder_of(self, name: str) -> Path:
        folder = self._folder / "words" / f"synthetic-{name}"
        if folder.is_dir():
            return folder
        splits = self._synthetic_words(name)
        return gain_words.save_once(folder, splits, self._synthetic[name])

    def _words(self, name: str, splits: Mapping[str, Words]) -> Path:
        folder = self._folder / "words" / name
        return gain_words.save_once(folder, splits, self._real)

    def _run(self, name: str, words: Path, num_steps: int | None = None) -> Path:
        folder = self._folder / "runs" / name
        training = self._experiment._training(num_steps or self._experiment.num_steps)
        training.run(folder, self._corpus, words, self._seed)
        return folder

    def _tuned(self, name: str, words: Path, synthetic: str) -> Path:
        """Synthetic words first, then real ones, in as many steps as all others."""
        experiment = self._experiment
        second = max(round(experiment.tuning_share * experiment.num_steps), 1)
        first = self._run(
            f"first-{self._seed}-{synthetic}",
            self._folder_of(synthetic),
            max(experiment.num_steps - second, 1),
        )
        folder = self._folder / "runs" / name
        experiment._training(second, tuning=True).run(
            folder, self._corpus, words, self._seed, INITIAL=str(first)
        )
        return folder

    def _figures(
        self, mode: str, count: int, name: str, run: Path, test: Words
    ) -> dict:
        readings = Recognizer.load(run).read(test.images)
        figures, _ = reading_figures(test.texts, readings)
        rates = ("cer", "cer_interval", "wer", "wer_interval")
        return {
            "mode": mode,
            "real_words": count,
            "synthetic": name,
            "seed": self._seed,
            **{rate: figures[rate] for rate in rates},
        }


def _usable(words: Words, alphabet: Alphabet, lengths: tuple[int, int]) -> Words:
    """Those words that the corpus's alphabet spells, of the lengths it asks for."""
    words = words.spelt_by([alphabet])
    shortest, longest = lengths
    return words.chosen(
        i for i, text in enumerate(words.texts) if shortest <= len(text) <= longest
    )


def _together(cells: Sequence[dict]) -> list[dict]:
    """The cells of all seeds as one: means, and every seed's rates."""
    found: dict[tuple, list[dict]] = {}
    for cell in cells:
        key = cell["real_words"], cell["mode"], cell["synthetic"]
        found.setdefault(key, []).append(cell)
    return [
        {
            "real_words": count,
            "mode": mode,
            "synthetic": name,
            "wer": statistics.mean(cell["wer"] for cell in own),
            "cer": statistics.mean(cell["cer"] for cell in own),
            "seeds": own,
        }
        for (count, mode, name), own in sorted(found.items())
    ]


def gain_report(report: dict) -> str:
    """The figures as a table: word error rates, and how much less than without."""
    alone = {
        cell["real_words"]: cell["wer"]
        for cell in report["cells"]
        if cell["mode"] == "real"
    }
    lines = [
        f"{report['corpus']}: {report['test_words']:,} test words, "
        f"{report['num_steps']:,} steps, seeds {report['seeds']}",
        "",
        "| real words | trained on | WER | of each seed | CER | word errors less |",
        "|---|---|---|---|---|---|",
    ]
    for cell in report["cells"]:
        count = cell["real_words"]
        without = alone.get(count)
        less = "" if not without else f"{1 - cell['wer'] / without:.0%}"
        seeds = ", ".join(f"{each['wer']:.1%}" for each in cell["seeds"])
        what = " ".join(filter(None, (cell["mode"], cell["synthetic"])))
        lines.append(
            f"| {count:,} | {what} | {cell['wer']:.1%} | {seeds} | {cell['cer']:.1%} "
            f"| {'' if cell['mode'] == 'real' else less} |"
        )
    return "\n".join(lines) + "\n"


def _figure(report: dict, path: Path) -> None:
    """Word error rate against the number of real words, a curve for each way."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    curves: dict[str, list[tuple[int, float]]] = {}
    for cell in report["cells"]:
        if cell["real_words"]:
            name = " ".join(filter(None, (cell["mode"], cell["synthetic"])))
            curves.setdefault(name, []).append((cell["real_words"], cell["wer"]))
        else:
            axes.axhline(100 * cell["wer"], color="grey", linewidth=0.8, linestyle=":")
    for name, points in curves.items():
        counts, rates = zip(*points, strict=True)
        axes.plot(counts, [100 * rate for rate in rates], marker="o", label=name)
    axes.set(xscale="log", xlabel="real words", ylabel="words misread, %")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
