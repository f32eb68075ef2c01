import numpy as np

from zslcore.report.plots.segments import Points, colours, fitted, painted, synthesised
from zslcore.report.style import svg

SEEN = np.array([True, False, True, True, False])


def test_unseen_classes_have_strong_colours_and_void_is_white():
    found = colours(SEEN).astype(int)
    assert found.shape == (6, 3)
    assert found[-1].tolist() == [255, 255, 255]
    assert len({tuple(row) for row in found.tolist()}) == 6
    spread = found.max(1) - found.min(1)
    assert spread[:-1][~SEEN].min() > 150 > 100 > spread[:-1][SEEN].max()


def test_a_map_of_classes_is_painted():
    palette = colours(SEEN)
    found = painted(np.array([[0, -1], [4, 4]]), palette)
    assert found.tolist() == [[palette[0].tolist(), [255] * 3], [palette[4].tolist()] * 2]


def test_pictures_of_any_size_fit_their_squares():
    wide, small = np.zeros((2, 8, 3), np.uint8), np.full((2, 2, 3), 7, np.uint8)
    wide[:, 4:] = 100
    first, second = fitted([wide, small], 4)
    assert first[..., 0].tolist() == [[255] * 4, [0, 0, 100, 100], [255] * 4, [255] * 4]
    assert (second == 7).all()


def test_every_class_and_both_sorts_are_in_the_legend():
    rng = np.random.default_rng(0)
    y = np.array([1, 1, 4])
    points = Points(rng.normal(size=(3, 2)), y, rng.normal(size=(2, 2)), np.array([1, 4]))
    names = {1: "lime solid", 4: "red striped"}
    figure = synthesised({"GMMN": points, "PADing": points}, names, colours(SEEN), "toy")
    assert [axes.get_title() for axes in figure.axes] == ["GMMN", "PADing"]
    (legend,) = figure.legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["lime solid", "red striped", "real", "generated"]
    for axes in figure.axes:
        dots, crosses = axes.collections
        np.testing.assert_array_equal(dots.get_offsets(), points.real)
        np.testing.assert_array_equal(crosses.get_offsets(), points.made)
        np.testing.assert_allclose(dots.get_facecolors()[:, :3], colours(SEEN)[y] / 255)


def test_the_same_points_are_the_same_bytes():
    y = np.array([1])
    points = Points(np.ones((1, 2)), y, np.zeros((1, 2)), y)
    one, two = (
        svg(synthesised({"GMMN": points}, {1: "a"}, colours(SEEN), "toy")) for _ in range(2)
    )
    assert one == two
