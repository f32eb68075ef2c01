import numpy as np
import pandas as pd

from zslcore.report.plots.curves import EMPHASISED, seen_unseen
from zslcore.report.style import svg

NAMES = [f"row{i:02d}" for i in range(15)]


def curves(setting="inductive", **ends):
    """Straight lines from (0, seen) to (unseen, 0)."""
    lines = [
        pd.DataFrame({"row": row, "setting": setting, "unseen": [0, u], "seen": [s, 0]})
        for row, (u, s) in ends.items()
    ]
    return pd.concat(lines)


def one_curve(unseen, seen):
    return pd.DataFrame({"row": "m", "setting": "inductive", "unseen": unseen, "seen": seen})


def entries(figure):
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def test_one_line_per_row_the_largest_area_first():
    (axes,) = seen_unseen(curves(low=(0.2, 0.4), high=(0.6, 0.8)), "t").axes
    assert [line.get_label() for line in axes.lines] == ["high  24.0", "low  4.0"]
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0, 80], [60, 0]])
    np.testing.assert_allclose(axes.lines[1].get_xydata(), [[0, 40], [20, 0]])


def test_the_order_of_a_curves_points_does_not_matter():
    forward = one_curve([0, 0, 0.3, 0.3], [0.5, 0.4, 0.4, 0])
    (one,) = seen_unseen(forward, "t").axes
    (other,) = seen_unseen(forward[::-1], "t").axes
    np.testing.assert_array_equal(one.lines[0].get_xydata(), 100 * forward[["unseen", "seen"]])
    np.testing.assert_array_equal(one.lines[0].get_xydata(), other.lines[0].get_xydata())


def test_fifteen_lines_all_look_different_and_the_best_are_thick():
    many = curves(**{row: (0.9 - i / 50, 0.9) for i, row in enumerate(NAMES)})
    (axes,) = seen_unseen(many, "t").axes
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 15
    widths = [line.get_linewidth() for line in axes.lines]
    assert min(widths[:EMPHASISED]) > max(widths[EMPHASISED:])


def test_the_hull_is_the_best_of_all_lines():
    """Two crossing lines: 0.8 (1 - u / 0.4) and 0.4 (1 - u / 0.8) meet at u = 0.8 / 3."""
    (axes,) = seen_unseen(curves(a=(0.4, 0.8), b=(0.8, 0.4)), "t").axes
    outline = axes.collections[0].get_paths()[0].vertices
    upper = outline[outline[:, 1] > 0]
    unseen = upper[:, 0] / 100
    best = np.maximum(0.8 * (1 - unseen / 0.4), 0.4 * (1 - unseen / 0.8))
    np.testing.assert_allclose(upper[:, 1] / 100, best, atol=1e-9)


def test_a_long_curve_makes_a_short_file():
    unseen = np.linspace(0, 0.5, 20_000)
    curve = one_curve(unseen, 0.8 * (1 - 4 * unseen**2))
    assert len(svg(seen_unseen(curve, "t"))) < 100_000


def test_settings_are_ranked_apart_in_the_legend():
    inductive = curves(low=(0.2, 0.4), high=(0.6, 0.8))
    both = pd.concat([curves("transductive", t=(0.9, 0.9)), inductive])
    order = ["Inductive", "high  24.0", "low  4.0", "Transductive", "t  40.5"]
    assert entries(seen_unseen(both, "t")) == order
    assert entries(seen_unseen(inductive, "t")) == order[1:3]


def test_rows_of_different_settings_look_different_and_are_emphasised_apart():
    many = curves(**{row: (0.9 - i / 50, 0.9) for i, row in enumerate(NAMES)})
    (axes,) = seen_unseen(pd.concat([many, curves("transductive", t=(0.1, 0.1))]), "t").axes
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 16
    thick = [line.get_label().split()[0] for line in axes.lines if line.get_linewidth() > 2]
    assert sorted(thick) == [*NAMES[:EMPHASISED], "t"]


def test_the_hull_is_that_of_inductive_rows():
    both = pd.concat([curves("transductive", t=(0.9, 0.9)), curves(a=(0.4, 0.8))])
    (axes,) = seen_unseen(both, "t").axes
    outline = axes.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(outline.max(axis=0), [40, 80])


def test_a_long_legend_has_room():
    short, long = (
        seen_unseen(curves(**{f"row{i}": (0.5, 0.5) for i in range(n)}), "t") for n in (15, 40)
    )
    assert short.get_figheight() == 4.4
    assert long.get_figheight() > 8  # 40 lines of 8 points and what is between them
