import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.report.plots.overlap import overlapping
from zslcore.report.plots.variances import NAMED, variances
from zslcore.report.style import svg

ROWS = {"training": np.array([0.1, 0.2, 0.4]), "test": np.array([0.3, 0.0, 0.1])}
NAMES = ["red", "round", "old"]


def test_a_row_per_set_of_images_and_a_line_at_the_cut_off():
    figure = variances(ROWS, NAMES, 1, "t")
    axes, bar = figure.axes
    (heat,) = axes.collections
    np.testing.assert_array_equal(heat.get_array(), list(ROWS.values()))
    assert heat.get_clim() == (0, 0.4)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["training", "test"]
    assert axes.yaxis_inverted()
    assert [tick.get_text() for tick in axes.get_xticklabels()] == NAMES
    assert list(axes.get_xticks()) == [0.5, 1.5, 2.5]
    assert list(axes.lines[0].get_xdata()) == [1, 1]
    assert bar.get_ylabel() == "variance"


def test_many_attributes_are_counted_and_not_named():
    many = {name: np.arange(NAMED + 1.0) for name in ROWS}
    axes = variances(many, [f"a{i}" for i in range(NAMED + 1)], 15, "t").axes[0]
    assert axes.get_xlabel() == f"{NAMED + 1} attributes"
    assert len(axes.get_xticks()) == 0


def test_names_can_be_read():
    names = [f"texture::very checkered {i}" for i in range(NAMED)]
    figure = variances({name: np.ones(NAMED) for name in ROWS}, names, 15, "t")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = figure.axes[0].get_xticklabels()
    assert not overlapping(texts, renderer)
    assert min(text.get_window_extent(renderer).y0 for text in texts) >= 0


def test_the_same_is_the_same_bytes():
    assert svg(variances(ROWS, NAMES, 1, "t")) == svg(variances(ROWS, NAMES, 1, "t"))
