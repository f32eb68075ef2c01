"""The file of published numbers is sound in itself."""

import pytest

from zslcore.report.published import published
from zslcore.report.tables import MAIN

ROWS = {
    *("eszsl", "sae_vs", "sync", "devise", "ale", "sje", "latem", "cmt", "cmt_star", "conse"),
    *("dap", "iap", "sse", "spaen", "bivaegan", "clarel", "dedn"),
}
# printed H that do not follow from the printed U and S, even within their last digits
MISPRINTS = {"gzsl": set(), "gzsl_uncalibrated": {("sun", "iap")}}


@pytest.fixture(scope="module")
def numbers():
    return published()


def test_every_metric_is_one_of_ours(numbers):
    assert set(numbers["metric"]) <= set(MAIN.values())


def test_rows_and_datasets_are_known(numbers):
    assert set(numbers["row"]) == ROWS
    assert set(numbers["dataset"]) == {"awa1", "awa2", "apy", "cub", "flo", "sun"}


def test_values_are_fractions_with_one_decimal_of_a_percent(numbers):
    assert numbers["value"].between(0, 1).all()
    assert (1000 * numbers["value"]).round(6).mod(1).eq(0).all()


def test_no_number_stands_twice(numbers):
    assert not numbers.duplicated(["dataset", "row", "metric", "source"]).any()


def test_every_number_says_where_it_comes_from_and_how_it_was_made(numbers):
    for column in ("source", "split", "features", "class_vectors"):
        assert numbers[column].str.len().gt(0).all()
    assert set(numbers["selection"]) == {"validation", "test", "not stated"}


def test_what_a_model_knew_is_its_setting_and_not_a_note(numbers):
    knew = numbers.groupby("row")["setting"].agg(set).to_dict()
    assert knew.pop("bivaegan") == {"transductive, known prior"}
    assert all(settings == {"inductive"} for settings in knew.values())
    assert not numbers["note"].str.contains("transductive|unlabel|test images").any()
    assert numbers["note"].str.contains("prototypes").any()


@pytest.mark.parametrize("family", MISPRINTS)
def test_harmonic_means_follow_from_their_parts(numbers, family):
    """Within what rounding of all three to 0.1 points can do: dH/dU = 2 S² / (U + S)²."""
    wide = numbers.pivot(index=["dataset", "row"], columns="metric", values="value").dropna(
        subset=f"{family}.h"
    )
    u, s, h = (100 * wide[f"{family}.{part}"] for part in ("unseen", "seen", "h"))
    rounding = 0.05 * (1 + 2 * (u**2 + s**2) / (u + s) ** 2)
    off = (h - 2 * u * s / (u + s)).abs() > rounding + 1e-9
    assert len(wide) > 4
    assert set(wide.index[off]) == MISPRINTS[family]


def test_some_numbers_as_printed(numbers):
    """Read off the papers once more, one per table."""
    values = numbers.set_index(["dataset", "row", "metric"])["value"]
    assert values["cub", "spaen", "gzsl_uncalibrated.h"] == 0.466
    assert values["awa2", "sje", "zsl.acc"] == 0.619
    assert values["apy", "cmt_star", "gzsl_uncalibrated.unseen"] == 0.109
    assert values["awa1", "ale", "gzsl_uncalibrated.seen"] == 0.761
    assert values["sun", "bivaegan", "gzsl_uncalibrated.unseen"] == 0.668
    assert values["flo", "clarel", "gzsl.h"] == 0.733
    assert values["sun", "dedn", "gzsl.seen"] == 0.360
