"""Studies of CLAREL: their variants, one protocol for all, what is looked at anew."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import clarel_protocol, clarel_study, clarel_variants
from benchmarks.clarel_protocol import Cell, Phase
from benchmarks.clarel_study import STUDIES, settings
from stages.settings import of_dataset
from tests.methods.clarel.conftest import tiny  # noqa: F401
from tests.methods.clarel.values import SETTINGS
from zslcore.calibration.config import Config as Calibrate
from zslcore.data.problem import Truth
from zslcore.methods.clarel.config import Prototypes
from zslcore.methods.clarel.method import fit
from zslcore.metrics.accuracy import gzsl
from zslcore.report.studies import FILES
from zslcore.runtime.params_file import read_yaml
from zslcore.runtime.run import Run

ROOT = Path(__file__).parents[2]
CALIBRATE = Calibrate(
    family="auto", select="max_h", aggregate="mean_h", plateau=0.0, nonnegative=False
)
TREE = {"clarel": {**SETTINGS, "steps": 3, "log_every": 2}}


@pytest.fixture
def at(tiny):  # noqa: F811
    """Both phases alike, two seeds; captions of evaluation images are those of their classes."""
    problem, x, y = tiny
    captions = [captions for of_class in problem.class_captions for captions in of_class]
    phase = Phase(problem, x, captions, Truth(y, problem.seen, problem.class_names))
    return Cell("toy", {"val": phase, "test": phase}, Run(seeds=(0, 1)), CALIBRATE)


@pytest.fixture
def made(at, monkeypatch):
    """Trained models as on disk."""
    model = fit(at.phases["test"].problem, settings(TREE, {}), Run(seeds=(0, 1)))
    monkeypatch.setattr(Cell, "models", lambda self: {"val": model, "test": model})
    return model


def lines(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("variants", [clarel_variants.losses(0.5, 0.5), clarel_variants.PARTS])
def test_variants_are_settings_and_all_differ(variants):
    tree = read_yaml(ROOT / "params.yaml")
    tree = of_dataset(tree, "shapes")
    found = {settings(tree, changes).model_dump_json() for changes in variants.values()}
    assert len(found) == len(variants)


def test_points_of_the_losses_begin_with_the_settings_and_move_one_weight():
    points = clarel_variants.losses(0.3, 0.6)
    assert next(iter(points)) == "lambda 0.3, kappa 0.6"
    for changes in points.values():
        assert changes["loss.lam"] == 0.3 or changes["loss.kappa"] == 0.6
    assert len(points) == 1 + 4 + 4
    assert set(clarel_variants.SHARES) >= {0.0, 1.0}


def test_a_variant_with_other_features_reads_them(at, monkeypatch, tmp_path):
    few = {"as configured": {}, "pooled features": {"features": "pooled"}}
    monkeypatch.setattr(clarel_variants, "PARTS", few)
    read = []

    def phase(dataset, name, cfg):
        read.append((dataset, name, cfg.features))
        return at.phases[name]

    monkeypatch.setattr(clarel_protocol, "phase", phase)
    STUDIES["clarel-parts"](at, TREE, {"steps": 1}, tmp_path / "clarel-parts.csv")
    assert read == [("toy", "val", "pooled"), ("toy", "test", "pooled")]


def test_a_stopped_study_goes_on(at, monkeypatch, tmp_path):
    few = {"as configured": {}, "no classifier": {"loss.kappa": 0.0}}
    monkeypatch.setattr(clarel_variants, "PARTS", few)
    out = tmp_path / "clarel-parts.csv"
    STUDIES["clarel-parts"](at, TREE, {"steps": 2}, out)
    first = lines(out)
    assert [line["variant"] for line in first] == list(few)
    assert json.loads(first[1]["changes"]) == {"loss.kappa": 0.0, "steps": 2}
    assert tuple(first[0]) == clarel_study.COLUMNS
    out.write_text(out.read_text().replace("as configured,", "as configured,9", 1))
    STUDIES["clarel-parts"](at, TREE, {"steps": 2}, out)
    assert lines(out)[0]["t1"].startswith("9")  # not run again
    with pytest.raises(SystemExit, match="one table must not mix them"):
        STUDIES["clarel-parts"](at, TREE, {"steps": 1}, out)


def test_a_point_of_the_losses_keeps_its_weights_against_those_given(at, monkeypatch, tmp_path):
    monkeypatch.setattr(clarel_variants, "SHARES", (1.0,))
    out = tmp_path / "clarel-losses.csv"
    STUDIES["clarel-losses"](at, TREE, {"loss.lam": 0.25, "steps": 1}, out)
    found = [(float(line["lam"]), float(line["kappa"])) for line in lines(out)]
    kappa = TREE["clarel"]["loss"]["kappa"]
    assert found == [(0.25, kappa), (1.0, kappa), (0.25, 1.0)]


def test_each_phase_is_measured_with_its_own_models(at, monkeypatch):
    fitted = []
    real = clarel_study.fit

    def noted(problem, cfg, run):
        fitted.append(problem)
        return real(problem, cfg, run)

    monkeypatch.setattr(clarel_study, "fit", noted)
    found = clarel_study.trained(at, settings(TREE, {}))
    assert fitted == [phase.problem for phase in at.phases.values()]
    assert set(found) == set(clarel_protocol.NUMBERS)


def test_over_alpha_accuracies_are_those_of_rescaled_distances(at, made, tmp_path):
    out = tmp_path / "clarel-alpha.csv"
    STUDIES["clarel-alpha"](at, TREE, {}, out)
    STUDIES["clarel-alpha"](at, TREE, {}, out)  # replaces its lines
    found = [line for line in lines(out) if line["phase"] == "test"]
    assert len(found) == 41
    phase, line = at.phases["test"], found[10]
    scores = made.scores(phase.x).astype(np.float64)
    scores[..., phase.truth.seen] *= 1 + float(line["alpha"])
    each = [gzsl(of_seed, phase.truth.y, phase.truth.seen) for of_seed in scores]
    assert float(line["u"]) == pytest.approx(np.mean([e.unseen for e in each]), rel=1e-4)
    assert float(line["h"]) == pytest.approx(np.mean([e.h for e in each]), rel=1e-4)
    s, u = ([float(line[key]) for line in found] for key in "su")
    assert s == sorted(s, reverse=True)
    assert u == sorted(u)


def test_prototypes_without_the_images_own_captions(at, made):
    phase = at.phases["test"]
    scores = at.left_out(made, "test")
    everything = at.described(made, "test", Prototypes(source="all", images=10**9))
    i = 5  # of class 1, unseen, which has three images: what the other two say is the prototype
    c = int(phase.truth.y[i])
    others = [k for k in np.flatnonzero(phase.truth.y == c) if k != i]
    z_t, z_v = made.texts(phase.captions)[0], made.images(phase.x)[0]
    own = np.linalg.norm(z_v[i].astype(np.float64) - z_t[others].mean(0))
    assert scores[0, i, c] == pytest.approx(-own, rel=1e-4)
    rest = np.arange(9) != c
    np.testing.assert_allclose(scores[0, i, rest], everything[0, i, rest], rtol=1e-6)
    assert scores[0, i, c] < everything[0, i, c]


def test_every_way_to_know_the_classes_is_a_line(at, made, tmp_path, monkeypatch):
    out = tmp_path / "clarel-prototypes.csv"
    STUDIES["clarel-prototypes"](at, TREE, {}, out)
    found = lines(out)
    assert len(found) == len(clarel_variants.PROTOTYPES) + 1
    assert len({line["t1"] + line["h"] + line["s"] for line in found}) > 3


def test_without_models_it_says_what_to_do(at, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="no CLAREL of toy: run `dvc repro`"):
        at.models()


def test_the_report_reads_columns_that_the_studies_write():
    written = {
        "clarel-losses": clarel_study.LOSSES,
        "clarel-parts": clarel_study.COLUMNS,
        "clarel-alpha": clarel_study.ALPHAS,
        "clarel-prototypes": clarel_study.KNOWN,
    }
    assert STUDIES.keys() == written.keys() == {n for n in FILES if n.startswith("clarel-")}
    assert all(set(FILES[name]) <= set(columns) for name, columns in written.items())
