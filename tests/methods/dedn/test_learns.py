"""A problem that only attention can solve: what is where, while the sum over regions is the same.

Each image shows four parts, in regions of its own, in four colours; a class is which part has
which colour. Every image has all parts and all colours, so pooled features know nothing of it.
"""

from itertools import permutations

import numpy as np
import pytest

from zslcore.data.problem import Problem, Rows
from zslcore.methods.dedn.method import fit
from zslcore.runtime.run import Run

PARTS, REGIONS, PER_CLASS = 4, 6, 14
CLASSES = np.array(list(permutations(range(PARTS))))  # the colour of each part, (24, 4)
VECTORS = np.eye(PARTS)[CLASSES].reshape(len(CLASSES), -1).astype(np.float32)
SEEN = np.arange(len(CLASSES)) % 4 != 1


def images(y, rng):
    """(N, R, C): each part with its colour in a random region, the others empty but for noise."""
    maps = 0.05 * np.abs(rng.normal(size=(len(y), REGIONS, 2 * PARTS)))
    for image, colours in zip(maps, CLASSES[y], strict=True):
        places = rng.permutation(REGIONS)[:PARTS]
        image[places, np.arange(PARTS)] += 1
        image[places, PARTS + colours] += 1
    return maps.astype(np.float16)


def accuracy(pooled, settings, inference):
    """Of images of unseen classes among unseen classes."""
    rng = np.random.default_rng(0)
    y, y_new = (np.repeat(np.flatnonzero(m), PER_CLASS) for m in (SEEN, ~SEEN))
    maps, new = images(y, rng), images(y_new, rng)
    if pooled:
        maps, new = (each.mean(1, keepdims=True) for each in (maps, new))
    names = [str(c) for c in CLASSES]
    x, rows = maps.mean(1).astype(np.float32), Rows(maps, np.arange(len(y)))
    problem = Problem(x, y, VECTORS, SEEN, names, regions=rows)
    cfg = settings(
        {
            "attribute_vectors": "one_hot",
            "loss.align": 0.001,
            "loss.distill": 0.1,
            "loss.self_calibration": 0.0,
            "loss.margin": 1.0,
            "batch_size": 36,
            "epochs": 8,
        }
    )
    model = fit(problem, cfg, Run(), np.repeat(range(PARTS), PARTS))
    scores = model.scores(new, inference())[0]
    unseen = np.flatnonzero(~SEEN)
    return (unseen[scores[:, unseen].argmax(1)] == y_new).mean()


def test_attention_finds_what_pooled_features_do_not_have(settings, inference):
    assert accuracy(False, settings, inference) > 0.9


def test_pooled_features_do_not_have_it(settings, inference):
    """A sixth would be chance; 84 images: twice the binomial's deviation of 0.04, and more."""
    assert accuracy(True, settings, inference) == pytest.approx(1 / 6, abs=0.13)
