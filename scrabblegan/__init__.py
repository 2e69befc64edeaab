"""Images of handwriting from generative adversarial networks.

import scrabblegan

generator = scrabblegan.load("digits_conditional")
image = generator.write("2026", seed=1)  # uint8 [28, 112], ink 0 on paper 255
"""


def load(name: str = "digits"):
    """A trained model: a run folder, or the name of a shipped model.

    Raises:
      InputError: there is no such model, or its files are damaged.
    """
    from scrabblegan import models  # not before it is needed: imports TensorFlow

    return models.load(name)
