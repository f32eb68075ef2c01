"""Studies of SP-AEN: their variants, one protocol for all, what variants share."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import spaen_modes, spaen_protocol, spaen_study, spaen_variants
from benchmarks.spaen_modes import compared
from benchmarks.spaen_pictures import made
from benchmarks.spaen_protocol import Cell, Phase
from benchmarks.spaen_study import STUDIES, settings, trained
from stages.settings import of_dataset
from tests.methods.spaen.conftest import tiny  # noqa: F401
from tests.methods.spaen.values import SETTINGS
from zslcore.calibration.config import Config as Calibrate
from zslcore.data.problem import Rows, Truth
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.method import fit_e, fit_f, pretrain
from zslcore.methods.spaen.reconstruct import vectors_of
from zslcore.metrics.accuracy import zsl
from zslcore.report.figures import draw_studies
from zslcore.report.packed import coarse, unpacked
from zslcore.report.studies import FILES, read
from zslcore.runtime.params_file import read_yaml
from zslcore.runtime.run import Run

ROOT = Path(__file__).parents[2]
CALIBRATE = Calibrate(
    family="auto", select="max_h", aggregate="mean_h", plateau=0.0, nonnegative=False
)
TREE = {"spaen": {**SETTINGS, "crops": {"resize": 20, "size": 16, "train": "centre"}}}


@pytest.fixture
def at(tiny, tmp_path):  # noqa: F811
    """Both phases alike, two seeds."""
    run = Run(seeds=(0, 1))
    ready = pretrain(tiny.problem, settings(TREE, {}), run, tmp_path / "caches")
    images = Rows(tiny.images, np.arange(len(tiny.images)))
    truth = Truth(tiny.y, tiny.problem.seen, tiny.problem.class_names)
    phase = Phase(tiny.problem, tiny.x, images, truth, tmp_path / "caches")
    phases = {"val": phase, "test": phase}
    return Cell(phases, dict.fromkeys(phases, ready), run, CALIBRATE)


def lines(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("variants", [spaen_variants.parts(50.0), spaen_variants.alphas()])
def test_variants_are_settings_and_all_differ(variants):
    tree = read_yaml(ROOT / "params.yaml")
    tree = of_dataset(tree, "shapes")
    found = {settings(tree, changes).model_dump_json() for changes in variants.values()}
    assert len(found) == len(variants)


def test_beta_is_varied_around_that_of_the_settings():
    variants = spaen_variants.parts(50.0)
    assert variants["beta times 0.1"] == {"adversarial.weight": 5.0}
    assert variants["beta times 4"] == {"adversarial.weight": 200.0}


@pytest.mark.parametrize(
    "key", ["perceptual.width", "crops.train", "generator.steps", "generator", "heads.slope"]
)
def test_networks_taken_ready_made_do_not_change(key):
    with pytest.raises(SystemExit, match=f"-S {key}: the networks taken ready-made are those of"):
        settings(TREE, {"steps.e": 1, key: 1})
    assert not settings(TREE, {"generator.freeze": False}).generator.freeze


def test_a_stopped_study_goes_on_and_a_variants_own_change_wins(at, monkeypatch, tmp_path):
    few = {"as configured": {}, "classification only": {"objective": "classification"}}
    monkeypatch.setattr(spaen_variants, "parts", lambda beta: few)
    out, given = tmp_path / "spaen-parts.csv", {"steps.e": 2, "objective": "full"}
    STUDIES["spaen-parts"](at, TREE, given, out)
    first = lines(out)
    assert [line["variant"] for line in first] == list(few)
    assert json.loads(first[1]["changes"]) == {"steps.e": 2, "objective": "classification"}
    assert tuple(first[0]) == spaen_study.COLUMNS
    assert set(FILES["spaen-parts"]) <= set(first[0])
    assert float(first[0]["mse"]) > 0
    assert (first[1]["mse"], first[1]["mse_ci95"]) == ("", "")
    out.write_text(out.read_text().replace("as configured,", "as configured,9", 1))
    STUDIES["spaen-parts"](at, TREE, given, out)
    assert lines(out)[0]["t1"].startswith("9")  # not run again
    with pytest.raises(SystemExit, match="one table must not mix them"):
        STUDIES["spaen-parts"](at, TREE, {"steps.e": 1}, out)


def test_over_alpha_all_networks_are_trained_jointly(at, monkeypatch, tmp_path):
    monkeypatch.setattr(spaen_variants, "ALPHAS", (3.0, 0.1))
    asked = []
    real = spaen_study.trained
    monkeypatch.setattr(spaen_study, "trained", lambda at, cfg: asked.append(cfg) or real(at, cfg))
    out = tmp_path / "spaen-alpha.csv"
    STUDIES["spaen-alpha"](at, TREE, {"steps.f": 1}, out)
    found = lines(out)
    assert [line["alpha"] for line in found] == ["3", "0.1"]
    assert set(FILES["spaen-alpha"]) <= set(found[0])
    assert [cfg.schedule for cfg in asked] == ["joint", "joint"]
    assert float(found[0]["mse_ci95"]) > 0  # a seed has its own F and G


def test_over_alpha_pictures_are_kept_of_the_first_seed(at, monkeypatch, tmp_path):
    monkeypatch.setattr(spaen_variants, "ALPHAS", (3.0, 0.1))
    out, kept = tmp_path / "spaen-alpha.csv", tmp_path / "spaen-alpha-pictures.csv"
    STUDIES["spaen-alpha"](at, TREE, {"steps.f": 1}, out)
    held = lines(kept)
    assert tuple(held[0]) == FILES["spaen-alpha-pictures"]
    variants = [line["variant"] for line in held]
    assert list(dict.fromkeys(variants)) == ["test image", "alpha 3", "alpha 0.1"]
    truth = at.phases["test"].truth
    unseen = {truth.class_names[c] for c in np.flatnonzero(~truth.seen)}
    assert {line["class"] for line in held} == unseen
    model = at.model("test", settings(TREE, {**spaen_variants.alphas()["alpha 3"], "steps.f": 1}))
    _, images, found = made(at.tested(at.ready["test"], 16), model.autoencoders[0])
    own = [unpacked(line["picture"]) for line in held if line["variant"] == "alpha 3"]
    assert np.array_equal(own, coarse(found))
    assert not np.array_equal(coarse(found), coarse(images))
    assert draw_studies(read(tmp_path), "here").keys() == {
        "here-study-spaen-alpha.svg",
        "here-study-spaen-alpha-pictures.svg",
    }


def test_longer_trainings_are_compared_with_networks_of_their_own(at, tmp_path):
    out = tmp_path / "spaen-modes.csv"
    STUDIES["spaen-modes"](at, TREE, {"steps.f": 1, "perceptual.width": 3}, out)
    found = lines(out)
    assert [line["variant"] for line in found] == ["1 steps", "4 steps"]
    assert set(FILES["spaen-modes"]) <= set(found[0])
    assert json.loads(found[1]["changes"]) == {
        "steps.f": 4,
        "generator.steps": 4,
        "perceptual.width": 3,
    }
    first, last = ({k: float(line[k]) for k in spaen_modes.ERRORS} for line in found)
    assert len(set(first.values())) == len(first)
    assert all(first[k] != last[k] for k in first if k != "mean_image")
    assert first["mean_image"] == last["mean_image"]
    kept = lines(tmp_path / "spaen-modes-pictures.csv")
    assert {line["variant"] for line in kept} == {"test image", "1 steps", "4 steps"}


def test_errors_of_a_mode_are_those_of_what_the_steps_of_the_method_make(at, tmp_path):
    cfg = settings(TREE, {"steps.f": 2})
    line, pictures = compared(replace(at, run=Run(seeds=(3,))), cfg)
    problem, run = at.phases["test"].problem, Run(seeds=(3,))
    ready = pretrain(problem, cfg, run, tmp_path)
    auto = fit_f(problem, ready, cfg, run, tmp_path, "sae")
    tested = at.tested(ready, 16)
    assert line["sae"] == pytest.approx(auto.errors(tested.of("sae"), tested.images, 16).mean())
    assert line["sae_ci95"] == 0
    assert pictures.made.shape == pictures.images.shape == (len(pictures.classes), 16, 16, 3)


def test_each_phase_is_measured_with_its_own_models(at):
    cfg = settings(TREE, {})
    models = {name: at.model(name, cfg) for name in at.phases}
    assert list(at.made) == [(name, next(iter(at.made))[1]) for name in ("val", "test")]
    line, test = at.line(models), at.phases["test"]
    t1 = [zsl(each, test.truth.y, test.truth.seen) for each in models["test"].scores(test.x)]
    assert line["t1"] == pytest.approx(np.mean(t1))
    assert set(line) == set(spaen_protocol.NUMBERS)


def test_a_variant_is_what_the_steps_of_the_method_make(at):
    cfg = settings(TREE, {"steps.e": 2})
    phase = at.phases["test"]
    auto = fit_f(phase.problem, at.ready["test"], cfg, at.run, phase.caches)
    model = fit_e(phase.problem, cfg, at.run, (at.ready["test"], auto, phase.caches))
    found = at.model("test", cfg)
    np.testing.assert_array_equal(found.scores(phase.x), model.scores(phase.x))


def test_variants_share_f_and_g_where_its_settings_are_the_same(at):
    variants = [{}, {"adversarial.critic": "linear"}, {"rank.negative": "mean"}]
    one, *same = [at.model("val", settings(TREE, changes)) for changes in variants]
    assert all(each.autoencoders[0] is one.autoencoders[0] for each in same)
    for changes in ({"reconstruction.norm": 0.0}, {"generator.freeze": False}):
        other = at.model("val", settings(TREE, changes))
        assert other.autoencoders[0] is not one.autoencoders[0]
    assert at.model("val", settings(TREE, {"schedule": "joint"})).autoencoders[0] is not None
    assert len(at.made) == 3


def test_the_error_is_that_of_test_images_of_unseen_classes(at):
    model = at.model("test", settings(TREE, {}))
    line, test = at.line({"val": model, "test": model}), at.phases["test"]
    own = ~test.truth.seen[test.truth.y]
    vectors = vectors_of(at.ready["test"].perceptual, test.images, 16)
    errors = model.autoencoders[0].errors(vectors, test.images, 16)
    assert line["mse"] == pytest.approx(errors[own].mean(), rel=1e-5)
    assert line["mse"] != pytest.approx(errors.mean(), rel=1e-3)
    assert line["mse_ci95"] == 0


def test_classification_only_needs_no_images(at):
    cfg = settings(TREE, {"objective": "classification"})
    assert isinstance(cfg, Config)
    assert at.line(trained(at, cfg))["mse"] == ""
    assert at.made == {}
