"""A trained network of ink: strokes become the scan of what a pen wrote.

scrabblegan.ink trains it; here it runs with NumPy alone, so that whoever draws strokes
can have ink. It is fully convolutional: pictures of any size are drawn in bands.

Shapes: H x W pixels, multiples of 4 where networks run; C channels; S conditions.
"""

import dataclasses
import functools
from pathlib import Path

import numpy as np

from scribe.foundation.errors import InputError
from scribe.foundation.files import load_arrays
from scribe.foundation.json_files import read_json
from scribe.models import paper_texture, pen_maps
from scribe.models.shipped import pretrained_models, shipped_model

KIND = "ink"
FIGURES = ("spread", "darkness", "width")
NUM_NOISE = 5  # numbers z beside the figures
CONDITIONS = len(FIGURES) + NUM_NOISE
# Of the height of small letters, for writing with tall ones among them (median of
# 3,000 words that scribe_default wrote).
SPREAD_OF_X_HEIGHT = 1.17
ROWS = 64  # of the scans that it learnt from
SLOPE = 0.2  # of the leaky rectifiers
# Of the ink that leaves the network: no ink is none, not nearly none.
GAIN, SHIFT = 1.03, 0.02
DRAWN, OUTSIDE = 5.6, -4.4
BLURS = (0.8, 1.6)  # pixels, of the optics' halo
_BAND = 256
_MARGIN = 32  # beyond the reach of the network
_MOST_PIXELS = 60_000_000
_MOST_CHANNELS = 512
_SEEN = (0.02, 0.98)  # quantiles of the heights of writing that it can draw


@dataclasses.dataclass(frozen=True, eq=False)
class InkModel:
    """A trained network of ink as plain arrays.

    Attributes:
      folder: where it was read from.
      channels: of its three levels.
      weights: float32 arrays by name, as the Keras network's named_weights.
      figures: float32 [N, 3], FIGURES of real words: height of the writing, how dark,
        how broad the pen.
      papers: kernels [K, 33, 33] and shades [K, 33], see paper_texture.
      facts: what model.json says.
    """

    folder: Path
    channels: tuple[int, int, int]
    weights: dict[str, np.ndarray]
    figures: np.ndarray
    papers: tuple[np.ndarray, np.ndarray]
    facts: dict

    @classmethod
    def load(cls, name: str | Path) -> "InkModel":
        """A run folder, or a shipped model by its name.

        Raises:
          InputError: there is none of this name, or its files are damaged.
        """
        folder = Path(name)
        if not (folder / "model.json").is_file():
            folder = shipped_model(str(name)) or folder
        if not (folder / "model.json").is_file():
            known = ", ".join(pretrained_models([KIND])) or "none is here"
            raise InputError(
                f"there is no ink {str(name)!r}: use a run folder or a shipped one "
                f"({known})"
            )
        facts = read_json(folder / "model.json")
        try:
            found, sizes = facts["kind"], facts["sizes"]
            channels = tuple(int(n) for n in sizes["channels"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{folder}/model.json is damaged: {error!r}") from error
        if found != KIND:
            raise InputError(f"{folder} is a model of kind {found!r}, not of ink")
        if len(channels) != 3 or not all(0 < n <= _MOST_CHANNELS for n in channels):
            raise InputError(f"{folder}/model.json: channels {list(channels)}")
        arrays = load_arrays(folder / "weights.npz")
        _check_shapes(folder, arrays, channels)
        papers = arrays.pop("paper_kernels"), arrays.pop("paper_shades")
        figures = arrays.pop("figures")
        return cls(folder, channels, arrays, figures, papers, facts)

    def pen(self, random: np.random.Generator, spread: float) -> np.ndarray:
        """A pen for writing of this height: float32 [S], figures and z.

        The pens are those of real words of about this height.
        """
        away = np.abs(np.log(self.figures[:, 0] / max(spread, 1e-3)))
        near = np.argsort(away, kind="stable")[: max(len(away) // 8, 1)]
        figures = self.figures[near[random.integers(len(near))]].copy()
        figures[0] = spread
        z = random.standard_normal(NUM_NOISE)
        return np.concatenate([self.normalized(figures), z]).astype(np.float32)

    def normalized(self, figures: np.ndarray) -> np.ndarray:
        """Figures [..., 3] as the network takes them: about 0, deviation 1."""
        return normalized(figures, self.figures)

    def ink(
        self,
        points: np.ndarray,
        ends: np.ndarray,
        height: int,
        width: int,
        pen: np.ndarray,
        random: np.random.Generator,
    ) -> np.ndarray:
        """How much ink is on each pixel: float32 [height, width], 0 to 1.

        Args:
          points: float [P, 2] pixels, y down, a point for each equal step of time.
          ends: bool [P], the last point of each stroke.
          height, width: of the picture.
          pen: as `pen` gives it.
          random: of the grain.
        """
        if height < 1 or width < 1 or height * width > _MOST_PIXELS:
            raise InputError(f"a picture of {width} x {height} pixels cannot be drawn")
        rows, columns = -(-height // 4) * 4, -(-width // 4) * 4
        noise = random.standard_normal([rows, columns, 1], dtype=np.float32)
        drawn = np.empty([rows, columns], np.float32)
        for top in range(0, rows, _BAND):
            low, high = max(top - _MARGIN, 0), min(top + _BAND + _MARGIN, rows)
            maps = pen_maps.pen_maps(points - [0, low], ends, high - low, columns)
            maps = maps.astype(np.float32) / 255
            band = self.ink_of_maps(np.concatenate([maps, noise[low:high]], -1), pen)
            bottom = min(top + _BAND, rows)
            drawn[top:bottom] = band[top - low : bottom - low]
        return drawn[:height, :width]

    def ink_of_maps(self, x: np.ndarray, pen: np.ndarray) -> np.ndarray:
        """Ink [H, W] of maps and noise [H, W, 4]."""
        noise = x[..., 3:]
        first = self._conv(x, "first")
        y = self._conv(self._conv(first, "down_1", down=True), "level_1", pen)
        half = y
        y = self._conv(self._conv(y, "down_2", down=True), "level_2", pen)
        y = y + self._conv(y, "level_2_more", pen)
        y = self._joined(self._conv(_repeated(y), "up_1"), half, "merge_1", pen, noise)
        y = self._joined(self._conv(_repeated(y), "up_2"), first, "merge_2", pen, noise)
        out = _convolved(y, self.weights["output/kernel"])[..., 0]
        out = out + self.weights["output/bias"][0]
        level = 4.0 * out + DRAWN * x[..., 0] + OUTSIDE
        ink = np.clip(GAIN / (1.0 + np.exp(-level)) - SHIFT, 0.0, 1.0)
        return self._with_halo(ink)

    def _conv(self, x, name: str, pen=None, down: bool = False) -> np.ndarray:
        kernel = self.weights[f"{name}/kernel"]
        y = _averaged(x, kernel) if down else _convolved(x, kernel)
        y += self.weights[f"{name}/bias"]
        if pen is not None:
            gain, bias = self._modulation(name, pen)
            y = y * gain + bias
        return np.maximum(y, SLOPE * y)

    def _joined(self, y, skipped, name: str, pen, noise) -> np.ndarray:
        x = np.concatenate([y, skipped], axis=-1)
        y = _convolved(x, self.weights[f"{name}/kernel"])
        y += self.weights[f"{name}/bias"]
        gain, bias = self._modulation(name, pen)
        step = noise.shape[0] // y.shape[0]
        y = y * gain + bias + noise[::step, ::step] * self.weights[f"{name}_noise/gain"]
        return np.maximum(y, SLOPE * y)

    def _modulation(self, name: str, pen):
        film = pen @ self.weights[f"{name}_film/kernel"]
        film = film + self.weights[f"{name}_film/bias"]
        gain, bias = np.split(film, 2)
        return 1.0 + gain, bias

    def _with_halo(self, ink: np.ndarray) -> np.ndarray:
        import cv2

        logits = self.weights["halo/logits"]
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        seen = shares[0] * ink
        for share, blur in zip(shares[1:], BLURS, strict=True):
            kernel = blur_kernel(blur)
            seen = seen + share * cv2.sepFilter2D(
                ink, -1, kernel, kernel, borderType=cv2.BORDER_CONSTANT
            )
        return seen

    def paper(self, height: int, width: int, random: np.random.Generator) -> np.ndarray:
        """Paper: float32 [height, width], 0 black to 255 white."""
        kernels, shades = self.papers
        which = random.integers(len(kernels))
        return paper_texture.texture(
            kernels[which], shades[which], height, width, random
        )

    def scan(
        self,
        points: np.ndarray,
        ends: np.ndarray,
        height: int,
        width: int,
        random: np.random.Generator,
        spread: float | None = None,
    ) -> np.ndarray:
        """The scan of some writing: uint8 [height, width].

        Args:
          points, ends, height, width: as for `ink`.
          random: of pen, grain and paper.
          spread: height of the writing, two deviations of its points' y; None to
            measure it here, which is right for a single line.
        """
        if spread is None:
            spread = max(2.0 * float(points[:, 1].std()), 1.0)
        low, high = np.quantile(self.figures[:, 0], _SEEN)
        factor = float(np.clip(spread, low, high)) / spread
        if abs(factor - 1.0) < 1e-3:
            pen = self.pen(random, spread)
            ink = self.ink(points, ends, height, width, pen, random)
            paper = self.paper(height, width, random)
            return np.rint(paper * (1.0 - ink)).clip(0, 255).astype(np.uint8)
        # Drawn as large as what it has learnt from, as if scanned more coarsely.
        import cv2

        rows, columns = (max(round(factor * n), 1) for n in (height, width))
        scale = [columns / width, rows / height]
        small = self.scan(points * scale, ends, rows, columns, random, factor * spread)
        method = cv2.INTER_CUBIC if factor < 1.0 else cv2.INTER_AREA
        return cv2.resize(small, (width, height), interpolation=method)


def normalized(figures: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Figures [..., 3] in deviations from the mean of others [N, 3]; widths by log."""
    logs, others = (np.log(np.maximum(f, 1e-3)) for f in (figures, of))
    spread = np.maximum(others.std(axis=0), 1e-3)
    return np.clip((logs - others.mean(axis=0)) / spread, -3.0, 3.0).astype(np.float32)


@functools.cache
def blur_kernel(deviation: float) -> np.ndarray:
    """float32 [2 r + 1] of a Gaussian, r three deviations."""
    reach = int(np.ceil(3 * deviation))
    at = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (at / deviation) ** 2)
    return (kernel / kernel.sum()).astype(np.float32)


def _convolved(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A 3x3 convolution with zeros around: [H, W, C] -> [H, W, D].

    Three columns beside each other make one product for each row of the kernel.
    """
    height, width, channels = x.shape
    padded = np.zeros([height + 2, width + 2, channels], np.float32)
    padded[1:-1, 1:-1] = x
    wide = np.concatenate([padded[:, k : k + width] for k in range(3)], axis=-1)
    rows = kernel.reshape(3, 3 * channels, -1)
    y = wide[:height].reshape(-1, 3 * channels) @ rows[0]
    for k in (1, 2):
        y += wide[k : k + height].reshape(-1, 3 * channels) @ rows[k]
    return y.reshape(height, width, -1)


def _averaged(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The mean over 2x2 of a 3x3 convolution, at once: [H, W, C] -> [H/2, W/2, D].

    It is a convolution of 4x4 and stride 2.
    """
    height, width, channels = x.shape
    spread = np.zeros([4, 4, *kernel.shape[2:]], np.float32)
    for row in (0, 1):
        for column in (0, 1):
            spread[row : row + 3, column : column + 3] += kernel / 4
    padded = np.zeros([height + 2, width + 2, channels], np.float32)
    padded[1:-1, 1:-1] = x
    wide = np.concatenate([padded[:, k : k + width - 1 : 2] for k in range(4)], axis=-1)
    rows = spread.reshape(4, 4 * channels, -1)
    y = 0.0
    for k in range(4):
        part = np.ascontiguousarray(wide[k : k + height - 1 : 2])
        y = y + part.reshape(-1, 4 * channels) @ rows[k]
    return y.reshape(height // 2, width // 2, -1)


def _repeated(x: np.ndarray) -> np.ndarray:
    return x.repeat(2, axis=0).repeat(2, axis=1)


def weight_shapes(channels) -> dict[str, tuple[int, ...]]:
    """Shapes of the network's weights by name."""
    a, b, c = channels
    convolutions = {
        "first": (pen_maps.CHANNELS + 1, a),
        "down_1": (a, b), "level_1": (b, b),
        "down_2": (b, c), "level_2": (c, c), "level_2_more": (c, c),
        "up_1": (c, b), "merge_1": (2 * b, b),
        "up_2": (b, a), "merge_2": (2 * a, a),
        "output": (a, 1),
    }  # fmt: skip
    shapes: dict[str, tuple[int, ...]] = {}
    for name, (inner, outer) in convolutions.items():
        shapes[f"{name}/kernel"] = (3, 3, inner, outer)
        shapes[f"{name}/bias"] = (outer,)
    for name in MODULATED:
        outer = convolutions[name][1]
        shapes[f"{name}_film/kernel"] = (CONDITIONS, 2 * outer)
        shapes[f"{name}_film/bias"] = (2 * outer,)
    for name in NOISY:
        shapes[f"{name}_noise/gain"] = (convolutions[name][1],)
    return shapes | {"halo/logits": (1 + len(BLURS),)}


MODULATED = ("level_1", "level_2", "level_2_more", "merge_1", "merge_2")
NOISY = ("merge_1", "merge_2")


def _check_shapes(folder: Path, arrays: dict, channels) -> None:
    """Raises InputError where the file does not fit the network."""
    expected = weight_shapes(channels)
    size, num_shades = paper_texture.KERNEL, paper_texture.SHADES
    numbers = {"figures": (3,), "paper_kernels": (size, size)}
    numbers["paper_shades"] = (num_shades,)
    for name in sorted(expected.keys() | numbers.keys() | arrays.keys()):
        found = arrays[name].shape if name in arrays else None
        if name in numbers:
            fits = found is not None and found[1:] == numbers[name] and found[0] > 0
        else:
            fits = found == expected.get(name)
        if not fits:
            raise InputError(f"{folder}: weights.npz does not fit: {name} is {found}")
    if len(arrays["paper_kernels"]) != len(arrays["paper_shades"]):
        raise InputError(f"{folder}: weights.npz has kernels without shades")
    if not (arrays["figures"] > 0).all():
        raise InputError(f"{folder}: weights.npz has figures of 0 or less")
