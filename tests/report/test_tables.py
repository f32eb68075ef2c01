from zslcore.report import tables

ORACLE = "oracle H (not a valid result: handicap chosen on test)"


def h(**rows):
    return {f"{row}.gzsl.h": value for row, value in rows.items()}


def only_protocol(by_protocol):
    (table,) = by_protocol.values()
    return table


def only(by_setting):
    """The one table of inductive rows under one protocol."""
    assert list(by_setting) == ["inductive"]
    return only_protocol(by_setting["inductive"])


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
    table = only(tables.accuracies(read(["m"]), "awa1"))
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
    table = only(tables.accuracies(read(["dedn", "baselines"]), "awa1"))
    assert table["method"].tolist() == ["`best`", "`middle`", "`low`", "`dedn`", "*ceiling*"]
    assert set(table.iloc[3][1:]) == {"n/a"}


def test_equal_h_keep_their_order(write_cell, read):
    write_cell("baselines", "awa1", h(z=0.2, a=0.2))
    table = only(tables.accuracies(read(["baselines"]), "awa1"))
    assert table["method"].tolist()[:2] == ["`z`", "`a`"]


def test_the_ceiling_is_a_t1_and_nothing_else(write_cell, write_ceiling, read):
    write_ceiling(0.7)
    write_cell("m", "awa1", {"zsl.acc": 0.5})
    table = only(tables.accuracies(read(["m"]), "awa1"))
    ceiling = table.iloc[-1]
    assert (ceiling["method"], ceiling["T1"]) == ("*ceiling*", "70.0")
    assert set(ceiling[2:]) == {""}


def test_there_may_be_no_ceiling(write_cell, read):
    write_cell("m", "awa1", {"zsl.acc": 0.5})
    table = only(tables.accuracies(read(["m"]), "awa1"))
    assert table["method"].tolist() == ["`m`"]


def test_rows_of_different_protocols_never_share_a_table(write_cell, read, provenance):
    other = provenance | {"features": {"name": "res101", "sha256": "dd" * 32}}
    write_cell("a", "awa1", {"gzsl.h": 0.1})
    write_cell("b", "awa1", {"gzsl.h": 0.2}, provenance=other)
    found = tables.accuracies(read(["a", "b"]), "awa1")["inductive"]
    assert [table["method"][0] for table in found.values()] == ["`a`", "`b`"]
    assert [protocol.count("dddddddd") for protocol in found] == [0, 1]


def test_rows_of_different_settings_never_share_a_table(write_cell, read):
    """The inductive ones come first, whatever the order of rows and numbers."""
    settings = {"m": "transductive, known prior", "a": "transductive", "z": "inductive"}
    write_cell("m", "awa1", {"gzsl.h": 0.3, "a.gzsl.h": 0.2, "z.gzsl.h": 0.1}, settings=settings)
    write_cell("baselines", "awa1", h(y=0.05))
    found = tables.accuracies(read(["m", "baselines", "missing"]), "awa1")
    assert {s: only_protocol(table)["method"].tolist() for s, table in found.items()} == {
        "inductive": ["`z`", "`y`", "`missing`"],
        "transductive": ["`a`"],
        "transductive, known prior": ["`m`"],
    }
    assert list(found) == ["inductive", "transductive", "transductive, known prior"]


def test_a_setting_may_have_several_protocols(write_cell, read, provenance):
    other = provenance | {"split": {"name": "standard"}}
    for method, about in (("a", provenance), ("b", other)):
        settings = {method: "transductive", "bare": "inductive"}
        metrics = {"gzsl.h": 0.1, "bare.gzsl.h": 0.2}
        write_cell(method, "awa1", metrics, provenance=about, settings=settings)
    found = tables.accuracies(read(["a", "b"]), "awa1")
    assert {setting: len(by_protocol) for setting, by_protocol in found.items()} == {
        "inductive": 2,
        "transductive": 2,
    }


def test_what_training_told_stands_behind_t1_of_transductive_rows(write_cell, read):
    metrics = {
        **{"zsl.acc": 0.6, "prior.tv": 0.05, "prior.tv_ci95": 0.01, "prior.tv_uniform": 0.3},
        **{"oracle.best_epoch.zsl.acc": 0.65, "oracle.best_epoch.zsl.acc_ci95": 0.02},
    }
    write_cell("m", "awa1", metrics, settings={"m": "transductive"})
    results = read(["m"])
    table = only_protocol(tables.accuracies(results, "awa1")["transductive"])
    assert dict(list(table.iloc[0].items())[1:6]) == {
        "T1": "60.0",
        "T1: 95 % over images": "n/a",
        "T1 of the test-best epoch (not a valid result)": "65.0 ± 2.0",
        "prior TV": "5.0 ± 1.0",
        "prior TV if uniform": "30.0",
    }
    assert tables.others(results, "awa1").empty


def test_what_no_row_of_a_table_has_is_no_column(write_cell, read):
    metrics = {"zsl.acc": 0.6, "prior.tv": 0.05, "bare.zsl.acc": 0.5}
    settings = {"m": "transductive", "bare": "few-shot oracle, transductive"}
    write_cell("m", "awa1", metrics, settings=settings)
    found = tables.accuracies(read(["m"]), "awa1")
    columns = {setting: set(only_protocol(by_protocol)) for setting, by_protocol in found.items()}
    assert columns["transductive"] - columns["few-shot oracle, transductive"] == {"prior TV"}


def test_what_training_told_of_inductive_rows_is_listed_apart(write_cell, read):
    write_cell("m", "awa1", {"zsl.acc": 0.6, "oracle.best_epoch.zsl.acc": 0.65})
    results = read(["m"])
    assert "65.0" not in only(tables.accuracies(results, "awa1")).iloc[0].tolist()
    lines = tables.others(results, "awa1").to_numpy().tolist()
    assert lines == [["`m`", "`oracle.best_epoch.zsl.acc`", "0.65", ""]]


def test_a_dataset_without_a_number_of_these_has_no_table(write_cell, read):
    write_cell("m", "awa1", {"panoptic.pq.unseen": 4.0})
    assert tables.accuracies(read(["m"]), "awa1") == {}


def test_a_dataset_shows_its_own_numbers_only(write_cell, read):
    write_cell("m", "awa1", {"gzsl.h": 0.1})
    write_cell("m", "cub", {"gzsl.h": 0.2})
    table = only(tables.accuracies(read(["m"], ("awa1", "cub")), "cub"))
    assert table["H"][0] == "20.0"


def test_metrics_without_a_column_are_listed(write_cell, read):
    metrics = {"gzsl.h": 0.1, "prior.tv": 0.12345, "prior.tv_ci95": 0.01, "panoptic.pq.unseen": 4.0}
    write_cell("m", "awa1", metrics, val={"val.gzsl.h": 0.3})
    lines = tables.others(read(["m"]), "awa1").to_numpy().tolist()
    assert lines == [
        ["`m`", "`prior.tv`", "0.1235", "0.01"],
        ["`m`", "`panoptic.pq.unseen`", "4", ""],
    ]


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
