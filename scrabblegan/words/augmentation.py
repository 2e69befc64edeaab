"""Word images as they might have been written or scanned otherwise, in TensorFlow.

A recognizer that sees each word once in each of some ten epochs learns the words by
heart; one that sees it a little different each time has to learn the letters. Elastic
distortions are those of Simard et al. (2003), section 2, which helped most on digits.
"""

import dataclasses

import gin
import tensorflow as tf

from scribe.foundation.errors import InputError

# Pixels a side of a random square, and deviations above which there is a spot in it.
_SPECKS = 2, 1.2  # in one of nine squares
_BLOTS = 4, 1.8  # in one of 28


@gin.register(module="scrabblegan")
@dataclasses.dataclass(frozen=True)
class ImageAugmentation:
    """Random changes of a batch; zero switches one off.

    Attributes:
      rotation_std: radians.
      slant_std: columns by which a row is moved for each row above it.
      scale_std: of the logarithm of height and width, each on its own.
      shift_std: pixels, up or down.
      elastic_std: pixels by which the knots of a grid are moved.
      elastic_spacing: pixels between knots.
      thickness_std: of the share by which strokes go towards those of pens a pixel
        thicker on each side, or thinner if negative.
      max_blur: largest share by which a pixel goes towards the mean of its 3x3.
      max_fading: largest share of the ink that is lost.
      max_specks: largest darkness, up to 1, of specks of some two pixels everywhere,
        and of blots of some four. A recognizer that never saw any takes two of them for
        the tail of a y, and then a generator that learns from it writes specks where
        people write tails.
      max_gaps: largest share of the ink that is lost in gaps of some four pixels.
    """

    rotation_std: float
    slant_std: float
    scale_std: float
    shift_std: float
    elastic_std: float
    elastic_spacing: int
    thickness_std: float
    max_blur: float
    max_fading: float
    max_specks: float
    max_gaps: float

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value < 0 or (field.name == "elastic_spacing" and value < 1):
                raise InputError(f"ImageAugmentation.{field.name}={value}: too small")

    def __call__(self, images, seed):
        """Other images of the same words.

        Args:
          images: [B, H, W, 1], ink -1, paper +1.
          seed: int32 [2].

        Returns:
          the same shape; paper comes in from outside.
        """
        seeds = tf.unstack(tf.random.split(seed, 3), num=3)
        ink = (1.0 - images[..., 0]) / 2.0  # [B, H, W]
        ink = sampled(ink, *self._places(tf.shape(ink), seeds[0], seeds[1]))
        return 1.0 - 2.0 * self._drawn(ink, seeds[2])[..., None]

    def _places(self, shape, affine_seed, elastic_seed):
        """Where each pixel comes from: rows and columns, each [B, H, W]."""
        count, height, width = shape[0], shape[1], shape[2]
        normal = tf.random.stateless_normal([6, count, 1, 1], affine_seed)
        angle, slant = self.rotation_std * normal[0], self.slant_std * normal[1]
        scale = tf.exp(self.scale_std * normal[2:4])
        shift = self.shift_std * normal[4]
        y = tf.range(height, dtype=tf.float32) - (tf.cast(height, tf.float32) - 1) / 2
        x = tf.range(width, dtype=tf.float32) - (tf.cast(width, tf.float32) - 1) / 2
        y, x = y[:, None], x[None, :]
        rows = scale[0] * (tf.cos(angle) * y - tf.sin(angle) * x) + shift
        columns = scale[1] * (tf.sin(angle) * y + tf.cos(angle) * x) + slant * y
        moved = self._elastic(shape, elastic_seed)
        rows += moved[..., 0] + (tf.cast(height, tf.float32) - 1) / 2
        columns += moved[..., 1] + (tf.cast(width, tf.float32) - 1) / 2
        return rows, columns

    def _elastic(self, shape, seed):
        """A smooth field of displacements in pixels: [B, H, W, 2]."""
        knots = shape[1:3] // self.elastic_spacing + 2
        moves = tf.random.stateless_normal(tf.concat([shape[:1], knots, [2]], 0), seed)
        return self.elastic_std * tf.image.resize(moves, shape[1:3], "bicubic")

    def _drawn(self, ink, seed):
        """Ink with another pen on other paper: [B, H, W] -> [B, H, W]."""
        seeds = tf.unstack(tf.random.split(seed, 6), num=6)
        pens, blurs, gaps, specks, blots, fadings = seeds
        shape = [tf.shape(ink)[0], 1, 1]
        share = self.thickness_std * tf.random.stateless_normal(shape, pens)
        share = tf.clip_by_value(share, -0.5, 1.0)[..., None]
        ink = ink[..., None]
        thick = tf.nn.max_pool2d(ink, 3, 1, "SAME")
        thin = -tf.nn.max_pool2d(-ink, 3, 1, "SAME")
        ink += tf.nn.relu(share) * (thick - ink) + tf.nn.relu(-share) * (thin - ink)
        blur = self.max_blur * tf.random.stateless_uniform(shape, blurs)[..., None]
        ink += blur * (tf.nn.avg_pool2d(ink, 3, 1, "SAME") - ink)
        if self.max_gaps:
            ink *= 1.0 - self.max_gaps * _spots(tf.shape(ink), *_BLOTS, gaps)
        if self.max_specks:
            for size, own_seed in ((_SPECKS, specks), (_BLOTS, blots)):
                spots = self.max_specks * _spots(tf.shape(ink), *size, own_seed)
                ink = tf.maximum(ink, spots)
        faded = self.max_fading * tf.random.stateless_uniform(shape, fadings)
        return ink[..., 0] * (1.0 - faded)


def _spots(shape, pixels: int, deviations: float, seed):
    """Spots at random, in each image up to a strength of its own: [B, H, W, 1]."""
    places, strengths = tf.unstack(tf.random.split(seed, 2), num=2)
    squares = [shape[0], shape[1] // pixels, shape[2] // pixels, 1]
    normal = tf.random.stateless_normal(squares, places)
    spots = tf.clip_by_value(2.0 * (normal - deviations), 0.0, 1.0)
    spots = tf.image.resize(spots, shape[1:3], "bilinear")
    return spots * tf.random.stateless_uniform([shape[0], 1, 1, 1], strengths)


def sampled(images, rows, columns):
    """Values between pixels, bilinear; zero beyond the edge.

    Args:
      images: [B, H, W].
      rows, columns: [B, H', W'] places, in pixels of the image.

    Returns:
      [B, H', W'].
    """
    # A frame of zeros, so that every neighbour can be looked up.
    padded = tf.pad(images, [[0, 0], [1, 1], [1, 1]])
    height, width = tf.shape(padded)[1], tf.shape(padded)[2]
    flat = tf.reshape(padded, [-1, height * width])
    y = tf.clip_by_value(rows + 1.0, 0.0, tf.cast(height, tf.float32) - 1.001)
    x = tf.clip_by_value(columns + 1.0, 0.0, tf.cast(width, tf.float32) - 1.001)
    top, left = tf.floor(y), tf.floor(x)
    down, right = y - top, x - left
    corner = tf.cast(top, tf.int32) * width + tf.cast(left, tf.int32)
    values = 0.0
    for step, share in (
        (0, (1.0 - down) * (1.0 - right)),
        (1, (1.0 - down) * right),
        (width, down * (1.0 - right)),
        (width + 1, down * right),
    ):
        values += share * tf.gather(flat, corner + step, axis=1, batch_dims=1)
    return values
