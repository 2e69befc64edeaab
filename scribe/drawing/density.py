"""Where a model expected the pen: the summed densities of its predictions."""

import numpy as np

from scribe.drawing.figures import (
    INK,
    draw_curves,
    heat_colours,
    new_figure,
    plain_writing_axes,
    relative,
    save_figure,
)
from scribe.drawing.page import checked_line
from scribe.foundation.errors import InputError
from scribe.strokes.arrays import points_from_strokes, split_at_pen_lifts
from scribe.strokes.curves import bezier_curve

_WINDOW_SIGMAS = 4.0  # beyond, a Gaussian has less than 1/1000 of its peak
_BLUR_PIXELS = 0.6  # without, narrow Gaussians would fall between the pixels
_COARSER = 4  # from one grid of `summed_density` to the next
_WIDE_SIGMA_PIXELS = 16.0  # then 4 or more on the grid: 1% off at most
_MOST_PIXELS = (1650, 1200)  # of the map
_CHUNK = 2_000_000  # window pixels at a time: bounds the memory


def density_figure(mixtures, strokes, path=None):
    """Where the pen was expected at each step of a line, and how sure the model was.

    Graves (2013), figure 10: above, the sum over all steps of the density of the next
    pen position; below, the weights of the mixture's components.

    Shapes: T steps, M mixture components, P = T + 1 points.

    Args:
      mixtures: {"pi": [T, M], "mu": [T, M, 2], "sigma": [T, M, 2], "rho": [T, M]} in
        the unit of `strokes`. Row t predicts the offset `strokes[t + 1]` from point t.
      strokes: [P, 3] the line that was predicted or written.
      path: .png, .svg or .pdf file, or None.

    Returns:
      The matplotlib Figure.

    Raises:
      InputError: arrays that are missing, do not fit or are no mixture.
    """
    from matplotlib.colors import PowerNorm

    strokes = checked_line(strokes)
    pi, mu, sigma, rho = _checked(mixtures, len(strokes) - 1)
    points = points_from_strokes(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size = high - low
    border = max(0.25 * size.min(), 0.01 * size.max(), float(np.median(sigma)))
    low, high = low - border, high + border
    size = high - low
    pixel = max(float(size[0]) / _MOST_PIXELS[0], float(size[1]) / _MOST_PIXELS[1])
    density = summed_density(pi, points[:-1, None] + mu, sigma, rho, low, high, pixel)

    width, foot, weights = 11.0, 0.42, 0.9
    map_height = min(width * float(size[1] / size[0]), 6.0)
    height = map_height + 0.1 + weights + foot
    figure = new_figure(width, height)
    above, below = (
        figure.add_axes(relative(box, width, height))
        for box in (
            (0.0, height - map_height, width, map_height),
            (0.45, foot, width - 0.6, weights),
        )
    )
    rows, columns = density.shape
    colours = heat_colours()
    above.imshow(
        density,
        extent=(low[0], low[0] + columns * pixel, low[1] + rows * pixel, low[1]),
        cmap=colours,
        norm=PowerNorm(0.3, vmin=0.0, vmax=max(float(density.max()), 1e-300)),
        interpolation="bilinear",
    )
    curves = [bezier_curve(p) for p in split_at_pen_lifts(strokes)]
    draw_curves(above, curves, INK, 0.4, alpha=0.55)
    plain_writing_axes(above, low, high)
    below.imshow(
        pi.T, aspect="auto", interpolation="nearest", cmap=colours, vmin=0.0, vmax=1.0
    )
    below.set_xlabel("pen step", fontsize=8, labelpad=1)
    below.set_ylabel("component", fontsize=8, labelpad=1)
    below.tick_params(labelsize=7, length=2)
    save_figure(figure, path)
    return figure


def summed_density(pi, centres, sigma, rho, low, high, pixel: float) -> np.ndarray:
    """The sum of weighted bivariate Gaussians at the centres of a grid of pixels.

    Each one is evaluated in a window of a few sigma only; those that are wide in every
    direction on a coarser grid, which is then interpolated. All are blurred by a
    fraction of a pixel, so that each has its weight on the grid however narrow it is.

    Args:
      pi: [...] weights.
      centres: [..., 2] means.
      sigma: [..., 2] standard deviations.
      rho: [...] correlations.
      low: [2] upper left corner of the grid.
      high: [2] lower right corner.
      pixel: side of a pixel, in the unit of `low`.

    Returns:
      [H, W] density, row 0 at `low`'s y.
    """
    shape = np.maximum(np.ceil((high - low) / pixel), 1).astype(int)[::-1]  # H, W
    pi, rho = pi.ravel(), rho.ravel()
    centres = (centres.reshape(-1, 2) - low) / pixel  # in pixels from the corner
    sharp = sigma.reshape(-1, 2) / pixel
    sigma = np.hypot(sharp, _BLUR_PIXELS)
    rho = rho * (sharp / sigma).prod(axis=1)  # blurring adds no covariance
    narrowest = sigma.min(axis=1) * np.sqrt(1 - np.abs(rho))
    level = np.floor(np.log(narrowest / _WIDE_SIGMA_PIXELS) / np.log(_COARSER)) + 1
    # A grid coarser than a tenth of the picture would have nothing to interpolate.
    level = np.clip(
        level, 0, np.floor(np.log(max(shape.min() / 10, 1)) / np.log(_COARSER))
    )
    heard = pi > 1e-4
    total = np.zeros(shape)
    for each in np.unique(level[heard]):
        chosen = heard & (level == each)
        factor = _COARSER ** int(each)
        # One more pixel on each side, so that the interpolation never extrapolates.
        coarse_shape = -(-shape // factor) + 2
        coarse = _add_windows(
            coarse_shape,
            pi[chosen],
            centres[chosen] / factor + 1,
            sigma[chosen] / factor,
            rho[chosen],
        )
        total += _enlarged(coarse, factor, shape) / factor**2
    return total / pixel**2


def _add_windows(shape, pi, centres, sigma, rho) -> np.ndarray:
    """[H, W] densities per pixel of Gaussians given in pixels, windows added up."""
    total = np.zeros(shape[0] * shape[1])
    half = np.ceil(_WINDOW_SIGMAS * sigma)  # [n, 2]
    # Windows of one size can be evaluated together: sizes go up in powers of 2. One
    # that is larger than the grid becomes the whole grid, marked as size 0.
    sizes = 2 ** np.ceil(np.log2(np.maximum(half, 1)))
    sizes = np.where((half > shape[::-1]).any(axis=1, keepdims=True), 0, sizes)
    corners = np.where(sizes == 0, 0, np.floor(centres) - sizes)
    # What is far away is put outside the grid, where integers can count it.
    corners = np.clip(corners, -sizes * 2 - 1, shape[::-1]).astype(int)
    for size in np.unique(sizes, axis=0).astype(int):
        group = np.flatnonzero((sizes == size).all(axis=1))
        width, height = shape[::-1] if size[0] == 0 else 2 * size + 1
        step = max(1, _CHUNK // (width * height))
        for begin in range(0, len(group), step):
            n = group[begin : begin + step]
            columns = corners[n, :1] + np.arange(width)  # [n, w]
            rows = corners[n, 1:] + np.arange(height)  # [n, h]
            zx = (columns + 0.5 - centres[n, :1]) / sigma[n, :1]
            zy = (rows + 0.5 - centres[n, 1:]) / sigma[n, 1:]
            zx, zy = zx[:, None, :], zy[:, :, None]
            r = rho[n, None, None]
            rest = 1 - r**2
            exponent = (zx**2 + zy**2 - 2 * r * zx * zy) / (2 * rest)
            peak = pi[n] / (2 * np.pi * sigma[n].prod(axis=1) * np.sqrt(rest[:, 0, 0]))
            values = peak[:, None, None] * np.exp(-exponent)
            inside = ((rows >= 0) & (rows < shape[0]))[:, :, None] & (
                (columns >= 0) & (columns < shape[1])
            )[:, None, :]
            index = rows[:, :, None] * shape[1] + columns[:, None, :]
            total += np.bincount(
                index[inside], weights=values[inside], minlength=len(total)
            )
    return total.reshape(shape)


def _enlarged(coarse: np.ndarray, factor: int, shape) -> np.ndarray:
    """Bilinear interpolation onto pixels `factor` times as small."""
    if factor == 1:
        return coarse[1 : shape[0] + 1, 1 : shape[1] + 1]
    result = coarse
    for axis in (0, 1):
        at = (np.arange(shape[axis]) + 0.5) / factor + 0.5  # coarse pixel centres
        below = np.floor(at).astype(int)
        share = np.expand_dims(at - below, 1 - axis)
        result = (
            np.take(result, below, axis) * (1 - share)
            + np.take(result, below + 1, axis) * share
        )
    return result


def _checked(mixtures, steps: int):
    missing = {"pi", "mu", "sigma", "rho"} - set(mixtures)
    if missing:
        raise InputError(f"mixtures lack {', '.join(sorted(missing))}")
    pi, mu, sigma, rho = (
        np.asarray(mixtures[name], np.float64) for name in ("pi", "mu", "sigma", "rho")
    )
    components = pi.shape[1] if pi.ndim == 2 else 0
    wanted = {
        "pi": (pi, (steps, components)),
        "mu": (mu, (steps, components, 2)),
        "sigma": (sigma, (steps, components, 2)),
        "rho": (rho, (steps, components)),
    }
    for name, (values, shape) in wanted.items():
        if values.shape != shape or 0 in shape:
            raise InputError(
                f"{name} is {list(values.shape)}, but a line of {steps + 1} points "
                f"needs {steps} rows of one mixture each"
            )
        if not np.isfinite(values).all():
            raise InputError(f"{name} has values that are not finite")
    if sigma.min() <= 0 or np.abs(rho).max() >= 1 or pi.min() < 0:
        raise InputError("a mixture needs pi >= 0, sigma > 0 and -1 < rho < 1")
    return pi, mu, sigma, rho
