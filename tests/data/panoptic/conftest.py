"""A small panoptic file, and COCO's own where they are beside the repository."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.data.panoptic.made import CATEGORIES, annotation
from zslcore.data.panoptic.files import write


@pytest.fixture
def annotated():
    """Two images with their maps; the second has void and a large id."""
    first, second = np.full((4, 6), 7, np.int32), np.zeros((4, 6), np.int32)
    first[:2], second[1:3, 2:] = 70_000, 256**3 - 1
    return [
        (annotation(5, (7, 9, False), (70_000, 1, True)), first),
        (annotation(2, (256**3 - 1, 4, False)), second),
    ]


@pytest.fixture
def written(tmp_path, annotated):
    """These images as files: the path of the JSON, and the folder of PNGs."""
    path, folder = tmp_path / "panoptic.json", tmp_path / "png"
    write(path, folder, CATEGORIES, annotated)
    return path, folder


@pytest.fixture
def spoil(written):
    """Change what the JSON holds by a function, and return its path."""

    def spoil(change):
        held = json.loads(written[0].read_text())
        change(held)
        written[0].write_text(json.dumps(held))
        return written[0]

    return spoil


@pytest.fixture(scope="session")
def coco():
    """The folder of COCO's own files, where there is one."""
    folder = Path(__file__).parents[3] / "../shared/data/coco"
    if not folder.is_dir():
        pytest.skip("the real COCO files are not beside the repository")
    return folder.resolve()
