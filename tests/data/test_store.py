import json
from dataclasses import replace

import numpy as np
import pytest

from zslcore.data import store
from zslcore.data.dataset import Dataset
from zslcore.data.dataset_store import load_about, load_features, load_images, load_regions
from zslcore.data.prepared import save_dataset, save_phase
from zslcore.data.protocol import phases


@pytest.fixture
def dataset():
    """Six classes of 5 images; 4 and 5 are unseen, 3 plays unseen in the val phase."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(6), 5)
    rows = np.arange(30).reshape(6, 5)
    return Dataset(
        name="tiny",
        y=y,
        class_names=list("abcdef"),
        class_vectors=rng.normal(size=(6, 3)).astype(np.float32),
        trainval=rows[:4, :4].ravel(),
        test_seen=rows[:4, 4],
        test_unseen=rows[4:].ravel(),
        val_classes=np.array([3]),
        attribute_names=["p", "q", "r"],
        attribute_vectors=rng.normal(size=(3, 2)).astype(np.float32),
        features=rng.normal(size=(30, 7)).astype(np.float32),
        captions=[(f"caption {i}",) for i in range(30)],
        provenance={"split": {"name": "made here"}, "class_vectors": {"name": "att"}},
    )


@pytest.mark.parametrize("name", ["val", "test"])
def test_a_phase_comes_back_whole(dataset, tmp_path, name):
    phase = phases(dataset, seed=0)[name]
    save_phase(dataset, phase, tmp_path)
    inputs = store.Inputs(dataset.features, regions=dataset.features[:, None])
    problem = store.load_problem(tmp_path, inputs, transductive=True)

    np.testing.assert_array_equal(problem.x, dataset.features[phase.train_rows])
    np.testing.assert_array_equal(problem.regions[:], problem.x[:, None])
    np.testing.assert_array_equal(problem.y, phase.y)
    np.testing.assert_array_equal(problem.class_vectors, dataset.class_vectors[phase.classes])
    told = store.with_captions(problem, tmp_path)
    assert told.captions[3] == [f"caption {phase.train_rows[3]}"]
    said = [f"caption {row}" for row in phase.evaluation_rows]
    assert store.load_evaluation_captions(tmp_path) == [[each] for each in said]
    for c, of_class in enumerate(told.class_captions):
        expected = [each for each, y in zip(said, phase.evaluation_y, strict=True) if y == c]
        assert of_class == [[each] for each in sorted(expected)]
    assert list(problem.attribute_names) == ["p", "q", "r"]
    unseen = dataset.features[phase.evaluation_rows[phase.n_seen_evaluation :]]
    assert sorted(map(tuple, problem.x_unlabeled)) == sorted(map(tuple, unseen))

    truth = store.load_truth(tmp_path)
    np.testing.assert_array_equal(truth.y, phase.evaluation_y)
    np.testing.assert_array_equal(
        store.load_evaluation(tmp_path, inputs), dataset.features[phase.evaluation_rows]
    )
    regions = store.load_evaluation_regions(tmp_path, inputs)
    assert regions.shape == (len(truth.y), 1, 7)
    np.testing.assert_array_equal(regions[:], dataset.features[phase.evaluation_rows][:, None])


def test_an_inductive_problem_has_no_unlabelled_images(dataset, tmp_path):
    save_phase(dataset, phases(dataset, seed=0)["test"], tmp_path)
    assert store.load_problem(tmp_path, store.Inputs(dataset.features)).x_unlabeled is None


def test_without_region_maps_there_are_none_to_evaluate_on(dataset, tmp_path):
    save_phase(dataset, phases(dataset, seed=0)["test"], tmp_path)
    with pytest.raises(ValueError, match="there are no region maps"):
        store.load_evaluation_regions(tmp_path, store.Inputs(dataset.features))


def test_permuted_evaluation_labels_change_no_byte_of_the_problem(dataset, tmp_path):
    """Whatever the labels of evaluation images are, training reads the same files."""
    phase = phases(dataset, seed=0)["test"]
    shuffled = np.random.default_rng(1).permutation(phase.evaluation_y)
    other = type(phase)(**{**vars(phase), "evaluation_y": shuffled})
    save_phase(dataset, phase, tmp_path / "a")
    save_phase(dataset, other, tmp_path / "b")
    for file in sorted((tmp_path / "a" / "problem").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / "problem" / file.name).read_bytes()
    assert (tmp_path / "a/truth/y.npy").read_bytes() != (tmp_path / "b/truth/y.npy").read_bytes()


def test_a_dataset_on_disk_holds_no_label(dataset, tmp_path):
    save_dataset(dataset, tmp_path)
    np.testing.assert_array_equal(load_features(tmp_path), dataset.features)
    assert load_images(tmp_path) is None
    origin = load_about(tmp_path)["provenance"]
    assert origin["split"] == {"name": "made here"}
    assert len(origin["class_vectors"].pop("sha256")) == 64
    assert origin["class_vectors"] == {"name": "att"}
    text = (tmp_path / "dataset.json").read_text()
    assert not {"y", "labels"} & set(json.loads(text))


def test_region_maps_stay_where_they_are(dataset, tmp_path):
    path = tmp_path / "raw" / "maps.hdf5"
    for name, features in (("both", dataset.features), ("maps", None)):
        given = replace(dataset, features=features, regions=path, images=np.zeros((30, 2, 2, 3)))
        save_dataset(given, tmp_path / name)
        assert load_regions(tmp_path / name) == path
        assert load_images(tmp_path / name) is None
        assert (load_features(tmp_path / name) is None) == (features is None)
    save_dataset(dataset, tmp_path / "features")
    assert load_regions(tmp_path / "features") is None


def test_a_dataset_without_features_and_images_is_refused(dataset, tmp_path):
    with pytest.raises(ValueError, match="tiny has neither features nor images"):
        save_dataset(replace(dataset, features=None), tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_without_captions_there_are_none_to_load(dataset, tmp_path):
    dataset = replace(dataset, captions=None)
    save_phase(dataset, phases(dataset, seed=0)["test"], tmp_path)
    problem = store.load_problem(tmp_path, store.Inputs(dataset.features))
    assert store.load_evaluation_captions(tmp_path) == []
    with pytest.raises(ValueError, match="the dataset has no captions"):
        store.with_captions(problem, tmp_path)
