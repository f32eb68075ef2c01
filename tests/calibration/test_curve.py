import numpy as np
import pytest
from hypothesis import given

from tests.calibration.reference import (
    EXACT,
    exam,
    exam_h,
    gammas_between,
    leads,
    problems,
    random_case,
)
from zslcore.calibration.best import best
from zslcore.calibration.curve import curve


def exact(scores, labels, seen, family="additive"):
    return curve(best(scores, seen), labels, seen, family)


@pytest.fixture(params=[(seed, digits) for seed in range(3) for digits in (0, 12)], ids=str)
def case(request):
    return random_case(*request.param)


def test_by_hand():
    """Classes 0 and 1 are seen, 2 is not.

    image  class  best seen  threshold  right on its own side
    a      0      0          +1         yes
    b      1      0          +2         no: it says 0
    c      2      0          +3         yes: only class 2 is left
    """
    scores = np.array([[2.0, 0.0, 1.0], [3.0, 0.0, 1.0], [4.0, 0.0, 1.0]])
    found = exact(scores, np.array([0, 1, 2]), np.array([True, True, False]))
    np.testing.assert_array_equal(found.low, [-np.inf, 1, 3])
    np.testing.assert_array_equal(found.high, [1, 3, np.inf])
    np.testing.assert_array_equal(found.seen, [0.5, 0, 0])
    np.testing.assert_array_equal(found.unseen, [0, 0, 1])
    assert found.ausuc == 0.0  # seen accuracy is gone before unseen accuracy comes
    assert found.best_h == 0.0


def test_perfect_scores_fill_the_square():
    labels = np.arange(4)
    found = exact(np.eye(4), labels, labels < 2)
    assert found.ausuc == 1.0
    assert found.best_h == 1.0


def test_agrees_with_a_slow_sweep(case):
    scores, _, seen = case
    found = exact(*case)
    for gamma in gammas_between(leads(scores, seen)):
        k = found.state(gamma)
        assert found.low[k] < gamma < found.high[k]
        assert (found.seen[k], found.unseen[k]) == pytest.approx(exam(*case, "additive", gamma))


@EXACT
@given(problems(-4, 0))
def test_distances_agree_with_a_slow_sweep_zeros_included(problem):
    scores, _, seen = problem
    found = exact(*problem, "multiplicative")
    for gamma in gammas_between(leads(scores, seen, "multiplicative")):
        k = found.state(gamma)
        want = exam(*problem, "multiplicative", gamma)
        assert (found.seen[k], found.unseen[k]) == pytest.approx(want, abs=1e-12)


@EXACT
@given(problems(-3, 3))
def test_accuracies_are_monotone_between_their_ends(problem):
    scores, labels, seen = problem
    found = exact(*problem)
    assert (np.diff(found.seen) <= 0).all()
    assert (np.diff(found.unseen) >= 0).all()
    assert (found.seen[-1], found.unseen[0]) == (0, 0)
    assert found.s_max == pytest.approx(exam(scores + 99 * seen, labels, seen)[0])
    assert found.u_max == pytest.approx(exam(scores - 99 * seen, labels, seen)[1])


@EXACT
@given(problems(-3, 3))
def test_ausuc_is_a_sum_over_pairs(problem):
    """Of a right seen and a right unseen image the second should go over first; a tie is half."""
    scores, labels, seen = problem
    lead = scores[:, seen].max(axis=1) - scores[:, ~seen].max(axis=1)
    area = 0.0
    n_seen, n_unseen = (len(set(labels[seen[labels] == side])) for side in (True, False))
    for i in np.flatnonzero(seen[labels]):
        for j in np.flatnonzero(~seen[labels]):
            seen_answer = np.where(seen, scores[i], -np.inf).argmax()
            unseen_answer = np.where(seen, -np.inf, scores[j]).argmax()
            if (seen_answer, unseen_answer) == (labels[i], labels[j]):
                pairs = n_seen * sum(labels == labels[i]) * n_unseen * sum(labels == labels[j])
                area += ((lead[j] < lead[i]) + 0.5 * (lead[j] == lead[i])) / pairs
    assert exact(*problem).ausuc == pytest.approx(area, abs=1e-12)


def test_a_dense_grid_is_never_better(case):
    grid = np.linspace(-6, 6, 997) + 1e-5  # off the ties, where the order of classes may win
    best_of_grid = max(exam_h(*case, "additive", gamma) for gamma in grid)
    assert best_of_grid <= exact(*case).best_h + 1e-12


def test_a_shift_of_the_seen_classes_moves_the_curve_only(case):
    scores, labels, seen = case
    moved, here = exact(scores + 3.75 * seen, labels, seen), exact(*case)
    np.testing.assert_allclose(moved.low, here.low + 3.75, atol=1e-12)
    assert (moved.ausuc, moved.best_h) == pytest.approx((here.ausuc, here.best_h))


@pytest.mark.parametrize("scale", [1e-9, 7.0, 1e9])
def test_scale_does_not_matter(case, scale):
    scores, labels, seen = case
    scaled, here = exact(scale * scores, labels, seen), exact(*case)
    np.testing.assert_allclose(scaled.low, scale * here.low)
    np.testing.assert_allclose(scaled.seen, here.seen, atol=1e-12)


@pytest.mark.parametrize("scale", [1e-9, 7.0, 1e9])
def test_unit_and_power_of_distances_do_not_matter(case, scale):
    scores, labels, seen = case
    distances = scores.max() - scores
    here = exact(-distances, labels, seen, "multiplicative")
    other = exact(-scale * distances, labels, seen, "multiplicative")
    square = exact(-(distances**2), labels, seen, "multiplicative")
    np.testing.assert_allclose(other.low, here.low, atol=1e-9)
    np.testing.assert_allclose(square.low, 2 * here.low, atol=1e-9)  # (1 + alpha) is squared
    np.testing.assert_allclose(square.unseen, here.unseen, atol=1e-12)


def test_order_of_images_and_of_classes_does_not_matter(case):
    scores, labels, seen = case
    rng = np.random.default_rng(0)
    images, classes = rng.permutation(len(labels)), rng.permutation(len(seen))
    scores = scores + 1e-4 * np.arange(len(seen))  # no ties within a side: there order decides
    place = classes.argsort()
    moved = exact(scores[images][:, classes], place[labels[images]], seen[classes])
    here = exact(scores, labels, seen)
    np.testing.assert_allclose(moved.seen, here.seen, atol=1e-12)
    np.testing.assert_allclose(moved.unseen, here.unseen, atol=1e-12)


def test_class_sizes_do_not_matter(case):
    scores, labels, seen = case
    grow = np.r_[np.arange(len(labels)), np.flatnonzero(labels == labels[-1])]
    assert exact(scores[grow], labels[grow], seen).ausuc == pytest.approx(exact(*case).ausuc)


def test_rounding_opens_no_interval_between_equal_thresholds():
    """0.3 - 0.1 and 0.2 differ in the last bit only: no gamma comes between them."""
    scores = np.array([[0.3, 0.1], [0.2, 0.0]])
    assert scores[0, 0] - scores[0, 1] != scores[1, 0] - scores[1, 1]
    found = exact(scores, np.array([0, 1]), np.array([True, False]))
    np.testing.assert_array_equal(found.seen, [1, 0])
    np.testing.assert_array_equal(found.unseen, [0, 1])
    assert (found.high[0], found.low[1]) == (0.3 - 0.1, 0.2)  # both are kept out of
    assert found.ausuc == 0.5


def test_float32_neighbours_stay_apart():
    one = np.float32(1)
    scores = np.array([[np.nextafter(one, 2 * one), 0], [one, 0]])
    assert exact(scores, np.array([0, 1]), np.array([True, False])).best_h == 1.0


def test_nothing_right():
    found = exact(np.array([[0.0, 1, 0], [1, 0, 0]]), np.array([0, 2]), np.arange(3) != 2)
    assert (found.s_max, found.u_max, found.ausuc, found.best_h) == (0, 1, 0, 0)
    found = exact(np.eye(4)[[1, 0, 3, 2]], np.arange(4), np.arange(4) < 2)
    np.testing.assert_array_equal(found.h, [0])
    assert (found.low[0], found.high[0], found.ausuc) == (-np.inf, np.inf, 0)


def test_points_for_drawing_keep_both_ends():
    found = exact(*random_case(0, 12))
    points = found.points(5)
    assert [set(p) for p in points] == [{"unseen", "seen", "h"}] * 5
    assert (points[0]["seen"], points[0]["unseen"]) == (found.s_max, 0)
    assert (points[-1]["seen"], points[-1]["unseen"]) == (0, found.u_max)
    assert len(found.points(10_000)) == len(found.h)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 0, 1], "images of 2 seen and 0 unseen"),
        ([2, 2, 2], "images of 0 seen and 1 unseen"),
        ([0, 2, 3], "labels run from 0 to 3; allowed: 0 to 2"),
        ([-1, 0, 2], "labels run from -1"),
        ([0, 2], "for the scores of 3 images"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        exact(np.eye(3), np.array(labels), np.array([True, True, False]))
