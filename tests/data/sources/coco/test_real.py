"""The two real COCO images as a dataset, where they are beside the repository."""

from pathlib import Path

import numpy as np
import pytest

from tests.data.sources.coco.made import settings
from zslcore.data.panoptic import files
from zslcore.data.sources.coco.load import load

PART = {
    "images": "input_images",
    "annotations": "panoptic_examples.json",
    "maps": "panoptic_examples",
}


@pytest.fixture
def sample():
    folder = Path(__file__).parents[4] / "../shared/data/coco/sample_data"
    if not folder.is_dir():
        pytest.skip("the real COCO files are not beside the repository")
    return folder.resolve()


def held(sample, vectors, **changes):
    given = {"path": str(vectors)}
    return load(sample, settings(given, train=PART, val=PART, **changes), "real", None)


@pytest.fixture
def vectors(sample, tmp_path):
    """Any, for all categories."""
    names = [each.name for each in files.read(sample / PART["annotations"]).categories]
    (tmp_path / "vectors.csv").write_text("".join(f"{name},1,2\n" for name in names))
    return tmp_path / "vectors.csv"


def test_all_segments_are_there_and_cover_what_the_file_says(sample, vectors):
    truth = held(sample, vectors).evaluation
    file = files.read(sample / PART["annotations"])
    classes = {each.id: k for k, each in enumerate(file.categories)}
    for i, annotation in enumerate(file.annotations):
        expected = [(s.id, classes[s.category], s.crowd) for s in annotation.segments]
        assert list(map(tuple, truth.of(i).tolist())) == expected
        ids = files.read_map(sample / PART["maps"], annotation)
        np.testing.assert_array_equal(truth.map(i), ids)
        np.testing.assert_array_equal(truth.masks(i).sum(0), ids > 0)
        for mask, (_, k, _) in zip(truth.masks(i), expected, strict=True):
            assert (truth.labels(i)[mask] == k).all()


def test_both_images_show_an_unseen_class_of_the_published_split(sample, vectors):
    with pytest.raises(ValueError, match="no image is left to train on: 2 images"):
        held(sample, vectors, split="panoptic_119_14", unseen=())
