"""A good folder, written once and copied for each test."""

import shutil

import pytest

from tests.data.sources.folder import made


@pytest.fixture(scope="session")
def originals(tmp_path_factory):
    root = tmp_path_factory.mktemp("folders")
    made.write(root / "folders")
    shutil.copytree(root / "folders", root / "listed")
    made.list_images(root / "listed")
    return root


@pytest.fixture
def folder(originals, tmp_path):
    return shutil.copytree(originals / "folders", tmp_path / "mine")


@pytest.fixture
def listed(originals, tmp_path):
    """The same, with images.csv."""
    return shutil.copytree(originals / "listed", tmp_path / "mine")
