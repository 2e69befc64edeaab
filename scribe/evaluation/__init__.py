"""How well a model foresees, writes and keeps a hand, and how fast.

`EVALUATIONS` are what scribe.evaluate measures, by kind: (model, options of the command
line) -> the figures as a dictionary for JSON, and the same as text.
"""

from scribe.evaluation import sketch_evaluation, writer_evaluation

__all__ = ["EVALUATIONS"]

EVALUATIONS = {
    "attention_rnn": writer_evaluation.evaluate,
    "encoder_decoder": writer_evaluation.evaluate,
    "sketch_rnn": sketch_evaluation.evaluate,
}
