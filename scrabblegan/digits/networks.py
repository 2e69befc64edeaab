"""Generators, critics and a classifier of 28x28 digits.

Shapes: B images, Z `latent_dim`, C `num_channels`.

All take a `seed` for their dropout; with None they run as they do after training, with
the batch norm's averages and without dropout. Generators end in tanh, ink -1 on paper
+1; critics end in a plain number, as the Wasserstein distance needs, and have no batch
norm, since the gradient penalty looks at one image at a time (Gulrajani et al. 2017,
section 4). Generators and critics are dense or convolutional.
"""

import gin
import keras
import tensorflow as tf

from scrabblegan.digits.dataset import IMAGE_SHAPE, NUM_CLASSES, SIDE_PIXELS
from scribe.training import distribution

_LEAK = 0.2  # slope of the leaky rectifiers, as in DCGAN (Radford et al. 2016)
_KERNEL = 4  # of strided convolutions: a multiple of the stride leaves no chequerboard
_SMALL = SIDE_PIXELS // 4  # pixels a side before two doublings


class _Network(keras.Model):
    """A network that names its weights and its sizes."""

    def named_weights(self) -> dict[str, keras.Variable]:
        """All variables, batch-norm averages included, as "layer/variable"."""
        return {v.path.partition("/")[2]: v for v in self.weights}

    def build_all(self) -> None:
        """Creates every variable."""
        raise NotImplementedError

    @property
    def is_conditional(self) -> bool:
        return bool(self._sizes.get("num_classes", 0))

    def sizes(self) -> dict[str, int]:
        """The arguments that make a network of the same shapes."""
        return dict(self._sizes)


class _Generator(_Network):
    """What generators share: z [B, Z] and, if conditional, digits [B] -> images."""

    @property
    def latent_dim(self) -> int:
        return self._sizes["latent_dim"]

    def build_all(self) -> None:
        self(tf.zeros([1, self.latent_dim]), tf.zeros([1], tf.int32))


class _Critic(_Network):
    """What critics share: images [B, 28, 28, 1] and digits [B] -> scores [B]."""

    def judge(self, images, digits=None, seed=None):
        """Scores [B], and logits of the digit [B, 10] or None: one pass for both."""
        return self(images, digits, seed=seed), None

    def build_all(self) -> None:
        self(tf.zeros([1, SIDE_PIXELS, SIDE_PIXELS, 1]), tf.zeros([1], tf.int32))


def _has_replicas() -> bool:
    """Whether batch norm has to ask other devices for the rest of the batch."""
    return distribution.num_replicas() > 1


def _dropout(x, rate: float, seed, index: int):
    """Dropout number `index` of a network; nothing without a seed."""
    if seed is None or rate == 0.0:
        return x
    own_seed = tf.random.experimental.stateless_fold_in(seed, index)
    return distribution.dropout(x, rate, own_seed)


@gin.register(module="scrabblegan")
class DenseGenerator(_Generator):
    """Dense 512, 1024 with batch norm and dropout, then 784 pixels and tanh."""

    def __init__(self, latent_dim: int, num_units: int, dropout: float):
        """`num_units` of the first layer; the second has twice as many."""
        super().__init__(name="generator")
        self._sizes = {"latent_dim": latent_dim, "num_units": num_units}
        self.dropout = dropout
        self.hidden = [
            keras.layers.Dense(num_units, name="dense_1"),
            keras.layers.Dense(2 * num_units, name="dense_2"),
        ]
        self.norms = [
            keras.layers.BatchNormalization(
                momentum=0.9, name=f"norm_{i}", synchronized=_has_replicas()
            )
            for i in (1, 2)
        ]
        self.output_layer = keras.layers.Dense(SIDE_PIXELS**2, name="output")

    def call(self, z, digits=None, seed=None):
        """Draws images: [B, Z], ignored, seed or None -> [B, 28, 28, 1]."""
        x = z
        for i, (dense, norm) in enumerate(zip(self.hidden, self.norms, strict=True)):
            x = norm(dense(x), training=seed is not None)
            x = _dropout(tf.nn.leaky_relu(x, _LEAK), self.dropout, seed, i)
        images = tf.tanh(self.output_layer(x))
        return tf.reshape(images, [-1, SIDE_PIXELS, SIDE_PIXELS, 1])


@gin.register(module="scrabblegan")
class DenseCritic(_Critic):
    """Dense 256, 128 with dropout, then one number."""

    def __init__(self, num_units: int, dropout: float):
        """`num_units` of the first layer; the second has half as many."""
        super().__init__(name="critic")
        self._sizes = {"num_units": num_units}
        self.dropout = dropout
        self.hidden = [
            keras.layers.Dense(num_units, name="dense_1"),
            keras.layers.Dense(num_units // 2, name="dense_2"),
        ]
        self.output_layer = keras.layers.Dense(1, name="output")

    def call(self, images, digits=None, seed=None):
        """Scores images: [B, 28, 28, 1], ignored, seed or None -> [B]."""
        x = tf.reshape(images, [-1, SIDE_PIXELS**2])
        for i, dense in enumerate(self.hidden):
            x = _dropout(tf.nn.leaky_relu(dense(x), _LEAK), self.dropout, seed, i)
        return self.output_layer(x)[:, 0]


class ConditionalBatchNorm(keras.layers.Layer):
    """Batch norm whose gain and bias depend on the asked digit.

    Dumoulin et al. (2017), arXiv 1610.07629, equation 5. Without classes it is plain
    batch norm. C is the number of channels.
    """

    def __init__(self, num_classes: int, name: str):
        super().__init__(name=name)
        self.num_rows = max(num_classes, 1)
        self.norm = keras.layers.BatchNormalization(
            momentum=0.9, center=False, scale=False, name="statistics",
            synchronized=_has_replicas(),
        )  # fmt: skip

    def build(self, input_shape):
        """Creates gain and bias, one row per digit."""
        shape = (self.num_rows, input_shape[-1])
        self.gain = self.add_weight(shape=shape, initializer="ones", name="gain")
        self.bias = self.add_weight(shape=shape, initializer="zeros", name="bias")

    def call(self, x, digits, training):
        """[B, H, W, C], int32 [B] or None -> [B, H, W, C]."""
        x = self.norm(x, training=training)
        if self.num_rows == 1:
            return x * self.gain + self.bias
        gain, bias = tf.gather(self.gain, digits), tf.gather(self.bias, digits)
        return x * gain[:, None, None] + bias[:, None, None]


@gin.register(module="scrabblegan")
class ConvGenerator(_Generator):
    """Dense to 7 x 7 x 2C, then two transposed convolutions to 28 x 28 (as DCGAN).

    With `num_classes` the asked digit enters through the batch norms and as an
    embedding beside z.
    """

    def __init__(self, latent_dim: int, num_channels: int, num_classes: int):
        """`num_classes` is 10 to ask for a digit, 0 for any."""
        super().__init__(name="generator")
        self._sizes = {
            "latent_dim": latent_dim,
            "num_channels": num_channels,
            "num_classes": num_classes,
        }
        self.num_channels = num_channels
        self.dense = keras.layers.Dense(
            _SMALL**2 * 2 * num_channels, use_bias=False, name="dense"
        )
        self.up = keras.layers.Conv2DTranspose(
            num_channels, _KERNEL, 2, "same", use_bias=False, name="up"
        )
        self.norms = [
            ConditionalBatchNorm(num_classes, "norm_1"),
            ConditionalBatchNorm(num_classes, "norm_2"),
        ]
        self.output_layer = keras.layers.Conv2DTranspose(
            1, _KERNEL, 2, "same", name="output"
        )

    def call(self, z, digits=None, seed=None):
        """Draws images: [B, Z], int32 [B], seed or None -> [B, 28, 28, 1]."""
        training = seed is not None
        if self.is_conditional:
            z = tf.concat([z, tf.one_hot(digits, NUM_CLASSES)], axis=1)
        x = tf.reshape(self.dense(z), [-1, _SMALL, _SMALL, 2 * self.num_channels])
        x = tf.nn.relu(self.norms[0](x, digits, training=training))
        x = self.up(x)  # [B, 14, 14, C]
        x = tf.nn.relu(self.norms[1](x, digits, training=training))
        return tf.tanh(self.output_layer(x))


@gin.register(module="scrabblegan")
class ConvCritic(_Critic):
    """Three strided convolutions C, 2C, 4C, then one number.

    With `num_classes` the score gains the product of the features with the digit's
    embedding: the projection of Miyato and Koyama (2018), arXiv 1802.05637, equation 3.
    A second output says which digit it is, for the auxiliary loss of Odena et al.
    (2017), arXiv 1610.09585, which Gulrajani et al. (2017) use for labelled images too.
    """

    def __init__(self, num_channels: int, num_classes: int):
        """`num_classes` is 10 to judge an image as a certain digit, 0 otherwise."""
        super().__init__(name="critic")
        self._sizes = {"num_channels": num_channels, "num_classes": num_classes}
        self.convolutions = [
            keras.layers.Conv2D(
                num_channels * 2**i, _KERNEL, 2, "same", name=f"convolution_{i + 1}"
            )
            for i in range(3)
        ]
        self.output_layer = keras.layers.Dense(1, name="output")
        self.embedding = self.class_layer = None
        if num_classes:
            self.embedding = keras.layers.Embedding(
                num_classes, 4 * num_channels * 4 * 4, name="embedding"
            )
            self.class_layer = keras.layers.Dense(num_classes, name="class")

    def call(self, images, digits=None, seed=None):
        """Scores images: [B, 28, 28, 1], int32 [B], ignored -> [B]."""
        return self.judge(images, digits)[0]

    def judge(self, images, digits=None, seed=None):
        """Scores [B], and logits of the digit [B, 10] or None: one pass for both."""
        x = images
        for convolution in self.convolutions:  # 14, 7, 4 pixels a side
            x = tf.nn.leaky_relu(convolution(x), _LEAK)
        features = tf.reshape(x, [-1, x.shape[1] * x.shape[2] * x.shape[3]])
        scores = self.output_layer(features)[:, 0]
        if self.embedding is None:
            return scores, None
        scores += tf.reduce_sum(features * self.embedding(digits), axis=1)
        return scores, self.class_layer(features)


@gin.register(module="scrabblegan")
class DigitClassifier(keras.Model):
    """Two convolutions with pooling, a dense layer of features, ten logits.

    Shapes: B images, F `num_features`.
    """

    def __init__(self, num_channels: int, num_features: int, dropout: float):
        """`num_channels` of the first convolution; the second has twice as many."""
        super().__init__(name="classifier")
        self.sizes = {"num_channels": num_channels, "num_features": num_features}
        self.dropout = dropout
        self.convolutions = [
            keras.layers.Conv2D(
                num_channels * (i + 1), 3, padding="same", activation="relu",
                name=f"convolution_{i + 1}",
            )
            for i in range(2)
        ]  # fmt: skip
        self.pool = keras.layers.MaxPooling2D(2)
        self.dense = keras.layers.Dense(num_features, "relu", name="features")
        self.output_layer = keras.layers.Dense(NUM_CLASSES, name="output")
        self(tf.zeros([1, *IMAGE_SHAPE]))

    def call(self, images, seed=None):
        """[B, 28, 28, 1] in [-1, 1] -> features [B, F], logits [B, 10]."""
        x = images
        for convolution in self.convolutions:
            x = self.pool(convolution(x))
        features = self.dense(tf.reshape(x, [-1, x.shape[1] * x.shape[2] * x.shape[3]]))
        x = features
        if seed is not None and self.dropout:
            x = distribution.dropout(x, self.dropout, seed)
        return features, self.output_layer(x)

    def named_weights(self) -> dict[str, keras.Variable]:
        """All variables as "layer/variable"."""
        layers = (*self.convolutions, self.dense, self.output_layer)
        return {f"{layer.name}/{v.name}": v for layer in layers for v in layer.weights}


# Those that a DigitGenerator may have, by the name that model.json gives.
GENERATORS = {network.__name__: network for network in (DenseGenerator, ConvGenerator)}
