"""Pictures of attention and of predicted densities."""

import subprocess
import sys
import time

import imageio.v3 as imageio
import numpy as np
import pytest
from drawing_samples import loops
from matplotlib.colors import to_rgba
from refusals import refused

from scribe import drawing
from scribe.drawing import figures
from scribe.drawing.density import _BLUR_PIXELS, summed_density
from scribe.strokes import arrays as pen


def mixtures_of(strokes, components: int = 4, seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    steps = len(strokes) - 1
    return {
        "pi": random.dirichlet(np.ones(components), steps),
        "mu": strokes[1:, None, :2] + random.normal(0, 0.5, [steps, components, 2]),
        "sigma": np.exp(random.normal(-1, 0.6, [steps, components, 2])),
        "rho": np.tanh(random.normal(0, 1, [steps, components])),
    }


def density_by_loops(pi, centres, sigma, rho, low, shape, pixel):
    """The same sum, one Gaussian and one pixel at a time."""
    total = np.zeros(shape)
    for weight, centre, deviation, r in zip(pi, centres, sigma, rho, strict=True):
        blur = (_BLUR_PIXELS * pixel) ** 2
        covariance = r * deviation[0] * deviation[1]
        matrix = np.array(
            [
                [deviation[0] ** 2 + blur, covariance],
                [covariance, deviation[1] ** 2 + blur],
            ]
        )
        inverse = np.linalg.inv(matrix)
        peak = weight / (2 * np.pi * np.sqrt(np.linalg.det(matrix)))
        for row in range(shape[0]):
            for column in range(shape[1]):
                at = low + pixel * (np.array([column, row]) + 0.5) - centre
                total[row, column] += peak * np.exp(-0.5 * at @ inverse @ at)
    return total


@pytest.mark.unit
def test_the_fast_density_is_the_sum_of_the_gaussians_near_and_beside_the_grid():
    random = np.random.default_rng(3)
    n = 25
    pi = random.dirichlet(np.ones(n))
    centres = random.uniform([-4, -3], [24, 13], [n, 2])
    sigma = np.exp(random.uniform(np.log(0.01), np.log(6), [n, 2]))
    rho = np.tanh(random.normal(0, 1.2, n))
    low, high, pixel = np.array([0.0, 0.0]), np.array([20.0, 10.0]), 0.25
    fast = summed_density(pi, centres, sigma, rho, low, high, pixel)
    slow = density_by_loops(pi, centres, sigma, rho, low, (40, 80), pixel)
    assert fast.shape == (40, 80)
    np.testing.assert_allclose(fast, slow, atol=2e-3 * slow.max())


@pytest.mark.unit
def test_wide_gaussians_are_as_right_on_the_coarse_grids():
    pi = np.array([0.5, 0.3, 0.2])
    centres = np.array([[300.0, 200.0], [100.0, 333.0], [500.0, 50.0]])
    sigma = np.array([[90.0, 60.0], [12.0, 40.0], [160.0, 160.0]])
    rho = np.array([0.5, -0.3, 0.0])
    size = np.array([640.0, 400.0])
    fast = summed_density(pi, centres, sigma, rho, np.zeros(2), size, 1.0)
    chosen = np.s_[::40, ::40]
    slow = np.zeros(fast[chosen].shape)
    for i, row in enumerate(range(0, 400, 40)):
        for j, column in enumerate(range(0, 640, 40)):
            corner = np.array([column, row], float)
            slow[i, j] = density_by_loops(
                pi, centres, sigma, rho, corner, (1, 1), 1.0
            ).item()
    np.testing.assert_allclose(fast[chosen], slow, atol=8e-3 * slow.max())


@pytest.mark.property
@pytest.mark.parametrize("sigma", [1e-6, 0.01, 1.0, 7.0, 20.0])
@pytest.mark.parametrize("rho", [0.0, 0.999])
def test_the_density_keeps_the_weight_of_a_gaussian_however_narrow(sigma, rho):
    density = summed_density(
        np.array([0.4, 0.6]),
        np.array([[130.3, 140.9], [150.0, 120.2]]),
        np.array([[sigma, sigma], [sigma, 2 * sigma]]),
        np.full(2, rho),
        np.zeros(2),
        np.array([300.0, 280.0]),
        1.0,
    )
    assert (density >= 0).all()
    assert density.sum() == pytest.approx(1.0, abs=3e-3)


@pytest.mark.unit
def test_gaussians_wider_than_the_picture_or_far_away_are_no_trouble():
    wide = summed_density(
        np.array([1.0, 0.5, 0.5]),
        np.array([[-3e9, 4e9], [1e15, 0.0], [5.0, -1e15]]),
        np.array([[5e9, 5e9], [1.0, 1.0], [20.0, 0.5]]),
        np.zeros(3),
        np.zeros(2),
        np.array([30.0, 20.0]),
        0.5,
    )
    expected = np.exp(-0.5 * (0.6**2 + 0.8**2)) / (2 * np.pi * 25e18)
    np.testing.assert_allclose(wide, expected, rtol=1e-6)
    still = np.zeros([20, 3])
    drawing.density_figure(mixtures_of(still), still)


@pytest.mark.integration
def test_a_density_figure_is_dark_where_the_pen_was_expected(tmp_path):
    strokes = loops(150)
    mixtures = mixtures_of(strokes)
    figure = drawing.density_figure(mixtures, strokes, tmp_path / "a" / "density.png")
    pixels = imageio.imread(tmp_path / "a" / "density.png")
    assert pixels.shape[1] == 1650
    above, below = figure.axes
    density = np.asarray(above.images[0].get_array())
    left, right, bottom, top = above.images[0].get_extent()
    assert top < bottom  # y points down
    points = pen.points_from_strokes(strokes)
    column = ((points[1:, 0] - left) / (right - left) * density.shape[1]).astype(int)
    row = ((points[1:, 1] - top) / (bottom - top) * density.shape[0]).astype(int)
    assert np.median(density[row, column]) > 10 * np.median(density)
    pixel = (right - left) / density.shape[1]
    assert density.sum() * pixel**2 == pytest.approx(len(strokes) - 1, rel=0.01)
    np.testing.assert_array_equal(below.images[0].get_array(), mixtures["pi"].T)


@pytest.mark.integration
@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_an_attention_figure_names_the_characters_and_the_end(tmp_path, ending):
    text = "a $b_ é"
    strokes = loops(80)
    phi = np.random.default_rng(0).random([79, len(text) + 1])
    path = tmp_path / f"attention.{ending}"
    figure = drawing.attention_figure(phi, text, path, strokes)
    assert path.stat().st_size > 5000
    top, writing = figure.axes
    labels = [label.get_text() for label in top.get_yticklabels()]
    assert labels == ["a", "␣", "$", "b", "_", "␣", "é", "end"]
    np.testing.assert_array_equal(top.images[0].get_array(), phi.T)
    assert top.get_ylim() == (7.5, -0.5)  # the first character on top
    pixels = figures.figure_pixels(figure)
    assert pixels.dtype == np.uint8 and pixels.shape[1:] == (1650, 3)
    drawing.attention_figure(phi, text)


@pytest.mark.unit
def test_each_piece_of_writing_has_the_colour_of_the_character_attended_to():
    strokes = loops(90)
    attended = np.repeat([0, 1, 2], 30)  # the last one is the end
    for rows in (attended, attended[1:]):  # a row for each point, or for each move
        figure = drawing.attention_figure(np.eye(3)[rows], "ab", None, strokes)
        labels = [label.get_color() for label in figure.axes[0].get_yticklabels()]
        assert len(set(labels)) == 3
        points = pen.points_from_strokes(strokes)
        for u, collection in enumerate(figure.axes[1].collections):
            assert tuple(collection.get_color()[0]) == to_rgba(labels[u])
            drawn = np.concatenate([path.vertices for path in collection.get_paths()])
            for t in range(30 * u + 1, 30 * u + 30):
                assert np.abs(drawn - points[t]).sum(axis=1).min() < 1e-9


@pytest.mark.unit
def test_figures_refuse_what_does_not_fit(tmp_path):
    strokes = loops(30)
    phi = np.ones([29, 4])
    with refused("[T, 3]", "2 characters", "'ab'", [29, 4]):
        drawing.attention_figure(phi, "ab")
    with refused("phi", 29, 28):
        drawing.attention_figure(phi, "abc", None, strokes[:28])
    with refused("phi", "finite"):
        drawing.attention_figure(phi * np.nan, "abc")
    with refused(tmp_path / "a.gif", ".png, .svg, .pdf"):
        drawing.attention_figure(phi, "abc", tmp_path / "a.gif")
    good = mixtures_of(strokes)
    wrong = [
        ({"rho": good["rho"][1:]}, ["rho", [28, 4], "29 rows"]),
        ({"mu": good["mu"][..., 0]}, ["mu", [29, 4], "29 rows"]),
        ({"sigma": -good["sigma"]}, ["sigma > 0"]),
        ({"rho": np.ones_like(good["rho"])}, ["rho < 1"]),
        ({"pi": good["pi"] * np.inf}, ["pi", "finite"]),
    ]
    for change, facts in wrong:
        with refused(*facts):
            drawing.density_figure(good | change, strokes, tmp_path / "a.png")
    with refused("rho, sigma"):
        drawing.density_figure({"pi": 0, "mu": 0}, strokes)
    with refused("pi", [29, 4], "1 points"):
        drawing.density_figure(good, strokes[:1])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.integration
def test_figures_need_neither_pyplot_nor_tensorflow():
    program = (
        "import sys, numpy as np\n"
        "from scribe import drawing\n"
        "from scribe.drawing import figures\n"
        "strokes = np.eye(3)[[0, 1, 2, 0, 1]]\n"
        "figure = drawing.attention_figure(np.ones([5, 3]), 'ab', None, strokes)\n"
        "figures.figure_pixels(figure)\n"
        "print(sorted({'matplotlib.pyplot', 'tensorflow', 'cv2'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.regression
def test_a_line_of_700_points_and_20_components_takes_moments():
    strokes = loops(700)
    mixtures = mixtures_of(strokes, 20)
    drawing.density_figure(mixtures_of(strokes[:20]), strokes[:20])  # import Matplotlib
    start = time.perf_counter()
    drawing.density_figure(mixtures, strokes)
    assert time.perf_counter() - start < 5
