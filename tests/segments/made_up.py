"""Small images of a few rectangles, and the settings of a segmenter that is as small."""

from collections import UserList

import numpy as np

from tests.methods.nested import changed
from zslcore.segments.config import Config
from zslcore.segments.source import Training, of_map

COLOURS = np.array([[200, 40, 40], [40, 200, 40], [40, 40, 200], [200, 200, 40]], np.uint8)
SEEN = np.array([True, False, True, True])
NAMES = ("red", "green", "blue", "yellow")
SETTINGS = {
    "network": {
        "backbone": {
            "kind": "resnet",
            "channels": (8, 8, 16, 16),
            "depths": (1, 1, 1, 1),
            "weights": "none",
            "frozen_norm": False,
        },
        "hidden": 32,
        "heads": 2,
        "queries": 5,
        "encoder": {"layers": 1, "feedforward": 16},
        "decoder": {"layers": 2, "feedforward": 24},
    },
    "loss": {
        "classification": 2.0,
        "mask": 5.0,
        "dice": 5.0,
        "no_object": 0.1,
        "points": 64,
        "oversample": 3.0,
        "importance": 0.75,
    },
    "augment": {"flip": True, "crop": 0, "scale_min": 0.5, "scale_max": 1.5},
    "size": {"short": 0, "long": 0},
    "optimizer": {
        "lr": 2.0e-3,
        "weight_decay": 0.05,
        "backbone": 0.5,
        "clip": 1.0,
        "schedule": "cycle",
        "warm_up": 0.1,
    },
    "batch_size": 3,
    "steps": 5,
    "precision": "float32",
    "log_every": 2,
    "workers": 0,
}


def settings(changes=None):
    """Settings, some of them replaced: settings({"loss.mask": 0.0})."""
    return Config.model_validate(changed(SETTINGS, changes or {}))


def scene(rng, size=(64, 64), classes=(0, 2, 3)):
    """Pixels, id map and list of segments: one to three rectangles on grey, ids far apart."""
    ids = np.zeros(size, np.int32)
    pixels = np.full((*size, 3), 120, np.uint8)
    listed = []
    for k, c in enumerate(rng.choice(classes, rng.integers(1, 4)).tolist()):
        top, left = (int(rng.integers(0, side // 2)) for side in size)
        at = slice(top, top + size[0] // 3), slice(left, left + size[1] // 3)
        ids[at], pixels[at] = 1000 * k + 7, COLOURS[c]
        listed.append((1000 * k + 7, c, False))
    listed = [each for each in listed if (ids == each[0]).any()]
    noise = rng.integers(-9, 10, pixels.shape)
    return (pixels + noise).astype(np.uint8), ids, listed


def training(scenes, seen=SEEN):
    """Scenes as what is trained on."""
    return Training(
        UserList(pixels for pixels, _, _ in scenes),
        lambda i: of_map(scenes[i][1], scenes[i][2]),
        seen,
        NAMES,
    )


def scenes(n=7, seed=0, **how):
    """So many scenes."""
    rng = np.random.default_rng(seed)
    return [scene(rng, **how) for _ in range(n)]
