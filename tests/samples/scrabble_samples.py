"""Tiny networks and trainers of word images, always with the same weights."""

from functools import partial


def tiny_networks():
    """Factories of the three networks, as a trainer takes them."""
    from recognizer_samples import tiny_network

    from scrabblegan.networks.discriminator import make_discriminator
    from scrabblegan.networks.generator import make_generator

    return {
        "generator": partial(
            make_generator,
            latent_dim=8,
            channels=(8, 8, 8, 8),
            mean_patches=True,
            attention_after=1,
            norm_momentum=0.9,
            products="float32",
        ),
        "discriminator": partial(
            make_discriminator,
            channels=(4, 8, 8, 8),
            attention_after=1,
            with_text=True,
            products="float32",
        ),
        "recognizer": tiny_network,
    }


def tiny_scrabble_trainer(dataset, **changes):
    """A ScrabbleTrainer whose generator makes a step at every second step."""
    import keras

    from scrabblegan.networks.losses import HingeLoss
    from scrabblegan.training.scrabble_trainer import ScrabbleTrainer

    keras.utils.set_random_seed(0)
    options = tiny_networks() | {
        f"{name}_optimizer": keras.optimizers.Adam(1e-3, beta_1=0.0)
        for name in ("generator", "discriminator", "recognizer")
    }
    options |= {
        "loss": HingeLoss(),
        "alpha": 1.0,
        "balance_means": False,
        "discriminator_steps": 2,
        "reuse_backward": True,
        "recognizer_learns": True,
        "initial_recognizer": None,
        "initial_generator": None,
        "ema_decay": 0.9,
        "picture_words": ["ab", "c"],
        "seed": 1,
        "jit_compile": False,
    }
    return ScrabbleTrainer(dataset, **(options | changes))


def tiny_print_trainer(dataset, rate: float = 1e-2, **changes):
    """A PrintTrainer of a tiny generator."""
    import keras

    from scrabblegan.training.print_trainer import PrintTrainer

    keras.utils.set_random_seed(0)
    options = {
        "generator": tiny_networks()["generator"],
        "optimizer": keras.optimizers.Adam(rate),
        "clip_norm": 1.0,
        "picture_words": ["ab", "c"],
        "seed": 1,
    }
    return PrintTrainer(dataset, **(options | changes))


def random_writer(folder=None):
    """A WordWriter that has learnt nothing and knows a to e."""
    import keras

    from scrabblegan.models.word_writer import WordWriter
    from scribe.foundation.alphabet import Alphabet

    keras.utils.set_random_seed(0)
    generator = tiny_networks()["generator"](alphabet_size=6)
    writer = WordWriter.of(generator, Alphabet("abcde"))
    if folder is not None:
        writer.save(folder, {"step": 0})
        return WordWriter.load(folder)
    return writer
