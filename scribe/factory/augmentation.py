"""What pen, paper and scanner do to a picture, one operation each.

Those that move ink work on its points, so that labels stay right. The others work on a
Scene: how much ink each pixel has, and how bright the paper is there; then on the
picture that comes of both. Lengths are in x-heights, so that pictures of any size look
alike; brightness goes from 0 to 1.
"""

import gin
import numpy as np

from scribe.factory import amounts
from scribe.factory.amounts import Amount
from scribe.factory.ink import Ink
from scribe.factory.scenes import Scene, as_pixels, blurred, noise
from scribe.foundation.errors import InputError

BALLPOINT, FOUNTAIN, PENCIL, FELT = INKS = ("ballpoint", "fountain", "pencil", "felt")


class Operation:
    """Something that happens to a picture, or not.

    Attributes:
      probability: that it happens.
    """

    probability: float

    def _check(self, probability: float, **bounded) -> None:
        """Refuses a probability, and amounts given as name=(amount, low, high)."""
        name = type(self).__name__
        if not 0.0 <= probability <= 1.0:
            raise InputError(f"{name}.probability={probability}: must be from 0 to 1")
        self.probability = probability
        for each, (amount, low, high) in bounded.items():
            amounts.check_within(f"{name}.{each}", amount, low, high)

    def move(self, ink: Ink, unit: float, random: np.random.Generator) -> Ink:
        """The ink where it is afterwards."""
        return ink

    def on_ink(self, scene: Scene, random: np.random.Generator) -> None:
        """Changes ink and paper."""

    def on_image(self, scene: Scene, random: np.random.Generator) -> None:
        """Changes the picture."""


@gin.register(module="scribe")
class Rotation(Operation):
    """The sheet lies askew."""

    def __init__(self, probability: float, degrees: Amount):
        self._check(probability, degrees=(degrees, -45, 45))
        self._degrees = degrees

    def move(self, ink, unit, random):
        angle = np.radians(amounts.draw(self._degrees, random))
        turn = np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        middle = ink.points.mean(axis=0)
        return ink.moved(lambda points: (points - middle) @ turn.T + middle)


@gin.register(module="scribe")
class Perspective(Operation):
    """The camera does not look straight down: far writing is smaller."""

    def __init__(self, probability: float, strength: Amount):
        """`strength`: by which share the far end is smaller, in both directions."""
        self._check(probability, strength=(strength, 0.0, 0.5))
        self._strength = strength

    def move(self, ink, unit, random):
        low, high = ink.points.min(axis=0), ink.points.max(axis=0)
        middle, size = (low + high) / 2, np.maximum(high - low, unit)
        tilt = np.array([amounts.draw(self._strength, random) for _ in range(2)])
        tilt *= random.choice([-1.0, 1.0], 2) / size

        def project(points):
            away = points - middle
            return away / (1.0 + away @ tilt)[:, None] + middle

        return ink.moved(project)


@gin.register(module="scribe")
class Waves(Operation):
    """The writing rises and falls slowly, and is here wider, there narrower."""

    def __init__(self, probability: float, height: Amount):
        self._check(probability, height=(height, 0.0, 1.0))
        self._height = height

    def move(self, ink, unit, random):
        height = amounts.draw(self._height, random) * unit
        length = random.uniform(4.0, 12.0) * unit
        phase = random.uniform(0, 2 * np.pi, 2)

        def wave(points):
            turn = 2 * np.pi * points / length
            dy = np.sin(turn[:, 0] + phase[0])
            dx = np.sin(0.7 * turn[:, 0] + phase[1])
            return points + height * np.stack([dx, dy], axis=1)

        return ink.moved(wave)


@gin.register(module="scribe")
class InkKind(Operation):
    """Ballpoint, fountain pen, pencil or felt tip: how even and how dark a line is."""

    def __init__(self, probability: float, shares: dict[str, float], darkness: Amount):
        """
        Args:
          probability: that the ink is not plainly black.
          shares: of each of INKS.
          darkness: of the ink, from 0 for white to 1 for black.
        """
        self._check(probability, darkness=(darkness, 0.0, 1.0))
        for kind in shares:
            if kind not in INKS:
                raise InputError(f"InkKind.shares={kind!r}: use {', '.join(INKS)}")
        self._kinds = sorted(shares)
        shares_in_order = [shares[kind] for kind in self._kinds]
        self._shares = amounts.check_shares("InkKind.shares", shares_in_order)
        self._darkness = darkness

    def on_ink(self, scene, random):
        kind = self._kinds[random.choice(len(self._kinds), p=self._shares)]
        darkness = np.float32(amounts.draw(self._darkness, random))
        shape, unit = scene.ink.shape, scene.unit
        slow = noise(shape, 1.2 * unit, random)
        fine = noise(shape, max(0.08 * unit, 0.7), random)
        tint = np.array([1.0, 1.0, 1.0], np.float32)
        if kind == BALLPOINT:
            scene.ink *= np.clip(0.88 + 0.12 * slow + 0.14 * fine, 0.25, 1.0)
            tint = _one_of([[0.5, 0.55, 1.6], [1.0, 1.0, 1.1], [0.4, 0.5, 1.3]], random)
        elif kind == FOUNTAIN:
            scene.ink *= np.clip(0.85 + 0.2 * slow, 0.5, 1.0)
            tint = _one_of([[0.5, 0.6, 1.5], [1.0, 1.0, 1.0], [1.3, 0.9, 0.7]], random)
        elif kind == PENCIL:
            grain = np.clip(0.62 + 0.33 * fine + 0.15 * slow, 0.0, 1.0)
            scene.ink *= grain
            darkness *= np.float32(0.8)
        else:
            scene.ink *= np.clip(0.95 + 0.06 * slow, 0.7, 1.0)
            tint = _one_of([[1, 1, 1], [0.4, 0.5, 1.8], [1.8, 0.4, 0.4]], random)
        scene.ink_colour = np.clip((1.0 - darkness) * tint, 0.0, 1.0)


@gin.register(module="scribe")
class Bleed(Operation):
    """Ink runs into the paper: lines have soft and frayed edges."""

    def __init__(self, probability: float, reach: Amount):
        self._check(probability, reach=(reach, 0.0, 0.5))
        self._reach = reach

    def on_ink(self, scene, random):
        reach = amounts.draw(self._reach, random) * scene.unit
        soft = blurred(scene.ink, max(reach, 0.3))
        frayed = 1.6 + 0.5 * noise(scene.ink.shape, max(0.15 * scene.unit, 0.8), random)
        scene.ink = np.clip(np.maximum(scene.ink * 0.6, soft * frayed), 0.0, 1.0)


@gin.register(module="scribe")
class Gaps(Operation):
    """The pen skips: here and there a line has little ink."""

    def __init__(self, probability: float, share: Amount):
        """`share`: of the ink that is missing, about."""
        self._check(probability, share=(share, 0.0, 0.5))
        self._share = share

    def on_ink(self, scene, random):
        share = amounts.draw(self._share, random)
        field = noise(scene.ink.shape, 0.25 * scene.unit, random)
        threshold = np.float32(_normal_quantile(share))
        scene.ink *= np.clip(0.5 + 2.0 * (field - threshold), 0.1, 1.0)


@gin.register(module="scribe")
class PaperTone(Operation):
    """Paper that is not quite white, with grain, fibres and an uneven brightness."""

    def __init__(
        self, probability: float, brightness: Amount, texture: Amount, tint: Amount
    ):
        """
        Args:
          probability: that the paper is not plainly white.
          brightness: of the paper.
          texture: deviation of its grain.
          tint: how yellow it is, from 0 to 1.
        """
        self._check(
            probability,
            brightness=(brightness, 0.2, 1.0),
            texture=(texture, 0.0, 0.3),
            tint=(tint, 0.0, 1.0),
        )
        self._amounts = brightness, texture, tint

    def on_ink(self, scene, random):
        brightness, texture, tint = (amounts.draw(a, random) for a in self._amounts)
        shape, unit = scene.paper.shape, scene.unit
        fine = noise(shape, max(0.05 * unit, 0.6), random)
        coarse = noise(shape, 3.0 * unit, random)
        scene.paper *= np.float32(brightness) * (
            1.0 + np.float32(texture) * (0.6 * fine + 0.5 * coarse)
        )
        scene.paper_colour = np.array([1, 1 - 0.06 * tint, 1 - 0.22 * tint], np.float32)


@gin.register(module="scribe")
class Ruling(Operation):
    """Paper that is ruled or squared."""

    def __init__(self, probability: float, grid: float, darkness: Amount):
        """
        Args:
          probability: of rules.
          grid: share of squared paper among it.
          darkness: of the rules.
        """
        self._check(probability, darkness=(darkness, 0.0, 1.0), grid=(grid, 0.0, 1.0))
        self._grid, self._darkness = grid, darkness

    def on_ink(self, scene, random):
        darkness = np.float32(amounts.draw(self._darkness, random))
        is_grid = random.random() < self._grid
        step = random.uniform(1.0, 1.6) * scene.unit if is_grid else 3.6 * scene.unit
        width = max(0.05 * scene.unit, 0.5)
        angle = np.radians(random.uniform(-1.0, 1.0))
        rows, columns = np.indices(scene.paper.shape, np.float32)
        lines = _rules(rows + np.float32(angle) * columns, step, width, random)
        if is_grid:
            across = _rules(columns - np.float32(angle) * rows, step, width, random)
            lines = np.maximum(lines, across)
        scene.paper *= 1.0 - darkness * lines


@gin.register(module="scribe")
class Shadow(Operation):
    """Light comes from one side, or something keeps it off a corner."""

    def __init__(self, probability: float, depth: Amount):
        self._check(probability, depth=(depth, 0.0, 0.9))
        self._depth = depth

    def on_image(self, scene, random):
        depth = np.float32(amounts.draw(self._depth, random))
        height, width = scene.image.shape[:2]
        angle = random.uniform(0, 2 * np.pi)
        x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
        along = np.cos(angle).astype(np.float32) * x + np.float32(np.sin(angle)) * y
        edge = random.uniform(1.0, 4.0)
        shade = 1.0 / (1.0 + np.exp(np.float32(edge) * (along - random.uniform(-1, 1))))
        _scale(scene, 1.0 - depth * shade.astype(np.float32))


@gin.register(module="scribe")
class Blur(Operation):
    """A lens out of focus, or a coarse scanner."""

    def __init__(self, probability: float, reach: Amount):
        self._check(probability, reach=(reach, 0.0, 0.5))
        self._reach = reach

    def on_image(self, scene, random):
        reach = amounts.draw(self._reach, random) * scene.unit
        scene.image = blurred(scene.image, max(reach, 0.2))


@gin.register(module="scribe")
class Contrast(Operation):
    """Brightness, contrast and gamma of a scanner's settings."""

    def __init__(self, probability: float, gamma: Amount, contrast: Amount):
        self._check(probability, gamma=(gamma, 0.2, 5.0), contrast=(contrast, 0.2, 3.0))
        self._gamma, self._contrast = gamma, contrast

    def on_image(self, scene, random):
        gamma = np.float32(amounts.draw(self._gamma, random))
        contrast = np.float32(amounts.draw(self._contrast, random))
        image = np.clip(scene.image, 0.0, 1.0) ** gamma
        # Around a bright grey: paper stays paper.
        scene.image = 0.8 + contrast * (image - 0.8)


@gin.register(module="scribe")
class Noise(Operation):
    """The scanner's noise, and dust."""

    def __init__(self, probability: float, deviation: Amount, specks: Amount):
        """
        Args:
          probability: of noise.
          deviation: of each pixel.
          specks: of dust per 1,000 square x-heights.
        """
        self._check(
            probability, deviation=(deviation, 0.0, 0.5), specks=(specks, 0, 1000)
        )
        self._deviation, self._specks = deviation, specks

    def on_image(self, scene, random):
        import cv2

        deviation = np.float32(amounts.draw(self._deviation, random))
        height, width = scene.image.shape[:2]
        field = deviation * noise((height, width), 0.0, random)
        scene.image = scene.image + (
            field if scene.image.ndim == 2 else field[..., None]
        )
        area = height * width / scene.unit**2 / 1000
        for _ in range(random.poisson(amounts.draw(self._specks, random) * area)):
            at = (int(random.integers(width)), int(random.integers(height)))
            radius = max(round(random.uniform(0.02, 0.08) * scene.unit), 1)
            grey = float(random.uniform(0.1, 0.7))
            scene.image = np.ascontiguousarray(scene.image)
            cv2.circle(scene.image, at, radius, (grey, grey, grey), -1, cv2.LINE_AA)


@gin.register(module="scribe")
class Jpeg(Operation):
    """The picture was kept as a JPEG once."""

    def __init__(self, probability: float, quality: Amount):
        self._check(probability, quality=(quality, 1, 100))
        self._quality = quality

    def on_image(self, scene, random):
        import cv2

        quality = round(amounts.draw(self._quality, random))
        pixels = as_pixels(scene.image)
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        scene.image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED).astype(np.float32) / 255


@gin.register(module="scribe")
class Scan:
    """All operations, in their order."""

    def __init__(self, operations: list[Operation], colour: bool):
        """
        Args:
          operations: in the order in which they happen; those that move ink come first.
          colour: whether pictures are red, green and blue, or grey.
        """
        self._operations, self.colour = list(operations), bool(colour)

    def happening(self, random: np.random.Generator) -> list[Operation]:
        """Those that happen to a picture."""
        draws = random.random(len(self._operations))
        return [
            operation
            for operation, draw in zip(self._operations, draws, strict=True)
            if draw < operation.probability
        ]

    def picture(
        self,
        ink: np.ndarray,
        unit: float,
        operations: list[Operation],
        random: np.random.Generator,
    ) -> np.ndarray:
        """A picture of some ink.

        Args:
          ink: uint8 [H, W], 255 for all.
          unit: pixels per x-height.
          operations: that happen to it.
          random: of their draws.

        Returns:
          uint8 [H, W], or [H, W, 3] red, green, blue.
        """
        scene = Scene.plain(ink.astype(np.float32) / 255, unit)
        for operation in operations:
            operation.on_ink(scene, random)
        scene.develop(self.colour)
        for operation in operations:
            operation.on_image(scene, random)
        return as_pixels(scene.image)


def _rules(at: np.ndarray, step: float, width: float, random) -> np.ndarray:
    """float32, 1 on lines that are `step` apart and `width` wide."""
    phase = np.float32(random.uniform(0, step))
    away = np.abs((at + phase) % np.float32(step) - np.float32(step / 2))
    return np.clip(np.float32(width / 2 + 0.5) - away, 0.0, 1.0)


def _scale(scene: Scene, factor: np.ndarray) -> None:
    scene.image = scene.image * (factor if scene.image.ndim == 2 else factor[..., None])


def _one_of(tints, random: np.random.Generator) -> np.ndarray:
    return np.array(tints[random.integers(len(tints))], np.float32)


def _normal_quantile(share: float) -> float:
    """Below which so large a share of a normal distribution is (Abramowitz and Stegun
    26.2.22, 0.003 off at most)."""
    tail = min(max(share, 1e-6), 0.5)
    t = np.sqrt(-2.0 * np.log(tail))
    return -(t - (2.30753 + 0.27061 * t) / (1.0 + 0.99229 * t + 0.04481 * t * t))
