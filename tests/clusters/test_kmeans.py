"""Spherical k-means, against every division there is and against what defines it."""

from itertools import product

import numpy as np
import pytest
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.metrics import adjusted_rand_score

from zslcore.clusters.config import KMeans
from zslcore.clusters.kmeans import Points, _first, by_vectors


def cluster(vectors, k, restarts=10, seed=0):
    cfg = KMeans(clusters=k, restarts=restarts)
    return by_vectors(np.asarray(vectors), cfg, np.random.default_rng(seed))


def unit(vectors):
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, norms, out=np.zeros_like(vectors, dtype=float), where=norms > 0)


def total(vectors, of):
    """Sum of cosines with the centre, a mean direction, of each vector's cluster."""
    x, value = unit(vectors), 0.0
    for q in set(np.asarray(of).tolist()):
        mean = x[of == q].mean(axis=0)
        length = np.linalg.norm(mean)
        value += (x[of == q] @ mean).sum() / length if length > 0 else 0.0
    return value


def best_of_all(vectors, k):
    """The best division into k filled clusters, by trying every one."""
    divisions = (np.array(of) for of in product(range(k), repeat=len(vectors)))
    return max(total(vectors, of) for of in divisions if len(set(of.tolist())) == k)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [1, 2, 3])
def test_it_finds_the_best_of_all_divisions(seed, k):
    vectors = np.random.default_rng(seed).standard_normal((7, 3))
    assert total(vectors, cluster(vectors, k).of) == pytest.approx(best_of_all(vectors, k))


@pytest.mark.parametrize("seed", range(4))
def test_equal_directions_count_as_often_as_they_occur(seed):
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((5, 2))[[0, 0, 0, 0, 1, 2, 3, 4]]
    vectors *= rng.uniform(0.5, 2, (8, 1))
    of = cluster(vectors, 2).of
    assert len(set(of[:4].tolist())) == 1
    assert total(vectors, of) == pytest.approx(best_of_all(vectors, 2))


@pytest.mark.parametrize("seed", range(4))
def test_no_single_move_would_help(seed):
    """Not of all vectors of one direction, either: there are one to six of each."""
    rng = np.random.default_rng(seed)
    direction = np.repeat(np.arange(12), rng.integers(1, 7, 12))
    vectors = rng.standard_normal((12, 4))[direction]
    of = cluster(vectors, 4, restarts=1).of
    have = total(vectors, of)
    for i, q in product(range(12), range(4)):
        assert total(vectors, np.where(direction == i, q, of)) < have + 1e-5


@pytest.mark.parametrize("seed", range(4))
def test_a_start_is_each_point_with_the_nearest_of_those_drawn(seed):
    """Opposite ones are drawn next: with their weights, hardly anything else has a chance."""
    unit = np.array([[1.0, 0], [0.8, 0.6], [-0.28, -0.96], [-1, 0]])
    weight = np.array([10**9, 1, 1, 10**9])
    of = _first(Points(unit, weight), 2, np.random.default_rng(seed))
    assert of[0] != of[3]
    assert of.tolist() == [of[0], of[0], of[3], of[3]]


@pytest.mark.parametrize("seed", range(3))
def test_its_cosines_are_no_lower_than_those_of_plain_k_means(seed):
    vectors = np.random.default_rng(seed).standard_normal((60, 20))
    plain = SklearnKMeans(4, n_init=10, random_state=0).fit(unit(vectors)).labels_
    assert total(vectors, cluster(vectors, 4).of) >= total(vectors, plain)


def test_it_says_the_mean_cosine():
    vectors = np.random.default_rng(2).standard_normal((20, 4))
    vectors[[3, 9]] = 0  # these have no cosine
    found = cluster(vectors, 3)
    assert found.how.endswith(f"{total(vectors, found.of) / 18:.4f}")
    assert "best of 10 starts" in found.how


def test_lengths_do_not_matter():
    rng = np.random.default_rng(3)
    vectors = rng.standard_normal((30, 5))
    longer = vectors * rng.uniform(0.1, 50, (30, 1))
    np.testing.assert_array_equal(cluster(longer, 4).of, cluster(vectors, 4).of)
    single = cluster(vectors.astype(np.float32), 4).of
    np.testing.assert_array_equal(single, cluster(vectors, 4).of)


def test_the_order_of_the_attributes_does_not_matter():
    rng = np.random.default_rng(4)
    vectors, order = rng.standard_normal((30, 5)), rng.permutation(30)
    there, back = cluster(vectors, 4).of, cluster(vectors[order], 4).of
    assert adjusted_rand_score(there[order], back) == 1


def test_clusters_are_in_order_of_their_first_attributes():
    for seed in range(5):
        found = cluster(np.random.default_rng(seed).standard_normal((12, 3)), 4, seed=seed)
        firsts = [found.of.tolist().index(q) for q in range(4)]
        assert firsts == sorted(firsts)
    assert found.names == ("kmeans_0", "kmeans_1", "kmeans_2", "kmeans_3")


def test_the_seed_decides():
    vectors = np.random.default_rng(5).standard_normal((40, 8))
    runs = [cluster(vectors, 5, restarts=1, seed=seed).of for seed in (0, 0, 1, 2, 3)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert any(not np.array_equal(runs[0], run) for run in runs[2:])


def test_more_starts_are_better():
    vectors = np.random.default_rng(6).standard_normal((40, 8))
    totals = [total(vectors, cluster(vectors, 5, restarts=n).of) for n in (1, 10, 40)]
    assert totals == sorted(totals)
    assert totals[0] < totals[2]


@pytest.mark.parametrize("seed", range(5))
def test_a_zero_vector_joins_the_largest_cluster(seed):
    vectors = np.array([[0, 0], [1, 0], [0, 1], [0.1, 1], [-0.1, 1], [0, 0.0]])
    found = cluster(vectors, 2, restarts=1, seed=seed)
    assert found.of.tolist() == [0, 1, 0, 0, 0, 0]
    assert "nan" not in found.how


def test_as_many_clusters_as_directions():
    vectors = np.array([[1, 0], [2, 0], [0, 3], [-1, 0], [0, 5], [0, 0.0]])
    assert cluster(vectors, 3, restarts=1).of.tolist() == [0, 0, 1, 2, 1, 0]


def test_directions_are_equal_whatever_is_lost_in_scaling():
    rng = np.random.default_rng(7)
    vectors = rng.standard_normal((2, 6))[[0, 1] * 10] * rng.uniform(0.1, 9, (20, 1))
    assert cluster(vectors, 2).of.tolist() == [0, 1] * 10
    with pytest.raises(ValueError, match="have 2 distinct directions, too few for 3"):
        cluster(vectors, 3)


def test_opposite_vectors_make_no_nan():
    assert cluster([[1.0, 2], [-1, -2]], 1).sizes == (2,)
    vectors = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    assert total(vectors, cluster(vectors, 2).of) == pytest.approx(best_of_all(vectors, 2))


@pytest.mark.parametrize(
    ("vectors", "k", "message"),
    [
        (
            [[1.0, 0], [2, 0], [0, 1], [0, 0]],
            3,
            "the 4 attribute vectors have 2 distinct dir.*3 cl",
        ),
        (np.zeros((3, 2)), 1, "have 0 distinct directions, too few for 1 clusters: lower kmeans"),
        ([[1.0, 0], [np.nan, 0]], 1, "attribute_vectors has NaN .* first row 1"),
        ([1.0, 2.0], 1, r"attribute vectors have shape \(2,\); allowed: \(A, G\)"),
    ],
)
def test_vectors_that_cannot_be_divided(vectors, k, message):
    with pytest.raises(ValueError, match=message):
        cluster(vectors, k)
