import pytest

from tests.package import tiny


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A finished pipeline on tiny images, with its packages; not to be changed."""
    return tiny.build(tmp_path_factory.mktemp("tiny"))
