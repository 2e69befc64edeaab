"""How well models write and read words, and how fast they learn.

`EVALUATIONS` has for each kind of model what measures it against real images.
`preprocessing` is an experiment of its own: it trains models on raw and on closed scans
and compares what they write; `word_benchmark` measures the training step.
"""

from scrabblegan.evaluation.by_kind import EVALUATIONS, Evaluation

__all__ = ["EVALUATIONS", "Evaluation"]
