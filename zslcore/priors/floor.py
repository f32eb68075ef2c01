"""A prior that leaves no class out."""

import numpy as np

from zslcore.priors.checks import Floats, require_finite

EPS = float(np.finfo(np.float64).eps)


def floored(prior: Floats, at: float) -> Floats:
    """The prior with every class at `at` or above, summing to 1, (U,).

    Classes below are lifted to `at`; the others keep their proportions. A prior that fulfils this
    comes back bit for bit.

    Args:
        prior: an estimate, any sum, (U,); negative entries count as 0.
        at: the smallest share, in [0, 1 / U].

    Raises:
        ValueError: `at` is out of range, or the prior is not finite or has no positive entry.
    """
    _check(prior, at)
    prior = prior.astype(np.float64)
    n_classes = len(prior)
    if prior.min() >= at and abs(prior.sum() - 1) <= 4 * n_classes * EPS:
        return prior
    share = prior.clip(min=0) / prior.max()
    ascending = np.sort(share)
    # with the k smallest at the floor, how the others must be scaled to sum to 1, for every k
    scale = (1 - at * np.arange(n_classes)) / ascending[::-1].cumsum()[::-1]
    k = int(np.append((scale * ascending >= at)[:-1], True).argmax())
    return np.maximum(scale[k] * share, at)


def _check(prior: Floats, at: float) -> None:
    if prior.ndim != 1 or not prior.size:
        raise ValueError(f"a prior is one number per class (U,), not {prior.shape}")
    if not 0 <= at * len(prior) <= 1:
        raise ValueError(f"{len(prior)} classes cannot all have at least {at}; allowed: 0 to 1 / U")
    require_finite(prior, "prior")
    if prior.max() <= 0:
        raise ValueError("no class has a positive share, so there is nothing to normalise")
