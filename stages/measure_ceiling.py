"""What real features of the unseen classes allow: python -m stages.measure_ceiling DATASET."""

import numpy as np

from stages import paths
from stages.entry import enter
from zslcore.data import store
from zslcore.features.probe import ceiling
from zslcore.features.store import load
from zslcore.runtime.files import write_json


def main(dataset: str) -> None:
    phase = paths.prepared(dataset) / "test"
    truth = store.load_truth(phase)
    inputs = store.Inputs(load(paths.features(dataset), "test").pooled)
    unseen = ~truth.seen[truth.y]
    x = store.load_evaluation(phase, inputs)[unseen].astype(np.float64)
    value = ceiling(x, truth.y[unseen])
    write_json({"ceiling.zsl.acc": round(value, 4)}, paths.metrics("ceiling", dataset))


if __name__ == "__main__":
    enter(main)
