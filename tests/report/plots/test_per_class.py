import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.report.plots.overlap import overlapping
from zslcore.report.plots.per_class import per_class

NAMES = [f"row{i:02d}" for i in range(15)]


def frame(lines, setting="inductive"):
    return pd.DataFrame(lines, columns=["row", "class", "seen", "gzsl"]).assign(setting=setting)


def accuracies():
    return frame(
        [
            *[("a", "cat", False, 0.2), ("a", "dog", False, 0.8), ("a", "cow", True, 1.0)],
            *[("b", "cat", False, 0.6), ("b", "dog", False, 0.9), ("b", "cow", True, 1.0)],
        ]
    )


def test_the_heat_map_shows_unseen_classes_easiest_first():
    axes, _ = per_class(accuracies(), "t").axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["dog", "cat"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a"]
    assert {label.get_fontweight() for label in axes.get_yticklabels()} == {"normal"}
    assert axes.collections[0].get_array().tolist() == [[90, 60], [80, 20]]
    assert [text.get_text() for text in axes.texts] == ["90", "60", "80", "20"]


def test_a_class_some_row_was_not_asked_for_stays_empty():
    axes, _ = per_class(accuracies().drop(index=0), "t").axes
    assert [text.get_text() for text in axes.texts] == ["80", "", "90", "60"]


def test_many_classes_have_no_numbers():
    axes, _ = per_class(frame([("m", name, False, 0.5) for name in NAMES]), "t").axes
    assert not axes.texts


@pytest.mark.parametrize("n_classes", [4, 12, 13, 72])
def test_class_names_do_not_overlap(n_classes):
    names = [f"a long class name {i}" for i in range(n_classes)]
    figure = per_class(frame([(row, name, False, 0.5) for row in NAMES for name in names]), "t")
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    axes, _ = figure.axes
    assert not overlapping([*axes.get_xticklabels(), *axes.texts], renderer)
    assert not overlapping(axes.get_yticklabels(), renderer)


def test_settings_are_ranked_apart_below_their_names():
    table = accuracies()
    table.loc[table["row"] == "b", "setting"] = "transductive"
    axes, _ = per_class(table, "t").axes
    labels = axes.get_yticklabels()
    assert [label.get_text() for label in labels] == ["Inductive", "a", "Transductive", "b"]
    assert [label.get_fontweight() for label in labels] == ["bold", "normal", "bold", "normal"]
    texts = [text.get_text() for text in axes.texts]
    assert texts == ["", "", "80", "20", "", "", "90", "60"]


def test_long_class_names_leave_room_for_few_rows():
    table = accuracies().replace({"cat": 12 * "cat ", "dog": 12 * "dog "})
    figure = per_class(table[table["row"] == "a"], "t")
    figure.draw(FigureCanvasAgg(figure).get_renderer())  # warns if there is none
    axes, _ = figure.axes
    row = axes.get_position().height * figure.get_figheight()
    assert row > 0.15  # inches
