import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.report.plots.overlap import overlapping
from zslcore.report.plots.prior import prior

COLUMNS = ["row", "class", "true", "estimated", "low", "high"]


def priors(row="m", ranges=True):
    lines = [
        (row, "rare", 0.2, 0.25, 0.2, 0.3),
        (row, "common", 0.5, 0.4, 0.4, 0.4),
        (row, "usual", 0.3, 0.35, 0.3, 0.4),
    ]
    table = pd.DataFrame(lines, columns=COLUMNS)
    return table if ranges else table.assign(low=table["estimated"], high=table["estimated"])


def heights(bars):
    return [bar.get_height() for bar in bars]


def entries(figure):
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def test_classes_stand_in_the_order_of_their_true_share():
    (axes,) = prior(priors(), "t").axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["common", "usual", "rare"]
    true, estimated = axes.containers
    assert heights(true) == pytest.approx([50, 30, 20])
    assert heights(estimated) == pytest.approx([40, 35, 25])
    assert (true.get_label(), estimated.get_label()) == ("true", "estimated")


def test_the_truth_is_grey_and_the_estimate_has_a_colour():
    (axes,) = prior(priors(), "t").axes
    true, estimated = (container[0].get_facecolor()[:3] for container in axes.containers)
    assert len(set(true)) == 1
    assert len(set(estimated)) == 3


def test_both_bars_of_a_class_stand_side_by_side_at_its_name():
    (axes,) = prior(priors(), "t").axes
    for true, estimated, tick in zip(*axes.containers, axes.get_xticks(), strict=True):
        assert true.get_x() + true.get_width() == pytest.approx(tick)
        assert estimated.get_x() == pytest.approx(tick)


def test_lines_are_the_range_of_the_seeds_where_there_is_one():
    (axes,) = prior(priors(), "t").axes
    usual, rare = axes.collections[0].get_segments()
    np.testing.assert_allclose([usual[:, 1], rare[:, 1]], [[30, 40], [20, 30]])
    bars = axes.containers[1]
    middles = [bars[i].get_x() + bars[i].get_width() / 2 for i in (1, 2)]
    np.testing.assert_allclose([usual[:, 0], rare[:, 0]], np.transpose([middles, middles]))


def test_one_seed_has_no_range():
    figure = prior(priors(ranges=False), "t")
    assert not figure.axes[0].collections
    assert entries(figure) == ["true", "estimated"]


def test_every_row_has_a_panel_with_its_name():
    figure = prior(pd.concat([priors("one", ranges=False), priors("two")]), "t")
    assert [[text.get_text() for text in axes.texts] for axes in figure.axes] == [["one"], ["two"]]
    assert entries(figure) == ["true", "estimated", "range over seeds"]


@pytest.mark.parametrize("n_classes", [3, 72])
def test_names_and_legend_can_be_read_and_leave_room_for_the_bars(n_classes):
    names = [f"striped magenta triangle + thin frame + cream badge {i}" for i in range(n_classes)]
    share = 1 / n_classes
    lines = [("m", name, share, share, 0.9 * share, 1.1 * share) for name in names]
    figure = prior(pd.DataFrame(lines, columns=COLUMNS), "t")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    (axes,), (legend,) = figure.axes, figure.legends
    assert not overlapping(axes.get_xticklabels(), renderer)
    assert axes.get_position().height * figure.get_figheight() > 1  # inch
    assert legend.get_window_extent(renderer).x0 >= 0
