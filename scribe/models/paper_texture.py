"""Paper of the look of scanned paper: noise with its spectrum and its shades.

Galerne, Gousseau and Morel (2011), "Random phase textures": a texture without edges is
all in how strong each frequency is. A paper is the kernel that makes such noise of
white noise, and the shades that it has; nothing of a scan itself is kept.
"""

from statistics import NormalDist

import numpy as np

KERNEL = 33  # pixels a side
SHADES = 33  # of the brightness, at equal steps of a normal distribution
_AT = np.linspace(-3.2, 3.2, SHADES)  # deviations


def learn(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The kernel and the shades of patches of one paper.

    Args:
      images: uint8 [N, 64, 64] or other even sides of KERNEL pixels and more.

    Returns:
      float32 [KERNEL, KERNEL] with squares that add up to 1, and float32 [SHADES]
      rising brightness.
    """
    patches = images.astype(np.float64)
    centred = patches - patches.mean(axis=(1, 2), keepdims=True)
    rows, columns = patches.shape[1:]
    window = np.hanning(rows)[:, None] * np.hanning(columns)
    power = np.mean(np.abs(np.fft.fft2(centred * window)) ** 2, axis=0)
    kernel = np.fft.fftshift(np.fft.ifft2(np.sqrt(power)).real)
    top, left = (rows - KERNEL + 1) // 2, (columns - KERNEL + 1) // 2
    kernel = kernel[top : top + KERNEL, left : left + KERNEL]
    size = np.sqrt(np.sum(kernel**2))
    if size < 1e-9:  # paper of one shade
        kernel, size = np.zeros([KERNEL, KERNEL]), 1.0
        kernel[KERNEL // 2, KERNEL // 2] = 1.0
    normal = NormalDist()
    shades = np.quantile(patches, [normal.cdf(at) for at in _AT])
    return (kernel / size).astype(np.float32), shades.astype(np.float32)


def texture(
    kernel: np.ndarray,
    shades: np.ndarray,
    height: int,
    width: int,
    random: np.random.Generator,
) -> np.ndarray:
    """Paper of any size: float32 [height, width], 0 black to 255 white."""
    import cv2

    edge = KERNEL // 2
    noise = random.standard_normal(
        [height + 2 * edge, width + 2 * edge], dtype=np.float32
    )
    field = cv2.filter2D(noise, -1, kernel)[edge:-edge, edge:-edge]
    # It is normal, and so says itself which shade is due.
    return np.interp(field, _AT, shades).astype(np.float32)
