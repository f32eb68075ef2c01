import math

import numpy as np
import pandas as pd

from zslcore.report.plots.study_normalization import normalization

BINS = ["normalization", "kind", "low", "high", "density"]
HISTORY = ["variant", "epoch", "zsl", "zsl_ci95"]
VALUES = pd.DataFrame(
    [
        ("l2", "real", 0.0, 0.5, 1.5),
        ("l2", "real", 0.5, 1.0, 0.5),
        ("l2", "synthesised", 0.0, 0.5, 1.2),
        ("l2", "synthesised", 0.5, 1.0, 0.8),
        ("minmax", "real", -1.0, 3.0, 0.25),
        ("minmax", "synthesised", -1.0, 3.0, 0.2),
    ],
    columns=BINS,
)
CURVES = pd.DataFrame(
    [
        ("l2", 0, math.nan, math.nan),
        ("l2", 1, 0.5, 0.1),
        ("l2", 2, 0.6, 0.1),
        ("minmax", 1, 0.3, 0.0),
        ("minmax", 2, 0.4, 0.0),
    ],
    columns=HISTORY,
)


def test_every_normalization_has_a_panel_of_both_kinds():
    l2, minmax, _ = normalization(VALUES, CURVES, "t").axes
    real, made = l2.patches
    assert [patch.get_label() for patch in l2.patches] == ["real", "synthesised"]
    assert real.get_data().values.tolist() == [1.5, 0.5]
    assert made.get_data().values.tolist() == [1.2, 0.8]
    assert real.get_data().edges.tolist() == [0, 0.5, 1]
    assert minmax.patches[0].get_data().edges.tolist() == [-1, 3]
    assert [axes.get_xlabel().split()[-1] for axes in (l2, minmax)] == ["l2", "minmax"]


def test_the_curves_have_their_bands():
    axes = normalization(VALUES, CURVES, "t").axes[-1]
    assert [line.get_label() for line in axes.lines] == ["l2", "minmax"]
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[1, 50], [2, 60]])
    np.testing.assert_allclose(axes.lines[1].get_xydata(), [[1, 30], [2, 40]])
    (band,) = axes.collections
    found = {tuple(vertex) for vertex in band.get_paths()[0].vertices.round(6).tolist()}
    assert found == {(1, 40), (1, 60), (2, 50), (2, 70)}


def test_what_is_missing_has_no_panel():
    assert len(normalization(VALUES, CURVES[:1], "t").axes) == 2
    (axes,) = normalization(VALUES[:0], CURVES, "t").axes
    assert axes.get_ylabel() == "T1 (%)"
