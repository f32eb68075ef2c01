"""Table 3 as a stage: what is trained, what it is measured on, where there is nothing to do."""

import json
import shutil

import numpy as np
import pytest
import torch

from stages import paths, reconstruct_spaen, spaen
from stages.reconstruct_spaen import SIDE, main, small, table
from tests.methods.spaen.conftest import tiny  # noqa: F401
from tests.stages import spaen_toy
from tests.stages.spaen_toy import RUN, configure, configured, left
from zslcore.methods.spaen import pretrained
from zslcore.methods.spaen.crops import whole
from zslcore.methods.spaen.method import fit_f
from zslcore.methods.spaen.reconstruct import inputs_of, vectors_of
from zslcore.metrics.intervals import ci95
from zslcore.report.drawn import NOTHING

WAYS = ("mean_image", "directmap", "sae", "splitbranch", "spaen", "generator")


@pytest.fixture
def toy(tiny, tmp_path, monkeypatch):  # noqa: F811
    """Writes it, settings changed."""
    monkeypatch.chdir(tmp_path)
    return lambda **changes: spaen_toy.write(tiny, **changes)


def metrics():
    return json.loads(paths.metrics("spaen", "toy", ".reconstruction.json").read_text())


def outputs():
    log = paths.training("spaen", "toy", "test") / "reconstruction.jsonl"
    return metrics(), left("reconstruction"), log.read_text(), log.with_suffix(".csv").read_text()


def test_every_way_is_measured_and_drawn_and_the_same_every_time(toy):
    toy()
    main("toy")
    first = outputs()
    found, (picture, about), log, _ = first
    assert set(found) == {f"mse.{way}{end}" for way in WAYS for end in ("", "_ci95")}
    assert picture.startswith(b"<?xml")
    (lines,) = (each["lines"] for each in json.loads(about)["tables"])
    assert [line["picture"] for line in lines] == list(reconstruct_spaen.TITLES.values())
    assert {json.loads(line)["phase"] for line in log.splitlines()} == {
        *("e", "directmap", "sae", "splitbranch"),
    }
    main("toy")
    assert outputs() == first


def test_errors_are_over_test_images_of_unseen_classes(toy, tiny):  # noqa: F811
    models = toy()
    main("toy")
    found, own = metrics(), np.isin(tiny.y, [1, 4])
    images, cfg = tiny.images[own], configured()
    ready = pretrained.load(spaen.pretrained("toy", "test"), cfg, torch.device("cpu"))
    vectors = vectors_of(ready.perceptual, images, 16)
    errors = models["spaen"].autoencoders[0].errors(vectors, images, 16)
    assert found["mse.spaen"] == pytest.approx(errors.mean(), abs=6e-6)
    assert found["mse.spaen_ci95"] == pytest.approx(ci95(errors.tolist()), abs=6e-6)
    kept = paths.caches("spaen", "toy", "test")
    sae = fit_f(tiny.problem, ready, cfg, RUN, kept, "sae")
    errors = sae.errors(inputs_of("sae", vectors, tiny.x[own]), images, 16)
    assert found["mse.sae"] == pytest.approx(errors.mean(), abs=6e-6)
    target = whole(torch.from_numpy(images), 16).numpy()
    training = whole(torch.from_numpy(tiny.problem.images[np.arange(20)]), 16).numpy().mean(0)
    assert found["mse.mean_image"] == pytest.approx(((target - training) ** 2).mean(), abs=6e-6)
    with torch.no_grad():
        made = ready.generator(torch.from_numpy(vectors)).numpy()
    assert made.shape[2:] == (16, 16)
    assert found["mse.generator"] == pytest.approx(((target - made) ** 2).mean(), abs=6e-6)


def test_checkpoints_are_not_those_of_the_method_itself(toy, monkeypatch):
    """Its E has the same settings and inputs, and all seeds."""
    runs = []
    real = reconstruct_spaen.fit_f
    monkeypatch.setattr(reconstruct_spaen, "fit_f", lambda *a: runs.append(a[3]) or real(*a))
    toy()
    main("toy")
    assert [run.scratch.name for run in runs] == ["reconstruction"] * 3


def test_blocks_of_images_change_nothing(toy, monkeypatch):
    toy()
    main("toy")
    first = metrics()
    monkeypatch.setattr(reconstruct_spaen, "IMAGES", 4)
    main("toy")
    assert metrics() == pytest.approx(first, abs=2e-5)


def test_images_shown_are_of_many_classes_beside_what_is_made_of_them(toy, tiny, monkeypatch):  # noqa: F811
    drawn = []
    real = reconstruct_spaen.reconstruction
    monkeypatch.setattr(reconstruct_spaen, "reconstruction", lambda *a: drawn.append(a) or real(*a))
    monkeypatch.setattr(reconstruct_spaen, "SHOWN", 4)
    models = toy()
    main("toy")
    ((rows, classes, _),) = drawn
    assert list(rows) == ["test image", "DirectMap", "SAE", "SplitBranch", "SP-AEN"]
    assert classes == ["c1", "c1", "c4", "c4"]
    own = np.concatenate([np.flatnonzero(tiny.y == c) for c in (1, 4)])[[0, 1, 3, 5]]
    pixels = (whole(torch.from_numpy(tiny.images[own]), 16) + 1) * 127.5
    expected = pixels.round().permute(0, 2, 3, 1).numpy()
    np.testing.assert_array_equal(rows["test image"], expected)
    ready = pretrained.load(spaen.pretrained("toy", "test"), configured(), torch.device("cpu"))
    vectors = vectors_of(ready.perceptual, tiny.images[own], 16)
    made = models["spaen"].reconstruct(vectors)
    np.testing.assert_allclose(rows["SP-AEN"], made, atol=1)


def test_under_the_joint_schedule_f_and_g_are_the_models_own(toy, tiny):  # noqa: F811
    models = toy(schedule="joint")
    main("toy")
    own = np.isin(tiny.y, [1, 4])
    ready = pretrained.load(spaen.pretrained("toy", "test"), configured(), torch.device("cpu"))
    vectors = vectors_of(ready.perceptual, tiny.images[own], 16)
    first, second = (a.errors(vectors, tiny.images[own], 16) for a in models["spaen"].autoencoders)
    assert metrics()["mse.spaen"] == pytest.approx(first.mean(), abs=6e-6)
    assert metrics()["mse.spaen"] != pytest.approx(second.mean(), abs=1e-5)


def test_a_joint_model_of_classification_only_has_no_pictures_of_its_own(toy):
    models = toy(schedule="joint")
    models["classification"].save(paths.models("spaen", "toy", "test") / "spaen")
    main("toy")
    assert "mse.sae" in metrics()
    assert "mse.spaen" not in metrics()
    (lines,) = (each["lines"] for each in json.loads(left("reconstruction")[1])["tables"])
    assert "SP-AEN" not in [line["picture"] for line in lines]


@pytest.mark.parametrize("without", ["images", "being listed"])
def test_where_there_is_nothing_to_do_the_outputs_are_empty(toy, without):
    toy()
    main("toy")  # whose outputs may not stay
    if without == "images":
        shutil.rmtree(paths.squares("toy"))
    else:
        configure(configured(), listed=False)
    main("toy")
    assert outputs() == ({}, (NOTHING.encode(), "{}\n"), "", "epoch,term,mean,low,high\n")


def test_large_images_are_shown_small():
    images = np.zeros((2, 2 * SIDE, 2 * SIDE, 3), np.uint8)
    images[1, 0::2] = 200
    found = small(images)
    assert found.shape == (2, SIDE, SIDE, 3)
    assert set(np.unique(found[1])) == {100}
    assert small(images[:, :SIDE, :SIDE]).shape == (2, SIDE, SIDE, 3)


def test_the_table_compares_with_the_mean_image():
    found = {"mse.mean_image": 0.25, "mse.mean_image_ci95": 0.01}
    found |= {"mse.spaen": 0.05, "mse.spaen_ci95": 0.002}
    made = table(found, 30)
    assert "over 30 test images" in made.above
    assert [list(line.values()) for line in made.lines] == [
        ["mean image", "0.2500 ± 0.0100", "100.0"],
        ["SP-AEN", "0.0500 ± 0.0020", "20.0"],
    ]
