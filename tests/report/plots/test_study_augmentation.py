import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba

from tests.report.plots.overlap import overlapping
from zslcore.report.plots.study_augmentation import augmentation

ACCURACIES = pd.DataFrame(
    [
        ("with", "cat", 0.6, 0.5, 0.7),
        ("with", "dog", 0.9, 0.9, 0.9),
        ("without", "cat", 0.8, 0.7, 0.9),
        ("without", "dog", 0.3, 0.2, 0.5),
    ],
    columns=["variant", "class", "accuracy", "low", "high"],
)
PLANE = pd.DataFrame(
    [
        ("visual", "real", "cat", 1, 2),
        ("visual", "real", "dog", 3, 4),
        ("visual", "synthesised", "cat", 5, 6),
        ("augmented", "real", "cat", 7, 8),
        ("augmented", "synthesised", "dog", 9, 10),
    ],
    columns=["space", "kind", "class", "x", "y"],
)


def heights(container):
    return [bar.get_height() for bar in container]


def test_classes_stand_in_the_order_of_the_first_variant():
    axes = augmentation(ACCURACIES, PLANE, "t").axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["dog", "cat"]
    first, second = axes.containers
    assert (first.get_label(), second.get_label()) == ("with", "without")
    assert heights(first) == pytest.approx([90, 60])
    assert heights(second) == pytest.approx([30, 80])
    for left, right, tick in zip(first, second, axes.get_xticks(), strict=True):
        assert left.get_x() + left.get_width() == pytest.approx(tick)
        assert right.get_x() == pytest.approx(tick)


def test_lines_are_the_range_of_the_seeds_where_there_is_one():
    axes = augmentation(ACCURACIES, PLANE, "t").axes[0]
    (cat,), both = (lines.get_segments() for lines in axes.collections)
    bars = axes.containers[0]
    np.testing.assert_allclose(cat, [[bars[1].get_center()[0], y] for y in (50, 70)])
    np.testing.assert_allclose([each[:, 1] for each in both], [[20, 50], [70, 90]])


def points(axes):
    """Place, colour and whether it is filled, of every point."""
    found = {}
    for dots in axes.collections:
        for place in dots.get_offsets().tolist():
            found[tuple(place)] = (tuple(dots.get_edgecolor()[0]), len(dots.get_facecolor()) > 0)
    return found


def test_real_points_are_filled_and_synthesised_ones_hollow():
    _, visual, augmented = augmentation(ACCURACIES, PLANE, "t").axes
    titles = [axes.get_title(loc="left") for axes in (visual, augmented)]
    assert titles == ["visual space", "augmented space"]
    filled = {place: look[1] for place, look in (points(visual) | points(augmented)).items()}
    assert filled == {(1, 2): True, (3, 4): True, (5, 6): False, (7, 8): True, (9, 10): False}


def test_a_class_has_one_colour_in_both_spaces_and_the_legend():
    figure = augmentation(ACCURACIES, PLANE, "t")
    _, visual, augmented = figure.axes
    colour = {place: look[0] for place, look in (points(visual) | points(augmented)).items()}
    assert colour[1, 2] == colour[5, 6] == colour[7, 8] != colour[3, 4] == colour[9, 10]
    legend = figure.subfigs[1].legends[0]
    entries = {
        text.get_text(): to_rgba(line.get_markeredgecolor())
        for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    }
    assert list(entries) == ["cat", "dog", "real", "synthesised"]
    assert (entries["cat"], entries["dog"]) == (colour[1, 2], colour[3, 4])


def test_what_is_missing_has_no_panel():
    assert len(augmentation(ACCURACIES, PLANE[:0], "t").axes) == 1
    assert len(augmentation(ACCURACIES[:0], PLANE, "t").axes) == 2


@pytest.mark.parametrize("n_classes", [6, 72])
def test_names_and_legends_can_be_read_and_leave_room(n_classes):
    names = [f"striped magenta triangle + thin frame + cream badge {i}" for i in range(n_classes)]
    lines = [(v, name, 0.5, 0.4, 0.6) for v in ("with", "without") for name in names]
    plane = [(s, "real", name, 0, 1) for s in ("visual", "augmented") for name in names[:6]]
    figure = augmentation(
        pd.DataFrame(lines, columns=ACCURACIES.columns),
        pd.DataFrame(plane, columns=PLANE.columns),
        "t",
    )
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    bars, *planes = figure.axes
    assert not overlapping(bars.get_xticklabels(), renderer)
    assert bars.get_position().height * figure.get_figheight() > 0.8  # inch
    for axes in planes:
        assert axes.get_position().height * figure.get_figheight() > 1.5
    box = figure.subfigs[1].legends[0].get_window_extent(renderer)
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.width
