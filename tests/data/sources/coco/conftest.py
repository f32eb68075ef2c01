"""A small folder, anew for each test, and its dataset."""

import pytest

from tests.data.sources.coco import made
from zslcore.data.sources.coco.load import load


@pytest.fixture
def folder(tmp_path):
    made.write_folder(tmp_path)
    return tmp_path


@pytest.fixture
def loaded(folder):
    """Called with settings, and with a reader of word vectors where one is needed."""
    return lambda cfg, read_words=None: load(folder, cfg, "small", read_words)
