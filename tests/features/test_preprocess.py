import numpy as np
import pytest
import torch
from PIL import Image
from timm.data import create_transform

from zslcore.features.images import Images
from zslcore.features.preprocess import Preprocess


def preprocess(size=32, crop_pct=1.0):
    return Preprocess(
        size=(size, size),
        interpolation="bicubic",
        crop_pct=crop_pct,
        crop_mode="center",
        mean=(0.485, 0.456, 0.406),
        std=(0.229, 0.224, 0.225),
    )


@pytest.mark.parametrize(("size", "crop_pct"), [(32, 1.0), (32, 0.875), (24, 1.0), (48, 0.9)])
def test_same_as_timm_on_single_images(size, crop_pct, pixels):
    """Bit for bit, also where whole batches are normalised without looking at single images."""
    given = preprocess(size, crop_pct)
    transform = create_transform(
        (3, size, size), crop_pct=crop_pct, mean=given.mean, std=given.std, interpolation="bicubic"
    )
    rows = np.array([4, 1, 1])
    expected = torch.stack([transform(Image.fromarray(pixels[row])) for row in rows])
    assert torch.equal(given(Images(pixels), rows), expected)


def test_files_and_arrays_give_the_same(tmp_path, pixels):
    paths = [tmp_path / f"{row}.png" for row in range(3)]
    for path, image in zip(paths, pixels, strict=False):
        Image.fromarray(image).save(path)
    rows = np.array([2, 0])
    assert torch.equal(preprocess()(Images(paths), rows), preprocess()(Images(pixels), rows))


def test_the_source_is_not_changed(pixels):
    before = pixels.copy()
    preprocess()(Images(pixels), np.arange(3))
    np.testing.assert_array_equal(pixels, before)
