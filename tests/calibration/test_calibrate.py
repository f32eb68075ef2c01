import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.reference import EXACT, exam, exam_h, problems, random_case
from zslcore.calibration import calibrate as module
from zslcore.calibration.calibrate import Scored, calibrate, summary
from zslcore.calibration.config import Config
from zslcore.calibration.handicap import Handicap

CFG = Config(family="auto", select="max_h", aggregate="mean_h", plateau=0.002, nonnegative=False)
EVERY = [
    CFG.model_copy(update={"select": select, "aggregate": aggregate, "nonnegative": nonnegative})
    for select in ("max_h", "plateau")
    for aggregate in ("mean_h", "mean_argmax")
    for nonnegative in (False, True)
]


@EXACT
@given(
    st.lists(problems(-3, 0), min_size=1, max_size=3),
    st.sampled_from(["additive", "multiplicative"]),
    st.sampled_from(EVERY),
    st.sampled_from([1.0, 0.1, 1 / 3]),
)
def test_argmax_confirms_every_choice(cases, family, cfg, scale):
    """`calibrate` raises if it does not; scale 0.1 makes thresholds equal but for rounding."""
    runs = [Scored(scores * scale, labels, seen) for scores, labels, seen in cases]
    handicap = calibrate(runs, family, cfg).handicap
    if handicap.h:
        found = np.mean([exam_h(*run, family, handicap.gamma) for run in runs])
        assert handicap.h == pytest.approx(found, abs=1e-9)


def test_a_wrong_promise_is_not_kept_silent(monkeypatch):
    run = Scored(*random_case(0, 12))
    right = calibrate([run], "additive", CFG).handicap
    wrong = Handicap("additive", right.value + 1, None, None, right.h)
    monkeypatch.setattr(module, "choose", lambda curves, cfg: wrong)
    with pytest.raises(RuntimeError, match="the sweep has drifted"):
        calibrate([run], "additive", CFG)


def test_float32_scores_far_from_zero():
    """What float32 holds of the scores is what counts, and is swept exactly."""
    scores, labels, seen = random_case(0, 12)
    run = Scored((1e4 + scores).astype(np.float32), labels, seen)
    double = Scored(run.scores.astype(np.float64), labels, seen)
    handicap = calibrate([run], "additive", CFG).handicap
    assert handicap == calibrate([double], "additive", CFG).handicap
    assert handicap.h == pytest.approx(exam_h(*double, "additive", handicap.value))


def test_summary_agrees_with_argmax():
    runs = [Scored(*random_case(seed, 12)) for seed in range(2)]
    calibration = calibrate(runs, "additive", CFG)
    found = summary(calibration)
    at = [exam(*run, "additive", calibration.handicap.value) for run in runs]
    assert found["gzsl.seen"] == pytest.approx([s for s, _ in at])
    assert found["gzsl.unseen"] == pytest.approx([u for _, u in at])
    assert found["gzsl.h"] == pytest.approx([2 * s * u / (s + u) for s, u in at])
    assert found["zsl.acc"] == pytest.approx([exam(*run, "additive", 99)[1] for run in runs])
    assert found["gzsl.ausuc"] == [curve.ausuc for curve in calibration.curves]
    assert np.mean(found["gzsl.h"]) == pytest.approx(calibration.handicap.h)
