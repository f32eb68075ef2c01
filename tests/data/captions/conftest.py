"""Reading captions in the test's folder."""

import pytest

from zslcore.data.captions.config import CaptionsConfig
from zslcore.data.captions.read import read


@pytest.fixture
def settings():
    """A `CaptionsConfig` with some settings changed."""
    values = {"layout": "auto", "unpickle": False, "image_key": None, "caption_key": None}
    return lambda **changes: CaptionsConfig(**{**values, **changes})


@pytest.fixture
def here(tmp_path, settings):
    """What is read in the test's folder, or at a path in it."""
    return lambda below=".", **changes: read(tmp_path / below, settings(**changes))


@pytest.fixture
def texts(here):
    """The captions by stem, of images whose stem is theirs alone."""

    def texts(below=".", **changes):
        of = here(below, **changes).of
        assert all(len(entries) == 1 for entries in of.values())
        return {stem: list(entries[0].captions) for stem, entries in of.items()}

    return texts
