"""Recall against places counted one by one."""

import numpy as np
import pytest

from zslcore.metrics.retrieval import Retrieval

SEEN = np.array([True, True, False])


def placed(n=9, seed=0):
    rng = np.random.default_rng(seed)
    y = np.array([0, 1, 0, 1, 0, 1, 0, 2, 2])[:n]
    return rng.normal(size=(2, n, 3)), rng.normal(size=(2, n, 3)), y


def place(of, among, i, allowed):
    """How many of the others are at most as far from `of` as the right one."""
    far = np.linalg.norm(among - of, axis=1)
    return sum(far[j] <= far[i] for j in allowed if j != i)


def test_places_are_those_counted_one_by_one():
    images, texts, y = placed()
    found = Retrieval.of(images, texts, y, SEEN)
    seen = np.flatnonzero(SEEN[y])
    for s in range(2):
        for m, i in enumerate(seen):
            alike = [j for j in seen if y[j] == y[i]]
            assert found.text[s, m] == place(images[s, i], texts[s], i, seen)
            assert found.image[s, m] == place(texts[s, i], images[s], i, seen)
            assert found.text_in_class[s, m] == place(images[s, i], texts[s], i, alike)
            assert found.image_in_class[s, m] == place(texts[s, i], images[s], i, alike)


def test_images_on_their_captions_are_all_found():
    images, _, y = placed()
    found = Retrieval.of(images, images, y, SEEN).measure()
    assert all(value == 1 for key, value in found.items() if not key.endswith("ci95"))


def test_where_all_is_in_one_place_nothing_is_found():
    images, texts, y = placed()
    found = Retrieval.of(0 * images, 0 * texts, y, SEEN).measure()
    assert found["retrieval.text.r1"] == found["retrieval.image_in_class.r1"] == 0


def test_recall_is_a_share_and_its_interval_is_over_the_seeds():
    places = np.array([[0, 3, 6, 0], [0, 0, 4, 5]])
    found = Retrieval(places, places, places, places).measure()
    assert found["retrieval.text.r1"] == 0.5
    assert found["retrieval.text.r5"] == pytest.approx((3 / 4 + 3 / 4) / 2)
    assert found["retrieval.text.r5_ci95"] == 0
