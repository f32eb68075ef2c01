"""The data card: numbers by hand, and that they reach the page."""

import json
from dataclasses import replace

import numpy as np
import pytest

from zslcore.data.card import card, markdown
from zslcore.data.dataset import Dataset
from zslcore.data.protocol import phases
from zslcore.data.statistics import attribute_variance_cosine, per_class, prior


@pytest.fixture
def dataset():
    """Classes 0-2 are seen with 4, 4, 8 images and one more to test on; 3 and 4 have 3 and 1."""
    y = np.repeat([0, 1, 2, 3, 4], [5, 5, 9, 3, 1])
    first = np.flatnonzero(np.diff(y, prepend=-1))[:3]
    return Dataset(
        name="toy",
        y=np.append(y, 4),
        class_names=list("abcde"),
        class_vectors=np.array([[3, 4], [1, 0], [0, 1], [-1, 0], [0, 2]], dtype=np.float32),
        trainval=np.setdiff1d(np.flatnonzero(y < 3), first),
        test_seen=first,
        test_unseen=np.flatnonzero(y >= 3),
        val_classes=np.array([1]),
        features=np.ones((24, 6), dtype=np.float32),
        provenance={"files": {"a.mat": "0" * 64}, "leaks": {"train_loc_in_test_seen": 34}},
        notes=("Something is unusual.",),
    )


def test_card_by_hand(dataset):
    page = card(dataset, phases(dataset, seed=0))
    sets = {"trainval": 16, "test_seen": 3, "test_unseen": 4}
    assert page["images"] == {"all": 24, **sets, "unused": 1}
    assert (page["classes"], page["features"]) == (5, 6)
    assert page["class_vectors"] == {
        "size": 2,
        "norm_min": 1.0,
        "norm_max": 5.0,
        "negative_entries": 1,
    }
    training = page["phases"]["test"]["training"]
    assert training == {
        "classes": 3,
        "images": 16,
        "min": 4,
        "median": 4.0,
        "max": 8,
        "ratio": 2.0,
    }
    assert page["phases"]["val"]["evaluation_unseen"]["images"] == 4
    assert page["phases"]["test"]["unseen_prior"] == prior(np.array([3, 1]))
    assert page["leaks"]["raw files"] == {"train_loc_in_test_seen": 34}
    assert set(page["leaks"]["phases"].values()) == {0}
    assert "leaks" not in page["provenance"]


def test_card_is_json(dataset):
    page = card(dataset, phases(dataset, seed=0))
    assert json.loads(json.dumps(page)) == page


def test_leaks_of_a_phase_are_counted(dataset):
    """Phases made wrong on purpose: what the protocol refuses, the card would show."""
    good = phases(dataset, seed=0)
    leaky = replace(good["val"], train_rows=np.append(good["val"].train_rows, [0, 20]))
    leaks = card(dataset, {**good, "val": leaky})["leaks"]["phases"]
    assert leaks["val_images_from_the_test_sets"] == 2
    train = np.append(good["test"].train_rows, good["test"].evaluation_rows[-2:])
    leaks = card(dataset, {**good, "test": replace(good["test"], train_rows=train)})["leaks"][
        "phases"
    ]
    assert leaks["test_training_images_evaluated_on"] == 2
    assert leaks["test_training_images_of_unseen_classes"] == 2
    assert leaks["val_images_from_the_test_sets"] == 0


def test_page_shows_the_card(dataset):
    text = markdown(card(dataset, phases(dataset, seed=0)))
    assert text.startswith("# toy\n")
    assert "| images, test unseen | 4 |" in text
    assert "| test | training | 3 | 16 | 4 | 4.0 | 8 | 2.0 |" in text
    assert "| raw files | train loc in test seen | 34 |" in text
    assert "- Something is unusual." in text
    assert '"a.mat": "000' in text
    table = [line.count("|") for line in text.splitlines() if line.startswith("| test")]
    assert set(table[:3]) == {9}


def test_prior_by_hand():
    """Frequencies 1/2, 1/4, 1/4: 1.5 bits; a class without images adds nothing."""
    found = prior(np.array([4, 2, 0, 2]))
    assert found["entropy"] == pytest.approx(1.5 * np.log(2), abs=1e-6)
    assert found["entropy_if_uniform"] == pytest.approx(np.log(4), abs=1e-6)
    assert found["largest_share"] == 0.5
    assert str(prior(np.array([7]))["entropy"]) == "0.0"


def test_classes_without_images_have_no_ratio():
    assert per_class(np.array([0, 2]))["ratio"] is None


def test_variance_cosine_agrees_with_a_list_of_images():
    """Every image carries its class's unit vector: np.var over the images, one by one."""
    rng = np.random.default_rng(0)
    vectors, train, test = rng.random((6, 5)), rng.integers(0, 9, 6), rng.integers(0, 9, 6)
    unit = vectors / np.sqrt((vectors**2).sum(axis=1, keepdims=True))
    a, b = (np.repeat(unit, counts, axis=0).var(axis=0) for counts in (train, test))
    expected = a @ b / np.sqrt(a @ a) / np.sqrt(b @ b)
    assert attribute_variance_cosine(vectors, train, test) == pytest.approx(expected, abs=1e-6)


def test_variance_cosine_of_extremes():
    """The same images: 1. Attributes that vary on one side only: 0. One class: nothing varies."""
    vectors = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    a, b = np.array([3, 1, 0, 0]), np.array([0, 0, 2, 2])
    assert attribute_variance_cosine(vectors, a, a) == 1.0
    assert attribute_variance_cosine(vectors, a, b) == 0.0
    assert attribute_variance_cosine(vectors, a, np.array([0, 0, 0, 5])) is None
