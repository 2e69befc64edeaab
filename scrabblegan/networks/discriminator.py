"""The discriminator of word images: how real does the writing look?

Fogel et al. (2020), arXiv 2003.10557, section 3.2: BigGAN's (Brock et al. 2019, arXiv
1809.11096, appendix B) without classes, fully convolutional, so that words of any
length can be judged.

That one does not know what the word says: a u with a stroke below it looks real, and if
a recognizer takes it for a y, nothing in the training says that it is none. `with_text`
each column of 16 pixels is also compared with its character, by the projection of
Miyato and Koyama (2018), arXiv 1802.05637, equation 3.

Shapes: B words of L characters, H x W places, C channels, V alphabet size.
"""

from collections.abc import Sequence
from functools import partial

import gin
import keras
import tensorflow as tf

from scrabblegan.networks.non_local import NonLocalBlock
from scrabblegan.networks.spectral_norm import SpectralConvolution, SpectralDense
from scribe.foundation.errors import InputError

# By then a fresh estimate of the largest singular value is off by some percent at most.
_FIRST_ITERATIONS = 10


class ResNetBlockDown(keras.layers.Layer):
    """Two convolutions and a 1x1 shortcut, averaged over 2x2 places.

    The first block of a network does not rectify what it gets: that is an image, whose
    ink is negative.
    """

    def __init__(self, channels: int, is_first: bool, products: str, name: str):
        super().__init__(name=name)
        self.is_first = is_first
        make = partial(SpectralConvolution, channels, products=products)
        self.first = make(3, name="convolution_1")
        self.second = make(3, name="convolution_2", down=2)
        self.shortcut = make(1, name="shortcut", down=2, use_bias=False)

    def call(self, x, valid=None):
        """[B, H, W, C], [B, W] or None -> [B, H / 2, W / 2, channels]."""
        y = self.first(x if self.is_first else tf.nn.relu(x))
        y = self.second(_masked(tf.nn.relu(y), valid))
        return y + self.shortcut(x)


class Discriminator(keras.Model):
    """Scores words of any length by the mean over their places."""

    def __init__(
        self,
        channels: Sequence[int],
        attention_after: int | None,
        with_text: bool,
        products: str,
        alphabet_size: int,
    ):
        """Makes the layers; `build_all` their weights.

        Args:
          channels: of the four blocks' results.
          attention_after: the block (1, 2, 3) that the attention follows, or None.
          with_text: whether it knows what the word says; False as in the paper.
          products: "float32" or "bfloat16" operands of convolutions.
          alphabet_size: V.
        """
        super().__init__(name="discriminator")
        if len(channels) != 4:
            raise InputError(f"channels={list(channels)}: must be four numbers")
        if attention_after not in (None, 1, 2, 3):
            raise InputError(f"attention_after={attention_after}: use 1, 2, 3 or None")
        self.blocks = [
            ResNetBlockDown(width, i == 1, products, f"block_{i}")
            for i, width in enumerate(channels, 1)
        ]
        self.attention_after = attention_after
        if attention_after is not None:
            self.attention = NonLocalBlock(
                partial(SpectralConvolution, products=products), "attention"
            )
        self.output_layer = SpectralDense(1, "output")
        self.alphabet_size = alphabet_size
        self.characters = (
            SpectralDense(channels[-1], "characters") if with_text else None
        )

    def named_weights(self) -> dict[str, keras.Variable]:
        """All variables as "layer/variable"."""
        return {v.path.partition("/")[2]: v for v in self.weights}

    def build_all(self) -> None:
        """Creates every variable."""
        self(tf.zeros([1, 32, 32, 1]), tf.ones([1, 2], tf.int32))
        for _ in range(_FIRST_ITERATIONS):
            self.iterate_norms()

    def iterate_norms(self) -> None:
        """One power iteration of every spectral norm; before each training step."""
        for layer in self.normalised_layers():
            layer.iterate()

    def normalised_layers(self) -> list[keras.layers.Layer]:
        """The layers with spectral norm."""
        kinds = (SpectralConvolution, SpectralDense)
        return [layer for layer in self._flatten_layers() if isinstance(layer, kinds)]

    def call(self, images, text, widths=None):
        """Scores [B] of images [B, 32, W, 1].

        Args:
          images: ink -1, paper +1; W a multiple of 16.
          text: int32 [B, W / 16] ids of what the words say.
          widths: int32 [B] in pixels, multiples of 16, where words are padded to W;
            what lies beyond has no influence. None if nothing is padded.
        """
        valid = None
        if widths is not None:
            valid = tf.sequence_mask(widths, tf.shape(images)[2], tf.float32)
        x = _masked(images, valid)
        for i, block in enumerate(self.blocks, 1):
            x = block(x, valid)
            if valid is not None:
                valid = valid[:, ::2]
            if i == self.attention_after:
                x = self.attention(x, valid)
            x = _masked(x, valid)
        columns = tf.reduce_mean(tf.nn.relu(x), 1)  # [B, W / 16, C]
        share = tf.ones([1]) if valid is None else tf.reduce_mean(valid, 1)
        scores = self.output_layer(tf.reduce_mean(columns, 1) / share[:, None])[:, 0]
        if self.characters is not None:
            expected = self.characters(tf.one_hot(text, self.alphabet_size))
            alike = tf.reduce_sum(columns * expected, 2)
            scores += tf.reduce_mean(alike, 1) / share
        return scores


def _masked(x, valid):
    """Zero where `valid` [B, W] is, as the padding of a convolution."""
    return x if valid is None else x * valid[:, None, :, None]


@gin.register(module="scrabblegan")
def make_discriminator(
    channels: Sequence[int],
    attention_after: int | None,
    with_text: bool,
    products: str,
    alphabet_size: int,
) -> Discriminator:
    """A Discriminator with all its variables."""
    discriminator = Discriminator(
        channels, attention_after, with_text, products, alphabet_size
    )
    discriminator.build_all()
    return discriminator
