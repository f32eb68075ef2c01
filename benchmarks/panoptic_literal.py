"""Panoptic quality step by step, as it is published: what the fast form must equal.

Kirillov et al. 2019, https://arxiv.org/abs/1801.00868, with the treatment of void and of crowds of
the public evaluation. Every quantity is counted in the two maps when it is needed.
"""

import numpy as np

from zslcore.metrics.segmentation import Segmentation

VOID = 0


def count(truth: Segmentation, predicted: Segmentation, n_classes: int) -> np.ndarray:
    """TP, FP, FN and the sum of the IoUs of one image, (4, K)."""
    totals = np.zeros((4, n_classes))
    pairs = matches(truth, predicted)
    for (g_class, _, _), iou in pairs.items():
        totals[0, g_class] += 1
        totals[3, g_class] += iou
    for p_class in in_vain(truth, predicted, {p for _, _, p in pairs}):
        totals[1, p_class] += 1
    for g, g_class, g_crowd in segments(truth):
        if not g_crowd and g not in {g for _, g, _ in pairs}:
            totals[2, g_class] += 1
    return totals


def matches(truth: Segmentation, predicted: Segmentation) -> dict[tuple[int, int, int], float]:
    """IoU by (class, true segment, predicted segment), of those that match."""
    found = {}
    for g, g_class, g_crowd in segments(truth):
        for p, p_class, _ in segments(predicted):
            if g_class == p_class and not g_crowd:
                iou = iou_without_void(truth.map, g, predicted.map, p)
                if iou > 0.5:
                    found[g_class, g, p] = iou
    return found


def in_vain(truth: Segmentation, predicted: Segmentation, matched: set[int]) -> list[int]:
    """The class of each prediction that is wrong."""
    crowd_of = {}
    for g, g_class, g_crowd in segments(truth):
        if g_crowd:
            crowd_of[g_class] = g
    wrong = []
    for p, p_class, _ in segments(predicted):
        excused = shared(truth.map, VOID, predicted.map, p)
        if p_class in crowd_of:
            excused += shared(truth.map, crowd_of[p_class], predicted.map, p)
        if p not in matched and excused / (predicted.map == p).sum() <= 0.5:
            wrong.append(p_class)
    return wrong


def quality(totals: np.ndarray) -> list[tuple[float, float, float] | None]:
    """PQ, SQ and RQ of each class; None for one that does not occur."""
    found = []
    for tp, fp, fn, iou in totals.T:
        if tp + fp + fn == 0:
            found.append(None)
            continue
        sq = iou / tp if tp else 0.0
        rq = tp / (tp + 0.5 * fp + 0.5 * fn)
        found.append((sq * rq, sq, rq))
    return found


def segments(of: Segmentation) -> list[tuple[int, int, bool]]:
    """(id, class, crowd) of each segment."""
    return list(zip(of.ids.tolist(), of.classes.tolist(), of.crowd.tolist(), strict=True))


def shared(truth_map: np.ndarray, g: int, predicted_map: np.ndarray, p: int) -> int:
    """Pixels of both segments."""
    return int(((truth_map == g) & (predicted_map == p)).sum())


def iou_without_void(truth_map: np.ndarray, g: int, predicted_map: np.ndarray, p: int) -> float:
    """Intersection over union, without the prediction's pixels that are void in truth."""
    inside = shared(truth_map, g, predicted_map, p)
    if not inside:
        return 0.0
    size = int((truth_map == g).sum()) + int((predicted_map == p).sum())
    return inside / (size - inside - shared(truth_map, VOID, predicted_map, p))
