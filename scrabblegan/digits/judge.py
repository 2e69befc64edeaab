"""A trained classifier of digits, whose features and answers judge generators."""

from pathlib import Path

import numpy as np

from scrabblegan.images import to_network
from scrabblegan.networks import (
    read_description,
    read_weights,
    save_network,
    set_weights,
)

KIND = "digit_classifier"
_BATCH = 500


class Judge:
    """A trained classifier.

    Attributes:
      folder: where it was read from.
      facts: what model.json says beside, e.g. its accuracy.
    """

    def __init__(self, folder: Path, sizes: dict[str, int], weights: dict):
        """Builds the network with these sizes and weights."""
        self.folder, self.sizes, self.weights = folder, sizes, weights
        self.facts: dict = {}
        from scrabblegan.digits.networks import DigitClassifier

        self._network = DigitClassifier(**sizes, dropout=0.0)
        set_weights(folder, self._network.named_weights(), weights)

    @classmethod
    def load(cls, folder: Path) -> "Judge":
        """Reads what `save` wrote.

        Raises:
          InputError: a file is damaged or does not fit the other.
        """
        description = read_description(folder, KIND)
        judge = cls(folder, description["sizes"], read_weights(folder))
        judge.facts = description
        return judge

    def save(self, folder: Path, facts: dict) -> None:
        """Writes weights.npz (float16) and model.json.

        Args:
          folder: an existing folder.
          facts: what model.json says beside what judging needs.
        """
        description = {"kind": KIND, "network": "DigitClassifier", "sizes": self.sizes}
        save_network(folder, description | facts, self.weights)

    def judge(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What it makes of images.

        Args:
          images: uint8 [N, 28, 28], ink 0 on paper 255.

        Returns:
          features float64 [N, F] after the rectifier, and the probability of each
          digit, float32 [N, 10].
        """
        import tensorflow as tf

        features, shares = [], []
        for start in range(0, len(images), _BATCH):
            some = to_network(images[start : start + _BATCH, ..., None])
            part, logits = self._network(some)
            features.append(part.numpy().astype(np.float64))
            shares.append(tf.nn.softmax(logits).numpy())
        return np.concatenate(features), np.concatenate(shares)
