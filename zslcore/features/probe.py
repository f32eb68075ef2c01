"""How well real images of the unseen classes could be told apart: a ceiling for ZSL accuracy.

Never part of a method: it reads the labels of the unseen classes.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zslcore.data.problem import Array, Labels

FOLDS = 3


def ceiling(x: Array, y: Labels) -> float:
    """Mean per-class accuracy of a logistic regression, each image judged by a fit without it.

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
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    answers = cross_val_predict(model, x[kept], y[kept], cv=folds)
    return float(balanced_accuracy_score(y[kept], answers))
