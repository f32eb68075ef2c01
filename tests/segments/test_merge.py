import numpy as np
import pytest

from tests.segments import reference
from zslcore.runtime.params import ParamsError, check
from zslcore.segments.config import Merge
from zslcore.segments.merge import Segment, instances, panoptic, semantic

MERGE = Merge(score=0.8, overlap=0.8, mask=0.5)
THINGS = np.array([True, False, True])


def case(seed, queries=9, size=(7, 10), sharp=2.0):
    """Queries that are sure enough to be kept now and then, with masks that overlap."""
    rng = np.random.default_rng(seed)
    classes = rng.dirichlet(np.full(len(THINGS) + 1, 0.2), queries)
    y, x = np.mgrid[: size[0], : size[1]]
    centre = rng.uniform((0, 0), size, (queries, 2))[:, :, None, None]
    far = np.hypot(y - centre[:, 0], x - centre[:, 1])
    return classes, 1 / (1 + np.exp(sharp * (far - rng.uniform(1, 5, (queries, 1, 1)))))


def sure(*labels):
    """Class probabilities of queries that are 0.9 sure of these; -1 is no object."""
    rows = np.full((len(labels), 4), 0.1 / 3)
    rows[np.arange(len(labels)), labels] = 0.9
    return rows


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("score", [0.3, 0.8])
def test_panoptic_equals_the_merge_one_query_at_a_time(seed, score):
    merge = MERGE.model_copy(update={"score": score, "overlap": [0.8, 0.4][seed % 2]})
    classes, masks = case(seed)
    found = panoptic(classes, masks, THINGS, merge)
    drawn, segments = reference.panoptic(classes, masks, THINGS, merge)
    np.testing.assert_array_equal(found.map, drawn)
    assert list(found.segments) == segments


def test_the_random_cases_reach_every_rule():
    """Dropped by overlap, stuff merged, pixels owned but outside the mask."""
    dropped = merged = outside = 0
    for seed in range(40):
        classes, masks = case(seed)
        loose = panoptic(classes, masks, THINGS, Merge(score=0.3, overlap=0, mask=0.5))
        strict = panoptic(classes, masks, THINGS, Merge(score=0.3, overlap=0.8, mask=0.5))
        dropped += len(strict.segments) < len(loose.segments)
        label = classes.argmax(1)
        merged += ((label == 1) & (classes.max(1) > 0.3)).sum() > 1
        outside += bool(loose.segments) and (loose.map == 0).any()
    assert min(dropped, merged, outside) > 5


def test_panoptic_by_hand():
    """Two stuff queries become one segment; of no object there is none, and its pixels are void."""
    masks = np.full((4, 1, 6), 0.1)
    masks[0, 0, :2] = masks[1, 0, 2:4] = masks[2, 0, 4:5] = masks[3, 0, 5:] = 0.9
    found = panoptic(sure(1, 0, 1, -1), masks, THINGS, MERGE)
    assert found.map.tolist() == [[1, 1, 2, 2, 1, 0]]
    assert found.map.dtype == np.int32
    assert found.segments == (Segment(1, 1), Segment(2, 0))


def test_a_query_that_owns_too_little_of_its_mask_is_dropped_and_its_pixels_stay_void():
    masks = np.zeros((2, 1, 10))
    masks[0, 0, :6], masks[1, 0, 2:] = 0.9, 0.8
    found = panoptic(sure(0, 2), masks, THINGS, MERGE)
    assert found.map.tolist() == [[1] * 6 + [0] * 4]  # the second owns 4 of 8
    kept = panoptic(sure(0, 2), masks, THINGS, Merge(score=0.8, overlap=0.5, mask=0.5))
    assert kept.map.tolist() == [[1] * 6 + [2] * 4]


def test_owned_pixels_count_for_the_overlap_even_outside_the_mask():
    """Query 0 owns all ten pixels, of which only five are in its mask."""
    masks = np.array([[[0.6] * 5 + [0.4] * 5]])
    assert panoptic(sure(0), masks, THINGS, MERGE).map.tolist() == [[1] * 5 + [0] * 5]


def test_a_score_at_the_threshold_is_not_above_it_but_a_mask_at_its_threshold_counts():
    masks = np.array([[[0.5, 0.49]]])
    assert not panoptic(np.array([[0.8, 0.1, 0.0, 0.1]]), masks, THINGS, MERGE).segments
    assert panoptic(sure(0), masks, THINGS, MERGE).map.tolist() == [[1, 0]]


def test_without_a_sure_query_all_is_void():
    found = panoptic(sure(-1, -1), np.full((2, 3, 4), 0.9), THINGS, MERGE)
    np.testing.assert_array_equal(found.map, np.zeros((3, 4)))
    assert found.segments == ()
    none = panoptic(np.zeros((0, 4)), np.zeros((0, 3, 4)), THINGS, MERGE)
    assert none.map.shape == (3, 4)


@pytest.mark.parametrize("seed", range(20))
def test_instances_equal_pair_by_pair(seed):
    classes, masks = case(seed)
    found = instances(classes, masks, THINGS, top=8)
    expected = reference.instances(classes, masks, THINGS, top=8)
    assert found.queries.tolist() == [each[0] for each in expected]
    assert found.labels.tolist() == [each[1] for each in expected]
    np.testing.assert_allclose(found.scores, [each[2] for each in expected], rtol=1e-12)
    for i, each in enumerate(expected):
        np.testing.assert_array_equal(found.masks[i], each[3])
        assert found.boxes[i].tolist() == each[4]


def test_stuff_is_dropped_after_the_choice_of_the_likeliest_pairs():
    """Stuff takes the first two places of three, so one thing is left, though others follow."""
    classes = np.array([[0.0, 0.9, 0.05, 0.05], [0.1, 0.8, 0.1, 0.0], [0.6, 0.0, 0.3, 0.1]])
    found = instances(classes, np.full((3, 2, 2), 0.7), THINGS, top=3)
    assert (found.queries.tolist(), found.labels.tolist()) == ([2], [0])
    assert found.scores == pytest.approx([0.6 * 0.7])


def test_a_query_may_answer_several_classes_and_an_empty_mask_answers_none():
    classes = np.array([[0.5, 0.0, 0.4, 0.1], [0.3, 0.0, 0.3, 0.4]])
    masks = np.zeros((2, 4, 5))
    masks[0, 1:3, 2:5] = 1.0
    found = instances(classes, masks, THINGS, top=100)
    assert list(zip(found.queries, found.labels, strict=True)) == [(0, 0), (0, 2)]
    assert found.boxes.tolist() == [[2, 1, 3, 2]] * 2
    nothing = instances(classes, np.zeros((2, 4, 5)), THINGS, top=100)
    assert nothing.masks.shape == (0, 4, 5)
    assert nothing.boxes.shape == (0, 4)


def test_an_instance_has_the_pixels_that_are_likelier_than_not():
    found = instances(sure(0)[:1], np.array([[[0.4, 0.5, 0.51]]]), THINGS, top=1)
    assert found.masks.tolist() == [[[False, False, True]]]
    assert found.scores == pytest.approx([0.9 * 0.51])


@pytest.mark.parametrize("seed", range(5))
def test_semantic_equals_the_sum_over_queries(seed):
    classes, masks = case(seed)
    votes = sum(
        row[: len(THINGS), None, None] * mask for row, mask in zip(classes, masks, strict=True)
    )
    np.testing.assert_array_equal(semantic(classes, masks, THINGS), votes.argmax(0))


@pytest.mark.parametrize(
    ("classes", "masks", "message"),
    [
        (np.zeros((2, 3)), np.zeros((2, 4, 4)), r"allowed: \(Q, K \+ 1\)"),
        (np.zeros((2, 4)), np.zeros((3, 4, 4)), r"allowed: \(Q, K \+ 1\)"),
        (np.zeros((2, 4)), np.zeros((2, 4)), r"allowed: \(Q, K \+ 1\)"),
        (np.zeros((2, 4)), np.full((2, 4, 4), 7.0), "masks run from .* sigmoid"),
        (np.full((2, 4), -1.0), np.zeros((2, 4, 4)), "classes run from .* softmax"),
        (np.zeros((2, 4)), np.full((2, 4, 4), np.nan), "masks run from"),
    ],
)
def test_what_is_no_probability_is_refused(classes, masks, message):
    for call in (
        lambda: panoptic(classes, masks, THINGS, MERGE),
        lambda: instances(classes, masks, THINGS, 5),
        lambda: semantic(classes, masks, THINGS),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_float32_gives_the_same_segments():
    classes, masks = case(3)
    low = panoptic(classes.astype(np.float32), masks.astype(np.float32), THINGS, MERGE)
    assert low.segments == panoptic(classes, masks, THINGS, MERGE).segments


def test_thresholds_are_shares():
    with pytest.raises(ParamsError, match="overlap"):
        check(Merge, {"score": 0.8, "overlap": 80, "mask": 0.5})
