"""The A/B experiment: do words get easier to read if scans are closed beforehand?

Model A learns to write from raw scans, model B from the same ones after a morphological
closing, with the same words, steps and seeds. Both then write the same words in the
same latent hands, and recognizers that neither of them knew read the results: one
trained on raw scans, one on closed ones, and one on both, which has no side to take and
gives the verdict.

The folder of an experiment:

    words/raw, words/closed, words/both   what is trained on
    judges/raw, ...                       runs of the recognizers that judge
    teachers/raw, teachers/closed         runs of the recognizers that models learn from
    models/raw-1, models/closed-1, ...    runs of the models, by seed
    report.json, report.md, words.png

All are ordinary runs; the same command goes on where it was stopped.
"""

import dataclasses
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import gin
import numpy as np

from scrabblegan.evaluation import paired_comparison
from scrabblegan.evaluation.honest_figures import honest_figures
from scrabblegan.evaluation.paired_comparison import Readings
from scrabblegan.evaluation.preprocessing_report import preprocessing_report
from scrabblegan.images import pictures
from scrabblegan.models.recognizer import Recognizer
from scrabblegan.models.word_writer import WordWriter
from scrabblegan.networks import read_description
from scrabblegan.words import Words
from scrabblegan.words.dataset import WordDataset
from scrabblegan.words.pairs import save_pairs
from scribe.foundation import gin_config
from scribe.foundation.errors import InputError
from scribe.foundation.files import write_whole
from scribe.foundation.json_files import read_json
from scribe.reading import error_rates

logger = logging.getLogger(__name__)

KINDS = ("raw", "closed")  # A and B
JUDGES = (*KINDS, "both")
_PICTURE_WORDS = 8


@dataclasses.dataclass(frozen=True)
class Training:
    """How something is trained.

    Attributes:
      gin_files: as for `scribe.train`; the corpus's file is parsed after them.
      bindings: single ones, last.
      num_steps: how long.
      seeds: names of the parameters that are bound to the seed.
    """

    gin_files: Sequence[str]
    bindings: Sequence[str]
    num_steps: int
    seeds: Sequence[str]

    def parse(self, corpus: str, data_dir: Path, seed: int, **bound) -> None:
        """Makes this the configuration.

        Args:
          corpus: `datasets/<corpus>_words.gin`.
          data_dir: prepared words.
          seed: of weights, order and all else.
          **bound: further macros.
        """
        values = {"DATA_DIR": str(data_dir), "NUM_STEPS": self.num_steps}
        values |= dict.fromkeys(self.seeds, seed)
        bindings = [f"{name} = {value!r}" for name, value in (values | bound).items()]
        files = [*self.gin_files, f"datasets/{corpus}_words.gin"]
        gin_config.parse(files, [*self.bindings, *bindings])

    def run(self, folder: Path, *arguments, **bound) -> None:
        """Trains, or goes on with the training, in `folder`; the rest as `parse`."""
        from scribe.training.loop import train

        self.parse(*arguments, **bound)
        if _is_finished(folder):
            return
        logger.info("%s", folder)
        gin_config.call(train, save_dir=str(folder))


def _is_finished(folder: Path) -> bool:
    """Whether a run of this very configuration has come to its end.

    Building all networks again to find that out takes a minute or two.
    """
    try:
        written = (folder / "config.gin").read_text(encoding="utf-8")
        last = read_json(folder / "metrics.json")[-1]
    except (OSError, ValueError, LookupError, TypeError):
        return False
    num_steps = gin.get_bindings("scribe.train")["num_steps"]
    return last["step"] >= num_steps and not gin_config.differences(
        written, gin_config.config_text()
    )


@gin.register(module="scrabblegan")
@dataclasses.dataclass(frozen=True)
class PreprocessingExperiment:
    """What is trained and measured; bound in gin/comparisons/preprocessing.gin.

    Attributes:
      judge_files, judge_bindings, judge_steps: of the recognizers that judge.
      teacher_files, teacher_bindings, teacher_steps: of the recognizers that the models
        learn from.
      model_files, model_bindings, model_steps: of the models.
      seeds: of the models; as many of A as of B.
      judge_seed: of the judges.
      teacher_seed: of the teachers: another one.
      num_words: how many words each model writes.
    """

    judge_files: Sequence[str]
    judge_bindings: Sequence[str]
    judge_steps: int
    teacher_files: Sequence[str]
    teacher_bindings: Sequence[str]
    teacher_steps: int
    model_files: Sequence[str]
    model_bindings: Sequence[str]
    model_steps: int
    seeds: Sequence[int]
    judge_seed: int
    teacher_seed: int
    num_words: int

    def __post_init__(self):
        most = paired_comparison.MAX_SEEDS
        if len(set(self.seeds)) < len(self.seeds) or not 2 <= len(self.seeds) <= most:
            raise InputError(
                f"seeds={tuple(self.seeds)}: from 2 to {most} different ones are needed"
            )
        if self.judge_seed == self.teacher_seed:
            raise InputError(
                f"judge_seed and teacher_seed are both {self.judge_seed}: the judges "
                "must not be what the models learnt to please"
            )
        if self.num_words < 2:
            raise InputError(f"num_words={self.num_words}: must be 2 or more")

    def run(self, corpus: str, raw: Path, closed: Path, folder: Path) -> dict:
        """Trains, writes, reads, compares.

        Args:
          corpus: name of `datasets/<corpus>_words.gin`: alphabet, lengths, lexicon.
          raw, closed: prepared words of one corpus by preprocess=normal and
            preprocess=morphology.
          folder: of the experiment.

        Returns:
          what report.json holds.
        """
        judging, teaching, writing = self._trainings()
        for training in (judging, teaching, writing):  # mistakes now, not in an hour
            training.parse(corpus, raw, seed=0)
        save_pairs(folder / "words", raw, closed)
        words = {kind: folder / "words" / kind for kind in JUDGES}
        for kind in JUDGES:
            run = folder / "judges" / kind
            judging.run(run, corpus, words[kind], self.judge_seed)
        teachers = {kind: folder / "teachers" / kind for kind in KINDS}
        for kind, run in teachers.items():
            teaching.run(run, corpus, words[kind], self.teacher_seed)
        for seed in self.seeds:
            for kind in KINDS:  # in turns, so that a stopped experiment has pairs
                writing.run(
                    folder / "models" / f"{kind}-{seed}",
                    corpus,
                    words[kind],
                    seed,
                    INITIAL_RECOGNIZER=str(teachers[kind]),
                )
        return self._measure(corpus, folder)

    def _trainings(self) -> tuple[Training, ...]:
        """How judges, teachers and models are trained."""
        seeds = ("train.seed", "WordDataset.seed")
        return (
            Training(
                self.judge_files,
                self.judge_bindings,
                self.judge_steps,
                (*seeds, "RecognizerTrainer.seed"),
            ),
            Training(
                self.teacher_files,
                self.teacher_bindings,
                self.teacher_steps,
                (*seeds, "RecognizerTrainer.seed"),
            ),
            Training(
                self.model_files,
                self.model_bindings,
                self.model_steps,
                (*seeds, "ScrabbleTrainer.seed"),
            ),
        )

    def _measure(self, corpus: str, folder: Path) -> dict:
        judges = {kind: Recognizer.load(folder / "judges" / kind) for kind in JUDGES}
        data = {kind: self._dataset(corpus, folder, kind) for kind in KINDS}
        words = words_to_write(data["raw"], self.num_words, self.judge_seed)
        written = {
            kind: [
                WordWriter.load(folder / "models" / f"{kind}-{seed}").write(words, seed)
                for seed in self.seeds
            ]
            for kind in KINDS
        }
        report = {
            "corpus": corpus,
            "training_words": len(data["raw"].train),
            "seeds": list(self.seeds),
            "words": len(words),
            "steps": {
                "judges": _step(folder / "judges" / "both"),
                "models": _step(folder / "models" / f"raw-{self.seeds[0]}"),
            },
            "real": {},
            "generated": {},
            "seen": _seen(data, words, written),
        }
        for name, judge in judges.items():
            report["real"][name] = {
                kind: _rates(judge, data[kind].validation) for kind in KINDS
            }
            a, b = (
                paired_comparison.count_errors(
                    words, [judge.read(i) for i in written[kind]]
                )
                for kind in KINDS
            )
            report["generated"][name] = _compared(a, b)
        text = preprocessing_report(report)
        write_whole(
            folder / "report.json", f"{json.dumps(report, indent=1)}\n".encode()
        )
        write_whole(folder / "report.md", text.encode())
        rows = [
            pictures.line(images[:_PICTURE_WORDS])
            for pair in zip(written["raw"], written["closed"], strict=True)
            for images in pair
        ]
        pictures.save_png(pictures.stack(rows), folder / "words.png")
        return report

    def _dataset(self, corpus: str, folder: Path, kind: str) -> WordDataset:
        """The words of a kind as the models saw them."""
        *_, writing = self._trainings()
        writing.parse(corpus, folder / "words" / kind, seed=0)
        return gin_config.call(gin.get_configurable("WordDataset"))


def words_to_write(dataset: WordDataset, count: int, seed: int) -> list[str]:
    """Different words of the lexicon, their lengths as those of the training words."""
    random = np.random.default_rng([seed, count])
    found: dict[str, None] = {}
    for _ in range(100 * count):
        if len(found) == count:
            break
        length = len(dataset.train.texts[random.integers(len(dataset.train))])
        found[dataset.lexicon.draw(random, length, 1)[0]] = None
    return list(found)


def _rates(judge, words: Words) -> dict:
    """Error rates of real words with intervals."""
    errors = error_rates.count_errors(words.texts, judge.read(words.images))
    return {"words": len(words), **errors.rates()}


def _compared(a: Readings, b: Readings) -> dict:
    """Error rates of A and B by seed, and how they differ."""
    found = {}
    for name, rates, difference in (
        ("wer", "word_error_rates", paired_comparison.word_errors(a, b)),
        ("cer", "character_error_rates", paired_comparison.character_errors(a, b)),
    ):
        found[name] = {
            "a": getattr(a, rates)().tolist(),
            "b": getattr(b, rates)().tolist(),
            **dataclasses.asdict(difference),
            "verdict": difference.verdict(),
        }
    return found


def _seen(data: dict, words: list[str], written: dict) -> dict[str, dict]:
    """What the eye sees of real words, and of what A and B wrote, all seeds together.

    Each against held-out words that were prepared as those it learnt from.
    """
    found = {}
    for kind in KINDS:
        dataset = data[kind]
        held_out = dataset.validation.images
        has_baseline = dataset.normalizer.frame == "text"
        images = [image for of_seed in written[kind] for image in of_seed]
        texts = words * len(written[kind])
        train = dataset.train
        found[f"real, {kind}"] = honest_figures(
            held_out, train.images, train.texts, has_baseline
        )
        found[f"written, {kind}"] = honest_figures(
            held_out, images, texts, has_baseline
        )
    return found


def _step(run: Path) -> int:
    return read_description(run).get("step", 0)
