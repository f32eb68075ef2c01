import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.report.plots.overlap import overlapping
from zslcore.report.packed import STEP
from zslcore.report.plots.reconstruction import reconstruction
from zslcore.report.style import svg

RNG = np.random.default_rng(0)
ROWS = {name: RNG.integers(0, 256, (3, 4, 4, 3), dtype=np.uint8) for name in ("image", "SAE")}
CLASSES = ["cat", "dog", "cow"]


def test_a_row_per_way_and_a_column_per_image():
    panels = reconstruction(ROWS, CLASSES, "t").axes
    assert [axes.get_title(loc="center") for axes in panels] == [*CLASSES, "", "", ""]
    assert [axes.get_ylabel() for axes in panels] == ["image", "", "", "SAE", "", ""]
    images = [image for each in ROWS.values() for image in each]
    for axes, image in zip(panels, images, strict=True):
        shown = axes.images[0].get_array().astype(int)
        assert np.abs(shown - image).max() <= STEP // 2
        assert len(np.unique(shown)) <= 256 // STEP


def test_rows_stand_below_each_other():
    figure = reconstruction(ROWS, CLASSES, "t")
    first, second, *_ = places = [axes.get_position() for axes in figure.axes]
    assert second.x0 > first.x1
    assert (places[3].x0, second.y0) == (first.x0, first.y0)
    assert places[3].y1 < first.y0


def test_names_can_be_read():
    long = "striped magenta triangle + thin frame + cream badge + mark"
    figure = reconstruction(ROWS, [long, "Black_footed_Albatross", long], "t")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = [axes.title for axes in figure.axes[:3]]
    assert not overlapping(texts, renderer)
    above = figure._suptitle.get_window_extent(renderer).y0
    assert max(text.get_window_extent(renderer).y1 for text in texts) <= above
    assert all(axes.yaxis.label.get_window_extent(renderer).x0 >= 0 for axes in figure.axes[::3])


def test_the_same_is_the_same_bytes():
    assert svg(reconstruction(ROWS, CLASSES, "t")) == svg(reconstruction(ROWS, CLASSES, "t"))
