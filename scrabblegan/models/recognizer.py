"""A trained recognizer: reading images of words, and what its features say of them."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scrabblegan.images import to_network
from scrabblegan.networks import (
    read_description,
    read_weights,
    save_network,
    set_weights,
)
from scrabblegan.words.dataset import pad_images, pad_texts, signature
from scrabblegan.words.normalizer import WordNormalizer
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError

KIND = "recognizer"
DECODERS = ("greedy", "beam")
_BATCH = 128


@dataclasses.dataclass
class Recognizer:
    """Reads words.

    Images are as `WordNormalizer` makes them, uint8 [32, W], ink 0 on paper
    255, W a multiple of 16; `raw_images.read_raw_image` takes any others.

    Shapes: T frames, V alphabet size with the blank (id 0), F features.

    Attributes:
      folder: where it was read from.
      sizes: of the network; see RecognizerNetwork.
      alphabet: the characters it can read.
      weights: float arrays by name.
      normalizer: what was done to the images that it learnt from.
      facts: what model.json says beside, e.g. step and validation results.
    """

    folder: Path
    sizes: dict
    alphabet: Alphabet
    weights: dict[str, np.ndarray]
    normalizer: WordNormalizer
    facts: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        self._network = self._forward = None

    @classmethod
    def load(cls, folder: Path) -> "Recognizer":
        """Reads what `save` wrote.

        Raises:
          InputError: a file is damaged or does not fit the other.
        """
        facts = read_description(folder, KIND)
        try:
            alphabet = Alphabet(facts.pop("alphabet"))
            normalizer = WordNormalizer(**facts.pop("normalizer"))
        except (KeyError, TypeError, InputError) as error:
            raise InputError(f"{folder}/model.json is damaged: {error!r}") from error
        weights = read_weights(folder)
        sizes = facts.pop("sizes")
        recognizer = cls(folder, sizes, alphabet, weights, normalizer, facts)
        recognizer.keras_network()
        return recognizer

    def save(self, folder: Path) -> None:
        """Writes weights.npz (float16) and model.json into an existing folder."""
        description = {
            "kind": KIND,
            "network": "RecognizerNetwork",
            "sizes": self.sizes,
            "alphabet": self.alphabet.characters,
            "normalizer": dataclasses.asdict(self.normalizer),
        }
        save_network(folder, self.facts | description, self.weights)

    @property
    def num_parameters(self) -> int:
        return sum(weight.size for weight in self.weights.values())

    def read(
        self,
        images: Sequence[np.ndarray],
        decoder: str = "greedy",
        beam_width: int = 20,
    ) -> list[str]:
        """The text of each image.

        Args:
          images: uint8 [32, W] each.
          decoder: "greedy" takes the most probable symbol of each frame, "beam" the
            most probable text among those that a beam holds.
          beam_width: texts that a beam keeps from frame to frame.
        """
        if decoder not in DECODERS:
            raise InputError(f"decoder={decoder!r}: use {' or '.join(DECODERS)}")
        import keras

        options = {"strategy": "greedy"}
        if decoder == "beam":
            options = {"strategy": "beam_search", "beam_width": beam_width}
        texts: list[str] = [""] * len(images)
        for indices, _, logits, lengths in self._scored(images):
            paths, _ = keras.ops.ctc_decode(
                logits, lengths, **options, top_paths=1, mask_index=0
            )
            for i, ids in zip(indices, np.asarray(paths[0]), strict=True):
                known = [self.alphabet.characters[n - 1] for n in ids if n > 0]
                texts[i] = "".join(known)
        return texts

    def nats(self, images: Sequence[np.ndarray], texts: Sequence[str]) -> np.ndarray:
        """How little each image looks like its text, in nats per character: [N].

        Raises:
          InputError: a text has a character that the recognizer does not know, or none.
        """
        from scrabblegan.networks.recognizer_network import text_nats

        nats = np.zeros(len(images))
        for indices, _, logits, lengths in self._scored(images):
            text, length = pad_texts([texts[i] for i in indices], self.alphabet)
            if not length.all():
                raise InputError("an empty text cannot be compared with an image")
            nats[indices] = text_nats(logits, lengths, text, length) / length
        return nats

    def features(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """What its last layer sees of each word, averaged over the frames: [N, F]."""
        means = {}
        for indices, frames, _, lengths in self._scored(images):
            found = np.asarray(frames, np.float64).sum(axis=1) / lengths[:, None]
            means.update(zip(indices, found, strict=True))
        return np.stack([means[i] for i in range(len(images))])

    def _scored(self, images):
        """Indices of some images, frames [B, T, F], logits [B, T, V], lengths [B]."""
        order = sorted(range(len(images)), key=lambda i: images[i].shape[1])
        self.keras_network()
        for start in range(0, len(order), _BATCH):
            indices = order[start : start + _BATCH]
            pixels, widths = pad_images([images[i] for i in indices])
            frames, logits, lengths = self._forward(pixels, widths)
            yield indices, frames, logits, lengths.numpy()

    def keras_network(self):
        """The network with its weights, made once."""
        if self._network is None:
            from scrabblegan.networks.recognizer_network import make_recognizer

            try:
                network = make_recognizer(**self.sizes, dropout=0.0, products="float32")
            except (TypeError, ValueError) as error:
                raise InputError(
                    f"{self.folder}/model.json names no sizes of a recognizer: {error}"
                ) from error
            set_weights(self.folder, network.named_weights(), self.weights)
            self._network, self._forward = network, _compiled(network)
        return self._network


def _compiled(network):
    """Pixels uint8 [B, 32, W, 1] and widths [B] -> frames, logits and lengths."""
    import tensorflow as tf

    images = signature()["image"], signature()["width"]

    @tf.function(input_signature=images, autograph=False)
    def forward(pixels, widths):
        frames, lengths = network.frames(to_network(pixels), widths)
        return frames, network.output_layer(frames), lengths

    return forward
