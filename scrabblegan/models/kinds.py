"""The kinds of trained models of images: facts only, standard library only.

model.json names the kind of its model. What is done with a model of a kind stands where
it is done: `models.registry.LOADERS`, `models.programs.PROGRAMS`,
`evaluation.EVALUATIONS`.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Kind:
    """What is true of all models of a kind.

    Attributes:
      name: as model.json has it.
      data_dir: where its corpus lies unless told otherwise.
      draws: whether it makes images; the model then has `picture`.
    """

    name: str
    data_dir: str
    draws: bool = False


KINDS = {
    kind.name: kind
    for kind in (
        Kind("digit_generator", data_dir="data/mnist.npz", draws=True),
        Kind("digit_classifier", data_dir="data/mnist.npz"),
        Kind("scrabblegan", data_dir="data/iam_words", draws=True),
        Kind("recognizer", data_dir="data/iam_words"),
        Kind("ink", data_dir="data/ink"),
    )
}
