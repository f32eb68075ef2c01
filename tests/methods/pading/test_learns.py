"""Classes that are a hue and a pattern: embeddings of unseen combinations can be generated."""

from typing import NamedTuple

import numpy as np
import pytest

from tests.methods.nested import changed
from tests.methods.pading.values import SETTINGS
from zslcore.data.problem import Array, Labels
from zslcore.data.segments import Segments
from zslcore.methods.pading.config import Config
from zslcore.methods.pading.method import fit
from zslcore.runtime.run import Run

UNSEEN = [1, 4, 9]  # of 12: hue 0 striped, hue 2 plain, hue 4 striped
LEARNING = changed(
    SETTINGS,
    {
        "primitives.count": 16,
        "primitives.dropout": 0.0,
        "mmd.bandwidths": (2.0, 5.0, 10.0, 20.0),
        "conditioning": 0.0,
        "batch.classes": 6,
        "batch.samples": 8,
        "optimizer.lr": 5e-3,
        "optimizer.iterations": 120,
        "optimizer.tenth_at": (),
        "disentangle.use": False,
        "align.weight": 0.0,
        "classifier.iterations": 120,
        "classifier.weight_decay": 5e-4,
        "classifier.real": 64,
        "classifier.no_object": 64,
        "classifier.fake": 24,
        "log_every": 50,
    },
)


class Toy(NamedTuple):
    segments: Segments
    weight: Array
    bias: Array
    x: Array
    y: Labels


@pytest.fixture(scope="module")
def toy():
    """Embeddings as a layer norm leaves them, and a class layer of centroids, unseen ones' too."""
    rng = np.random.default_rng(1)
    hue = np.repeat(np.arange(6), 2) * np.pi / 3
    plain = np.tile([1.0, 0.0], 6)
    attributes = np.stack((np.cos(hue), np.sin(hue), plain, 1 - plain), 1)
    turn, vectors = rng.normal(size=(4, 16)), attributes @ rng.normal(size=(4, 8))
    seen = np.ones(12, bool)
    seen[UNSEEN] = False

    def embedded(points):
        x = points + 0.4 * rng.normal(size=points.shape)
        x -= x.mean(1, keepdims=True)
        return (x / x.std(1, keepdims=True)).astype(np.float32)

    def of_classes(y):
        return embedded(attributes[y] @ turn)

    y, y_new = np.flatnonzero(seen).repeat(40), np.arange(12).repeat(30)
    x, unmatched = of_classes(y), embedded(np.zeros((400, 16)))
    names = [f"c{c}" for c in range(12)]
    segments = Segments(x, y, unmatched, vectors.astype(np.float32), seen, names)
    centres = [x[y == c].mean(0) if seen[c] else np.zeros(16) for c in range(12)]
    weight = 2 * np.stack([*centres, np.zeros(16)]).astype(np.float32)
    bias = -0.25 * (weight**2).sum(1)
    return Toy(segments, weight, bias, of_classes(y_new), y_new)


def accuracies(toy, changes=None, seeds=(0,)):
    """Of seen and of unseen classes, all classes and "no object" being allowed; mean of seeds."""
    cfg = Config.model_validate(changed(LEARNING, changes or {}))
    model = fit(toy.segments, toy.weight, toy.bias, cfg, Run(seeds=seeds))
    hit = model.logits(toy.x).argmax(-1) == toy.y
    unseen = np.isin(toy.y, UNSEEN)
    return hit[:, ~unseen].mean(), hit[:, unseen].mean()


def test_a_supervised_segmenter_never_answers_an_unseen_class(toy):
    seen, unseen = accuracies(toy, {"generator": "none"})
    assert unseen == 0
    assert seen > 0.9


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"primitives.combine": "code", "primitives.self_attention": "queries"},
        {"schedule": "alternating"},
        {"disentangle.use": True, "align.weight": 1.0, "lam": 0.01},
        {"generator": "gmmn", "optimizer.iterations": 250},
        {"generator": "projection", "classifier.iterations": 300},
    ],
)
def test_unseen_classes_are_answered_well_above_chance(toy, changes):
    seen, unseen = accuracies(toy, changes)
    assert seen > 0.75
    assert unseen > 0.5  # chance 1/13; of 8 seeds, the worst had 0.77
