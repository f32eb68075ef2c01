import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.report.plots.overlap import overlapping
from zslcore.report.plots.attention import GREYS, Looked, attention
from zslcore.report.style import svg

RNG = np.random.default_rng(0)
IMAGE = RNG.integers(0, 256, (8, 12, 3), dtype=np.uint8)
COARSE = np.array([[[1.0, 0, 0], [0, 0, 0]], [[0.5, 0, 0], [0, 0, 0.5]]])  # 2 attributes, 2 x 3
FINE = np.full((2, 2, 3), 1 / 6)
LOOKED = Looked(
    "a cat", IMAGE, ("head::big", "tail"), ("front", "rest"), {"coarse": COARSE, "fine": FINE}
)


def heats(figure):
    """Opacity of every heat map, row by row."""
    return [axes.images[1].get_array()[..., 3] for axes in figure.axes if len(axes.images) == 2]


def titled(axes):
    return axes.get_title(loc="center").replace("\n", "")


def test_a_row_for_each_expert_with_the_image_beside_them():
    figure = attention([LOOKED], "t")
    image, *maps, bar = figure.axes
    np.testing.assert_array_equal(image.images[0].get_array(), IMAGE)
    assert [titled(axes) for axes in (image, *maps)] == ["a cat", "head::big", "tail", "", ""]
    assert [axes.get_xlabel() for axes in maps] == ["", "", "of front", "of rest"]
    assert [axes.get_ylabel() for axes in maps] == ["cExp", "", "fExp", ""]
    assert "multiple of uniform" in bar.get_ylabel()


def test_opacity_is_attention_on_one_scale_from_zero():
    """The most of all, 6 times uniform, is as opaque as can be; uniform is a sixth of that."""
    first, second, *fine = heats(attention([LOOKED], "t"))
    most = first.max()
    np.testing.assert_allclose(first / most, COARSE[0], atol=0.01)
    np.testing.assert_allclose(second / most, COARSE[1], atol=0.01)
    for heat in fine:
        np.testing.assert_allclose(heat / most, 1 / 6, atol=0.01)


def test_the_scale_is_that_of_all_images():
    flat = replace(LOOKED, maps={"coarse": FINE, "fine": FINE})
    of_both = heats(attention([flat, LOOKED], "t"))
    assert of_both[0].max() < 0.3 * of_both[4].max()


def test_heat_lies_over_the_whole_image_in_grey():
    axes = attention([LOOKED], "t").axes[1]
    grey, heat = axes.images
    assert grey.get_extent() == heat.get_extent()
    assert grey.get_array().shape == (8, 12)
    assert len(np.unique(grey.get_array())) <= GREYS
    np.testing.assert_allclose(grey.get_array(), IMAGE.mean(2), atol=256 / GREYS)


def test_one_expert_alone_has_one_row():
    figure = attention([replace(LOOKED, maps={"fine": FINE})], "t")
    _, *maps, _ = figure.axes
    assert [titled(axes) for axes in maps] == ["head::big", "tail"]
    assert [axes.get_xlabel() for axes in maps] == ["of front", "of rest"]
    assert maps[0].get_ylabel() == "fExp"


def test_images_may_have_different_numbers_of_attributes():
    less = replace(LOOKED, attributes=("tail",), clusters=("rest",), maps={"fine": FINE[:1]})
    more = replace(LOOKED, maps={"fine": FINE})
    assert len(heats(attention([less, more], "t"))) == 3


@pytest.mark.parametrize("images", [1, 3])
def test_names_can_be_read(images):
    long = replace(
        LOOKED,
        name="striped magenta triangle + thin frame + cream badge + mark",
        attributes=("texture::checkered", "has_upper_tail_color::iridescent"),
    )
    figure = attention([long] * images, "t")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = [axes.title for axes in figure.axes[:-1]] + [axes.xaxis.label for axes in figure.axes]
    assert not overlapping([text for text in texts if text.get_text()], renderer)


def test_the_same_is_the_same_bytes_and_few():
    looked = replace(LOOKED, image=RNG.integers(0, 256, (80, 80, 3), dtype=np.uint8))
    first, again = (svg(attention([looked], "t")) for _ in range(2))
    assert first == again
    assert len(first) < 150_000
    assert io.BytesIO(first).read(5) == b"<?xml"
