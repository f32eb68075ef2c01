"""How sure a mean over seeds is."""

from collections.abc import Mapping, Sequence

import numpy as np

from zslcore.metrics.names import half_width


def ci95(values: Sequence[float]) -> float:
    """Half width of the 95 % confidence interval of the mean of S values (Student's t).

    0.0 for a single value, which tells nothing about its spread.
    """
    if len(values) < 2:
        return 0.0
    from scipy.special import stdtrit  # slow to import, and single runs do without

    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return float(stdtrit(len(values) - 1, 0.975) * error)


def over_seeds(values: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Every metric's mean over its S values, then every half width of its 95 % interval."""
    means = {key: float(np.mean(each)) for key, each in values.items()}
    return means | {half_width(key): ci95(each) for key, each in values.items()}
