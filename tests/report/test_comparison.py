import pandas as pd
import pytest

from zslcore.report.comparison import comparison


def published(**changes):
    line = {
        **{"dataset": "awa1", "row": "eszsl", "metric": "zsl.acc", "value": 0.5, "source": "Paper"},
        **{"split": "proposed-v1", "features": "res101", "class_vectors": "att"},
        **{"selection": "validation", "note": "", "setting": "inductive"},
    }
    return pd.DataFrame([line | changes])


def test_comparison_with_the_same_protocol(write_cell, read):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.45, "eszsl.zsl.acc_ci95": 0.01})
    (line,) = comparison(read(["baselines"]), published()).to_dict("records")
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
    (line,) = comparison(read(["baselines"]), theirs).to_dict("records")
    assert line["same protocol?"] == "no"
    assert line["why"] == "features: ours res101, published vgg; one run"


@pytest.mark.parametrize("change", [{"dataset": "cub"}, {"row": "sje"}, {"metric": "gzsl.h"}])
def test_only_the_same_dataset_row_and_metric_compare(write_cell, read, change):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.45})
    assert comparison(read(["baselines"]), published(**change)).empty


def test_a_missing_cell_compares_with_nothing(read):
    theirs = published(row="dedn", metric="gzsl.h")
    assert comparison(read(["dedn"]), theirs).empty


def test_another_setting_is_another_protocol(write_cell, read):
    write_cell("m", "awa1", {"zsl.acc": 0.45}, settings={"m": "transductive"})
    theirs = published(row="m", setting="transductive, known prior")
    (line,) = comparison(read(["m"]), theirs).to_dict("records")
    assert line["same protocol?"] == "no"
    assert line["why"] == "setting: ours transductive, published transductive, known prior"


def test_rows_of_the_same_setting_compare(write_cell, read):
    write_cell("m", "awa1", {"zsl.acc": 0.45}, settings={"m": "transductive"})
    (line,) = comparison(read(["m"]), published(row="m", setting="transductive")).to_dict("records")
    assert (line["same protocol?"], line["why"]) == ("yes", "")


@pytest.mark.parametrize(("note", "end"), [("", ""), ("one run", "; one run")])
def test_t1_of_models_chosen_on_test_stands_beside_our_test_best_epoch_too(
    write_cell, read, note, end
):
    write_cell("m", "awa1", {"zsl.acc": 0.45, "oracle.best_epoch.zsl.acc": 0.48})
    theirs = published(row="m", selection="test", note=note)
    plain, best = comparison(read(["m"]), theirs).to_dict("records")
    assert (plain["metric"], plain["difference"]) == ("`zsl.acc`", "-5.0")
    assert (best["metric"], best["difference"]) == ("`oracle.best_epoch.zsl.acc`", "-2.0")
    assert {plain["same protocol?"], best["same protocol?"]} == {"no"}
    chosen = "published model chosen on: test"
    assert plain["why"] == f"{chosen}{end}"
    assert best["why"] == f"{chosen}; ours is at its test-best epoch{end}"


def test_only_models_chosen_on_test_stand_beside_the_test_best_epoch(write_cell, read):
    write_cell("m", "awa1", {"oracle.best_epoch.zsl.acc": 0.48})
    assert comparison(read(["m"]), published(row="m")).empty
    assert comparison(read(["m"]), published(row="m", selection="test", metric="gzsl.h")).empty
