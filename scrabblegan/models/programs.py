"""Trained models as programs for other runtimes, see scribe.networks.runtimes."""

from scrabblegan.digits.generator import DigitGenerator
from scribe.networks.runtimes import Program


def digit_images(generator: DigitGenerator) -> Program:
    """A generator of digits as a program: standard normal z, and digits -> images.

    The images are uint8 [images, 28, 28], ink 0 on paper 255, as
    `DigitGenerator.sample` draws them of the same z; its z_scale is in the program.
    """
    import tensorflow as tf

    network = generator.keras_network()
    inputs = {"z": (("images", generator.sizes["latent_dim"]), "float32")}
    if generator.is_conditional:
        inputs["digits"] = (("images",), "int32")

    def draw(z, digits=None):
        drawn = network(generator.z_scale * z, digits)[..., 0]
        pixels = tf.clip_by_value(tf.round((drawn + 1.0) * 127.5), 0.0, 255.0)
        return {"images": tf.cast(pixels, tf.uint8)}

    return Program(draw, inputs, facts={"kind": "digit_generator"})


# By the kind of model, what makes a program of it.
PROGRAMS = {"digit_generator": digit_images}
