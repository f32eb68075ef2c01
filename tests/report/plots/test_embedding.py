import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from zslcore.report.plots.embedding import embedding
from zslcore.report.style import COLOURS, svg

RNG = np.random.default_rng(0)
PLANES = {(row, column): RNG.normal(size=(5, 2)) for row in "ab" for column in ("all", "some")}
CLASSES = ["cat", "dog", "cat", "dog", "cow"]


def test_a_panel_for_every_plane_with_its_row_and_column():
    panels = embedding(PLANES, CLASSES, "t").axes
    assert [axes.get_title(loc="center") for axes in panels] == ["all", "some", "", ""]
    assert [axes.get_ylabel() for axes in panels] == ["a", "", "b", ""]
    for axes, places in zip(panels, PLANES.values(), strict=True):
        cat, dog, cow = (each.get_offsets() for each in axes.collections)
        np.testing.assert_array_equal(cat, places[[0, 2]])
        np.testing.assert_array_equal(dog, places[[1, 3]])
        np.testing.assert_array_equal(cow, places[[4]])


def test_panels_stand_in_the_places_of_their_rows_and_columns():
    first, right, below, _ = (axes.get_position() for axes in embedding(PLANES, CLASSES, "t").axes)
    assert right.x0 > first.x1
    assert (right.y0, below.x0) == (first.y0, first.x0)
    assert below.y1 < first.y0


def test_more_classes_than_colours_differ_by_their_markers():
    names = [f"c{i}" for i in range(len(COLOURS) + 2)]
    places = RNG.normal(size=(len(names), 2))
    (axes,) = embedding({("a", "all"): places}, names, "t").axes
    looks = {
        (tuple(each.get_facecolor()[0]), each.get_paths()[0].vertices.tobytes())
        for each in axes.collections
    }
    assert len(looks) == len(names)


@pytest.mark.parametrize("length", [4, 60])
def test_the_legend_has_every_class_once_and_room_below_the_panels(length):
    names = [f"{i} {'n' * length}" for i in range(12)]
    planes = {key: RNG.normal(size=(24, 2)) for key in PLANES}
    figure = embedding(planes, names * 2, "t")
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == names
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    box = legend.get_window_extent(renderer)
    assert box.y1 <= min(axes.get_window_extent(renderer).y0 for axes in figure.axes)
    assert box.x1 <= figure.bbox.x1


def test_the_same_is_the_same_bytes():
    assert svg(embedding(PLANES, CLASSES, "t")) == svg(embedding(PLANES, CLASSES, "t"))
