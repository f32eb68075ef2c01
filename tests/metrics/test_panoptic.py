import numpy as np
import pytest

from benchmarks import panoptic as benchmark
from benchmarks import panoptic_literal as literal
from tests.metrics.random_maps import CLASSES, random_case
from zslcore.metrics.panoptic import Counts, count, measure, quality
from zslcore.metrics.segmentation import Segmentation


def counted(truth, predicted, n_classes=CLASSES):
    """As rows tp, fp, fn, iou."""
    found = count(truth, predicted, n_classes, "image")
    return np.array([found.tp, found.fp, found.fn, found.iou])


def line(text, segments):
    """A map of one row, a digit for each pixel, and its segments (id, class, crowd)."""
    return Segmentation.of(np.array([[int(digit) for digit in text]]), segments)


@pytest.mark.parametrize("seed", range(150))
def test_counts_equal_the_literal_algorithm(seed):
    case = random_case(seed)
    np.testing.assert_allclose(counted(*case), literal.count(*case, CLASSES), rtol=0, atol=1e-12)


def test_quality_over_images_equals_the_literal_algorithm():
    cases = [random_case(seed, crowds=0.15) for seed in range(30)]
    total = sum((count(*case, CLASSES + 1, "image") for case in cases), Counts.zero(CLASSES + 1))
    expected = literal.quality(sum(literal.count(*case, CLASSES + 1) for case in cases))
    assert expected.pop() is None
    found = np.stack(quality(total), axis=1)
    assert np.isnan(found[-1]).all()
    np.testing.assert_allclose(found[:-1], expected, rtol=0, atol=1e-12)
    assert (found[:-1, 0] > 0.1).all()


def test_the_random_cases_reach_every_rule():
    """Without crowds, or with void as a class, or with the first crowd, the counts are others."""
    without_crowd = without_void = first_crowd = 0
    for seed in range(150):
        truth, predicted = random_case(seed)
        found = counted(truth, predicted)
        plain = truth._replace(crowd=np.zeros_like(truth.crowd))
        without_crowd += (counted(plain, predicted)[1] > found[1]).any()
        filled = truth._replace(
            map=np.where(truth.map == 0, 256**3, truth.map),
            ids=np.append(truth.ids, 256**3),
            classes=np.append(truth.classes, 0),
            crowd=np.append(truth.crowd, True),
        )
        without_void += (counted(filled, predicted)[3] < found[3]).any()
        back = Segmentation(truth.map, *(each[::-1] for each in truth[1:]))
        first_crowd += (counted(back, predicted)[1] != found[1]).any()
    assert min(without_crowd, without_void, first_crowd) >= 3


def test_by_hand():
    """Class 0 is found with IoU 2/3, class 1 is missed, one of class 2 is in vain."""
    truth = line("1112222200", [(1, 0), (2, 1)])
    predicted = line("1133333300", [(1, 0), (3, 2)])
    assert counted(truth, predicted, 3).T.tolist() == [[1, 0, 0, 2 / 3], [0, 0, 1, 0], [0, 1, 0, 0]]


def test_half_of_the_union_is_too_little():
    truth, predicted = line("1100", [(1, 0)]), line("0111", [(1, 0)])
    predicted = predicted._replace(map=np.array([[1, 0, 0, 0]]))
    assert counted(truth, predicted, 1)[:, 0].tolist() == [0, 1, 1, 0]


def test_void_of_the_truth_leaves_the_union_and_that_of_the_prediction_does_not():
    truth, predicted = line("111000", [(1, 0)]), line("111110", [(1, 0)])
    assert counted(truth, predicted, 1)[:, 0].tolist() == [1, 0, 0, 1]
    truth, predicted = line("1111", [(1, 0)]), line("1110", [(1, 0)])
    assert counted(truth, predicted, 1)[:, 0].tolist() == [1, 0, 0, 0.75]


@pytest.mark.parametrize(("text", "in_vain"), [("00022", 0), ("00222", 1), ("0022", 1)])
def test_what_is_more_than_half_void_is_not_in_vain(text, in_vain):
    truth = line(text, [(2, 1)])
    predicted = truth._replace(
        map=np.ones_like(truth.map), ids=np.array([1]), classes=np.array([0])
    )
    assert counted(truth, predicted, 2)[1, 0] == in_vain


def test_a_crowd_forgives_its_class_only_and_the_last_one_counts():
    predicted = line("1111", [(1, 0)])
    assert counted(line("2223", [(2, 0, True), (3, 1)]), predicted, 2)[1].tolist() == [0, 0]
    assert counted(line("2223", [(2, 1, True), (3, 1)]), predicted, 2)[1].tolist() == [1, 0]
    both = line("2223", [(2, 0, True), (3, 0, True)])
    assert counted(both, predicted, 2)[1].tolist() == [1, 0]
    assert counted(line("2223", [(3, 0, True), (2, 0, True)]), predicted, 2)[1].tolist() == [0, 0]


def test_a_crowd_is_neither_found_nor_missed():
    truth = line("11", [(1, 0, True)])
    assert not counted(truth, line("11", [(1, 0)]), 1).any()
    assert not counted(truth, line("00", []), 1).any()


@pytest.mark.parametrize("seed", range(10))
def test_the_truth_without_crowds_against_itself_is_perfect(seed):
    truth, _ = random_case(seed, crowds=0)
    there = np.isin(truth.ids, truth.map)
    of = Segmentation(truth.map, *(each[there] for each in truth[1:]))
    found = quality(count(of, of, CLASSES, "image"))
    for each in found:
        np.testing.assert_array_equal(each[np.unique(of.classes)], 1)


@pytest.mark.parametrize("seed", range(10))
def test_numbers_of_segments_do_not_matter(seed):
    truth, predicted = random_case(seed)
    renamed = predicted._replace(
        map=np.where(predicted.map == 0, 0, predicted.map * 7 + 100), ids=predicted.ids * 7 + 100
    )
    np.testing.assert_array_equal(counted(truth, renamed), counted(truth, predicted))


def test_a_true_segment_without_a_pixel_is_missed():
    assert counted(line("11", [(1, 0), (2, 0)]), line("11", [(1, 0)]), 1)[2, 0] == 1


@pytest.mark.parametrize(
    ("truth", "predicted", "message"),
    [
        (line("1", [(1, 0)]), line("2", [(1, 0)]), "cat.jpg, prediction: the map has the id 2"),
        (line("1", [(1, 0)]), line("0", [(1, 0)]), "cat.jpg, prediction: segment 1 has no pixel"),
        (line("3", [(1, 0)]), line("1", [(1, 0)]), "cat.jpg, truth: the map has the id 3"),
        (line("1", [(1, 0)]), line("11", [(1, 0)]), "cat.jpg: the truth is .* the size"),
        (line("1", [(1, 2)]), line("1", [(1, 0)]), "cat.jpg, truth: segment 1 is of class 2"),
        (line("1", [(1, 0)]), line("1", [(1, -1)]), "cat.jpg, prediction: segment 1 .* allowed: 0"),
        (line("1", [(1, 0), (1, 1)]), line("1", [(1, 0)]), "cat.jpg, truth: segment ids"),
        (line("0", [(0, 0)]), line("1", [(1, 0)]), "cat.jpg, truth: segment ids .* 0 .void."),
    ],
)
def test_maps_and_segments_that_do_not_agree_are_refused(truth, predicted, message):
    with pytest.raises(ValueError, match=message):
        count(truth, predicted, 2, "cat.jpg")


def test_means_of_groups_by_hand():
    """Seen: classes 0 (PQ 0.5, one found) and 1 (missed); unseen: 2 (perfect); 3 does not occur."""
    counts = Counts(
        tp=np.array([1, 0, 2, 0]),
        fp=np.array([1, 0, 0, 0]),
        fn=np.array([0, 3, 0, 0]),
        iou=np.array([0.75, 0.0, 2.0, 0.0]),
    )
    assert measure(counts, np.array([True, True, False, False])) == pytest.approx(
        {
            "pq.seen": 0.25,
            "pq.unseen": 1.0,
            "pq.hm": 0.4,
            "pq.all": 1.5 / 3,
            "sq.seen": 0.375,
            "sq.unseen": 1.0,
            "sq.hm": 0.75 / 1.375,
            "sq.all": 1.75 / 3,
            "rq.seen": 1 / 3,
            "rq.unseen": 1.0,
            "rq.hm": 0.5,
            "rq.all": (2 / 3 + 1) / 3,
            "absent.seen": 0,
            "absent.unseen": 1,
            "found.seen": 1,
            "found.unseen": 1,
        }
    )


def test_a_class_that_is_predicted_only_counts_as_zero():
    of = quality(count(line("11", [(1, 0)]), line("12", [(1, 0), (2, 1)]), 3, "image"))
    np.testing.assert_array_equal(of.pq, [0, 0, np.nan])


def test_the_forms_of_the_benchmark_agree():
    case = benchmark.problem()
    ours = benchmark.ours(*case)
    assert ours.tp.sum() > 5
    assert ours.fp.sum() > 0
    for other in (benchmark.literal(*case), benchmark.with_sorting(*case)):
        for name, values in vars(ours).items():
            np.testing.assert_allclose(getattr(other, name), values, rtol=0, atol=1e-12)
