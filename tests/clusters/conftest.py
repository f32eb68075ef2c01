"""Settings, and real attributes of CUB, SUN and AwA2 where they are beside the repository."""

import csv
from pathlib import Path

import numpy as np
import pytest

from zslcore.clusters.config import Config

SETTINGS = {
    "by": "single",
    "separator": "::",
    "partition": None,
    "kmeans": {"clusters": 2, "restarts": 3},
    "merge": "none",
}


@pytest.fixture(scope="session")
def settings():
    """A `Config` with some settings changed."""
    return lambda **changes: Config(**{**SETTINGS, **changes})


@pytest.fixture(scope="session")
def real():
    """Names and vectors of a real dataset's attributes."""
    folder = Path(__file__).parents[2] / "../shared/data/attribute_vectors"
    if not folder.is_dir():
        pytest.skip("the real attribute vectors are not beside the repository")

    def read(name):
        with (folder / f"{name}_names.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        names = [row["des" if "des" in row else "new_des"].strip() for row in rows]
        return names, np.load(folder / f"{name}.npy")

    return read
