"""Made-up truths and predictions with void, crowds, and ids as in real files."""

import numpy as np

from zslcore.metrics.segmentation import Segmentation

CLASSES = 4


def random_case(seed, crowds=0.3):
    """Blocks of segments; the prediction is the truth with blocks and classes swapped, and void."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 10))
    ids = np.sort(rng.choice(256**3 - 1, n, replace=False) + 1)[rng.permutation(n)]
    classes = rng.integers(0, CLASSES, n)
    blocks = rng.integers(-1, n, (4, 5))
    changed = np.where(rng.random((4, 5)) < 0.25, rng.integers(-1, n, (4, 5)), blocks)
    fine = [np.kron(each, np.ones((3, 4), dtype=int)) for each in (blocks, changed)]
    edge = rng.random(fine[1].shape) < 0.1
    fine[1][edge] = rng.permutation(fine[1].ravel())[: edge.sum()]
    truth = Segmentation(np.append(ids, 0)[fine[0]], ids, classes, rng.random(n) < crowds)
    there = np.unique(fine[1][fine[1] >= 0])
    answers = np.where(rng.random(n) < 0.2, rng.integers(0, CLASSES, n), classes)
    number = np.zeros(n + 1, dtype=int)
    number[there] = 1 + rng.permutation(len(there))
    return truth, Segmentation(
        number[fine[1]], number[there], answers[there], np.zeros(len(there), dtype=bool)
    )
