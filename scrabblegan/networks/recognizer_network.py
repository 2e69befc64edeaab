"""The recognizer of word images: convolutions, then a softmax for CTC in each column.

After Shi et al. (2017), arXiv 1507.05717 (CRNN): convolutions that keep the width at a
quarter while they use up the height, each remaining column one frame ("map to
sequence"), LSTMs in both directions if wanted, and a dense layer. ScrabbleGAN (Fogel et
al. 2020, supplement) leaves the LSTMs out: a recognizer that reads single letters
rather than likely words makes its generator write more legibly.

Shapes: B words, W pixels, T frames, F features of a frame, V alphabet size with the
blank, whose id is 0.
"""

import math
from collections.abc import Sequence

import gin
import keras
import tensorflow as tf

from scrabblegan.images import HEIGHT_PIXELS
from scribe.foundation.alphabet import TERMINATOR_ID
from scribe.foundation.errors import InputError
from scribe.training import distribution

BLANK_ID = TERMINATOR_ID
_FOLD = 2
_CONTEXT = 5  # frames
_NORM_MOMENTUM = 0.98  # averages over some fifty steps
_POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}


class ConvolutionBlock(keras.layers.Layer):
    """A convolution, batch norm, rectifier; a shortcut where channels stay equal.

    The shortcut is that of He et al. (2016), arXiv 1512.03385, equation 1.
    """

    def __init__(
        self, channels: int, kernel: tuple[int, int], products: str, name: str
    ):
        super().__init__(name=name)
        self.channels = channels
        self.convolution = keras.layers.Conv2D(
            channels,
            kernel,
            padding="same",
            use_bias=False,
            dtype=_POLICIES[products],
            name="convolution",
        )
        self.norm = keras.layers.BatchNormalization(
            momentum=_NORM_MOMENTUM,
            name="norm",
            synchronized=distribution.num_replicas() > 1,
        )

    def call(self, x, training: bool):
        """[B, H, W, C] -> [B, H, W, channels]."""
        y = self.norm(self.convolution(x), training=training)
        if x.shape[-1] == self.channels:
            y += x
        return tf.nn.relu(y)


class RecognizerNetwork(keras.Model):
    """Reads words of any width.

    What lies beyond a word's width has no influence on its scores: it is set to zero,
    as the surroundings of any image are, before each convolution. In training, batch
    norm would count such padding, so a batch should hold words of one width.

    The first convolution sees squares of 2x2 pixels as four channels: at full size, a
    fifth of the time would go into a layer that finds little more.
    """

    def __init__(
        self,
        stages: Sequence[Sequence[int]],
        pools: Sequence[Sequence[int]],
        context: Sequence[int],
        num_units: int,
        num_recurrent_layers: int,
        dropout: float,
        products: str,
        alphabet_size: int,
    ):
        """Makes the layers; `build_all` their weights.

        Args:
          stages: for each stage the channels of its 3x3 convolutions.
          pools: for each stage the rows and columns that become one after it. Rows must
            multiply to at most 16; columns to at most 4, which leaves two frames to
            each character of 16 pixels, as CTC needs for double letters.
          context: channels of convolutions over five frames, after the stages.
          num_units: LSTM cells in each direction.
          num_recurrent_layers: bidirectional LSTM layers; 0 for none.
          dropout: share of the features zeroed in training before each LSTM layer and
            the last layer.
          products: "float32" or "bfloat16" operands of the convolutions.
          alphabet_size: V.
        """
        super().__init__(name="recognizer")
        stages = [[int(channels) for channels in stage] for stage in stages]
        pools = [[int(n) for n in pool] for pool in pools]
        if len(stages) != len(pools) or not stages or not all(stages):
            raise InputError(
                f"stages={stages}, pools={pools}: there must be one pool for each "
                "stage, and a stage needs a convolution"
            )
        rows, columns = (math.prod(sizes) for sizes in zip(*pools, strict=True))
        if HEIGHT_PIXELS // _FOLD % rows or 4 % columns:
            raise InputError(
                f"pools={pools}: rows must multiply to a divisor of 16, columns to one "
                "of 4"
            )
        if products not in _POLICIES:
            raise InputError(f"products={products!r}: use {' or '.join(_POLICIES)}")
        if not 0.0 <= dropout < 1.0:
            raise InputError(f"dropout={dropout}: must be in [0, 1)")
        self._sizes = {
            "stages": stages,
            "pools": pools,
            "context": [int(channels) for channels in context],
            "num_units": num_units,
            "num_recurrent_layers": num_recurrent_layers,
            "alphabet_size": alphabet_size,
        }
        self.stride = _FOLD * columns
        self.pools = pools
        self.dropout = dropout
        self.stages = [
            [
                ConvolutionBlock(channels, (3, 3), products, f"block_{i}_{j}")
                for j, channels in enumerate(stage, 1)
            ]
            for i, stage in enumerate(stages, 1)
        ]
        self.context = [
            ConvolutionBlock(channels, (1, _CONTEXT), products, f"context_{i}")
            for i, channels in enumerate(context, 1)
        ]
        self.recurrent = [
            keras.layers.Bidirectional(
                keras.layers.LSTM(num_units, return_sequences=True, name="lstm"),
                name=f"recurrent_{i}",
            )
            for i in range(1, num_recurrent_layers + 1)
        ]
        self.output_layer = keras.layers.Dense(alphabet_size, name="output")

    def sizes(self) -> dict:
        """The arguments that make a network of the same shapes."""
        return dict(self._sizes)

    def named_weights(self) -> dict[str, keras.Variable]:
        """All variables, batch-norm averages included, as "layer/variable"."""
        return {v.path.partition("/")[2]: v for v in self.weights}

    def character_axes(self) -> dict[str, int]:
        """Which axis of which weight goes by the ids of characters."""
        return {"output/kernel": 1, "output/bias": 0}

    def build_all(self) -> None:
        """Creates every variable."""
        width = 16
        self(tf.zeros([1, HEIGHT_PIXELS, width, 1]), tf.constant([width]))

    def call(self, images, widths, seed=None, training=None):
        """Scores every symbol in every frame.

        Args:
          images: [B, 32, W, 1], ink -1, paper +1; W a multiple of the stride.
          widths: int32 [B] pixels that count, multiples of the stride.
          seed: int32 [2], of dropout; None switches it off.
          training: whether batch norm uses this batch's statistics and updates its
            averages; None if there is a seed.

        Returns:
          logits [B, T, V] and lengths [B] in frames.
        """
        frames, lengths = self.frames(images, widths, seed, training)
        frames = self._dropped(frames, seed, len(self.recurrent))
        return self.output_layer(frames), lengths

    def frames(self, images, widths, seed=None, training=None):
        """What the last layer sees: features [B, T, F], zero beyond lengths [B]."""
        training = seed is not None if training is None else training
        mask = tf.sequence_mask(widths, tf.shape(images)[2], tf.float32)
        x = _masked((1.0 - images) / 2.0, mask)  # paper is zero, as what is around it
        x, mask = tf.nn.space_to_depth(x, _FOLD), mask[:, ::_FOLD]
        for (rows, columns), blocks in zip(self.pools, self.stages, strict=True):
            for block in blocks:
                x = _masked(block(x, training=training), mask)
            x = tf.nn.max_pool2d(x, (rows, columns), (rows, columns), "VALID")
            mask = mask[:, ::columns]
        height, channels = x.shape[1], x.shape[3]
        x = tf.transpose(x, [0, 2, 1, 3])
        x = tf.reshape(x, [tf.shape(x)[0], 1, tf.shape(x)[1], height * channels])
        for block in self.context:
            x = _masked(block(x, training=training), mask)
        x = x[:, 0]
        for i, layer in enumerate(self.recurrent):
            x = layer(self._dropped(x, seed, i), mask=tf.cast(mask, tf.bool))
            x *= mask[:, :, None]
        return x, widths // self.stride

    def _dropped(self, x, seed, index: int):
        """Dropout number `index`; nothing without a seed."""
        if seed is None or self.dropout == 0.0:
            return x
        own_seed = tf.random.experimental.stateless_fold_in(seed, index)
        return distribution.dropout(x, self.dropout, own_seed)


def _masked(x, mask):
    """[B, H, W, C], zero where `mask` [B, W] is."""
    return x * mask[:, None, :, None]


@gin.register(module="scrabblegan")
def make_recognizer(
    stages: Sequence[Sequence[int]],
    pools: Sequence[Sequence[int]],
    context: Sequence[int],
    num_units: int,
    num_recurrent_layers: int,
    dropout: float,
    products: str,
    alphabet_size: int,
) -> RecognizerNetwork:
    """A RecognizerNetwork with all its variables."""
    network = RecognizerNetwork(
        stages, pools, context, num_units, num_recurrent_layers, dropout, products,
        alphabet_size,
    )  # fmt: skip
    network.build_all()
    return network


def text_nats(logits, lengths, text, text_length):
    """Minus the log probability that CTC gives each text, in nats.

    Graves et al. (2006), equations 6 to 8. The kernel for sparse labels is the fast one
    on a CPU, and takes each word's own number of frames.

    Args:
      logits: [B, T, V].
      lengths: int32 [B] frames that count.
      text: int32 [B, L] ids; what lies beyond its length does not matter.
      text_length: int32 [B] characters.

    Returns:
      [B]; infinite where a text needs more frames than there are.
    """
    inside = tf.sequence_mask(text_length, tf.shape(text)[1])
    labels = tf.sparse.from_dense(tf.where(inside, text, BLANK_ID))
    return tf.nn.ctc_loss(
        tf.cast(labels, tf.int32),
        logits,
        label_length=None,
        logit_length=tf.cast(lengths, tf.int32),
        logits_time_major=False,
        blank_index=BLANK_ID,
    )
