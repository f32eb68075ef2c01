"""Tiny backbones with random weights, and images that they tell apart within seconds."""

import numpy as np
import pytest

from zslcore.features.config import Config

SETTINGS = {
    "model": "test_resnet",
    "model_args": {},
    "weights": "none",
    "image_size": 32,
    "crop_pct": 1.0,
    "regions": True,
    "region_layer": -1,
    "batch_size": 5,
    "workers": 0,
    "threads": 1,
    "finetune": {
        "epochs": 2,
        "batch_size": 6,
        "lr": 0.005,
        "weight_decay": 0.05,
        "label_smoothing": 0.1,
        "flip": True,
        "shift": 2,
    },
}


@pytest.fixture(scope="session")
def settings():
    """Settings, with some changed: settings(image_size=64, finetune={"epochs": 0})."""

    def make(finetune=None, **changes):
        tuning = {**SETTINGS["finetune"], **(finetune or {})}
        return Config.model_validate({**SETTINGS, **changes, "finetune": tuning})

    return make


@pytest.fixture(scope="session")
def pixels():
    """Noisy images of two colours in turn, uint8 (13, 32, 32, 3)."""
    rng = np.random.default_rng(0)
    colours = np.array([[200, 60, 60], [60, 60, 200]])[np.arange(13) % 2]
    noise = rng.integers(-50, 50, (13, 32, 32, 3))
    return (colours[:, None, None] + noise).astype(np.uint8)
