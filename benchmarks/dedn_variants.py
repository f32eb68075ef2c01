"""The studies of DEDN: which variants each compares, and which weights are swept.

Changes are to section `dedn`, and below `attribute_clusters` to the section of that name.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

Changes = Mapping[str, Any]

STEPS = 21

# Figure 4 (a) and (b), and the margin in units of the scores, as epsilon in training
MIXTURE = {
    "lambda_e": np.linspace(0, 1, STEPS),
    "lambda_rc": np.linspace(0, 1, STEPS),
    "margin": np.linspace(0, 2, STEPS),
}


def ablation(lambda_rc: float) -> dict[str, Changes]:
    """Table 3, and where the paper and its code differ or the paper is silent.

    Args:
        lambda_rc: weight of the region branch at inference.
    """
    return {
        "full": {},
        "cExp alone": {"training.experts": "coarse"},
        "fExp alone": {"training.experts": "fine"},
        "both, without distillation": {"training.loss.distill": 0.0},
        "without channel branch": {"training.branches": "region"},
        "without region branch": {"training.branches": "channel"},
        "without MAL": {"training.loss.classification": "cross_entropy"},
        "without align": {"training.loss.align": 0.0},
        "pair losses of the paper": {"training.loss.pair": "paper"},
        "trained with lambda_rc": {"training.training_lambda_rc": lambda_rc},
        "fixed attribute vectors": {"training.train_vectors": False},
        "self-calibration 0.1": {"training.loss.self_calibration": 0.1},
    }


def clusters(count: int) -> dict[str, Changes]:
    """Figure 4 (c) and (d).

    Args:
        count: clusters of the full model.
    """
    half = max(1, count // 2)

    def kmeans(number: int) -> Changes:
        return {
            "attribute_clusters.by": "kmeans",
            "attribute_clusters.kmeans.clusters": number,
            "attribute_clusters.merge": "none",
        }

    return {
        "as configured": {},
        "k-means": kmeans(count),
        "half, merged": {"attribute_clusters.merge": "half"},
        "half, k-means": kmeans(half),
        "single": {"attribute_clusters.by": "single", "attribute_clusters.merge": "none"},
    }
