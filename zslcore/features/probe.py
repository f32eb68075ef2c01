"""How well real images of the unseen classes could be told apart: a ceiling for ZSL accuracy.

Never part of a method: it reads the labels of the unseen classes.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer

from zslcore.data.problem import Array, Labels

FOLDS = 5
STRENGTHS = (1.0, 10.0, 100.0)  # inverse penalties, from strongly to hardly regularised


def ceiling(x: Array, y: Labels) -> float:
    """Mean per-class accuracy of a logistic regression, each image judged by a fit without it.

    On features of unit length, classes weighted alike. Of several penalties the best counts: a
    ceiling may be generous.

    Args:
        x: features of the unseen classes' images, (N, D).
        y: their class ids, (N,); classes of fewer images than folds are left out.

    Raises:
        ValueError: fewer than two classes are left.
    """
    classes, counts = np.unique(y, return_counts=True)
    kept = np.isin(y, classes[counts >= FOLDS])
    if (counts >= FOLDS).sum() < 2:
        raise ValueError(f"the ceiling needs two unseen classes with {FOLDS} images or more")
    return max(_accuracy(x[kept], y[kept], strength) for strength in STRENGTHS)


def _accuracy(x: Array, y: Labels, strength: float) -> float:
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    answers = cross_val_predict(make_pipeline(Normalizer(), model), x, y, cv=folds)
    return float(balanced_accuracy_score(y, answers))
