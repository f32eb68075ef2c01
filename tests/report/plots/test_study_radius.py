import numpy as np
import pandas as pd

from zslcore.report.plots.study_radius import radius


def variants(ci95=0.1):
    lines = [("10", 0.6, ci95), ("2.5", 0.4, ci95), ("100", 0.2, ci95)]
    return pd.DataFrame(lines, columns=["variant", "t1", "t1_ci95"])


def test_points_go_by_the_number_that_r_is():
    (axes,) = radius(variants(), "t").axes
    (line,) = axes.lines
    np.testing.assert_allclose(line.get_xydata(), [[2.5, 40], [10, 60], [100, 20]])
    assert axes.get_xscale() == "log"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2.5", "10", "100"]
    assert axes.get_xticks().tolist() == [2.5, 10, 100]


def test_the_band_is_the_half_width():
    (axes,) = radius(variants(), "t").axes
    (band,) = axes.collections
    found = {tuple(vertex) for vertex in band.get_paths()[0].vertices.round(6).tolist()}
    assert found == {(2.5, 30), (2.5, 50), (10, 50), (10, 70), (100, 10), (100, 30)}


def test_one_seed_has_no_band():
    (axes,) = radius(variants(ci95=0.0), "t").axes
    assert not axes.collections
