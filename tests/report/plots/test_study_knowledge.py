import numpy as np
import pandas as pd
import pytest

from zslcore.report.plots.study_knowledge import knowledge

LINES = [
    ("attributes", 0.6, 0.02),
    ("attributes, without TR", 0.5, 0.0),
    ("prototypes of all", 0.9, 0.01),
    ("prototypes of 10", 0.8, 0.01),
    ("prototypes of 2", 0.7, 0.01),
    ("prototypes of 2, without TR", 0.4, 0.0),
    ("prototypes of all, without TR", 0.85, 0.0),
]


def drawn(lines=LINES):
    figure = knowledge(pd.DataFrame(lines, columns=["variant", "t1", "t1_ci95"]), "t")
    (axes,) = figure.axes
    return figure, axes, {line.get_label(): line for line in axes.lines}


def test_prototypes_go_by_their_number_and_all_is_the_most():
    _, axes, lines = drawn()
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "10", "all"]
    with_tr, without = lines["prototypes, with TR"], lines["prototypes, without TR"]
    np.testing.assert_allclose(with_tr.get_xydata(), [[0, 70], [1, 80], [2, 90]])
    np.testing.assert_allclose(without.get_xydata(), [[0, 40], [2, 85]])


def test_other_class_vectors_are_level_lines():
    _, _, lines = drawn()
    assert lines["attributes, with TR"].get_ydata() == [60, 60]
    assert lines["attributes, without TR"].get_ydata() == [50, 50]
    assert len(lines) == 4


def test_the_colour_tells_whether_there_is_a_regressor():
    _, _, lines = drawn()
    colours = {name: line.get_color() for name, line in lines.items()}
    assert colours["attributes, with TR"] == colours["prototypes, with TR"]
    assert colours["attributes, without TR"] == colours["prototypes, without TR"]
    assert len(set(colours.values())) == 2


def test_bands_are_where_seeds_differ():
    _, axes, _ = drawn()
    (band,) = axes.collections  # of prototypes with the regressor
    assert (0.0, 69.0) in [tuple(v) for v in band.get_paths()[0].vertices.round(6).tolist()]
    (span,) = axes.patches
    assert (span.get_y(), span.get_height()) == pytest.approx((58, 4))


def test_the_legend_has_what_there_is():
    figure, _, lines = drawn(LINES[:1])
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["attributes, with TR"]
    assert list(lines) == ["attributes, with TR"]
