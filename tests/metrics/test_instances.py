import numpy as np
import pytest

from zslcore.metrics.instances import Detection, Truth, encode, measure, per_class

SIZE = (20, 30)


def box(top, left, height=6, width=8):
    """The mask of a rectangle."""
    mask = np.zeros(SIZE, dtype=bool)
    mask[top : top + height, left : left + width] = True
    return encode(mask)


def cross(top, left):
    """A mask that fills a third of its box."""
    mask = np.zeros(SIZE, dtype=bool)
    mask[top : top + 9, left + 4], mask[top + 4, left : left + 9] = True, True
    return encode(mask)


def test_by_hand():
    """Class 0: of two instances one is found at IoU above 0.5 and one below it; class 1 has none.

    Precision is 1 up to recall 0.5 and 0 from there on: 51 of the 101 points.
    """
    truth = [Truth(7, 0, box(0, 0), False), Truth(8, 0, box(10, 10), False)]
    found = [Detection(7, 0, box(1, 1), 0.9), Detection(8, 0, box(14, 10), 0.8)]
    of = per_class(truth, found, 2, "segm")
    assert of.ap[0] == pytest.approx(51 / 101)
    assert of.recall[0] == 0.5
    assert np.isnan([of.ap[1], of.recall[1]]).all()


def test_classes_are_not_confused():
    """Each class has its own number of found ones: 0 of 2, 1 of 2, 2 of 2, in this order."""
    truth = [Truth(i, k, box(2, 3), False) for k in range(3) for i in range(2)]
    found = [Detection(i, k, box(2, 3), 0.5) for k in range(3) for i in range(k)]
    of = per_class(truth, found, 3, "segm")
    np.testing.assert_allclose(of.recall, [0, 0.5, 1])
    np.testing.assert_allclose(of.ap, [0, 51 / 101, 1])


def test_boxes_are_judged_apart_from_masks():
    """A filled rectangle has the box of a cross, but shares a third of its pixels."""
    truth, found = [Truth(1, 0, cross(3, 3), False)], [Detection(1, 0, box(3, 3, 9, 9), 0.5)]
    assert per_class(truth, found, 1, "segm").recall.tolist() == [0]
    assert per_class(truth, found, 1, "bbox").recall.tolist() == [1]
    beside = [Detection(1, 0, box(3, 9, 9, 9), 0.5)]
    assert per_class(truth, beside, 1, "bbox").recall.tolist() == [0]


@pytest.mark.parametrize("seed", range(3))
def test_average_precision_is_the_best_precision_from_each_of_101_recalls_on(seed):
    rng = np.random.default_rng(seed)
    right = rng.random(200) < 0.5
    scores = rng.random(200) + 0.5 * right
    found = [Detection(i, 0, box(0, 0), s) for i, s in enumerate(scores.tolist())]
    truth = [Truth(i, 0, box(0, 0), False) for i in np.flatnonzero(right).tolist()]
    truth += [Truth(999, 0, box(0, 0), False)] * 9  # never found
    ranked = np.cumsum(right[np.argsort(-scores)])
    precision, recall = ranked / np.arange(1, 201), ranked / len(truth)
    expected = [max(precision[recall >= r], default=0) for r in np.linspace(0, 1, 101)]
    of = per_class(truth, found, 1, "segm")
    assert of.ap[0] == pytest.approx(np.mean(expected))
    assert of.recall[0] == pytest.approx(recall[-1])


def test_crowds_are_not_to_be_found_and_forgive_what_is_in_them():
    truth = [Truth(1, 0, box(0, 0), False), Truth(1, 0, box(8, 8, 12, 22), True)]
    found = [Detection(1, 0, box(10, 10), 0.9), Detection(1, 0, box(0, 0), 0.8)]
    assert per_class(truth, found, 1, "segm").ap == pytest.approx([1])
    only = per_class(truth[1:], found, 1, "segm")
    assert np.isnan([only.ap, only.recall]).all()


def test_at_most_100_detections_of_an_image_and_class_count():
    truth = [Truth(1, 0, box(0, 0), False), Truth(1, 1, box(0, 0), False)]
    wrong = [Detection(1, 0, box(13, 20), 0.9)] * 100
    right = [Detection(1, k, box(0, 0), 0.1) for k in range(2)]
    np.testing.assert_array_equal(per_class(truth, wrong + right, 2, "segm").recall, [0, 1])
    np.testing.assert_array_equal(per_class(truth, wrong[1:] + right, 2, "segm").recall, [1, 1])


def test_wrong_ones_in_images_without_truth_count():
    truth = [Truth(1, 0, box(0, 0), False)]
    found = [Detection(2, 0, box(0, 0), 0.9), Detection(1, 0, box(0, 0), 0.8)]
    assert per_class(truth, found, 1, "segm").ap[0] == pytest.approx(0.5)


def test_groups_and_silence(capsys):
    truth = [Truth(i, k, box(0, 0), False) for i in range(2) for k in (0, 2)]
    found = [Detection(1, 0, box(0, 0), 0.9)]
    assert measure(truth, found, np.array([True, True, False]), "segm") == pytest.approx(
        {
            "ap50.seen": 51 / 101,
            "ap50.unseen": 0.0,
            "ap50.hm": 0.0,
            "ap50.all": 51 / 202,
            "recall50.seen": 0.5,
            "recall50.unseen": 0.0,
            "recall50.hm": 0.0,
            "recall50.all": 0.25,
            "absent.seen": 1,
            "absent.unseen": 0,
        }
    )
    assert capsys.readouterr() == ("", "")


def test_without_detections_nothing_is_found():
    of = per_class([Truth(1, 0, box(0, 0), False)], [], 1, "bbox")
    assert (of.ap.tolist(), of.recall.tolist()) == ([0], [0])


def test_mistakes_are_named():
    other = encode(np.ones((5, 5), dtype=bool))
    truth = [Truth(1, 0, box(0, 0), False)]
    with pytest.raises(ValueError, match=r"image 1: masks of .* and of"):
        per_class(truth, [Detection(1, 0, other, 0.5)], 1, "segm")
    with pytest.raises(ValueError, match="image 3: an instance of class 1; allowed: 0 to 0"):
        per_class(truth, [Detection(3, 1, other, 0.5)], 1, "segm")
