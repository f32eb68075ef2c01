from dataclasses import replace

import numpy as np
import pytest

from zslcore.data.sources.shapes.factors import (
    ANCHORS,
    HUES,
    VALUES,
    Spec,
    attribute_names,
    class_vector,
)
from zslcore.data.sources.shapes.vectors import attribute_vectors

SPEC = Spec("star", "red", "dotted", "thin", "navy", "present")


def shown(spec):
    """The attributes that a class vector shows, and how strongly."""
    pairs = zip(attribute_names(), class_vector(spec).tolist(), strict=True)
    return {name: strength for name, strength in pairs if strength}


def groups():
    return [name.split("::")[0] for name in attribute_names()]


def test_there_are_enough_attributes_in_enough_groups():
    assert len(set(attribute_names())) == len(attribute_names()) >= 24
    assert list(dict.fromkeys(groups())) == list(VALUES)


def test_class_vector_by_hand():
    assert shown(SPEC) == {
        "shape::star": 1,
        "hue::red": 1,
        "texture::dotted": 1,
        "frame::thin": 1,
        "badge::navy": 1,
        "mark::present": 1,
    }
    assert class_vector(SPEC).dtype == np.float32


@pytest.mark.parametrize(
    ("hue", "anchors"),
    [
        ("orange", {"hue::red": 0.5, "hue::yellow": 0.5}),
        ("rose", {"hue::red": 0.5, "hue::magenta": 0.5}),  # across the end of the circle
        ("cyan", {"hue::cyan": 1}),
    ],
)
def test_hues_lie_between_anchors(hue, anchors):
    vector = shown(replace(SPEC, hue=hue))
    assert {name: x for name, x in vector.items() if name.startswith("hue")} == anchors


def test_distance_of_hues_grows_with_their_angle():
    """From any hue, up to the opposite one; beyond two steps one-hot anchors know no more."""
    vectors = np.array([class_vector(replace(SPEC, hue=hue)) for hue in HUES])
    distance = np.abs(vectors[:, None] - vectors).sum(axis=2)
    for i in range(len(HUES)):
        assert distance[i, i] < distance[i, (i + 1) % 12] < distance[i, (i + 3) % 12]
        assert distance[i, (i - 1) % 12] == distance[i, (i + 1) % 12]


def test_every_group_sums_to_one_for_every_value():
    member = np.array([[group == other for other in VALUES] for group in groups()], dtype=float)
    for group, values in VALUES.items():
        for value in values:
            vector = class_vector(replace(SPEC, **{group: value}))
            np.testing.assert_array_equal(vector @ member, np.ones(len(VALUES)))


def test_name_tells_every_value():
    changed = [replace(SPEC, **{g: v}) for g, values in VALUES.items() for v in values]
    assert len({spec.name for spec in changed}) == len(set(changed))
    assert SPEC.name == "dotted red star + thin frame + navy badge + mark"


def test_anchors_are_every_second_hue():
    assert len(ANCHORS) == 6
    assert all(HUES.index(anchor) % 2 == 0 for anchor in ANCHORS)


def test_attribute_vectors_are_near_within_a_group():
    vectors = attribute_vectors()
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(attribute_names()), 32)
    assert np.linalg.matrix_rank(vectors) == len(vectors)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    same = np.array([[a == b for b in groups()] for a in groups()])
    other = ~np.eye(len(vectors), dtype=bool)
    assert cosine[same & other].mean() > cosine[~same].mean() + 0.3


def test_attribute_vectors_are_the_same_at_every_call():
    np.testing.assert_array_equal(attribute_vectors(), attribute_vectors())
