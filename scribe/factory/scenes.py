"""A picture in the making, and the blur and the noise that scans are made of."""

import dataclasses
import functools

import numpy as np

# Fields of noise are cut out of one tile of this side; larger pictures repeat it.
_TILE = 1024


@dataclasses.dataclass(eq=False)
class Scene:
    """A picture in the making.

    Attributes:
      ink: float32 [H, W], share of each pixel that is under ink; 1 is all.
      paper: float32 [H, W], brightness of the paper.
      ink_colour, paper_colour: red, green, blue from 0 to 1.
      unit: pixels per x-height.
      image: float32 [H, W] or [H, W, 3] once ink and paper are together.
    """

    ink: np.ndarray
    paper: np.ndarray
    ink_colour: np.ndarray
    paper_colour: np.ndarray
    unit: float
    image: np.ndarray | None = None

    @classmethod
    def plain(cls, ink: np.ndarray, unit: float) -> "Scene":
        """Black ink on white paper."""
        paper = np.ones(ink.shape, np.float32)
        return cls(ink, paper, np.zeros(3, np.float32), np.ones(3, np.float32), unit)

    def develop(self, colour: bool) -> None:
        """Puts ink and paper together: `image` from now on."""
        if colour:
            share = self.ink[..., None]
            paper = self.paper[..., None] * self.paper_colour
            self.image = paper + share * (self.ink_colour - paper)
        else:
            weights = np.array([0.299, 0.587, 0.114], np.float32)
            paper = self.paper * np.float32(self.paper_colour @ weights)
            ink = np.float32(self.ink_colour @ weights)
            self.image = paper + self.ink * (ink - paper)


def as_pixels(image: np.ndarray) -> np.ndarray:
    """uint8 of brightness from 0 to 1."""
    return np.rint(255 * np.clip(image, 0.0, 1.0)).astype(np.uint8)


def blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur, reflected at the edges."""
    import cv2

    return cv2.GaussianBlur(image, (0, 0), sigma)


def noise(shape, grain: float, random: np.random.Generator) -> np.ndarray:
    """float32 [H, W] of mean 0 and deviation 1, whose grains are so many pixels wide.

    Cut out of a tile that is the same for all pictures, at a place drawn by chance: a
    tenth of the time that fresh noise takes.
    """
    import cv2

    height, width = shape
    scale = max(grain, 1.0)
    rows, columns = int(height / scale) + 3, int(width / scale) + 3
    tile = _tile()
    top, left = random.integers(_TILE, size=2)
    part = tile.take(np.arange(top, top + rows), axis=0, mode="wrap")
    part = part.take(np.arange(left, left + columns), axis=1, mode="wrap")
    if scale == 1.0:
        return part[:height, :width]
    size = (round(columns * scale), round(rows * scale))
    large = cv2.resize(part, size, interpolation=cv2.INTER_CUBIC)
    return large[:height, :width]


@functools.cache
def _tile() -> np.ndarray:
    random = np.random.Generator(np.random.Philox(20))
    return random.standard_normal([_TILE, _TILE], np.float32)
