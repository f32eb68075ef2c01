"""Which attributes belong together: python -m stages.attribute_clusters DATASET."""

import json
from pathlib import Path

import numpy as np

from stages import paths
from stages.entry import enter
from zslcore.clusters import clusters
from zslcore.clusters.config import Config
from zslcore.clusters.find import find
from zslcore.data.problem import Array
from zslcore.runtime import params


class Settings(params.Params):
    listed: bool
    seed: int
    attribute_clusters: Config


def main(dataset: str) -> None:
    settings = params.load(paths.config(dataset, "attribute_clusters"), Settings)
    out = paths.clusters(dataset)
    if not settings.listed:
        clusters.save_none("`methods` lists none that divides attributes", out)
        return
    names, vectors = attributes(paths.prepared(dataset) / "test" / "problem")
    if not names and vectors is None:
        clusters.save_none("the dataset names no attributes and has no vectors of them", out)
        return
    rng = np.random.default_rng([settings.seed, *b"attribute_clusters"])  # nobody else's stream
    clusters.save(find(names, vectors, settings.attribute_clusters, rng), out)


def attributes(problem: Path) -> tuple[list[str], Array | None]:
    """Names of the attributes, or [], and their vectors (A, G), or None."""
    about = json.loads((problem / "problem.json").read_text(encoding="utf-8"))
    vectors = problem / "attribute_vectors.npy"
    return about["attribute_names"], np.load(vectors) if vectors.exists() else None


if __name__ == "__main__":
    enter(main)
