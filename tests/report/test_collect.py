import math

import numpy as np
import pytest

from stages.rows import write_csv
from zslcore.metrics.prior import BY_CLASS
from zslcore.metrics.training import BY_EPOCH, Training

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


def test_a_method_may_have_a_row_of_its_own_name_and_others(write_cell, read):
    """What looks like a row's name in a key is one only if there is such a row."""
    metrics = {"zsl.acc": 0.6, "prior.tv": 0.1, "bare.zsl.acc": 0.5, "bare.oracle.h": 0.4}
    write_cell("m", "awa1", metrics, settings={"m": "transductive", "bare": "inductive"})
    lines = read(["m"]).metrics[["row", "setting", "metric", "value"]]
    assert lines.to_numpy().tolist() == [
        ["m", "transductive", "zsl.acc", 0.6],
        ["m", "transductive", "prior.tv", 0.1],
        ["bare", "inductive", "zsl.acc", 0.5],
        ["bare", "inductive", "oracle.h", 0.4],
    ]


def test_a_method_may_be_called_as_a_metric_begins(write_cell, read):
    write_cell("prior", "awa1", {"prior.tv": 0.1}, settings={"prior": "transductive"})
    assert read(["prior"]).metrics[["row", "metric"]].to_numpy().tolist() == [["prior", "prior.tv"]]


def test_every_table_says_what_its_rows_knew(write_cell, read):
    tables = {
        "curve": "method,unseen,seen\nm,0,1\nbare,0,1\n",
        "per_class": "method,class,seen,images,zsl,gzsl\nm,cat,False,3,1,1\n",
        "intervals": "method,metric,low,high\nbare,gzsl.h,0,1\n",
        "training": "method,epoch,zsl,zsl_ci95,prior_tv,prior_tv_ci95\nm,1,0.5,0,,\n",
        "prior": "method,class,true,estimated,low,high\nm,cat,1,1,1,1\n",
    }
    settings = {"m": "transductive", "bare": "inductive"}
    write_cell("m", "awa1", {"zsl.acc": 0.6}, settings=settings, **tables)
    found = read(["m"])
    for name in ("curves", "per_class", "intervals", "training", "priors"):
        table = getattr(found, name)
        assert list(table)[:3] == ["dataset", "row", "setting"]
        assert table["setting"].tolist() == [settings[row] for row in table["row"]]
    assert math.isnan(found.training["prior_tv"][0])


def test_a_table_may_be_a_header_only(write_cell, read):
    """As those of rows that kept nothing while they were trained."""
    header = "method,class,true,estimated,low,high\n"
    write_cell("a", "awa1", {"zsl.acc": 0.6}, prior=header)
    assert read(["a"]).priors.empty
    write_cell("b", "awa1", {"zsl.acc": 0.6}, prior=header + "b,cat,0.5,1,0.5,1\n")
    priors = read(["a", "b"]).priors
    assert priors[["row", "true", "low"]].to_numpy().tolist() == [["b", 0.5, 0.5]]
    assert priors["true"].dtype == float


def test_what_evaluate_writes_is_what_is_read(write_cell, read, tmp_path):
    """The same columns on both sides, and numbers that come back."""
    kept = {
        "epochs": np.array([1]),
        "answers": np.array([[[1, 1, 1]]]),
        "prior": np.array([[[0.5, 0.5]], [[0.25, 0.75]]]),
    }
    labels, seen = np.array([0, 1, 2]), np.array([True, False, False])
    training = Training.of(kept, labels, seen)
    write_cell("m", "awa1", {"zsl.acc": 0.6})
    folder = tmp_path / "evaluation" / "m" / "awa1"
    for name, lines, columns in (
        ("training", training.by_epoch(), BY_EPOCH),
        ("prior", training.by_class(["a", "b", "c"]), BY_CLASS),
    ):
        named = [{"method": "m", **line} for line in lines]
        write_csv(named, folder / f"{name}.csv", ("method", *columns))
    found = read(["m"])
    epochs = found.training[["epoch", "zsl", "zsl_ci95", "prior_tv", "prior_tv_ci95"]].to_numpy()
    np.testing.assert_array_equal(epochs, [[0, math.nan, math.nan, 0, 0], [1, 0.5, 0, 0.25, 0]])
    priors = found.priors[["class", "true", "estimated", "low", "high"]].to_numpy().tolist()
    assert priors == [["b", 0.5, 0.25, 0.25, 0.25], ["c", 0.5, 0.75, 0.75, 0.75]]


def test_numbers_of_unknown_rows_are_refused(write_cell, read):
    write_cell("m", "awa1", {"zsl.acc": 0.6}, provenance=None)
    with pytest.raises(ValueError, match=r"m.awa1\.json has numbers.*no provenance\.json of m"):
        read(["m"])


def test_a_provenance_without_settings_is_refused(write_cell, read, tmp_path):
    write_cell("m", "awa1", {"zsl.acc": 0.6})
    (tmp_path / "evaluation" / "m" / "awa1" / "provenance.json").write_text("{}")
    with pytest.raises(ValueError, match=r"provenance\.json does not say what each row knew"):
        read(["m"])


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
    assert math.isnan(line["setting"])
    assert ("awa1", "dedn") not in results.provenance


def test_nothing_at_all_is_still_a_result(read):
    results = read(["spaen"])
    assert results.metrics["value"].isna().all()
    assert results.curves.empty
    assert list(results.curves) == ["dataset", "row", "setting", "unseen", "seen"]


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
