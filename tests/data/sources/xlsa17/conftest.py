"""A dataset of six classes in the xlsa17 layout, small enough to break on purpose."""

from pathlib import Path

import numpy as np
import pytest
import scipy.io

from zslcore.data.sources.xlsa17.config import Xlsa17Config
from zslcore.data.sources.xlsa17.load import load

NAMES = ("ant", "bee", "cat", "dog", "eel", "fox")
SETTINGS = {
    "source": "xlsa17",
    "features": "res101.mat",
    "regions": None,
    "split": "att_splits.mat",
    "split_name": "custom",
    "class_vectors": "att_splits.mat",
    "class_vector_norm": "none",
    "negative_attributes": "keep",
    "attribute_names": None,
    "attribute_vectors": None,
    "captions": None,
    "fold": 1,
    "image_labels": "file",
    "seed": 0,
}


def cell(strings):
    """A column of strings as MATLAB keeps it."""
    column = np.empty((len(strings), 1), dtype=object)
    column[:, 0] = strings
    return column


@pytest.fixture
def files():
    """The arrays of each file: 5 images of each class, in the order of the classes.

    Of the classes 1-4 (seen) the images 1-4 are trainval and the fifth is test_seen.
    """
    rng = np.random.default_rng(0)
    labels, place = np.repeat(np.arange(1, 7), 5), np.tile(np.arange(5), 6)
    rows = np.arange(1, 31)
    paths = [f"/far/JPEGImages/{NAMES[c - 1]}/{n}.jpg" for n, c in zip(rows, labels, strict=True)]
    return {
        "res101.mat": {
            "features": rng.standard_normal((3, 30)),
            "labels": labels[:, None].astype(float),
            "image_files": cell(paths),
        },
        "att_splits.mat": {
            "att": rng.random((7, 6)),
            "allclasses_names": cell(NAMES),
            "trainval_loc": rows[(labels <= 4) & (place < 4)],
            "test_seen_loc": rows[(labels <= 4) & (place == 4)],
            "test_unseen_loc": rows[labels > 4],
            "train_loc": rows[(labels <= 4) & (labels != 2)],
            "val_loc": rows[labels == 2],
        },
    }


@pytest.fixture
def settings():
    """A `Xlsa17Config` with some settings changed."""
    return lambda **changes: Xlsa17Config(**{**SETTINGS, **changes})


@pytest.fixture
def read(files, settings, tmp_path):
    """Write the files, as they are by then, and load them."""

    def read(name="toy", **changes):
        for file, arrays in files.items():
            scipy.io.savemat(tmp_path / file, arrays)
        return load(tmp_path, settings(**changes), name)

    return read


@pytest.fixture(scope="session")
def xlsa17():
    """The folder of real files, where there is one."""
    folder = Path(__file__).parents[4] / "../shared/data/xlsa17"
    if not folder.is_dir():
        pytest.skip("the real xlsa17 files are not beside the repository")
    return folder.resolve()
