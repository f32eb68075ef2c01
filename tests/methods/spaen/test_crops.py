"""Squares of uint8 and crops of them."""

import numpy as np
import pytest
import torch
from PIL import Image

from zslcore.features.images import Images
from zslcore.methods.spaen.config import Crops
from zslcore.methods.spaen.crops import (
    centre,
    cut,
    random_windows,
    scaled,
    square,
    views,
    whole,
    write_squares,
)


def crops(train="ten", resize=10, size=6):
    return Crops.model_construct(resize=resize, size=size, train=train)


def picture(height, width):
    """Red tells the row, green the column."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack((rows, columns, 0 * rows), -1).astype(np.uint8)


def test_a_square_is_the_middle_of_the_image_with_its_shorter_side_resized():
    assert np.array_equal(square(Image.fromarray(picture(6, 10)), 6), picture(6, 10)[:, 2:8])
    assert np.array_equal(square(Image.fromarray(picture(9, 6)), 6), picture(9, 6)[1:7])
    halved = square(Image.fromarray(picture(40, 80)), 20).astype(float)
    assert halved.shape == (20, 20, 3)
    inner = np.mgrid[2:18, 2:18]  # the border is resampled otherwise
    np.testing.assert_allclose(halved[2:18, 2:18, 0], 2 * inner[0] + 0.5, atol=0.75)
    np.testing.assert_allclose(halved[2:18, 2:18, 1], 2 * inner[1] + 0.5 + 20, atol=0.75)


def test_squares_are_written_as_one_array(tmp_path):
    paths = []
    for name, image in (("a", picture(6, 10)), ("b", picture(9, 6))):
        paths.append(tmp_path / f"{name}.png")
        Image.fromarray(image).save(paths[-1])
    write_squares(Images(paths), 6, tmp_path / "new" / "squares.npy")
    held = np.load(tmp_path / "new" / "squares.npy")
    assert held.dtype == np.uint8
    np.testing.assert_array_equal(held, [picture(6, 10)[:, 2:8], picture(9, 6)[1:7]])
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["squares.npy"]


def test_ten_crops_are_four_corners_and_the_middle_each_also_mirrored():
    found = {tuple(row) for row in views(crops()).tolist()}
    places = [(0, 0), (0, 4), (4, 0), (4, 4), (2, 2)]
    assert found == {(*place, flip) for place in places for flip in (0, 1)}
    assert views(crops("random")).tolist() == views(crops()).tolist()
    assert views(crops("centre")).tolist() == [[2, 2, 0]]


def test_random_crops_are_everywhere_and_half_are_mirrored():
    drawn = random_windows(4000, crops("random"), np.random.default_rng(0))
    for column in (0, 1):
        values, times = np.unique(drawn[:, column], return_counts=True)
        assert values.tolist() == [0, 1, 2, 3, 4]
        assert (abs(times - 800) < 120).all()
    assert drawn[:, 2].mean() == pytest.approx(0.5, abs=0.03)


def test_crops_are_cut_out_by_index():
    image = picture(10, 10)
    windows = np.array([[0, 4, 0], [3, 1, 1], [4, 4, 1]])
    pixels = torch.from_numpy(np.stack([image] * 3))
    found = cut(pixels, torch.from_numpy(windows), 6)
    assert found.dtype == torch.uint8
    expected = [image[:6, 4:], image[3:9, 1:7][:, ::-1], image[4:, 4:][:, ::-1]]
    np.testing.assert_array_equal(found.numpy(), expected)


def test_pixels_run_from_minus_one_to_one():
    pixels = torch.tensor([[[[0, 51, 255]]]], dtype=torch.uint8)
    assert scaled(pixels).shape == (1, 3, 1, 1)
    torch.testing.assert_close(scaled(pixels).flatten(), torch.tensor([-1.0, -0.6, 1.0]))


def test_a_test_image_is_its_whole_square():
    pixels = torch.from_numpy(picture(10, 10)[None])
    assert torch.equal(whole(pixels, 10), scaled(pixels))
    smaller = whole(pixels, 5)
    means = scaled(pixels).view(1, 3, 5, 2, 5, 2).mean((3, 5))
    torch.testing.assert_close(smaller[..., 1:-1, 1:-1], means[..., 1:-1, 1:-1])


def test_the_middle_of_a_generated_image_is_compared():
    image = torch.arange(64.0).view(1, 1, 8, 8)
    assert torch.equal(centre(image, 4), image[..., 2:6, 2:6])
    assert torch.equal(centre(image, 8), image)
