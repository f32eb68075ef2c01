import math

import pandas as pd
import pytest

from zslcore.report.text import markdown, percent, points, span


@pytest.mark.parametrize(
    ("value", "ci95", "text"),
    [
        (0.4567, 0.0123, "45.7 ± 1.2"),
        (0.4567, 0.0, "45.7"),  # deterministic: no claim about its uncertainty
        (0.4567, math.nan, "45.7"),
        (0.4567, 0.0004, "45.7 ± <0.1"),  # never "± 0.0"
        (1.0, 0.0005001, "100.0 ± 0.1"),
        (0.0, 0.0, "0.0"),
        (math.nan, 0.1, "n/a"),
    ],
)
def test_percent(value, ci95, text):
    assert percent(value, ci95) == text


def test_span():
    assert span(0.0815, 0.126) == "8.2 to 12.6"
    assert span() == "n/a"


@pytest.mark.parametrize(
    ("difference", "text"),
    [(0.1234, "+12.3"), (-0.1, "-10.0"), (0.0004, "0.0"), (-0.0004, "0.0")],
)
def test_points(difference, text):
    assert points(difference) == text


def test_a_bar_in_a_cell_does_not_end_it():
    table = pd.DataFrame({"a": ["x|y"], "b": [1]})
    assert markdown(table) == "| a | b |\n| --- | --- |\n| x\\|y | 1 |\n"
