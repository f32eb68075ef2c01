import numpy as np
import torch

from zslcore.features.augment import Changes, draw


def slowly(image, flip, shift):
    """One image (C, height, width), by mirroring, padding with the border and cutting out."""
    if flip:
        image = image[:, :, ::-1]
    pad = max(abs(shift[0]), abs(shift[1]))
    wide = np.pad(image, ((0, 0), (pad, pad), (pad, pad)), mode="edge")
    down, right = pad - shift[0], pad - shift[1]
    return wide[:, down : down + image.shape[1], right : right + image.shape[2]]


def test_by_hand():
    """The row 1 2 3, mirrored and moved one to the right: 3 2 1, then 3 3 2."""
    x = torch.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3)
    changed = Changes(np.array([True]), np.array([[0, 1]]))(x)
    assert changed.flatten().tolist() == [3.0, 3.0, 2.0]


def test_same_as_image_by_image(settings):
    x = np.random.default_rng(0).normal(size=(40, 3, 6, 8)).astype(np.float32)
    changes = draw(40, settings(finetune={"shift": 3}).finetune, np.random.default_rng(1))
    expected = [slowly(*one) for one in zip(x, changes.flip, changes.shift, strict=True)]
    np.testing.assert_array_equal(changes(torch.tensor(x)), expected)
    assert changes.flip.any()
    assert set(changes.shift.flatten()) == set(range(-3, 4))
    part = np.array([7, 3])
    np.testing.assert_array_equal(changes[part](torch.tensor(x[part])), np.stack(expected)[part])


def test_nothing_is_changed_unless_asked_for(settings):
    x = torch.randn(10, 3, 4, 4)
    still = settings(finetune={"flip": False, "shift": 0}).finetune
    assert torch.equal(draw(10, still, np.random.default_rng(0))(x), x)
