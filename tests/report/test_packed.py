"""Images as text in the table of a study."""

import numpy as np
import pytest

from zslcore.report.packed import coarse, packed, unpacked


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)


def test_what_was_packed_comes_back_near(image):
    found = unpacked(packed(image))
    assert found.dtype == np.uint8
    assert np.array_equal(found, coarse(image))
    assert np.abs(found.astype(int) - image).max() <= 4


def test_a_coarse_image_stays_as_it_is(image):
    assert np.array_equal(coarse(coarse(image)), coarse(image))
    assert len(np.unique(coarse(np.arange(256, dtype=np.uint8)))) == 32


@pytest.mark.parametrize("text", ["", "AAAA", "no base64!", "ü"])
def test_another_text_is_refused(text):
    with pytest.raises(ValueError, match="a picture is no PNG in base64"):
        unpacked(text)
