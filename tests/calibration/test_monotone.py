"""A larger handicap never calls more images seen: appendix B of CLAREL, arXiv:1906.11892."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.reference import EXACT, problems
from zslcore.calibration.best import best
from zslcore.calibration.handicap import from_gamma

HANDICAPS = {
    "additive": st.integers(-4, 4).map(float),
    "multiplicative": st.sampled_from([-0.75, -0.5, 0.0, 0.25, 0.5, 1.0, 3.0]).map(np.log1p),
}


@pytest.mark.parametrize("family", HANDICAPS)
def test_images_called_seen_are_nested(family):
    @EXACT
    @given(problems(-4, 0), st.tuples(HANDICAPS[family], HANDICAPS[family]).map(sorted))
    def check(problem, gammas):
        scores, labels, seen = problem
        less, more = (from_gamma(family, gamma, 0, 0, 0).apply(scores, seen) for gamma in gammas)
        before, after = less.argmax(axis=1), more.argmax(axis=1)
        assert seen[before][seen[after]].all()  # none comes back
        same = seen[before] == seen[after]
        np.testing.assert_array_equal(before[same], after[same])  # nor changes within its side
        hit_before, hit_after = before == labels, after == labels
        assert (hit_before >= hit_after)[seen[labels]].all()
        assert (hit_before <= hit_after)[~seen[labels]].all()
        np.testing.assert_array_equal(best(less, seen).seen_class, best(more, seen).seen_class)

    check()
