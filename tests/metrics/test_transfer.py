"""How attributes vary, and what embeddings keep of them."""

import numpy as np
import pytest
from scipy.stats import pearsonr

from zslcore.data.statistics import attribute_variance_cosine
from zslcore.metrics.intervals import ci95
from zslcore.metrics.transfer import carried, cosine, groups, kept, over_seeds, variances

VECTORS = np.array([[3.0, 4.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 0.0]])


def test_images_carry_their_class_vector_at_unit_length():
    found = carried(VECTORS, np.array([1, 0, 2]))
    np.testing.assert_allclose(found, [[0, 1, 0], [0.6, 0.8, 0], [0, 0, 0]])


def test_variances_count_images_not_classes():
    """Three images of the first class and one of the second: 0.6, 0.6, 0.6, 0."""
    found = variances(VECTORS, np.array([0, 0, 0, 1]))
    np.testing.assert_allclose(found, [0.36 * 3 / 16, 0.04 * 3 / 16, 0])


def test_the_cosine_of_variances_is_that_of_the_data_card():
    rng = np.random.default_rng(0)
    vectors = rng.random((9, 7))
    train, test = rng.integers(0, 6, 80), rng.integers(6, 9, 50)
    counts = [np.bincount(labels, minlength=9) for labels in (train, test)]
    found = cosine(variances(vectors, train), variances(vectors, test))
    assert found == pytest.approx(attribute_variance_cosine(vectors, *counts), abs=1e-6)


def test_where_nothing_varies_the_cosine_is_zero():
    assert cosine(np.zeros(3), np.ones(3)) == 0.0


def test_the_lowest_quarter_is_of_the_attributes_that_vary_over_test_images():
    training = np.array([0.5, 0.1, 0.9, 0.3, 0.0, 0.7, 0.2, 0.4, 0.8, 0.6])
    test = np.array([1, 1, 1, 1, 0, 1, 1, 1, 1, 0])
    found = groups(training, test)
    assert found.order.tolist() == [4, 1, 6, 3, 7, 0, 9, 5, 8, 2]
    assert found.hardly.tolist() == [1, 6]  # of eight
    assert found.others.tolist() == [3, 7, 0, 5, 8, 2]
    assert found.order[: found.cut].tolist() == [4, 1, 6]


def test_of_few_attributes_one_hardly_varies_and_of_one_nothing_can_be_said():
    found = groups(np.array([0.2, 0.1]), np.ones(2))
    assert (found.hardly.tolist(), found.others.tolist(), found.cut) == ([1], [0], 1)
    assert groups(np.array([0.2, 0.1]), np.array([0.0, 1e-20])) is None
    assert groups(np.array([0.2, 0.1]), np.array([0.0, 1.0])) is None


def test_what_is_kept_is_the_mean_correlation_over_images():
    rng = np.random.default_rng(1)
    embeddings, truth = rng.normal(size=(3, 40, 5)) + 7, rng.normal(size=(40, 5)) - 3
    found = kept(embeddings, truth, np.array([4, 1]))
    each = [[pearsonr(e[:, a], truth[:, a]).statistic for a in (4, 1)] for e in embeddings]
    np.testing.assert_allclose(found, np.mean(each, axis=1))


def test_scale_and_shift_of_an_attribute_do_not_matter_and_its_sign_does():
    truth = np.random.default_rng(2).random((20, 2))
    embeddings = np.stack([5 * truth + 1, -truth])
    np.testing.assert_allclose(kept(embeddings, truth, np.arange(2)), [1, -1])


def test_an_attribute_that_all_images_have_embedded_alike_is_not_kept():
    truth = np.random.default_rng(3).random((20, 2))
    embeddings = truth.copy()[None]
    embeddings[0, :, 1] = 0.1  # whose mean is not 0.1 to the last digit
    np.testing.assert_allclose(kept(embeddings, truth, np.arange(2)), [0.5])
    embeddings[0, :, 1] = 0.0  # where there is no length to divide by
    np.testing.assert_allclose(kept(embeddings, truth, np.arange(2)), [0.5])


def test_over_seeds_is_the_mean_with_its_interval():
    assert over_seeds(np.array([0.2, 0.4])) == (pytest.approx(0.3), ci95([0.2, 0.4]))
    assert over_seeds([0.2]) == (0.2, 0.0)
