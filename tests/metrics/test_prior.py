import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import cityblock

from zslcore.metrics.prior import BY_CLASS, by_class, prior_errors, total_variation, true_prior

SEEN = np.array([False, True, False, True, False])


def test_the_truth_is_that_of_images_of_unseen_classes():
    """Classes 0, 2, 4 have 1, 0 and 3 images; those of seen classes do not count."""
    labels = np.array([1, 1, 4, 3, 0, 4, 4, 1])
    np.testing.assert_array_equal(true_prior(labels, SEEN), [0.25, 0, 0.75])


def test_a_truth_of_no_image_is_refused():
    with pytest.raises(ValueError, match="no image of an unseen class"):
        true_prior(np.array([1, 3]), SEEN)


@pytest.mark.parametrize(
    ("prior", "other", "distance"),
    [
        ([1, 0], [0, 1], 1.0),  # nothing in common
        ([0.5, 0.5], [0.5, 0.5], 0.0),
        ([0.5, 0.3, 0.2], [0.2, 0.3, 0.5], 0.3),  # 3 of 10 images move
    ],
)
def test_total_variation_by_hand(prior, other, distance):
    assert total_variation(np.array(prior), np.array(other)) == pytest.approx(distance)


def test_total_variation_agrees_with_scipy_over_the_last_axis():
    rng = np.random.default_rng(0)
    priors, true = rng.dirichlet(np.ones(6), size=(4, 3)), rng.dirichlet(np.ones(6))
    want = [[cityblock(prior, true) / 2 for prior in of_seeds] for of_seeds in priors]
    np.testing.assert_allclose(total_variation(priors, true), want)


def test_errors_are_means_over_the_seeds_of_each_seeds_error():
    """Two seeds that err in opposite directions do not cancel."""
    true = np.array([0.5, 0.5])
    found = prior_errors(np.array([[0.7, 0.3], [0.3, 0.7], [0.4, 0.6]]), true)
    errors = [0.2, 0.2, 0.1]
    assert found["prior.tv"] == pytest.approx(np.mean(errors))
    width = stats.t.ppf(0.975, 2) * stats.sem(errors)
    assert found["prior.tv_ci95"] == pytest.approx(width)
    assert found["prior.tv_uniform"] == pytest.approx(0)


def test_the_uniform_prior_stands_beside_the_estimate():
    """Three classes, one has all images: 2/3 of the uniform prior's are of another class."""
    found = prior_errors(np.array([[0.9, 0.1, 0.0]]), np.array([1.0, 0, 0]))
    assert list(found) == ["prior.tv", "prior.tv_ci95", "prior.tv_uniform"]
    assert list(found.values()) == pytest.approx([0.1, 0.0, 2 / 3])


def test_by_class_has_the_mean_and_the_range_of_the_seeds():
    estimated = np.array([[0.5, 0.5], [0.8, 0.2]])
    lines = by_class(estimated, np.array([0.6, 0.4]), ["cat", "dog"])
    assert [tuple(line) for line in lines] == [BY_CLASS, BY_CLASS]
    assert list(lines[0].values()) == ["cat", *map(pytest.approx, (0.6, 0.65, 0.5, 0.8))]
    assert list(lines[1].values()) == ["dog", *map(pytest.approx, (0.4, 0.35, 0.2, 0.5))]
    assert {type(value) for line in lines for value in line.values()} == {str, float}
