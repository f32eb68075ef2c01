import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.reference import (
    EXACT,
    exam_h,
    gammas_between,
    leads,
    problems,
    random_case,
)
from zslcore.calibration.best import best
from zslcore.calibration.choose import choose
from zslcore.calibration.config import Config
from zslcore.calibration.curve import curve

CFG = Config(family="auto", select="max_h", aggregate="mean_h", plateau=0.002, nonnegative=False)
MEAN_ARGMAX = CFG.model_copy(update={"aggregate": "mean_argmax"})
NONNEGATIVE = CFG.model_copy(update={"nonnegative": True})


def plateau(margin):
    return CFG.model_copy(update={"select": "plateau", "plateau": margin})


def curves(cases, family="additive"):
    return [curve(best(scores, seen), labels, seen, family) for scores, labels, seen in cases]


def ladder(steps):
    """One curve by hand: a letter per threshold 1, 2, 3, ...: s or u crosses there, or both.

    There is one class on each side, of which every letter is one image.
    """
    places = [(at, letter) for at, letters in enumerate(steps.split(), 1) for letter in letters]
    scores = np.array([[float(at), 0.0] for at, _ in places])
    labels = np.array([letter == "u" for _, letter in places]).astype(int)
    return scores, labels, np.array([True, False])


def brute_force(cases, family="additive", floor=-np.inf):
    """The highest mean of H, over every gamma that can make a difference in any case."""
    every = np.concatenate(
        [[floor][: floor > -np.inf], *(leads(c[0], c[2], family) for c in cases)]
    )
    gammas = [gamma for gamma in gammas_between(every) if gamma > floor]
    return max(np.mean([exam_h(*case, family, gamma) for case in cases]) for gamma in gammas)


@pytest.mark.parametrize("digits", [0, 12])
@pytest.mark.parametrize("runs", [1, 2, 4])
def test_several_runs_agree_with_brute_force(digits, runs):
    cases = [random_case(seed, digits, n=25) for seed in range(runs)]
    found = choose(curves(cases), CFG)
    assert found.h == pytest.approx(brute_force(cases), abs=1e-12)
    assert found.low < found.value < found.high
    here = np.mean([exam_h(*case, "additive", found.value) for case in cases])
    assert here == pytest.approx(found.h, abs=1e-12)


@pytest.mark.parametrize(("family", "high"), [("additive", 3), ("multiplicative", 0)])
@pytest.mark.parametrize("cfg", [CFG, NONNEGATIVE], ids=["free", "nonnegative"])
def test_small_problems_agree_with_brute_force(family, high, cfg):
    @EXACT
    @given(st.lists(problems(-3, high), min_size=1, max_size=2))
    def check(cases):
        found = choose(curves(cases, family), cfg)
        floor = 0.0 if cfg.nonnegative else -np.inf
        assert found.h == pytest.approx(brute_force(cases, family, floor), abs=1e-12)
        assert found.gamma >= floor
        if found.h:  # and it can be had, away from where the order of equal scores decides
            for gamma in (found.gamma - 1e-6, found.gamma, found.gamma + 1e-6):
                here = np.mean([exam_h(*case, family, gamma) for case in cases])
                assert here == pytest.approx(found.h, abs=1e-12)

    check()


def test_distances_are_additive_on_their_logarithm():
    scores, labels, seen = random_case(0, 12)
    distances = scores.max() + 0.1 - scores
    alpha = choose(curves([(-distances, labels, seen)], "multiplicative"), CFG)
    gamma = choose(curves([(-np.log(distances), labels, seen)]), CFG)
    assert (np.log1p(alpha.value), alpha.h) == pytest.approx((gamma.value, gamma.h))
    assert (np.log1p(alpha.low), np.log1p(alpha.high)) == pytest.approx((gamma.low, gamma.high))


def test_the_centre_of_the_best_interval():
    """Right unseen images cross at 1 and 2, right seen ones at 3 and 4."""
    found = choose(curves([ladder("u u s s")]), CFG)
    assert (found.value, found.low, found.high, found.h) == (2.5, 2.0, 3.0, 1.0)


def test_of_equal_h_the_widest_interval():
    """H is 2/3 both from 1 to 2 and from 2 to 12; then the mirror image of that."""
    scores, labels, seen = ladder("u su s")
    scores[:, 0] = at = np.array([1.0, 2.0, 2.0, 12.0])
    found = choose(curves([(scores, labels, seen)]), CFG)
    assert (found.value, found.h) == (7.0, pytest.approx(2 / 3))
    scores[:, 0] = 13 - at
    assert choose(curves([(scores, 1 - labels, seen)]), CFG).value == 6.0


@pytest.mark.parametrize("unit", [1.0, 0.1, 1 / 3])
@pytest.mark.parametrize("m", range(2, 8))
def test_of_equal_width_the_one_nearest_to_no_calibration(m, unit):
    """In two runs H is the same from -1.5 to -0.5 and from 0.5 to 1.5, but for rounding."""
    sizes = (m, m + 1)
    ladders = [ladder("u " * (n - 1) + "s u " + "s " * (n - 1)) for n in sizes]
    for shift, value in [(-9.0, 8.0), (-0.25, -0.75), (0.25, 0.75), (5.0, -4.0)]:
        runs = [
            (unit * (scores - (n + 0.5 + shift) * seen), labels, seen)
            for n, (scores, labels, seen) in zip(sizes, ladders, strict=True)
        ]
        assert choose(curves(runs), CFG).value == pytest.approx(unit * value, abs=1e-12)


def test_plateau_is_the_middle_of_what_is_hardly_worse():
    """H: from 7 on 8/9, from 8 on 18/19, from 9 on 1, from 10 on 18/19, from 11 to 17 8/9."""
    scores, labels, seen = ladder("u " * 10 + "s " * 10)
    scores[:, 0] = [*range(10), 10, 11, *range(17, 25)]
    case = scores, labels, seen
    assert choose(curves([case]), CFG).value == 9.5
    flat = choose(curves([case]), plateau(0.06))
    assert (flat.low, flat.high, flat.value) == (8.0, 11.0, 9.5)
    wide = choose(curves([case]), plateau(0.12))
    assert (wide.low, wide.high, wide.value) == (7.0, 17.0, 12.0)
    assert (flat.h, wide.h) == pytest.approx((1, 8 / 9))


def test_plateau_keeps_off_the_events_inside():
    """H is 0.8 from 2 to 3 and 1 from 3 to 4: in the middle of these an image crosses."""
    found = choose(curves([ladder("u u u s s")]), plateau(0.21))
    assert (found.low, found.high, found.value) == (2.0, 4.0, 3.5)
    assert found.h == pytest.approx(1)


def test_plateau_does_not_cross_a_valley():
    """H is 2/3 from 1 to 2, 1/2 from 2 to 3, and again 2/3 from 3 to 4."""
    two_hills = curves([ladder("uu ss uu ss")])
    narrow, wide = choose(two_hills, plateau(0.16)), choose(two_hills, plateau(0.17))
    assert (narrow.low, narrow.high) == (1.0, 2.0)
    assert (wide.low, wide.high) == (1.0, 4.0)


def test_mean_argmax_is_the_mean_of_each_runs_choice():
    cases = [random_case(seed, 12) for seed in range(3)]
    each = [choose(curves([case]), CFG).value for case in cases]
    found = choose(curves(cases), MEAN_ARGMAX)
    assert found.value == pytest.approx(np.mean(each))
    assert found.low < found.value < found.high
    here = np.mean([exam_h(*case, "additive", found.value) for case in cases])
    assert found.h == pytest.approx(here, abs=1e-12)
    assert found.h <= choose(curves(cases), CFG).h


def test_mean_argmax_averages_alpha_not_its_logarithm():
    """One best interval in each run: from 1 to 3 and from 5 to 9 in units of 1 + alpha."""
    first = (np.array([[-1.0, -1.0], [-1.0, -3.0]]), np.array([1, 0]), np.array([True, False]))
    other = (np.array([[-1.0, -5.0], [-1.0, -9.0]]), np.array([1, 0]), np.array([True, False]))
    found = choose(curves([first, other], "multiplicative"), MEAN_ARGMAX)
    assert 1 + found.value == pytest.approx((3**0.5 + 45**0.5) / 2)


def test_mean_argmax_moves_off_an_event():
    """The runs choose 0.5 and 2.5; at their mean 1.5 a third image of the first run crosses."""
    seen = np.array([True, False])
    first = (np.array([[0.0, 0], [1.0, 0], [1.5, 0]]), np.array([1, 0, 1]), seen)
    other = (np.array([[2.0, 0], [3.0, 0]]), np.array([1, 0]), seen)
    assert [choose(curves([case]), CFG).value for case in (first, other)] == [0.5, 2.5]
    found = choose(curves([first, other]), MEAN_ARGMAX)
    assert found.low < found.value < found.high
    assert found.value != 1.5


@pytest.mark.parametrize("cfg", [CFG, NONNEGATIVE, MEAN_ARGMAX, plateau(0.002)], ids=repr)
def test_no_handicap_where_no_unseen_image_is_ever_right(cfg):
    scores, labels = np.eye(4)[[0, 1, 3, 2]], np.arange(4)
    found = choose(curves([(scores, labels, labels < 2)] * 2), cfg)
    assert (found.value, found.h) == (0.0, 0.0)


def test_a_plateau_wider_than_h_leaves_out_what_has_none():
    found = choose(curves([ladder("s u s")]), plateau(0.9))
    assert (found.low, found.high) == (2.0, 3.0)


@pytest.mark.parametrize("seed", range(5))
def test_domain_without_any_h_gives_no_handicap(seed):
    """All of H lies at negative gamma; what rounding leaves of it at positive gamma is nothing."""
    cases = [random_case(3 * seed + run, 12) for run in range(3)]
    moved = [(scores - 99 * seen, labels, seen) for scores, labels, seen in cases]
    found = choose(curves(moved), NONNEGATIVE)
    assert (found.value, found.low, found.high, found.h) == (0.0, 0.0, None, 0.0)


def test_the_domain_cuts_the_interval_that_holds_zero():
    scores, labels, seen = ladder("u s")
    cut = choose(curves([(scores - 1.5 * seen, labels, seen)]), NONNEGATIVE)
    assert (cut.low, cut.high, cut.value, cut.h) == (0.0, 0.5, 0.25, 1.0)


def test_zero_distances_leave_an_interval_without_end():
    """The seen image never goes over, so every alpha beyond the last event is best.

    Unseen images cross at 1 + alpha = 2, 4, 8 and 64: the median gap is ln 2, which gives 128.
    """
    scores = -np.array([[0.0, 1.0], [1.0, 2.0], [1.0, 4.0], [1.0, 8.0], [1.0, 64.0]])
    case = scores, np.array([0, 1, 1, 1, 1]), np.array([True, False])
    found = choose(curves([case], "multiplicative"), CFG)
    assert (1 + found.low, 1 + found.value) == pytest.approx((64, 128))
    assert (found.high, found.h) == (None, 1.0)


def test_zero_distances_only_need_no_handicap():
    scores = -np.array([[0.0, 1.0], [1.0, 0.0]])
    found = choose(curves([(scores, np.arange(2), np.arange(2) < 1)], "multiplicative"), CFG)
    assert (found.value, found.h) == (0.0, 1.0)


def test_thresholds_of_two_runs_that_differ_by_rounding_are_one_event():
    """0.3 - 0.1 is a bit less than 0.2. Between them both runs would be perfect: none can be."""
    seen = np.array([True, False])
    one = np.array([[0.3, 0.1], [1.0, 0.0]]), np.array([1, 0]), seen
    two = np.array([[-1.0, 0.0], [0.2, 0.0]]), np.array([1, 0]), seen
    assert [choose(curves([case]), CFG).h for case in (one, two)] == [1.0, 1.0]
    assert choose(curves([one, two]), CFG).h == 0.5


@pytest.mark.parametrize("families", [(), ("additive", "multiplicative")])
def test_runs_of_one_family_are_needed(families):
    scores, labels, seen = ladder("u s")
    mixed = [c for family in families for c in curves([(-scores, labels, seen)], family)]
    with pytest.raises(ValueError, match="curves of one family are needed"):
        choose(mixed, CFG)
