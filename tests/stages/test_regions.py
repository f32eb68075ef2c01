"""Region maps that a user brought, from the raw file to what a method reads."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy.io import loadmat

from stages import features, inputs, paths, prepare
from stages.settings import of_dataset
from zslcore.features.store import load
from zslcore.runtime.files import write_json
from zslcore.runtime.params_file import read_yaml

MAPS = "feature_map_ResNet_101_TOY.hdf5"
TREE = read_yaml(Path(__file__).parents[2] / "params.yaml")
SETTINGS = of_dataset(TREE, "awa1")


@pytest.fixture
def toy(tmp_path, monkeypatch, raw_writer):
    """A working directory with the raw files of a dataset of 96 images."""
    monkeypatch.chdir(tmp_path)
    paths.raw("toy").mkdir(parents=True)
    raw_writer(paths.raw("toy"))
    Path("params.yaml").write_text("runtime: {device: cpu, threads: 0}\n")


@pytest.fixture
def run(toy):
    """Both stages, with these settings of the dataset."""

    def run(**changes):
        of_files = {"split_name": "made-here", "features": "small.mat", **changes}
        dataset = {**SETTINGS["dataset"]["awa1"], **of_files}
        write_json({"seed": 0, "dataset": dataset}, paths.config("toy", "prepare"))
        settings = {"seed": 0, "features": SETTINGS["features"]}
        write_json(settings, paths.config("toy", "features"))
        prepare.main("toy")
        features.main("toy")

    return run


def write(maps, **options):
    """The HDF5 file, with what the other files say of labels and sets."""
    split = loadmat(paths.raw("toy") / "att_splits.mat")
    labels = loadmat(paths.raw("toy") / "small.mat")["labels"].ravel()
    with h5py.File(paths.raw("toy") / MAPS, "w") as file:
        file.create_dataset("feature_map", data=maps, **options)
        file.create_dataset("labels", data=labels.astype(np.int64) - 1)
        for name in ("trainval_loc", "test_seen_loc", "test_unseen_loc"):
            file.create_dataset(name, data=split[name].ravel().astype(np.int64) - 1)


@pytest.fixture
def maps():
    return np.random.default_rng(0).normal(size=(96, 10, 2, 3)).astype(np.float32)


@pytest.mark.parametrize("options", [{}, {"compression": "gzip"}])
@pytest.mark.parametrize("pooled", ["small.mat", None])
@pytest.mark.parametrize("phase", ["val", "test"])
def test_a_method_reads_the_maps_of_its_images(run, maps, options, pooled, phase):
    write(maps, **options)
    run(features=pooled, regions=MAPS)
    problem, evaluation = inputs.read_regions("toy", phase)

    expected = maps.reshape(96, 10, 6).transpose(0, 2, 1).astype(np.float16)
    folder = paths.prepared("toy") / phase / "problem"
    train, held_out = np.load(folder / "rows.npy"), np.load(folder / "evaluation_rows.npy")
    assert problem.regions.shape == (len(train), 6, 10)
    np.testing.assert_array_equal(problem.regions[:], expected[train])
    np.testing.assert_array_equal(evaluation[::-1], expected[held_out][::-1])
    if pooled:
        brought = loadmat(paths.raw("toy") / pooled)["features"].T.astype(np.float32)
        np.testing.assert_array_equal(problem.x, brought[train])
    else:
        np.testing.assert_allclose(problem.x, maps.mean(axis=(2, 3))[train], rtol=1e-3, atol=1e-4)


def test_another_file_changes_what_the_features_stage_depends_on(run, maps):
    """DVC compares dataset.json, which has the file's sha256; the maps lie elsewhere."""
    about = []
    for factor in (1, 2):
        write(factor * maps)
        run(features=None, regions=MAPS)
        about.append((paths.prepared("toy") / "dataset.json").read_text())
    assert about[0] != about[1]
    assert "means of the region maps" in json.loads(about[0])["notes"][-1]


def test_permuted_evaluation_labels_change_no_byte_of_the_features(run, maps, raw_writer):
    """The file has labels: its own checksum would carry them into every model's inputs."""
    made = []
    for seed in (None, 5):
        raw_writer(paths.raw("toy"), labels_seed=seed)
        write(maps)
        run(features=None, regions=MAPS)
        files = sorted(paths.features("toy").iterdir())
        made.append({file.name: file.read_bytes() for file in files})
    assert made[0] == made[1]
    assert load(paths.features("toy"), "val").recipe["regions"]["width"] == 3


def test_a_dataset_without_region_maps(run):
    run(regions=None)
    with pytest.raises(ValueError, match=r"toy has no region maps.*features\.regions to true"):
        inputs.read_regions("toy", "val")


def test_what_does_not_fit_stops_before_the_features(run, maps):
    write(maps[:95])
    with pytest.raises(
        ValueError, match=rf"{MAPS}: feature_map has 95 images, .*small\.mat has 96"
    ):
        run(regions=MAPS)
    assert not paths.prepared("toy").exists()
