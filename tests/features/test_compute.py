import json

import numpy as np
import pytest

from zslcore.features import backbone, store
from zslcore.features.compute import compute
from zslcore.features.images import Images
from zslcore.runtime.run import Run

TRAINING = {
    "val": (np.array([0, 1, 2, 3, 4, 5]), np.array([0, 1, 0, 1, 0, 1])),
    "test": (np.arange(10), np.arange(10) % 2),
}


def content(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_frozen_backbone_serves_both_phases(settings, pixels, tmp_path):
    compute(Images(pixels), TRAINING, tmp_path, settings(finetune={"epochs": 0}), Run())
    assert set(content(tmp_path)) == {
        *("val.json", "test.json", "pooled.npy", "regions.npy"),
        *("backbone/backbone.json", "backbone/backbone.safetensors"),
    }
    val, test = (store.load(tmp_path, phase) for phase in store.PHASES)
    assert val.recipe == test.recipe == json.loads(json.dumps(test.recipe))
    assert (val.pooled.shape, val.regions.shape) == ((13, 96), (13, 1, 96))


@pytest.fixture(scope="module")
def tuned(settings, pixels, tmp_path_factory):
    folder, records = tmp_path_factory.mktemp("tuned"), []
    scratch = tmp_path_factory.mktemp("scratch")
    compute(Images(pixels), TRAINING, folder, settings(), Run(log=records.append, scratch=scratch))
    return folder, records


def test_a_tuned_one_serves_the_phase_it_was_tuned_for(tuned):
    folder, records = tuned
    val, test = (store.load(folder, phase) for phase in store.PHASES)
    assert val.pooled.shape == test.pooled.shape == (13, 96)
    assert not np.array_equal(val.pooled, test.pooled)
    assert val.recipe["finetuned"]["images"] == 6
    assert test.recipe["finetuned"]["images"] == 10
    epochs = [(record["phase"], record["epoch"]) for record in records]
    assert epochs == [("val", 1), ("val", 2), ("test", 1), ("test", 2)]


def test_the_same_bytes_again(tuned, settings, pixels, tmp_path):
    compute(Images(pixels), TRAINING, tmp_path, settings(), Run())
    assert content(tmp_path) == content(tuned[0])


def test_images_outside_the_training_rows_change_no_backbone(tuned, settings, pixels, tmp_path):
    other = pixels.copy()
    other[10:] = 255 - other[10:]
    compute(Images(other), TRAINING, tmp_path, settings(), Run())
    before, after = content(tuned[0]), content(tmp_path)
    assert (
        after["test-backbone/backbone.safetensors"] == before["test-backbone/backbone.safetensors"]
    )
    assert after["val-backbone/backbone.safetensors"] == before["val-backbone/backbone.safetensors"]
    assert after["test-pooled.npy"] != before["test-pooled.npy"]


def test_the_saved_backbone_makes_the_same_features_of_the_same_images(tuned, pixels):
    folder, _ = tuned
    loaded = backbone.load(folder / "test-backbone")
    pooled, _ = loaded(loaded.preprocess(Images(pixels), np.arange(5)))
    written = store.load(folder, "test").pooled[:5]
    np.testing.assert_array_equal(pooled.detach().half(), written)
