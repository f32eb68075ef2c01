import math

import pandas as pd
import pytest

from zslcore.report.plots.study_bars import bars

COLUMNS = ["variant", "t1", "t1_ci95", "prior_tv", "prior_tv_ci95"]


def variants():
    lines = [
        ("inductive", 0.5, 0.0, math.nan, math.nan),
        ("uniform", 0.7, 0.1, 0.4, 0.0),
        ("estimated", 0.6, 0.02, 0.2, 0.05),
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def spans(axes):
    return [
        (segment[0, 1], *segment[:, 0].round(6).tolist())
        for collection in axes.collections
        for segment in collection.get_segments()
    ]


def test_variants_stand_from_the_top_in_their_order():
    (axes,) = bars(variants(), "t", ("t1",)).axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["inductive", "uniform", "estimated"]
    assert axes.yaxis_inverted()
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([50, 70, 60])
    middles = [bar.get_y() + bar.get_height() / 2 for bar in axes.patches]
    assert middles == pytest.approx(axes.get_yticks().tolist())
    assert [text.get_text() for text in axes.texts] == ["50.0", "70.0", "60.0"]
    assert spans(axes) == [(1, 60, 80), (2, 58, 62)]
    assert axes.get_xlim()[0] == 0


def test_every_column_has_a_panel_of_its_own():
    t1, prior = bars(variants(), "t", ("t1", "prior_tv")).axes
    assert (t1.get_xlabel(), prior.get_xlabel()) == ("T1 (%)", "prior TV (%)")
    assert [bar.get_width() for bar in prior.patches][1:] == pytest.approx([40, 20])
    assert [text.get_text() for text in prior.texts] == ["", "40.0", "20.0"]
    assert spans(prior) == [(2, 15, 25)]
    assert t1.get_ylim() == prior.get_ylim()
    colours = [
        (axes.patches[0].get_facecolor(), tuple(axes.collections[0].get_color()[0]))
        for axes in (t1, prior)
    ]
    assert len({*colours[0], *colours[1]}) == 4


def test_panels_stand_in_the_order_asked_for():
    named = variants().rename(columns={"prior_tv": "h", "prior_tv_ci95": "h_ci95"})
    h, t1 = bars(named, "t", ("h", "t1")).axes
    assert (h.get_xlabel(), t1.get_xlabel()) == ("H (%)", "T1 (%)")
    assert [bar.get_width() for bar in h.patches][1:] == pytest.approx([40, 20])
