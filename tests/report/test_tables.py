import pandas as pd
import pytest

from zslcore.report import tables

ORACLE = "oracle H (not a valid result: handicap chosen on test)"


def h(**rows):
    return {f"{row}.gzsl.h": value for row, value in rows.items()}


def published(**changes):
    line = {
        **{"dataset": "awa1", "row": "eszsl", "metric": "zsl.acc", "value": 0.5, "source": "Paper"},
        **{"split": "proposed-v1", "features": "res101", "class_vectors": "att"},
        **{"selection": "validation", "note": ""},
    }
    return pd.DataFrame([line | changes])


def test_every_number_is_in_its_column(write_cell, read):
    """All columns filled, with values that cannot be taken for one another."""
    metrics = {
        **{"zsl.acc": 0.11, "zsl.acc_ci95": 0.011, "gzsl.unseen": 0.12, "gzsl.seen": 0.13},
        **{"gzsl.h": 0.14, "gzsl.h_ci95": 0.0, "gzsl.ausuc": 0.15, "oracle.h": 0.16},
        **{"gzsl_uncalibrated.unseen": 0.17, "gzsl_uncalibrated.seen": 0.18},
        **{"gzsl_uncalibrated.h": 0.19},
    }
    intervals = "method,metric,low,high\nm,zsl.acc,0.05,0.2\nm,gzsl.h,0.1,0.18\n"
    write_cell("m", "awa1", metrics, intervals=intervals)
    (table,) = tables.accuracies(read(["m"]), "awa1").values()
    assert table.iloc[0].to_dict() == {
        "method": "`m`",
        "T1": "11.0 ± 1.1",
        "T1: 95 % over images": "5.0 to 20.0",
        "U": "12.0",
        "S": "13.0",
        "H": "14.0",
        "H: 95 % over images": "10.0 to 18.0",
        "AUSUC": "15.0",
        "uncalibrated U": "17.0",
        "uncalibrated S": "18.0",
        "uncalibrated H": "19.0",
        ORACLE: "16.0",
    }


def test_the_best_h_is_first_and_missing_cells_are_last(write_cell, write_ceiling, read):
    write_ceiling(0.7)
    write_cell("baselines", "awa1", h(low=0.1, best=0.3, middle=0.2))
    (table,) = tables.accuracies(read(["dedn", "baselines"]), "awa1").values()
    assert table["method"].tolist() == ["`best`", "`middle`", "`low`", "`dedn`", "*ceiling*"]
    assert set(table.iloc[3][1:]) == {"n/a"}


def test_equal_h_keep_their_order(write_cell, read):
    write_cell("baselines", "awa1", h(z=0.2, a=0.2))
    (table,) = tables.accuracies(read(["baselines"]), "awa1").values()
    assert table["method"].tolist()[:2] == ["`z`", "`a`"]


def test_the_ceiling_is_a_t1_and_nothing_else(write_cell, write_ceiling, read):
    write_ceiling(0.7)
    write_cell("m", "awa1", {"zsl.acc": 0.5})
    (table,) = tables.accuracies(read(["m"]), "awa1").values()
    ceiling = table.iloc[-1]
    assert (ceiling["method"], ceiling["T1"]) == ("*ceiling*", "70.0")
    assert set(ceiling[2:]) == {""}


def test_there_may_be_no_ceiling(write_cell, read):
    write_cell("m", "awa1", {"zsl.acc": 0.5})
    (table,) = tables.accuracies(read(["m"]), "awa1").values()
    assert table["method"].tolist() == ["`m`"]


def test_rows_of_different_protocols_never_share_a_table(write_cell, read, provenance):
    other = provenance | {"features": {"name": "res101", "sha256": "dd" * 32}}
    write_cell("a", "awa1", {"gzsl.h": 0.1})
    write_cell("b", "awa1", {"gzsl.h": 0.2}, provenance=other)
    found = tables.accuracies(read(["a", "b"]), "awa1")
    assert [table["method"][0] for table in found.values()] == ["`a`", "`b`"]
    assert [protocol.count("dddddddd") for protocol in found] == [0, 1]


def test_a_dataset_shows_its_own_numbers_only(write_cell, read):
    write_cell("m", "awa1", {"gzsl.h": 0.1})
    write_cell("m", "cub", {"gzsl.h": 0.2})
    (table,) = tables.accuracies(read(["m"], ("awa1", "cub")), "cub").values()
    assert table["H"][0] == "20.0"


def test_metrics_without_a_column_are_listed(write_cell, read):
    metrics = {"gzsl.h": 0.1, "prior.tv": 0.12345, "prior.tv_ci95": 0.01, "panoptic.pq.unseen": 4.0}
    write_cell("m", "awa1", metrics, val={"val.gzsl.h": 0.3})
    lines = tables.others(read(["m"]), "awa1").to_numpy().tolist()
    assert lines == [
        ["`m`", "`prior.tv`", "0.1235", "0.01"],
        ["`m`", "`panoptic.pq.unseen`", "4", ""],
    ]


def test_comparison_with_the_same_protocol(write_cell, read):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.45, "eszsl.zsl.acc_ci95": 0.01})
    (line,) = tables.comparison(read(["baselines"]), published()).to_dict("records")
    assert line == {
        "dataset": "awa1",
        "method": "`eszsl`",
        "metric": "`zsl.acc`",
        "ours": "45.0 ± 1.0",
        "published": "50.0",
        "difference": "-5.0",
        "same protocol?": "yes",
        "why": "",
        "source": "Paper",
    }


def test_comparison_says_why_not(write_cell, read):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.45})
    theirs = published(features="vgg", note="one run")
    (line,) = tables.comparison(read(["baselines"]), theirs).to_dict("records")
    assert line["same protocol?"] == "no"
    assert line["why"] == "features: ours res101, published vgg; one run"


@pytest.mark.parametrize("change", [{"dataset": "cub"}, {"row": "sje"}, {"metric": "gzsl.h"}])
def test_only_the_same_dataset_row_and_metric_compare(write_cell, read, change):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.45})
    assert tables.comparison(read(["baselines"]), published(**change)).empty


def test_a_missing_cell_compares_with_nothing(read):
    theirs = published(row="dedn", metric="gzsl.h")
    assert tables.comparison(read(["dedn"]), theirs).empty


def test_provenance_has_one_line_per_cell(write_cell, read, provenance):
    write_cell("a", "awa1", {"gzsl.h": 0.1})
    write_cell("b", "awa1", {"gzsl.h": 0.1}, provenance=provenance | {"packages": {"numpy": "2"}})
    write_cell("c", "awa1", {"gzsl.h": 0.1}, provenance=provenance | {"packages": {}})
    results = read(["a", "b", "c", "missing"])
    assert tables.provenance(results).to_dict("records")[0] == {
        "dataset": "awa1",
        "method": "`a`",
        "split": "proposed-v1 (aaaaaaaa)",
        "features": "res101 (bbbbbbbb)",
        "class vectors": "att (cccccccc)",
        "validation fold": 1,
        "seeds": "0, 1",
    }
    assert len(tables.provenance(results)) == 3
    assert tables.packages(results) == ["numpy 1.0, torch 2.0", "numpy 2"]
