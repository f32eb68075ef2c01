import math

import numpy as np
import pandas as pd

from zslcore.report.plots.training import WITH_MARKERS, training

COLUMNS = ["row", "epoch", "zsl", "zsl_ci95", "prior_tv", "prior_tv_ci95"]
NO = math.nan


def history(*lines):
    return pd.DataFrame(lines, columns=COLUMNS)


BOTH = history(
    ("m", 0, NO, NO, 0.3, 0.0),
    ("m", 1, 0.5, 0.1, 0.2, 0.05),
    ("m", 2, 0.6, 0.2, 0.1, 0.05),
    ("bare", 1, 0.4, 0.0, NO, NO),
    ("bare", 2, 0.3, 0.0, NO, NO),
)


def test_one_panel_for_accuracy_and_one_for_the_prior():
    accuracy, prior = training(BOTH, "t").axes
    m, bare = accuracy.lines
    np.testing.assert_allclose(m.get_xydata(), [[1, 50], [2, 60]])
    np.testing.assert_allclose(bare.get_xydata(), [[1, 40], [2, 30]])
    np.testing.assert_allclose(prior.lines[0].get_xydata(), [[0, 30], [1, 20], [2, 10]])
    assert len(prior.lines[1].get_xydata()) == 0
    assert (accuracy.get_ylabel(), prior.get_ylabel()) == ("T1 (%)", "prior TV (%)")


def test_bands_are_the_half_widths_where_there_are_any():
    accuracy, prior = training(BOTH, "t").axes
    (band,) = accuracy.collections
    found = {tuple(vertex) for vertex in band.get_paths()[0].vertices.round(6).tolist()}
    assert found == {(1, 40), (1, 60), (2, 40), (2, 80)}
    assert len(prior.collections) == 1


def test_a_row_looks_the_same_in_both_panels_and_the_legend():
    figure = training(BOTH, "t")
    colours = [[line.get_color() for line in axes.lines] for axes in figure.axes]
    assert colours[0] == colours[1]
    assert len(set(colours[0])) == 2
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["m", "bare"]
    assert [line.get_color() for line in legend.get_lines()] == colours[0]


def test_what_nobody_knows_has_no_panel():
    (axes,) = training(BOTH[BOTH["row"] == "bare"], "t").axes
    assert axes.get_ylabel() == "T1 (%)"
    (axes,) = training(BOTH[:1], "t").axes
    assert axes.get_ylabel() == "prior TV (%)"


def test_few_points_are_marked_so_that_a_single_one_is_seen():
    few, many = (
        training(history(*[("m", i, 0.5, 0.0, NO, NO) for i in range(n)]), "t").axes[0].lines[0]
        for n in (1, WITH_MARKERS + 1)
    )
    assert few.get_marker() == "o"
    assert many.get_marker() == ""
