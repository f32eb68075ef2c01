"""Panoptic quality of an image beside its literal form, one thread: python -m benchmarks.panoptic.

`literal` counts every pair of segments of a class in the two maps. `sorted` counts all pairs at
once, by sorting the codes of all pixels; what follows is as in ours. How long that takes depends
much on whether numpy finds vector instructions for sorting.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from unittest import mock

import numpy as np
from scipy.spatial import KDTree

from benchmarks import panoptic_literal
from zslcore.metrics import panoptic
from zslcore.metrics.segmentation import Segmentation

HEIGHT, WIDTH, SEGMENTS, CLASSES = 480, 640, 30, 133
OF_IMAGE = 6  # classes that an image has: several segments are of the same one


def problem(seed=0):
    """A map of ragged regions, some void and one crowd, and a prediction a little beside it."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform((0, 0), (HEIGHT, WIDTH), (SEGMENTS + 1, 2))
    classes = rng.choice(CLASSES, OF_IMAGE, replace=False)[rng.integers(0, OF_IMAGE, SEGMENTS)]
    moved = centres + rng.normal(0, 8, centres.shape)
    maps = [regions(each, rng) for each in (centres, moved)]
    ids = np.concatenate([[0], rng.choice(256**3 - 1, SEGMENTS, replace=False) + 1])
    crowd = np.arange(SEGMENTS) == 0
    truth = Segmentation(ids[maps[0]].astype(np.int32), ids[1:], classes, crowd)
    swapped = np.where(rng.random(SEGMENTS) < 0.2, rng.permutation(classes), classes)
    predicted = Segmentation(maps[1], np.arange(1, SEGMENTS + 1), swapped, np.zeros_like(crowd))
    return truth, predicted


def regions(centres, rng):
    """Each pixel to the nearest centre, with a border that is a few pixels wide."""
    at = np.stack(np.mgrid[:HEIGHT, :WIDTH], axis=-1) + rng.normal(0, 1, (HEIGHT, WIDTH, 2))
    return KDTree(centres).query(at)[1].astype(np.int32)


def ours(truth, predicted):
    return panoptic.count(truth, predicted, CLASSES, "image")


def literal(truth, predicted):
    return panoptic.Counts(*panoptic_literal.count(truth, predicted, CLASSES))


def by_sorting(truth, predicted, n_classes, image):
    """As `overlaps`, by the codes of all pixels."""
    codes = truth.map.astype(np.uint64) * 256**3 + predicted.map.astype(np.uint64)
    pairs, pixels = np.unique(codes, return_counts=True)
    at = [{value: i for i, value in enumerate([0, *of.ids.tolist()])} for of in (truth, predicted)]
    shared = np.zeros((len(at[0]), len(at[1])), dtype=np.int64)
    for pair, n in zip(pairs.tolist(), pixels.tolist(), strict=True):
        shared[at[0][pair // 256**3], at[1][pair % 256**3]] = n
    return shared


def with_sorting(truth, predicted):
    with mock.patch.object(panoptic, "overlaps", by_sorting):
        return ours(truth, predicted)


def measured(call: Callable[..., panoptic.Counts], case, times: int):
    """Median wall time of a call in milliseconds, and the PQ it gives."""
    call(*case)  # the first one also pays for fresh memory
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        counts = call(*case)
        taken.append(1000 * (time.perf_counter() - start))
    pq = float(np.nanmean(panoptic.quality(counts).pq))
    return {"ms": round(statistics.median(taken), 3), "pq": pq}


def main(as_json: bool) -> None:
    case = problem()
    result = {
        "ours": measured(ours, case, 51),
        "sorted": measured(with_sorting, case, 51),
        "literal": measured(literal, case, 5),
    }
    for row in result.values():
        row["times_ours"] = round(row["ms"] / result["ours"]["ms"], 1)
    if as_json:
        size = {"height": HEIGHT, "width": WIDTH, "segments": SEGMENTS, "classes": CLASSES}
        print(json.dumps({**size, **result}))
        return
    print(f"{HEIGHT} x {WIDTH} pixels, {SEGMENTS} segments of {OF_IMAGE} classes")
    for name, row in result.items():
        print(f"{name:<8} {row['ms']:9.3f} ms  {row['times_ours']:7.1f} x  PQ {row['pq']:.12f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", dest="as_json")
    main(**vars(parser.parse_args()))
