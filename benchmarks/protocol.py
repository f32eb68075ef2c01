"""How a variant of a method becomes a line of a table: all in one way, nothing chosen on test.

The handicap of the seen classes is the one that the variant's own val scores ask for (section
`calibrate`); it is then applied to its test scores.
"""

from collections.abc import Mapping
from typing import Any

from zslcore.calibration.calibrate import Scored, calibrate
from zslcore.calibration.config import Config
from zslcore.data.problem import Array, Truth
from zslcore.data.scores import Kind
from zslcore.metrics.evaluation import Evaluation
from zslcore.metrics.measure import measure
from zslcore.metrics.names import half_width

PHASES = ("val", "test")
METRICS = {
    **{"t1": "zsl.acc", "u": "gzsl.unseen", "s": "gzsl.seen", "h": "gzsl.h"},
    "ausuc": "gzsl.ausuc",
    "uncalibrated_u": "gzsl_uncalibrated.unseen",
    "uncalibrated_s": "gzsl_uncalibrated.seen",
    "uncalibrated_h": "gzsl_uncalibrated.h",
}
NUMBERS = tuple(name for key in METRICS for name in (key, f"{key}_ci95"))

Line = dict[str, Any]


def measured(
    scores: Mapping[str, Array], truths: Mapping[str, Truth], cfg: Config, kind: Kind
) -> Line:
    """Test accuracies, mean and half width over the seeds, at the handicap that val asks for.

    Args:
        scores: of the val and of the test phase, (S, N, K) each.
        truths: of both.
        cfg: how the handicap is chosen.
        kind: of the scores.
    """
    val, test = (truths[name] for name in PHASES)
    runs = [Scored(of_seed, val.y, val.seen) for of_seed in scores["val"]]
    handicap = calibrate(runs, cfg.family_for(kind), cfg).handicap
    found = measure(Evaluation.of(scores["test"], test.y, test.seen, handicap))
    return line(found, METRICS)


def line(found: Mapping[str, float], metrics: Mapping[str, str]) -> Line:
    """Some metrics under shorter names, each with its half width."""
    means = {key: found[metric] for key, metric in metrics.items()}
    return means | {f"{key}_ci95": found[half_width(m)] for key, m in metrics.items()}
