import math

import pytest

CURVE = "method,unseen,seen\neszsl,0.0,0.5\neszsl,0.3,0.0\n"


def test_a_method_of_several_rows_names_them_in_its_keys(write_cell, read):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.5, "sae_vs.zsl.acc": 0.4})
    write_cell("spaen", "awa1", {"zsl.acc": 0.6, "zsl.acc_ci95": 0.01})
    lines = read(["baselines", "spaen"]).metrics[["method", "row", "metric", "value"]]
    assert lines.to_numpy().tolist() == [
        ["baselines", "eszsl", "zsl.acc", 0.5],
        ["baselines", "sae_vs", "zsl.acc", 0.4],
        ["spaen", "spaen", "zsl.acc", 0.6],
    ]


def test_half_widths_stand_beside_their_number(write_cell, read):
    write_cell("spaen", "awa1", {"zsl.acc": 0.6, "zsl.acc_ci95": 0.01, "prior.tv": 0.2})
    metrics = read(["spaen"]).metrics.set_index("metric")
    assert metrics.at["zsl.acc", "ci95"] == 0.01
    assert math.isnan(metrics.at["prior.tv", "ci95"])


def test_validation_metrics_join_the_others(write_cell, read):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.5}, val={"eszsl.val.gzsl.h": 0.3})
    metrics = read(["baselines"]).metrics
    assert metrics["metric"].tolist() == ["zsl.acc", "val.gzsl.h"]
    assert metrics["row"].tolist() == ["eszsl", "eszsl"]


def test_a_missing_cell_is_a_line_without_a_value(write_cell, read):
    write_cell("spaen", "awa1", {"zsl.acc": 0.6})
    results = read(["spaen", "dedn"])
    (line,) = results.metrics[results.metrics["method"] == "dedn"].to_dict("records")
    assert line["row"] == "dedn"
    assert math.isnan(line["value"])
    assert ("awa1", "dedn") not in results.provenance


def test_nothing_at_all_is_still_a_result(read):
    results = read(["spaen"])
    assert results.metrics["value"].isna().all()
    assert results.curves.empty
    assert list(results.curves) == ["dataset", "row", "unseen", "seen"]


def test_files_of_other_datasets_and_methods_are_left_alone(write_cell, read):
    write_cell("baselines", "awa1", {"eszsl.zsl.acc": 0.5}, curve=CURVE)
    write_cell("baselines", "old", {"eszsl.zsl.acc": 0.1}, curve=CURVE)
    write_cell("old", "awa1", {"zsl.acc": 0.1})
    results = read(["baselines"])
    assert results.metrics["value"].tolist() == [0.5]
    assert set(results.curves["dataset"]) == {"awa1"}


@pytest.mark.parametrize("names", [["007", "8"], ["NA", "null"]])
def test_class_names_stay_what_they_are(write_cell, read, names):
    table = "method,class,seen,images,zsl,gzsl\nm,{},False,3,0.5,0.5\nm,{},True,3,,0.5\n"
    write_cell("m", "awa1", {"zsl.acc": 0.5}, per_class=table.format(*names))
    per_class = read(["m"]).per_class
    assert per_class["class"].tolist() == names
    assert per_class["seen"].tolist() == [False, True]
    assert per_class["zsl"].isna().tolist() == [False, True]


def test_a_table_without_a_column_is_named(write_cell, read):
    write_cell("m", "awa1", {"zsl.acc": 0.5}, curve="method,unseen\nm,0.1\n")
    with pytest.raises(ValueError, match=r"curve\.csv: no column seen; it has method, unseen"):
        read(["m"])


def test_a_broken_file_is_named(write_cell, read, tmp_path):
    write_cell("m", "awa1", {"zsl.acc": 0.5})
    (tmp_path / "metrics" / "m" / "awa1.json").write_text('{"zsl.acc": ')
    with pytest.raises(ValueError, match=r"metrics.m.awa1\.json: not JSON"):
        read(["m"])
