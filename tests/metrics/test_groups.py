import numpy as np
import pytest

from zslcore.metrics.groups import absent, by_group

SEEN = np.array([True, True, False, False])


def test_classes_that_do_not_occur_are_left_out_and_counted():
    values = np.array([0.2, np.nan, 0.6, 0.0])
    assert by_group("x", values, SEEN) == pytest.approx(
        {"x.seen": 0.2, "x.unseen": 0.3, "x.hm": 0.24, "x.all": 0.8 / 3}
    )
    assert absent(values, SEEN) == {"absent.seen": 1, "absent.unseen": 0}


def test_the_harmonic_mean_is_zero_if_nothing_unseen_is_found():
    assert by_group("x", np.array([0.5, 0.5, 0.0, 0.0]), SEEN)["x.hm"] == 0


def test_a_group_that_does_not_occur_has_no_mean():
    with pytest.raises(ValueError, match="x of the unseen classes: none of these 2 occurs"):
        by_group("x", np.array([0.2, 0.3, np.nan, np.nan]), SEEN)
