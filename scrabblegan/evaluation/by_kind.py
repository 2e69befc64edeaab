"""How models are measured, by their kind."""

import dataclasses
from collections.abc import Callable

from scrabblegan.digits.evaluation import digits_report, measure_generators
from scrabblegan.evaluation.ink_evaluation import (
    inks_report,
    measure_inks,
    which_is_which,
)
from scrabblegan.evaluation.recognizer_evaluation import (
    measure_recognizers,
    recognizers_report,
)
from scrabblegan.evaluation.word_evaluation import (
    measure_writers,
    nearest_picture,
    writers_report,
)


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """How models of a kind are measured.

    Attributes:
      measure: (models by name, judge or None, data_dir, num_samples, seed) -> figures.
      report: figures -> a table in Markdown.
      num_samples: images of each model that are measured unless told otherwise.
      judge: the shipped model that judges; None if none is needed.
      others: whether `measure` also takes words that something else wrote, by name, and
        a recognizer whose features distances are of.
      picture: (model, data_dir, seed) -> uint8 [H, W], what it made beside real images;
        None if there is nothing to draw.
    """

    measure: Callable
    report: Callable[[dict], str]
    num_samples: int
    judge: str | None = None
    others: bool = False
    picture: Callable | None = None


# Other kinds cannot be measured.
EVALUATIONS = {
    "digit_generator": Evaluation(
        measure_generators, digits_report, num_samples=10_000, judge="digits_classifier"
    ),
    "ink": Evaluation(
        measure_inks,
        inks_report,
        num_samples=1600,
        judge="recognizer",
        picture=which_is_which,
    ),
    "recognizer": Evaluation(
        measure_recognizers, recognizers_report, num_samples=10_000
    ),
    "scrabblegan": Evaluation(
        measure_writers,
        writers_report,
        num_samples=2000,
        judge="recognizer",
        others=True,
        picture=nearest_picture,
    ),
}
