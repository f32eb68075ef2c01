"""What the package stage takes from the pipeline."""

import json
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest

from stages import package
from tests.package import tiny
from zslcore.features import store
from zslcore.package.package import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny.build(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def project(made, tmp_path, monkeypatch):
    """A copy, as the working directory."""
    monkeypatch.chdir(shutil.copytree(made.root, tmp_path / "project"))
    return made


def about(made, method):
    return json.loads((made.packages / method / tiny.NAME / "package.json").read_text())


def below(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_package_has_models_backbone_classes_and_nothing_else(made):
    files = {
        f"models/{row}/model.{ending}"
        for row in ("eszsl", "devise")
        for ending in ("json", "safetensors")
    }
    files |= {"backbone/backbone.json", "backbone/backbone.safetensors"}
    files |= {"class_vectors.npy", "seen.npy", "package.json"}
    assert below(made.packages / "baselines" / tiny.NAME).keys() == files


def test_files_are_those_of_the_pipeline(made):
    model = made.root / "data" / "models" / "dedn" / f"{tiny.NAME}-test"
    folder = made.packages / "dedn" / tiny.NAME
    assert below(folder / "models" / "dedn") == below(model)
    assert below(folder / "backbone") == below(
        made.root / "data" / "features" / tiny.NAME / "backbone"
    )


def test_every_row_has_its_handicap_metrics_and_seeds(made):
    rows = about(made, "baselines")["rows"]
    measured = json.loads((made.root / "metrics" / "baselines" / f"{tiny.NAME}.json").read_text())
    assert set(rows) == {"eszsl", "devise"}
    for name, row in rows.items():
        assert row["handicap"]["value"] == tiny.HANDICAPS[name]
        assert row["metrics"] == {
            key.removeprefix(f"{name}."): value
            for key, value in measured.items()
            if key.startswith(f"{name}.")
        }
        assert row["takes"] == "pooled"
    assert rows["eszsl"]["seeds"] == [3]
    assert rows["devise"]["seeds"] == [3, 5]
    assert about(made, "dedn")["rows"]["dedn"]["takes"] == "regions"
    assert about(made, "dedn")["provenance"]["split"] == {"name": "made"}


def test_the_same_pipeline_gives_the_same_bytes(project):
    before = below(Path("data/packages/dedn"))
    package.main("dedn", tiny.NAME)
    assert below(Path("data/packages/dedn")) == before


def test_a_method_that_was_left_out_leaves_an_empty_folder(project):
    old = Path("data/packages/clarel") / tiny.NAME / "old.txt"
    old.parent.mkdir(parents=True)
    old.write_text("of an earlier run")
    package.main("clarel", tiny.NAME)
    assert list(old.parent.iterdir()) == []
    with pytest.raises(ValueError, match="left out on this dataset"):
        load(old.parent)


def test_what_is_only_for_training_and_other_stages_models_stay_behind(project):
    """Bi-VAEGAN keeps its optimisers' state, and its inductive row is a model of its own."""
    for kind in ("models/{}/tiny-test", "scores/{}/tiny-test", "calibration/{}/tiny"):
        here = Path("data") / kind.format("bivaegan")
        here.parent.mkdir(parents=True)
        shutil.copytree(Path("data") / kind.format("dedn"), here)
    for name in ("bivaegan", "bivaegan_inductive"):
        shutil.copy(
            "data/scores/dedn/tiny-test/dedn.npy", f"data/scores/bivaegan/tiny-test/{name}.npy"
        )
    for path in ("data/scores/bivaegan/tiny-test/rows.json",
                 "data/calibration/bivaegan/tiny/handicap.json"):  # fmt: skip
        held = json.loads(Path(path).read_text())["dedn"]
        Path(path).write_text(json.dumps({"bivaegan": held, "bivaegan_inductive": held}))
    Path("data/models/bivaegan/tiny-test/progress.safetensors").write_bytes(b"")
    shutil.copytree("data/evaluation/dedn", "data/evaluation/bivaegan")
    Path("metrics/bivaegan").mkdir()
    measured = {"zsl.acc": 0.5, "prior.tv": 0.25, "bivaegan_inductive.zsl.acc": 0.75}
    Path("metrics/bivaegan/tiny.json").write_text(json.dumps(measured))
    package.main("bivaegan", tiny.NAME)
    said = json.loads(Path("data/packages/bivaegan/tiny/package.json").read_text())
    assert list(said["rows"]) == ["bivaegan"]
    assert said["rows"]["bivaegan"]["metrics"] == {"zsl.acc": 0.5, "prior.tv": 0.25}
    assert not any("progress" in name for name in said["files"])


def test_a_backbone_of_the_test_phase_goes_before_a_common_one(project):
    folder = Path("data/features") / tiny.NAME
    shutil.copytree(folder / "backbone", folder / "test-backbone")
    (folder / "test-backbone" / "mine.txt").write_text("of the test phase")
    package.main("dedn", tiny.NAME)
    assert Path("data/packages/dedn/tiny/backbone/mine.txt").exists()


def test_features_from_files_are_said_to_be_so(project):
    folder = Path("data/features") / tiny.NAME
    held = np.load(folder / "pooled.npy")
    shutil.rmtree(folder)
    store.from_array(held, folder, {"file": "res101.mat"})
    package.main("baselines", tiny.NAME)
    found = load(Path("data/packages/baselines") / tiny.NAME)
    assert found.about.inputs == "features"
    assert found.about.features.model_dump() == {"pooled": (held.shape[1],), "regions": None}
    with pytest.raises(ValueError, match="labels features, not images"):
        found.backbone()


def test_it_is_a_light_stage():
    code = "import sys, stages.package; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_images_and_settings_are_said_to_be_there(made):
    with chdir(made.root):
        said = about(made, "dedn")
    assert said["inputs"] == "images"
    assert said["recipe"]["model"] == "test_resnet"
    assert said["rows"]["dedn"]["settings"]["inference"]["lambda_rc"] == 0.8
    assert {"torch", "timm", "pillow"} <= said["versions"].keys()
