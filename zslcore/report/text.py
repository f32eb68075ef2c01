"""Numbers and tables as people read them."""

import math
from typing import Any

from pandas import DataFrame

NOT_AVAILABLE = "n/a"


def percent(value: float, ci95: float = math.nan) -> str:
    """An accuracy of [0, 1] in percent, one decimal, with its half width where that is not zero.

    Zero or NaN is the width of a deterministic method or of a single seed: it is left out, since
    "± 0.0" would read as certainty.
    """
    if math.isnan(value):
        return NOT_AVAILABLE
    if math.isnan(ci95) or ci95 == 0:
        return f"{100 * value:.1f}"
    width = f"{100 * ci95:.1f}"
    return f"{100 * value:.1f} ± {'<0.1' if width == '0.0' else width}"


def span(low: float = math.nan, high: float = math.nan) -> str:
    """An interval of [0, 1] in percent."""
    return NOT_AVAILABLE if math.isnan(low) else f"{100 * low:.1f} to {100 * high:.1f}"


def points(difference: float) -> str:
    """A signed difference of two accuracies in points of percent."""
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def records(table: DataFrame) -> list[dict[str, Any]]:
    """The lines of a frame, each by the names of its columns."""
    return [{str(name): value for name, value in line.items()} for line in table.to_dict("records")]


def markdown(table: DataFrame) -> str:
    """A frame of texts as a Markdown table."""
    names = list(table.columns)
    rows = [names, ["---"] * len(names), *(line.values() for line in records(table))]
    return "".join(f"| {' | '.join(_cell(cell) for cell in row)} |\n" for row in rows)


def _cell(cell: object) -> str:
    return str(cell).replace("|", "\\|")
