"""Images of handwriting from generative adversarial networks.

import scrabblegan

writer = scrabblegan.load()
image = writer.write("any words", seed=1)  # uint8 [32, W], ink 0 on paper 255
digits = scrabblegan.load("digits_conditional")
image = digits.write("2026", seed=1)  # uint8 [28, 112]
"""


def load(name: str = "scrabblegan"):
    """A trained model: a run folder, or the name of a shipped model.

    Raises:
      InputError: there is no such model, or its files are damaged.
    """
    from scrabblegan.models import load_model

    return load_model(name)
