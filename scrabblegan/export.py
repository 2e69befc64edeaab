"""Writes a trained generator for another runtime.

  python -m scrabblegan.export --model=digits_conditional --format=onnx --output=out

Makes a folder: the generator (model.onnx, model.tflite, or saved_model/) and
program.json, which describes it. docs/EXPORT.md has how to run it. ONNX needs the
packages of the extra `export`.
"""

import os
from pathlib import Path

from scrabblegan.models import saved
from scribe.foundation import command_line
from scribe.foundation.errors import InputError
from scribe.networks import runtimes


def main(arguments=None) -> int:
    parser = command_line.parser(__doc__, "scrabblegan.export")
    parser.add_argument(
        "--model", default="digits", help="run folder, or name of a shipped model"
    )
    runtimes.add_options(parser)
    options = parser.parse_args(arguments)
    output = Path(options.output)
    runtimes.check_output(output)
    folder = saved.find(options.model)
    kind = saved.description(folder)["kind"]  # before TensorFlow is imported
    if kind not in PROGRAMS:
        raise InputError(f"models of kind {kind!r} cannot be exported, as {folder} is")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    program = PROGRAMS[kind](saved.load(options.model))
    print(runtimes.write(program, output, options.format, options.float16))
    return 0


def digit_images(generator) -> runtimes.Program:
    """A DigitGenerator as a program: standard normal z, and digits -> images.

    The images are uint8 [images, 28, 28], ink 0 on paper 255, as
    DigitGenerator.sample draws them of the same z; its z_scale is in the program.
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

    return runtimes.Program(draw, inputs, facts={"kind": "digit_generator"})


# By the kind of model, what makes a program of it.
PROGRAMS = {"digit_generator": digit_images}


if __name__ == "__main__":
    command_line.run(main)
