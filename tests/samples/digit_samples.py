"""Small corpora of digits, networks and trainers for the tests of scrabblegan."""

import io

import numpy as np
from PIL import Image, ImageDraw


def drawn_digit(digit: int, random: np.random.Generator) -> np.ndarray:
    """uint8 [28, 28], ink 0 on paper 255: as many bars as the digit says, and a frame.

    So every digit looks different, and every image of it a little.
    """
    image = Image.new("L", (28, 28), 255)
    draw = ImageDraw.Draw(image)
    left, top = (int(n) for n in random.integers(4, 7, 2))
    draw.rectangle([left, top, left + 17, top + 17], outline=int(random.integers(60)))
    for i in range(digit):
        y = top + 1 + round(1.7 * i)
        draw.line([left, y, left + 17 - i, y], fill=0)
    return np.asarray(image)


def png(pixels: np.ndarray, mode: str = "alpha") -> bytes:
    """A PNG of uint8 [28, 28] (ink 0) as black ink with alpha, or in another mode."""
    grey = Image.fromarray(pixels)
    if mode == "alpha":
        black = Image.new("L", grey.size, 0)
        picture = Image.merge("RGBA", [black] * 3 + [Image.fromarray(255 - pixels)])
    elif mode == "bright":
        picture = Image.fromarray(255 - pixels)
    elif mode == "I;16":
        picture = Image.fromarray(pixels.astype(np.uint16) * 257)
    else:
        picture = grey.convert(mode)
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return file.getvalue()


def write_folders(folder, per_digit: int = 20, doubled: bool = True, seed: int = 0):
    """A corpus as PNG folders, `7/7/*.png` or `7/*.png`; returns the folder."""
    random = np.random.default_rng(seed)
    for digit in range(10):
        place = folder / str(digit) / (str(digit) if doubled else "")
        place.mkdir(parents=True)
        for i in range(per_digit):
            (place / f"{i}.png").write_bytes(png(drawn_digit(digit, random)))
    return folder


def write_npz(path, num_train: int = 200, num_test: int = 50, seed: int = 0):
    """A corpus as MNIST's npz; returns the path."""
    random = np.random.default_rng(seed)
    arrays = {}
    for split, count in (("train", num_train), ("test", num_test)):
        digits = np.arange(count) % 10
        images = np.stack([255 - drawn_digit(digit, random) for digit in digits])
        arrays |= {f"x_{split}": images, f"y_{split}": digits.astype(np.uint8)}
    np.savez(path, **arrays)
    return path


def tiny_dataset(data_dir, **changes):
    """Two batches of 6 images per step."""
    from scrabblegan.digits.dataset import DigitDataset

    options = {"batch_size": 6, "batches_per_step": 2, "seed": 1}
    return DigitDataset(str(data_dir), **(options | changes))


def tiny_networks(num_classes: int = 0, kind: str = "conv"):
    """A generator and a critic of few units, always with the same weights."""
    import keras

    from scrabblegan.digits import networks as digits

    keras.utils.set_random_seed(0)
    if kind == "dense":
        return (
            digits.DenseGenerator(latent_dim=5, num_units=8, dropout=0.2),
            digits.DenseCritic(num_units=8, dropout=0.2),
        )
    return (
        digits.ConvGenerator(latent_dim=5, num_channels=4, num_classes=num_classes),
        digits.ConvCritic(num_channels=4, num_classes=num_classes),
    )


def tiny_trainer(dataset, num_classes: int = 0, kind: str = "conv", **changes):
    """A DigitTrainer of tiny networks with Gulrajani's settings."""
    import keras

    from scrabblegan.digits.trainer import DigitTrainer

    generator, critic = tiny_networks(num_classes, kind)
    options = {
        "generator": generator,
        "critic": critic,
        "generator_optimizer": keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9),
        "critic_optimizer": keras.optimizers.Adam(1e-3, beta_1=0.5, beta_2=0.9),
        "penalty_weight": 10.0,
        "clip_norm": None,
        "noise_start": 0.0,
        "noise_epochs": 0,
        "rate_decay": 1.0,
        "rate_decay_epochs": 1,
        "class_weights": (1.0, 0.1),
        "ema_decay": 0.0,
        "seed": 1,
        "jit_compile": False,
    }
    return DigitTrainer(dataset, **(options | changes))
