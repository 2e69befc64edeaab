"""A trained generator of digits: reading, writing, drawing."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scrabblegan.digits.dataset import NUM_CLASSES, SIDE_PIXELS
from scrabblegan.images import pictures, to_pixels
from scrabblegan.networks import (
    read_description,
    read_weights,
    save_network,
    set_weights,
)
from scribe.foundation.errors import InputError

KIND = "digit_generator"
_BATCH = 500


@dataclasses.dataclass
class DigitGenerator:
    """Draws digits.

    Attributes:
      folder: where it was read from.
      network: the class in scrabblegan.digits.networks.
      sizes: its sizes.
      weights: float arrays by name.
      z_scale: z is multiplied by it. Below 1 images are more typical and less varied
        (Brock et al. 2019, arXiv 1809.11096, section 3.1, cut z off instead).
    """

    folder: Path
    network: str
    sizes: dict[str, int]
    weights: dict[str, np.ndarray]
    z_scale: float = 1.0

    def __post_init__(self):
        self._network = None

    @classmethod
    def load(cls, folder: Path) -> "DigitGenerator":
        """Reads what `save` wrote.

        Raises:
          InputError: a file is damaged or does not fit the other.
        """
        description = read_description(folder, KIND)
        network, sizes = description["network"], description["sizes"]
        z_scale = description.get("z_scale", 1.0)
        if not isinstance(z_scale, int | float) or not 0.0 < z_scale <= 2.0:
            raise InputError(f"{folder}/model.json is damaged: z_scale is {z_scale!r}")
        weights = read_weights(folder)
        generator = cls(folder, network, sizes, weights, z_scale)
        generator.keras_network()
        return generator

    def save(self, folder: Path, facts: dict) -> None:
        """Writes weights.npz (float16) and model.json.

        Args:
          folder: an existing folder.
          facts: what model.json says beside what drawing needs.
        """
        description = {
            "kind": KIND,
            "network": self.network,
            "sizes": self.sizes,
            "z_scale": self.z_scale,
        }
        save_network(folder, description | facts, self.weights)

    @property
    def is_conditional(self) -> bool:
        """Whether a digit can be asked for."""
        return bool(self.sizes.get("num_classes", 0))

    @property
    def num_parameters(self) -> int:
        return sum(weight.size for weight in self.weights.values())

    def sample(
        self, count: int, digits: Sequence[int] | None = None, seed: int = 0
    ) -> np.ndarray:
        """Draws images; the i-th depends on (seed, i) and the digit alone.

        Args:
          count: how many.
          digits: one asked digit for each; None lets an unconditional generator choose
            and asks a conditional one for 0, 1, ... 9, 0, 1, ...
          seed: of the random numbers.

        Returns:
          uint8 [count, 28, 28], ink 0 on paper 255.

        Raises:
          InputError: the digits cannot be asked for.
        """
        if count < 1:
            raise InputError(f"{count} images cannot be drawn: ask for 1 or more")
        if digits is not None and not self.is_conditional:
            raise InputError(
                f"{self.folder} draws any digit and cannot be asked for one: use a "
                "conditional model such as digits_conditional"
            )
        if digits is None:
            digits = np.arange(count) % NUM_CLASSES
        digits = np.asarray(digits, np.int32)
        if digits.shape != (count,) or not np.isin(digits, range(NUM_CLASSES)).all():
            raise InputError(f"digits must be {count} numbers from 0 to 9")
        z = self.z_scale * latents(count, self.sizes["latent_dim"], seed)
        draw = self.keras_network()
        images = [
            draw(z[i : i + _BATCH], digits[i : i + _BATCH])
            for i in range(0, count, _BATCH)
        ]
        return to_pixels(np.concatenate(images)[..., 0])

    def write(self, text: str, seed: int = 0) -> np.ndarray:
        """Draws a number.

        Args:
          text: digits and spaces, such as "2026".
          seed: of the random numbers.

        Returns:
          uint8 [28, 28 len(text)], ink 0 on paper 255.

        Raises:
          InputError: another character, or the generator is not conditional.
        """
        if not text.strip():
            raise InputError("there is no digit to write in an empty text")
        for character in text:
            if character not in "0123456789 ":
                raise InputError(
                    f"{character!r} cannot be written: use the digits 0 to 9 and spaces"
                )
        digits = [int(character) for character in text if character != " "]
        drawn = iter(self.sample(len(digits), digits, seed))
        blank = np.full([SIDE_PIXELS, SIDE_PIXELS], 255, np.uint8)
        return np.hstack([blank if c == " " else next(drawn) for c in text])

    def picture(self, text: str | None, count: int, seed: int) -> np.ndarray:
        """A grid of `count` images, or a text `count` times: uint8 [H, W]."""
        if text is None:
            return pictures.grid(self.sample(count, seed=seed))
        return pictures.stack([self.write(text, seed + i) for i in range(count)])

    def keras_network(self):
        """The network with its weights, made once."""
        if self._network is None:
            from scrabblegan.digits.networks import GENERATORS

            if self.network not in GENERATORS:
                raise InputError(
                    f"{self.folder}/model.json names a network {self.network!r}"
                )
            options = {"dropout": 0.0} if self.network == "DenseGenerator" else {}
            try:
                network = GENERATORS[self.network](**self.sizes, **options)
            except TypeError as error:
                raise InputError(
                    f"{self.folder}/model.json names no sizes of a {self.network}: "
                    f"{self.sizes}"
                ) from error
            network.build_all()
            set_weights(self.folder, network.named_weights(), self.weights)
            self._network = network
        return self._network


def latents(count: int, latent_dim: int, seed: int) -> np.ndarray:
    """Standard normal z [count, latent_dim]; row i depends on (seed, i) alone."""
    rows = [
        np.random.Generator(np.random.Philox(key=[seed, i])).standard_normal(latent_dim)
        for i in range(count)
    ]
    return np.stack(rows).astype(np.float32)
