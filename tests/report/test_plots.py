import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from zslcore.report import plots
from zslcore.report.style import svg

NAMES = [f"row{i:02d}" for i in range(15)]


def curves(**ends):
    """Straight lines from (0, seen) to (unseen, 0)."""
    lines = [
        pd.DataFrame({"row": row, "unseen": [0, u], "seen": [s, 0]}) for row, (u, s) in ends.items()
    ]
    return pd.concat(lines)


def per_class():
    lines = [
        *[("a", "cat", False, 0.2), ("a", "dog", False, 0.8), ("a", "cow", True, 1.0)],
        *[("b", "cat", False, 0.6), ("b", "dog", False, 0.9), ("b", "cow", True, 1.0)],
    ]
    return pd.DataFrame(lines, columns=["row", "class", "seen", "gzsl"])


def means(**values):
    lines = [(row, *numbers) for row, numbers in values.items()]
    return pd.DataFrame(lines, columns=["row", "value", "ci95"])


def spans(**values):
    return pd.DataFrame([(r, *v) for r, v in values.items()], columns=["row", "low", "high"])


def test_one_line_per_row_the_largest_area_first():
    (axes,) = plots.seen_unseen(curves(low=(0.2, 0.4), high=(0.6, 0.8)), "t").axes
    assert [line.get_label() for line in axes.lines] == ["high  24.0", "low  4.0"]
    np.testing.assert_allclose(axes.lines[0].get_xydata(), [[0, 80], [60, 0]])
    np.testing.assert_allclose(axes.lines[1].get_xydata(), [[0, 40], [20, 0]])


def test_the_order_of_a_curves_points_does_not_matter():
    forward = pd.DataFrame({"row": "m", "unseen": [0, 0, 0.3, 0.3], "seen": [0.5, 0.4, 0.4, 0]})
    (one,) = plots.seen_unseen(forward, "t").axes
    (other,) = plots.seen_unseen(forward[::-1], "t").axes
    np.testing.assert_array_equal(one.lines[0].get_xydata(), 100 * forward[["unseen", "seen"]])
    np.testing.assert_array_equal(one.lines[0].get_xydata(), other.lines[0].get_xydata())


def test_fifteen_lines_all_look_different_and_the_best_are_thick():
    many = curves(**{row: (0.9 - i / 50, 0.9) for i, row in enumerate(NAMES)})
    (axes,) = plots.seen_unseen(many, "t").axes
    looks = {(line.get_color(), line.get_linestyle()) for line in axes.lines}
    assert len(looks) == 15
    widths = [line.get_linewidth() for line in axes.lines]
    assert min(widths[: plots.EMPHASISED]) > max(widths[plots.EMPHASISED :])


def test_the_hull_is_the_best_of_all_lines():
    """Two crossing lines: 0.8 (1 - u / 0.4) and 0.4 (1 - u / 0.8) meet at u = 0.8 / 3."""
    (axes,) = plots.seen_unseen(curves(a=(0.4, 0.8), b=(0.8, 0.4)), "t").axes
    outline = axes.collections[0].get_paths()[0].vertices
    upper = outline[outline[:, 1] > 0]
    unseen = upper[:, 0] / 100
    best = np.maximum(0.8 * (1 - unseen / 0.4), 0.4 * (1 - unseen / 0.8))
    np.testing.assert_allclose(upper[:, 1] / 100, best, atol=1e-9)


def test_the_heat_map_shows_unseen_classes_easiest_first():
    axes, _ = plots.per_class(per_class(), "t").axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["dog", "cat"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a"]
    np.testing.assert_allclose(axes.collections[0].get_array(), [[90, 60], [80, 20]])
    assert [text.get_text() for text in axes.texts] == ["90", "60", "80", "20"]


def test_a_class_some_row_was_not_asked_for_stays_empty():
    axes, _ = plots.per_class(per_class().drop(index=0), "t").axes
    assert [text.get_text() for text in axes.texts] == ["80", "", "90", "60"]


def test_many_classes_have_no_numbers():
    many = pd.DataFrame({"row": "m", "class": NAMES, "seen": False, "gzsl": 0.5})
    axes, _ = plots.per_class(many, "t").axes
    assert not axes.texts


def test_bars_with_the_intervals_that_exist():
    """Deterministic rows have no interval over seeds, and nothing pretends that they do."""
    figure = plots.harmonic_means(
        means(fixed=(0.3, 0.0), random=(0.5, 0.02)), spans(fixed=(0.25, 0.36)), "t"
    )
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["fixed", "random"]
    assert [bar.get_width() for bar in axes.patches] == [30, 50]
    images, seeds = ([s[:, 0].tolist() for s in lines.get_segments()] for lines in axes.collections)
    assert images == [[25, 36]]
    assert seeds == [[48, 52]]
    assert [text.get_text() for text in axes.texts] == ["30.0", "50.0"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.seen_unseen(curves(a=(0.4, 0.8), b=(0.8, 0.4)), "t"),
        lambda: plots.per_class(per_class(), "t"),
        lambda: plots.harmonic_means(means(a=(0.3, 0.1)), spans(a=(0.2, 0.4)), "t"),
    ],
)
def test_the_same_numbers_are_the_same_bytes(draw):
    first = svg(draw())
    assert first == svg(draw())
    assert first.startswith(b"<?xml")
    assert b"<dc:date>" not in first


def test_a_long_curve_makes_a_short_file():
    unseen = np.linspace(0, 0.5, 20_000)
    curve = pd.DataFrame({"row": "m", "unseen": unseen, "seen": 0.8 * (1 - 4 * unseen**2)})
    assert len(svg(plots.seen_unseen(curve, "t"))) < 100_000


def overlapping(texts, renderer):
    boxes = [text.get_window_extent(renderer) for text in texts if text.get_text()]
    return any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.parametrize("n_classes", [4, 12, 13, 72])
def test_class_names_do_not_overlap(n_classes):
    names = [f"a long class name {i}" for i in range(n_classes)]
    lines = [(row, name, False, 0.5) for row in NAMES for name in names]
    table = pd.DataFrame(lines, columns=["row", "class", "seen", "gzsl"])
    figure = plots.per_class(table, "t")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    axes, _ = figure.axes
    assert not overlapping([*axes.get_xticklabels(), *axes.texts], renderer)
    assert not overlapping(axes.get_yticklabels(), renderer)
