"""Studies of DEDN: their variants, one protocol for all, files that are gone on with."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import dedn_study, dedn_variants, protocol
from benchmarks.dedn_protocol import Cell, Phase
from benchmarks.dedn_study import COLUMNS, STUDIES, settings
from benchmarks.protocol import measured
from stages.settings import of_dataset
from zslcore.calibration.config import Config
from zslcore.clusters.clusters import Clusters
from zslcore.data.problem import Problem, Rows, Truth
from zslcore.methods.dedn import answers
from zslcore.methods.dedn.config import Inference
from zslcore.report.studies import FILES
from zslcore.runtime.params_file import read_yaml
from zslcore.runtime.run import Run

ROOT = Path(__file__).parents[2]
CALIBRATE = Config(
    family="auto", select="max_h", aggregate="mean_h", plateau=0.0, nonnegative=False
)
SEEN = np.array([True, True, False, False])
Y = np.array([0, 0, 1, 1, 2, 2, 3, 3])
NAMES = ["shape::a", "shape::b", "hue::c", "hue::d"]


@pytest.fixture(scope="module")
def tree():
    tree = read_yaml(ROOT / "params.yaml")
    return of_dataset(tree, "shapes")


@pytest.fixture
def at():
    """Two phases of 4 classes and 4 attributes, maps of 4 regions."""
    rng = np.random.default_rng(0)

    def phase():
        maps = np.abs(rng.normal(size=(8, 4, 6))).astype(np.float16)
        problem = Problem(
            *(np.zeros((4, 6), np.float32), Y[:4], rng.random((4, 4)).astype(np.float32), SEEN),
            *(list("abcd"), NAMES, rng.normal(size=(4, 5)).astype(np.float32)),
            regions=Rows(maps, np.arange(4)),
        )
        return Phase(problem, Rows(maps, np.arange(8)), Truth(Y, SEEN, list("abcd")))

    return Cell("toy", {"val": phase(), "test": phase()}, Run(seeds=(0, 1)), 0, CALIBRATE)


def lines(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("variants", [dedn_variants.ablation(0.8), dedn_variants.clusters(6)])
def test_variants_are_settings_and_all_differ(tree, variants):
    found = [settings(tree, changes) for changes in variants.values()]
    assert len({repr(cfg) for cfg in found}) == len(found)


def test_clusters_are_as_many_as_configured_or_half():
    variants = dedn_variants.clusters(5)
    number = "attribute_clusters.kmeans.clusters"
    assert (variants["k-means"][number], variants["half, k-means"][number]) == (5, 2)
    assert dedn_variants.clusters(1)["half, k-means"][number] == 1


def test_every_weight_has_21_values_from_end_to_end():
    for name, values in dedn_variants.MIXTURE.items():
        assert len(values) == 21
        assert (values[0], values[-1]) == (0, 2 if name == "margin" else 1)
        Inference(**{"lambda_e": 0.5, "lambda_rc": 0.5, "margin": 1.0, name: values[-1]})


def test_the_handicap_is_that_of_val_and_is_applied_to_test():
    """Where seen classes are 1.5 too high, val makes up for it, but not for 5 on test alone."""
    right = np.eye(4)[Y]
    truth = Truth(Y, SEEN, list("abcd"))
    scores = {phase: (right + 1.5 * SEEN)[None] for phase in ("val", "test")}
    same = measured(scores, {"val": truth, "test": truth}, CALIBRATE, "similarity")
    assert (same["h"], same["uncalibrated_h"], same["t1"], same["ausuc"]) == (1, 0, 1, 1)
    scores["test"] = (right + 5.0 * SEEN)[None]
    other = measured(scores, {"val": truth, "test": truth}, CALIBRATE, "similarity")
    assert (other["h"], other["u"], other["s"], other["t1"]) == (0, 0, 1, 1)


def test_half_widths_are_over_the_seeds():
    right, wrong = np.eye(4)[Y], np.eye(4)[[0, 0, 1, 1, 3, 3, 2, 2]]
    truth = Truth(Y, SEEN, list("abcd"))
    scores = np.stack([right, wrong])
    found = measured(
        {"val": scores, "test": scores}, {"val": truth, "test": truth}, CALIBRATE, "similarity"
    )
    assert found["t1"] == 0.5
    assert found["t1_ci95"] == pytest.approx(12.706 * 0.5, rel=1e-4)  # t of one degree, s / sqrt 2


@pytest.fixture
def small(monkeypatch, tree):
    """params.yaml with next to no training, and few variants."""
    changes = {"training.epochs": 1, "training.batch_size": 4}
    few = {
        "full": {},
        "cExp alone": {"training.experts": "coarse"},
        "half, merged": {"attribute_clusters.merge": "half"},  # nobody says how
    }
    monkeypatch.setattr(dedn_variants, "ablation", lambda lambda_rc: few)
    return tree, changes


def test_a_stopped_study_goes_on(small, at, tmp_path, capsys):
    out = tmp_path / "dedn-ablation.csv"
    STUDIES["dedn-ablation"](at, *small, out)
    first = lines(out)
    assert [line["variant"] for line in first] == ["full", "cExp alone"]
    assert tuple(first[0]) == COLUMNS
    assert json.loads(first[1]["changes"]) == {"training.experts": "coarse", **small[1]}
    assert {line["seeds"] for line in first} == {"2"}
    assert "half, merged                 left out: it is not said how" in capsys.readouterr().out
    kept = [line for line in out.read_text().splitlines(keepends=True) if "cExp" not in line]
    out.write_text("".join(kept).replace("full,", "full,9", 1))
    STUDIES["dedn-ablation"](at, *small, out)
    again = lines(out)
    assert again[0]["t1"].startswith("9")  # not run again
    assert {**again[1], "seconds": ""} == {**first[1], "seconds": ""}
    with pytest.raises(SystemExit, match="one table must not mix them"):
        STUDIES["dedn-ablation"](at, small[0], {**small[1], "training.epochs": 2}, out)


def test_both_phases_are_trained_on_their_own_images(small, at, monkeypatch, tmp_path):
    fitted = []

    def fit(problem, cfg, run, clusters):
        fitted.append((problem, clusters.tolist()))
        return real(problem, cfg, run, clusters)

    real = dedn_study.fit
    monkeypatch.setattr(dedn_study, "fit", fit)
    cfg = settings(*small)
    scores = dedn_study.trained(at, cfg, Clusters(("x", "y"), np.array([1, 0, 0, 1])))
    assert [problem for problem, _ in fitted] == [p.problem for p in at.phases.values()]
    assert fitted[0][1] == [1, 0, 0, 1]
    assert {name: values.shape for name, values in scores.items()} == {
        **{"val": (2, 8, 4), "test": (2, 8, 4)}
    }


def test_clusters_are_those_of_the_stage(at, tree):
    assert dedn_study.divided(at, settings(tree, {}).attribute_clusters).sizes == (2, 2)


@pytest.fixture
def said(at, monkeypatch):
    """Answers of three seeds as on disk."""
    rng = np.random.default_rng(2)
    kept = {
        phase: {
            (e, b): rng.normal(size=(3, 8, 4))
            for e in ("coarse", "fine")
            for b in ("region", "channel")
        }
        for phase in ("val", "test")
    }
    monkeypatch.setattr(answers, "load", lambda folder: kept[folder.name.removeprefix("toy-")])
    return kept


def test_one_weight_is_swept_and_the_others_stay(at, said, tree, tmp_path):
    out = tmp_path / "dedn-mixture.csv"
    STUDIES["dedn-mixture"](at, tree, {"inference.lambda_rc": 0.3}, out)
    STUDIES["dedn-mixture"](at, tree, {"inference.lambda_rc": 0.3}, out)  # replaces its lines
    found = lines(out)
    assert len(found) == 3 * 21
    line = found[4]
    assert (line["parameter"], line["value"], line["seeds"]) == ("lambda_e", "0.2", "2")
    how = Inference(lambda_rc=0.3, lambda_e=0.2, margin=tree["dedn"]["inference"]["margin"])
    scores = {
        phase: answers.class_scores(
            {key: values[:2] for key, values in said[phase].items()},
            *(each.problem.class_vectors, SEEN, how),
        )
        for phase, each in at.phases.items()
    }
    expected = at.line(scores)
    assert float(line["h"]) == pytest.approx(expected["h"], abs=1e-5)
    assert float(line["t1_ci95"]) == pytest.approx(expected["t1_ci95"], rel=1e-4)


def test_without_answers_it_says_what_to_do(at, tree, monkeypatch, tmp_path):
    monkeypatch.setattr(answers, "load", lambda folder: {})
    with pytest.raises(SystemExit, match="no answers of DEDN on toy: run `dvc repro`"):
        STUDIES["dedn-mixture"](at, tree, {}, tmp_path / "out.csv")


def test_the_report_reads_columns_that_the_studies_write():
    assert set(FILES["dedn-ablation"]) == set(FILES["dedn-clusters"]) <= set(COLUMNS)
    assert set(FILES["dedn-mixture"]) <= set(dedn_study.SWEPT)
    assert STUDIES.keys() == {name for name in FILES if name.startswith("dedn-")}
    assert protocol.PHASES == ("val", "test")
