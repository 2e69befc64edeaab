"""Does a crop look like a scan? Judged patch by patch, and as a whole.

Isola et al. (2017), arXiv 1611.07004, section 3.2.2: patches of 16 pixels, which see
ink and its edges but hardly letters: letters are held by what the pen did. The same
figures of the pen that the generator is told are compared with the crop, by the
projection of Miyato and Koyama (2018), arXiv 1802.05637, equation 3. Without them there
was one pen for all (docs/understand/INK.md). Every layer has spectral norm.

Shapes: B crops of H x W pixels; F figures.
"""

from collections.abc import Sequence
from functools import partial

import gin
import keras
import tensorflow as tf

from scrabblegan.networks.spectral_norm import SpectralConvolution, SpectralDense
from scribe.foundation.errors import InputError
from scribe.models.ink_model import FIGURES, SLOPE

_FIRST_ITERATIONS = 10


class PatchDiscriminator(keras.Model):
    """Scores of patches and of whole crops."""

    def __init__(self, channels: Sequence[int], products: str):
        """Makes the layers; `build_all` their weights.

        Args:
          channels: of the three resolutions.
          products: "float32" or "bfloat16" operands of convolutions.
        """
        super().__init__(name="patch_discriminator")
        if len(channels) != 3 or min(channels) < 1:
            raise InputError(f"channels={list(channels)}: must be three numbers")
        a, b, c = channels
        make = partial(SpectralConvolution, size=3, products=products)
        self.steps = [
            make(a, name="fine"),
            make(b, name="halved", down=2),
            make(b, name="middle"),
            make(c, name="quartered", down=2),
        ]
        self.patch_score = SpectralDense(1, "patch_score")
        self.whole_score = SpectralDense(1, "whole_score")
        self.patch_figures = SpectralDense(c, "patch_figures")
        self.whole_figures = SpectralDense(2 * c, "whole_figures")

    def named_weights(self) -> dict[str, keras.Variable]:
        """All variables as "layer/variable"."""
        return {v.path.partition("/")[2]: v for v in self.weights}

    def build_all(self) -> None:
        """Creates every variable."""
        self(tf.zeros([1, 16, 16, 1]), tf.zeros([1, len(FIGURES)]))
        for _ in range(_FIRST_ITERATIONS):
            self.iterate_norms()

    def iterate_norms(self) -> None:
        """One power iteration of every spectral norm; before each training step."""
        for layer in self._flatten_layers():
            if isinstance(layer, SpectralConvolution | SpectralDense):
                layer.iterate()

    def call(self, darkness, figures):
        """Scores of patches [B, H / 4, W / 4] and of crops [B].

        Args:
          darkness: [B, H, W, 1], 0 white to 1 black.
          figures: [B, F] of the pen, about 0.
        """
        x = 2.0 * darkness - 0.5
        for step in self.steps:
            x = tf.nn.leaky_relu(step(x), SLOPE)
        mean = tf.reduce_mean(x, [1, 2])
        deviation = tf.math.reduce_variance(x, [1, 2])
        whole = tf.concat([mean, tf.sqrt(deviation + 1e-6)], -1)
        expected = self.patch_figures(figures)[:, None, None]
        patches = self.patch_score(x)[..., 0]
        patches += tf.reduce_mean(x * expected, -1)
        score = self.whole_score(whole)[:, 0]
        score += tf.reduce_mean(whole * self.whole_figures(figures), -1)
        return patches, score


@gin.register(module="scrabblegan")
def make_patch_discriminator(
    channels: Sequence[int], products: str
) -> PatchDiscriminator:
    """A PatchDiscriminator with all its variables."""
    discriminator = PatchDiscriminator(channels, products)
    discriminator.build_all()
    return discriminator
