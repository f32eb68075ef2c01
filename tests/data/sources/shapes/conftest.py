"""The benchmark with all its classes but few, small images."""

from collections.abc import Callable

import pytest

from zslcore.data.sources.shapes.config import ShapesConfig

SETTINGS = {
    "source": "shapes",
    "image_size": 32,
    "seen_classes": 40,
    "val_classes": 8,
    "unseen_classes": 12,
    "marked_train_classes": 2,
    "sibling_share": 0.4,
    "images_per_seen_class": 5,
    "test_share": 0.2,
    "unseen_images_min": 2,
    "unseen_images_max": 8,
    "hue_jitter": 0.02,
    "noise": 20.0,
    "occlusion": 0.4,
    "captions_per_image": 2,
    "mention_rate": 0.6,
    "caption_noise": 0.1,
    "class_vectors": "attributes",
    "sentences_per_class": 20,
}


@pytest.fixture(scope="session")
def tiny() -> Callable[..., ShapesConfig]:
    """Called with the settings that shall differ."""
    return lambda **changes: ShapesConfig(**{**SETTINGS, **changes})
