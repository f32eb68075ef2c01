"""The exact choice of gamma beside a grid, on one thread: python -m benchmarks.sweep."""

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from zslcore.calibration.best import best
from zslcore.calibration.choose import choose
from zslcore.calibration.config import Config
from zslcore.calibration.curve import curve
from zslcore.metrics.accuracy import gzsl, seen_unseen

IMAGES, CLASSES, UNSEEN = 13_000, 200, 50  # the images of AWA2's test sets, the classes of CUB
GAMMAS = np.linspace(-5, 5, 200, dtype=np.float32)
CONFIG = Config(
    family="additive", select="max_h", aggregate="mean_h", plateau=0.0, nonnegative=False
)


def problem(seed=0):
    """Scores that know something and prefer seen classes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, IMAGES)
    seen = rng.permutation(CLASSES) >= UNSEEN
    scores = rng.normal(size=(IMAGES, CLASSES)) + 2 * np.eye(CLASSES)[labels] + seen
    return scores.astype(np.float32), labels, seen


def exact(scores, labels, seen):
    """The highest H there is: reduce, sweep, choose."""
    return choose([curve(best(scores, seen), labels, seen, "additive")], CONFIG).h


def grid(scores, labels, seen):
    """The highest H on a grid, with an argmax over all classes at every point."""
    offset = seen.astype(np.float32)
    return max(gzsl(scores - gamma * offset, labels, seen).h for gamma in GAMMAS)


def reduced_grid(scores, labels, seen):
    """The same, but after the reduction to four numbers per image."""
    four = best(scores, seen)
    moved = (four._replace(seen_score=four.seen_score - gamma) for gamma in GAMMAS)
    return max(seen_unseen(each.answers(), labels, seen).h for each in moved)


def measured(call: Callable[[], float], times: int):
    """Median wall time of a call in milliseconds, and the H it gives."""
    call()  # the first one also pays for fresh memory
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        h = call()
        taken.append(1000 * (time.perf_counter() - start))
    return {"ms": round(statistics.median(taken), 2), "h": h}


def main(as_json: bool) -> None:
    case = problem()
    result = {
        "exact": measured(lambda: exact(*case), 15),
        f"grid_{len(GAMMAS)}": measured(lambda: grid(*case), 3),
        f"grid_{len(GAMMAS)}_reduced": measured(lambda: reduced_grid(*case), 3),
    }
    if as_json:
        print(json.dumps({"images": IMAGES, "classes": CLASSES, **result}))
        return
    print(f"{IMAGES} images, {CLASSES} classes")
    for name, row in result.items():
        print(f"{name:<18} {row['ms']:8.2f} ms   H {row['h']:.6f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", dest="as_json")
    main(**vars(parser.parse_args()))
