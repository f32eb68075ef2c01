"""The written folder: in COCO's layout, the same for the same seed, scene by scene."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from zslcore.data.panoptic.files import read, read_map
from zslcore.data.sources.scenes.classes import CLASSES
from zslcore.data.sources.scenes.generate import CLASS_VECTORS, TRAIN, VAL, generate, shoot
from zslcore.data.sources.scenes.load import load


def digest(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


@pytest.fixture(scope="module")
def written(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    generate(tiny(), folder, seed=3)
    return folder


@pytest.fixture(scope="module")
def dataset(tiny, tmp_path_factory):
    return load(tiny(), tmp_path_factory.mktemp("scenes"), "scenes", 3, None)


def test_the_same_seed_gives_the_same_bytes(tiny, written, tmp_path):
    generate(tiny(), tmp_path, seed=3)
    assert digest(tmp_path) == digest(written)


def test_another_seed_gives_other_scenes(tiny, written, tmp_path):
    generate(tiny(), tmp_path, seed=4)
    one, other = digest(written), digest(tmp_path)
    assert one.keys() == other.keys()
    assert not {name for name in one if name.endswith(".png") and one[name] == other[name]}
    assert one[CLASS_VECTORS] != other[CLASS_VECTORS]


def test_a_scene_depends_on_no_other(tiny, written, tmp_path):
    generate(tiny(train=3, val=2), tmp_path, seed=3)
    less, all_of = digest(tmp_path), digest(written)
    images = [name for name in less if name.endswith(".png")]
    assert len(images) == 10
    assert all(less[name] == all_of[name] for name in images)


def test_train_and_val_show_other_scenes(tiny):
    train, val = (shoot(tiny(mixed=0.0), (0, part, 1))[0] for part in (TRAIN, VAL))
    assert (train != val).any()


def test_files_agree_with_the_scenes(tiny, written):
    held = read(written / "truth/panoptic_val.json")
    assert len(held.annotations) == 6
    for n, annotation in enumerate(held.annotations):
        pixels, ids, scene = shoot(tiny(), (3, VAL, n))
        np.testing.assert_array_equal(read_map(written / "truth/panoptic_val", annotation), ids)
        with Image.open(written / "problem/images/val" / annotation.image.file) as image:
            np.testing.assert_array_equal(np.asarray(image), pixels)
        labels = [*scene.stuff, *(each.label for each in scene.things)]
        assert [each.category - 1 for each in annotation.segments] == labels


def test_nothing_that_training_reads_tells_the_truth_of_val(written):
    below = {path.relative_to(written).as_posix() for path in written.glob("*/*")}
    assert below == {
        *("problem/images", "problem/class_vectors.csv"),
        *("problem/panoptic_train", "problem/panoptic_train.json"),
        *("truth/panoptic_val", "truth/panoptic_val.json"),
    }


def test_noise_has_its_size(tiny):
    clean, noisy = (shoot(tiny(noise=noise), (0, VAL, 0))[0] for noise in (0.0, 8.0))
    away = (clean > 30) & (clean < 225)  # what is not clipped
    difference = noisy[away].astype(float) - clean[away]
    assert difference.std() == pytest.approx(8, rel=0.1)


def test_scenes_with_unseen_classes_are_not_trained_on(dataset):
    seen = dataset.split.seen
    assert [int(seen.sum()), len(seen)] == [21, 28]
    assert seen[dataset.training.segments[:, 2]].all()
    assert not seen[dataset.evaluation.segments[:, 2]].all()
    dropped = dataset.dropped
    assert dropped["images"] == 12
    assert 0 < dropped["with_unseen"] < 12
    assert len(dataset.training) == dropped["kept"] == 12 - dropped["with_unseen"]
    assert len(dataset.evaluation) == 6


def test_no_mixed_scene_means_none_is_dropped(tiny, tmp_path):
    found = load(tiny(mixed=0.0), tmp_path, "scenes", 0, None)
    assert found.dropped["with_unseen"] == 0
    assert len(found.training) == 12


def test_val_shows_unseen_classes_even_if_no_training_scene_is_mixed(tiny):
    scenes = [shoot(tiny(mixed=0.0), (0, VAL, n))[2] for n in range(10)]
    labels = {k for scene in scenes for k in (*scene.stuff, *(t.label for t in scene.things))}
    assert not all(CLASSES[k].seen for k in labels)


def test_attributes_have_names_and_projected_vectors_none(tiny, tmp_path, dataset):
    assert dataset.class_vectors.shape == (28, 32)
    assert list(dataset.attribute_names) == []
    named = load(tiny(class_vectors="attributes"), tmp_path, "scenes", 3, None)
    assert named.class_vectors.shape == (28, 9)
    striped = named.class_vectors[:, list(named.attribute_names).index("striped")] > 0
    assert [look.pattern == "striped" for look in CLASSES] == striped.tolist()


def test_only_mixed_scenes_are_refused(tiny):
    with pytest.raises(ValueError, match="below 1"):
        tiny(mixed=1.0)
