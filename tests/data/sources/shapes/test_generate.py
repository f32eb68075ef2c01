import hashlib
import json

import numpy as np
import pytest
from pydantic import ValidationError

from zslcore.data.sources.shapes.config import ShapesConfig
from zslcore.data.sources.shapes.generate import load


def digest(data):
    """One hash over everything that a stage could read, but the settings themselves."""
    arrays = (data.images, data.y, data.class_vectors, data.attribute_vectors)
    splits = (data.trainval, data.test_seen, data.test_unseen, data.val_classes)
    text = json.dumps([data.class_names, data.attribute_names, data.captions])
    return hashlib.sha256(
        b"".join(a.tobytes() for a in arrays + splits) + text.encode()
    ).hexdigest()


@pytest.fixture(scope="module")
def data(tiny):
    return load(tiny(), "shapes", seed=0)


@pytest.fixture(scope="module")
def fingerprint(data):
    return digest(data)


def test_same_seed_same_bytes(tiny, fingerprint):
    assert digest(load(tiny(), "shapes", seed=0)) == fingerprint


def test_other_seed_other_everything(tiny, data):
    other = load(tiny(), "shapes", seed=1)
    assert set(other.class_names) != set(data.class_names)
    assert other.captions != data.captions
    assert other.images.tobytes() != data.images.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        {"image_size": 33},
        {"seen_classes": 41},
        {"val_classes": 7},
        {"unseen_classes": 13},
        {"marked_train_classes": 3},
        {"sibling_share": 0.3},
        {"images_per_seen_class": 6},
        {"test_share": 0.4},
        {"unseen_images_min": 3},
        {"unseen_images_max": 9},
        {"hue_jitter": 0.03},
        {"noise": 21.0},
        {"occlusion": 0.6},
        {"captions_per_image": 3},
        {"mention_rate": 0.5},
        {"caption_noise": 0.2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_setting_matters(tiny, fingerprint, change):
    assert digest(load(tiny(**change), "shapes", seed=0)) != fingerprint


def test_every_setting_is_in_the_test_above():
    (mark,) = [m for m in test_every_setting_matters.pytestmark if m.name == "parametrize"]
    changed = {key for change in mark.args[1] for key in change}
    in_test_sentences = {"class_vectors", "sentences_per_class"}
    assert changed == set(ShapesConfig.model_fields) - in_test_sentences - {"source"}


def test_more_images_leave_the_others_as_they_were(tiny, data):
    more = load(tiny(images_per_seen_class=7), "shapes", seed=0)
    first = np.flatnonzero(more.y == 3)[:5]
    np.testing.assert_array_equal(more.images[first], data.images[data.y == 3])
    assert [more.captions[row] for row in first] == [data.captions[row] for row in range(15, 20)]


def test_shapes_and_types(data):
    n, k, a = len(data.y), len(data.class_names), len(data.attribute_names)
    assert data.images.shape == (n, 32, 32, 3)
    assert data.images.dtype == np.uint8
    assert (data.y.dtype, data.class_vectors.dtype) == (np.int64, np.float32)
    assert data.class_vectors.shape == (k, a)
    assert data.attribute_vectors.shape[0] == a
    assert data.attribute_vectors.dtype == np.float32
    assert data.features is None
    assert [len(captions) for captions in data.captions] == [2] * n
    assert json.loads(json.dumps(data.provenance)) == data.provenance


def test_split_is_a_partition_that_holds_out_a_fifth_of_each_seen_class(data):
    rows = np.concatenate([data.trainval, data.test_seen, data.test_unseen])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(data.y)))
    np.testing.assert_array_equal(np.bincount(data.y[data.trainval]), [4] * 40)
    np.testing.assert_array_equal(np.bincount(data.y[data.test_seen]), [1] * 40)
    assert set(data.y[data.test_unseen]) == set(range(40, 52))
    assert set(data.val_classes) < set(range(40))
    assert len(set(data.val_classes)) == 8


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_an_extreme_share_leaves_images_on_both_sides(tiny, share):
    data = load(tiny(test_share=share, images_per_seen_class=3), "shapes", seed=0)
    assert np.bincount(data.y[data.trainval]).tolist() == [2] * 40
    assert np.bincount(data.y[data.test_seen]).tolist() == [1] * 40


def test_unseen_prior_is_skewed(data, tiny):
    counts = np.bincount(data.y)[40:]
    assert (counts.min(), counts.max()) == (2, 8)
    assert np.std(counts) > 0.3 * np.mean(counts)
    other = np.bincount(load(tiny(), "shapes", seed=1).y)[40:]
    assert sorted(other) == sorted(counts)
    assert not np.array_equal(other, counts)


def test_images_of_a_class_differ_even_without_noise(tiny):
    data = load(tiny(noise=0, hue_jitter=0, occlusion=0), "shapes", seed=0)
    for c in range(40):
        own = data.images[data.y == c].astype(int)
        assert np.abs(own[:, None] - own).mean(axis=(2, 3, 4))[~np.eye(5, dtype=bool)].min() > 5


def test_noise_has_the_standard_deviation_that_was_asked_for(tiny, data):
    clean = load(tiny(noise=0), "shapes", seed=0).images.astype(float)
    inner = (clean > 80) & (clean < 175)  # far from where it would be cut off
    assert np.std((data.images - clean)[inner]) == pytest.approx(20, rel=0.02)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"val_classes": 11}, "at least 30 classes"),
        ({"marked_train_classes": 9}, "2 to a quarter"),
        ({"unseen_images_min": 9}, "is above"),
        ({"noise": -1}, "noise"),
        ({"blur": 1}, "blur"),
    ],
)
def test_settings_that_do_not_fit_are_refused(tiny, change, message):
    with pytest.raises(ValidationError, match=message):
        tiny(**change)
