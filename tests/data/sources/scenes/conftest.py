"""Few and small scenes."""

from collections.abc import Callable

import pytest

from zslcore.data.sources.scenes.config import ScenesConfig

SETTINGS = {
    "source": "scenes",
    "size": 48,
    "train": 12,
    "val": 6,
    "mixed": 0.5,
    "things": 4,
    "noise": 8.0,
    "class_vectors": "projected",
    "vector_size": 32,
    "vector_noise": 0.1,
}


@pytest.fixture(scope="session")
def tiny() -> Callable[..., ScenesConfig]:
    """Called with the settings that shall differ."""
    return lambda **changes: ScenesConfig(**{**SETTINGS, **changes})
