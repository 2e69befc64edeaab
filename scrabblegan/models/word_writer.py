"""A trained generator of words: reading, writing, drawing."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scrabblegan.images import pictures, to_pixels
from scrabblegan.networks import (
    read_description,
    read_weights,
    save_network,
    set_weights,
)
from scribe.foundation.alphabet import Alphabet
from scribe.foundation.errors import InputError

KIND = "scrabblegan"
_BATCH = 64  # words of one length that are drawn at once
_MAX_CHARACTERS = 100  # of a word: beyond, memory is the limit
_NUM_STYLES = 8  # of a sheet


@dataclasses.dataclass
class WordWriter:
    """Writes words and lines as images.

    Attributes:
      folder: where it was read from.
      sizes: of the generator, as Generator.sizes.
      alphabet: what it can write, beside spaces.
      weights: float arrays by name.
    """

    folder: Path
    sizes: dict
    alphabet: Alphabet
    weights: dict[str, np.ndarray]

    def __post_init__(self):
        self._network = None

    @classmethod
    def load(cls, folder: Path) -> "WordWriter":
        """Reads what `save` wrote.

        Raises:
          InputError: a file is damaged or does not fit the other.
        """
        described = read_description(folder)
        if described["kind"] != KIND:
            raise InputError(
                f"{folder}/model.json: a model of kind {described['kind']!r}, not "
                f"{KIND!r}"
            )
        sizes = described["sizes"]
        try:
            alphabet = Alphabet(described["alphabet"])
            fits = sizes["alphabet_size"] == alphabet.size
        except (KeyError, TypeError, InputError) as error:
            raise InputError(f"{folder}/model.json is damaged: {error!r}") from error
        if not fits:
            raise InputError(f"{folder}/model.json: alphabet and sizes do not fit")
        writer = cls(folder, sizes, alphabet, read_weights(folder))
        writer.keras_network()
        return writer

    @classmethod
    def of(cls, generator, alphabet: Alphabet) -> "WordWriter":
        """A generator that is being trained, as it is now; draw before it goes on."""
        named = generator.named_weights().items()
        weights = {name: variable.numpy() for name, variable in named}
        writer = cls(Path(), generator.sizes(), alphabet, weights)
        writer._network = generator
        return writer

    def save(self, folder: Path, facts: dict) -> None:
        """Writes weights.npz (float16) and model.json.

        Args:
          folder: an existing folder.
          facts: what model.json says beside what writing needs.
        """
        described = {
            "kind": KIND,
            "sizes": self.sizes,
            "alphabet": self.alphabet.characters,
        }
        save_network(folder, described | facts, self.weights)

    @property
    def num_parameters(self) -> int:
        return sum(weight.size for weight in self.weights.values())

    def write(
        self,
        text: str | Sequence[str],
        seed: int = 0,
        to_seed: int | None = None,
    ) -> np.ndarray | list[np.ndarray]:
        """Writes a line, or several words or lines.

        Args:
          text: a word, or words with spaces between them, all in one hand; or a list of
            such texts, each in a hand of its own.
          seed: of the hand; that of text number i of a list depends on (seed, i).
          to_seed: the hand that the line changes to on its way, character by character;
            None to keep to one.

        Returns:
          uint8 [32, W], ink 0 on paper 255, or a list of them.

        Raises:
          InputError: there is nothing to write, or the model lacks a character.
        """
        if isinstance(text, str):
            return self._lines([text], seed, to_seed)[0]
        return self._lines(list(text), seed, to_seed)

    def styles(self, words: Sequence[str]) -> list[list[np.ndarray]]:
        """Some words in each of eight hands: uint8 [32, 16 len(word)], by hand.

        Characters that the model lacks are left out.
        """
        known = [self.alphabet.adapt(word, "skip") for word in words]
        known = [word for word in known if word]
        size = self.sizes["latent_dim"]
        styles = [latent(seed, 0, size) for seed in range(_NUM_STYLES)]
        drawn = iter(
            self._draw([(w, np.tile(z, [len(w), 1])) for z in styles for w in known])
        )
        return [[next(drawn) for _ in known] for _ in styles]

    def sheet(self, words: Sequence[str]) -> np.ndarray:
        """`styles` as one picture, a row for each hand: uint8 [H, W]."""
        return pictures.stack([pictures.line(row) for row in self.styles(words)])

    def _lines(self, texts, seed: int, to_seed: int | None) -> list[np.ndarray]:
        pieces, num_words = [], []
        for i, text in enumerate(texts):
            words = text.split()
            self._check(text, words)
            count = sum(map(len, words))
            styles = self.styles_between(count, seed, to_seed, index=i)
            ends = np.cumsum([len(word) for word in words])
            pieces.extend(zip(words, np.split(styles, ends[:-1]), strict=True))
            num_words.append(len(words))
        drawn = iter(self._draw(pieces))
        return [
            pictures.line([next(drawn) for _ in range(count)]) for count in num_words
        ]

    def _check(self, text: str, words: list[str]) -> None:
        if not words:
            raise InputError("there is no word to write in an empty text")
        for word in words:
            for _, character in self.alphabet.unknown(word):
                raise InputError(
                    f"the model cannot write {character!r} of {text!r}; it knows "
                    f"{self.alphabet.characters!r} and spaces"
                )
            if len(word) > _MAX_CHARACTERS:
                raise InputError(
                    f"a word of {len(word)} characters is too long: at most "
                    f"{_MAX_CHARACTERS}"
                )

    def styles_between(
        self, count: int, seed: int, to_seed: int | None, index: int = 0
    ) -> np.ndarray:
        """z of each character of a text: [count, Z].

        Args:
          count: characters.
          seed, to_seed: of the hands of the first and the last one, as for `write`.
          index: which text of a list it is.
        """
        size = self.sizes["latent_dim"]
        start = latent(seed, index, size)
        if to_seed is None:
            return np.tile(start, [count, 1])
        angle = np.linspace(0.0, np.pi / 2, count)[:, None]
        end = latent(to_seed, index, size)
        # On an arc: between two normal vectors all are as long as normal ones are.
        return (np.cos(angle) * start + np.sin(angle) * end).astype(np.float32)

    def _draw(self, pieces: list[tuple[str, np.ndarray]]) -> list[np.ndarray]:
        """Words with the z of each of their characters -> uint8 [32, 16 len] each."""
        network = self.keras_network()
        drawn: list[np.ndarray | None] = [None] * len(pieces)
        by_length = defaultdict(list)
        for i, (word, _) in enumerate(pieces):
            by_length[len(word)].append(i)
        for indices in by_length.values():
            for start in range(0, len(indices), _BATCH):
                part = indices[start : start + _BATCH]
                ids = np.stack([self.alphabet.encode(pieces[i][0])[:-1] for i in part])
                images = network(ids, np.stack([pieces[i][1] for i in part]))
                for i, image in zip(part, to_pixels(images), strict=True):
                    drawn[i] = image[..., 0]
        return drawn

    def picture(
        self, text: str | None, count: int, seed: int, to_seed: int | None = None
    ) -> np.ndarray:
        """A line in `count` hands, one below the other: uint8 [H, W].

        Args:
          text: the line; None is refused, since this model needs one.
          count: how many.
          seed: of the first hand; the next ones follow.
          to_seed: the hand that each line changes to, or None.
        """
        if text is None:
            raise InputError(f"{self.folder} writes words: say which by --text")
        lines = [self.write(text, seed + i, to_seed) for i in range(count)]
        return pictures.stack(lines)

    def keras_network(self):
        """The network with its weights, made once."""
        if self._network is None:
            from scrabblegan.networks.generator import Generator

            try:
                network = Generator(**self.sizes, norm_momentum=0.0, products="float32")
                network.build_all()
            except (TypeError, ValueError) as error:
                raise InputError(
                    f"{self.folder}/model.json names no sizes of a generator: "
                    f"{self.sizes}"
                ) from error
            set_weights(self.folder, network.named_weights(), self.weights)
            self._network = network
        return self._network


def latent(seed: int, index: int, latent_dim: int) -> np.ndarray:
    """Standard normal z [Z] of hand number `index`; float32."""
    random = np.random.Generator(np.random.Philox(key=[seed, index]))
    return random.standard_normal(latent_dim).astype(np.float32)
