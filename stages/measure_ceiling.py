"""What real features of the unseen classes allow: python -m stages.measure_ceiling DATASET."""

import numpy as np

from stages import paths
from stages.entry import enter
from zslcore.data.dataset_store import write_json
from zslcore.data.store import load_truth
from zslcore.features.probe import ceiling
from zslcore.features.store import load


def main(dataset: str) -> None:
    phase = paths.prepared(dataset) / "test"
    truth = load_truth(phase)
    rows = np.load(phase / "problem" / "evaluation_rows.npy")
    unseen = ~truth.seen[truth.y]
    x = load(paths.features(dataset), "test").pooled[rows[unseen]].astype(np.float64)
    value = ceiling(x, truth.y[unseen])
    write_json({"ceiling.zsl.acc": round(value, 4)}, paths.metrics("ceiling", dataset))


if __name__ == "__main__":
    enter(main)
