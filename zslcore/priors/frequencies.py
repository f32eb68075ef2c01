"""The simplest estimate of a class prior: how often a classifier answers each class."""

import numpy as np

from zslcore.priors.checks import Floats, Labels, require_classes


def frequencies(answers: Labels, n_classes: int) -> Floats:
    """The share of the images (N,) with each answer, (U,); 0 for a class never answered.

    Of true labels, the known prior. Of a classifier's answers, an estimate that is off by what
    the classifier confuses; `bbse` and `mlls` correct that.

    Raises:
        ValueError: there is no image, or an answer is not one of the U classes.
    """
    require_classes(answers, n_classes, "answers")
    return np.bincount(answers, minlength=n_classes) / len(answers)
