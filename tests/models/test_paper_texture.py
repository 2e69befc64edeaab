"""Paper that looks as the one that it was learnt from."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from scribe.models import paper_texture

pytestmark = pytest.mark.unit


def grainy(random, count=60):
    """Patches of paper with a grain of two pixels and few dark shades."""
    fields = random.normal(size=[count, 64, 64])
    fields = np.stack([gaussian_filter(field, 1.0) for field in fields])
    fields /= fields.std()
    return (240 - 4 * np.exp(0.5 * fields)).clip(0, 255).round().astype(np.uint8)


def test_the_texture_has_the_grain_and_the_shades_of_the_paper():
    random = np.random.default_rng(0)
    patches = grainy(random)
    made = paper_texture.texture(*paper_texture.learn(patches), 200, 300, random)
    assert made.shape == (200, 300)
    for share in (0.003, 0.03, 0.1, 0.5, 0.9):
        expected = np.quantile(patches, share)
        assert np.quantile(made, share) == pytest.approx(expected, abs=1.0)

    def alike(images):
        images = images.astype(float)
        one, other = images[..., :-1].ravel(), images[..., 1:].ravel()
        return np.corrcoef(one, other)[0, 1]

    assert alike(made) == pytest.approx(alike(patches), abs=0.1)
    assert alike(made[:, ::2]) < alike(made)


def test_paper_of_one_shade_stays_so():
    random = np.random.default_rng(0)
    kernel, shades = paper_texture.learn(np.full([3, 64, 64], 250, np.uint8))
    made = paper_texture.texture(kernel, shades, 20, 30, random)
    np.testing.assert_allclose(made, 250.0)
