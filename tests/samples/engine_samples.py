"""Requests to sampling engines, and what makes two answers the same."""

import dataclasses

import numpy as np

from scribe.models.engine import Request, random_numbers
from scribe.models.numpy_engine import NumpyEngine

TEXTS = ("The quick brown fox", "a", "jumps, 13.")


def request(model, texts=TEXTS, seed=0, num_steps=400, bias=0.5):
    """A request for one line per text."""
    ids = mask = None
    if model.reads_text:
        encoded = [model.alphabet.encode(text) for text in texts]
        longest = max(len(e) for e in encoded)
        ids = np.stack([np.pad(e, (0, longest - len(e))) for e in encoded])
        mask = np.stack([np.arange(longest) < len(e) for e in encoded])
        mask = mask.astype(np.float32)
    return Request(
        text=ids,
        text_mask=mask,
        first=np.zeros([len(texts), 3], np.float32),
        bias=np.full(len(texts), bias, np.float32),
        noise=np.stack(
            [random_numbers(seed, i, 0, num_steps) for i in range(len(texts))]
        ),
        max_stall=60,
    )


def led(asked, model, strokes, text):
    """`asked`, where all lines go on from `strokes` [P, 3] that spelled `text`."""
    ids = model.alphabet.encode(text)[None]
    mask = np.ones(ids.shape, np.float32)
    start, _ = NumpyEngine(model).lead(strokes[None], ids, mask)
    first = np.repeat(strokes[-1:], len(asked.bias), axis=0)
    return dataclasses.replace(asked, start=start, first=first)


def scribbles(num_points, seed=0):
    """[num_points, 3] in the network's unit."""
    random = np.random.default_rng(seed)
    strokes = random.normal(0, 1, [num_points, 3]).astype(np.float32)
    strokes[:, 2] = random.random(num_points) < 0.2
    return strokes


def assert_same_lines(first, second, rows=None, tolerance=2e-4):
    """Answers agree where their rows count; `rows` picks those of the first."""
    rows = range(len(second.lengths)) if rows is None else rows
    for of_first, of_second in zip(rows, range(len(second.lengths)), strict=True):
        length = second.lengths[of_second]
        assert first.lengths[of_first] == length
        assert first.finished[of_first] == second.finished[of_second]
        for name in ("strokes", "phi", "kappa"):
            a, b = getattr(first, name), getattr(second, name)
            if b is None:
                assert a is None
                continue
            a, b = a[of_first, :length], b[of_second, :length]
            width = min(a.shape[1], b.shape[1])  # padding of the text
            np.testing.assert_allclose(a[:, :width], b[:, :width], atol=tolerance)
            assert not a[:, width:].any()
