"""Embeddings of segments: what is refused, and in which words."""

from dataclasses import replace

import numpy as np
import pytest

from zslcore.data.segments import Segments


@pytest.fixture
def segments():
    """Three classes, the second one unseen, the third without a segment."""
    rng = np.random.default_rng(0)
    x, unmatched = (rng.normal(size=(n, 4)).astype(np.float32) for n in (5, 6))
    vectors = rng.normal(size=(3, 2)).astype(np.float32)
    seen = np.array([True, False, True])
    return Segments(x, np.zeros(5, int), unmatched, vectors, seen, ("cat", "cow", "hat"))


def test_a_seen_class_may_have_no_segment(segments):
    assert len(segments.x) == 5


def test_embeddings_may_be_kept_in_half_precision(segments):
    assert replace(segments, x=segments.x.astype(np.float16)).x.dtype == np.float16


def test_labels_of_unseen_classes_are_refused_by_name_and_count(segments):
    y = np.array([0, 1, 2, 1, 0])
    with pytest.raises(ValueError, match=r"training segments of unseen classes: cow \(2\); leave"):
        replace(segments, y=y)


NAN = np.array([[0, 1, 2, np.nan]] * 5, np.float32)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"y": np.array([0, 0, 3, 0, 0])}, "labels run from 0 to 3; allowed: 0 to 2"),
        ({"y": np.array([0, -1, 0, 0, 0])}, "labels run from -1 to 0; allowed: 0 to 2"),
        ({"y": np.zeros(5)}, "labels are of type float64; allowed: integers"),
        ({"y": np.zeros(4, int)}, r"x has 5 rows, y the shape \(4,\)"),
        ({"x": np.zeros((0, 4), np.float32), "y": np.zeros(0, int)}, r"x has shape \(0, 4\)"),
        ({"x": np.zeros(4, np.float32)}, r"x has shape \(4,\); allowed: some rows"),
        ({"x": np.zeros((5, 4))}, "x is of type float64; allowed: float32, float16"),
        ({"x": NAN}, "x has NaN or infinite values in 5 rows, first row 0"),
        ({"unmatched": np.zeros((0, 4), np.float32)}, r"unmatched has shape \(0, 4\)"),
        ({"unmatched": NAN}, "unmatched has NaN or infinite values"),
        (
            {"unmatched": np.zeros((2, 3), np.float32)},
            "unmatched embeddings have 3 numbers each, matched ones 4: both must come from one",
        ),
        ({"class_names": ("a", "b")}, r"class_vectors has shape \(3, 2\) for 2 class names"),
        ({"class_names": ("a", "b", "a")}, "more than once: 3 names, 2 distinct"),
        ({"class_vectors": np.ones(3, np.float32)}, r"class_vectors has shape \(3,\)"),
        ({"class_vectors": np.array([[1, 0], [0, 0], [0, 0]])}, "all 0: cow, hat; give them"),
        ({"class_vectors": np.full((3, 2), np.inf)}, "class_vectors has NaN or infinite"),
        ({"seen": np.array([1, 0, 1])}, "seen must be a bool mask over the 3 classes"),
        ({"seen": np.ones(4, bool)}, r"seen must be a bool mask over the 3 classes, is \(4,\)"),
    ],
)
def test_what_does_not_fit_is_named(segments, changes, message):
    with pytest.raises(ValueError, match=message):
        replace(segments, **changes)
