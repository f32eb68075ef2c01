import numpy as np
import pytest
from PIL import Image

from zslcore.features.images import Images


def saved(image, tmp_path, suffix="png", **options):
    path = tmp_path / f"image.{suffix}"
    image.save(path, **options)
    return path


def test_rows_of_an_array(pixels):
    images = Images(pixels)
    assert len(images) == len(pixels)
    np.testing.assert_array_equal(np.asarray(images.open(3)), pixels[3])


@pytest.mark.parametrize(
    ("mode", "colour", "suffix", "expected"),
    [
        ("1", 1, "png", (255, 255, 255)),
        ("L", 100, "png", (100, 100, 100)),
        ("LA", (100, 0), "png", (100, 100, 100)),
        ("I;16", 100 * 256 + 7, "png", (100, 100, 100)),
        ("RGB", (10, 20, 30), "png", (10, 20, 30)),
        ("RGBA", (10, 20, 30, 128), "png", (10, 20, 30)),
        ("CMYK", (0, 255, 255, 0), "tiff", (255, 0, 0)),
    ],
)
def test_any_mode_becomes_rgb(mode, colour, suffix, expected, tmp_path):
    path = saved(Image.new(mode, (4, 3), colour), tmp_path, suffix)
    image = Images([path]).open(0)
    assert (image.mode, image.size) == ("RGB", (4, 3))
    assert image.getpixel((1, 1)) == expected


def test_a_palette_with_transparency(tmp_path):
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 10, 20, 30])
    path = saved(image, tmp_path, transparency=bytes([0, 128]))
    assert Images([path]).open(0).getpixel((0, 0)) == (10, 20, 30)


@pytest.mark.parametrize("kept", [0, 40, 300])
def test_a_damaged_file_is_named_with_its_row(kept, tmp_path, pixels):
    good = saved(Image.fromarray(pixels[0]), tmp_path)
    bad = tmp_path / "cut.png"
    bad.write_bytes(good.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"row 1, .*cut\.png.*replace the file"):
        Images([good, bad]).open(1)


def test_missing_files_are_found_before_work_starts(tmp_path):
    with pytest.raises(ValueError, match=r"2 of 2 image files do not exist, .*a\.jpg"):
        Images([tmp_path / "a.jpg", tmp_path / "b.jpg"])


@pytest.mark.parametrize("shape", [(2, 8, 8), (2, 3, 8, 8)])
def test_arrays_of_another_kind_are_refused(shape):
    with pytest.raises(ValueError, match="allowed: uint8"):
        Images(np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match="float64"):
        Images(np.zeros((2, 8, 8, 3)))
