"""The two phases of a dataset: what they contain, what they must never contain."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zslcore.data.checks import check, refuse_leak
from zslcore.data.dataset import Dataset
from zslcore.data.protocol import phases


def make(sizes, unseen, val, test_seen=1, seed=0):
    """A dataset with this many images of each class, in random order."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    is_unseen, first = np.isin(y, unseen), np.zeros(len(y), dtype=bool)
    for c in set(range(len(sizes))) - set(unseen):
        first[np.flatnonzero(y == c)[:test_seen]] = True
    return Dataset(
        name="toy",
        y=y,
        class_names=[f"c{i}" for i in range(len(sizes))],
        class_vectors=rng.random((len(sizes), 3), dtype=np.float32),
        trainval=np.flatnonzero(~is_unseen & ~first),
        test_seen=np.flatnonzero(~is_unseen & first),
        test_unseen=np.flatnonzero(is_unseen),
        val_classes=np.array(val),
    )


@pytest.fixture
def dataset():
    return make([20] * 8, unseen=[2, 5], val=[0, 7], test_seen=4)


@st.composite
def datasets(draw):
    sizes = draw(st.lists(st.integers(3, 30), min_size=3, max_size=12))
    order = draw(st.permutations(range(len(sizes))))
    n_unseen = draw(st.integers(1, len(sizes) - 2))
    seen = order[n_unseen:]
    n_val = draw(st.integers(1, len(seen) - 1))
    return make(sizes, order[:n_unseen], sorted(seen[:n_val]), seed=draw(st.integers(0, 9)))


@settings(max_examples=60, deadline=None)
@given(datasets(), st.integers(0, 3), st.sampled_from([0.01, 0.2, 0.5, 0.99]))
def test_every_phase_is_sound(dataset, seed, holdout):
    for name, phase in phases(dataset, seed, holdout).items():
        n = phase.n_seen_evaluation
        rows, train = phase.evaluation_rows, phase.train_rows
        assert not set(train) & set(rows)
        assert len(set(train)) == len(train)
        assert len(set(rows)) == len(rows)
        np.testing.assert_array_equal(phase.classes[phase.y], dataset.y[train])
        np.testing.assert_array_equal(phase.classes[phase.evaluation_y], dataset.y[rows])
        assert phase.seen[phase.y].all()
        assert phase.seen[phase.evaluation_y[:n]].all()
        assert not phase.seen[phase.evaluation_y[n:]].any()
        assert set(phase.y) == set(np.flatnonzero(phase.seen))
        assert sorted(phase.unlabeled_rows) == sorted(rows[n:])
        assert (np.diff(phase.classes) > 0).all()
        if name == "val":
            assert {*train, *rows} == set(dataset.trainval)
            assert set(phase.classes) == set(dataset.y[dataset.trainval])
            assert set(phase.classes[~phase.seen]) == set(dataset.val_classes)
            kept = np.bincount(phase.y, minlength=len(phase.seen))[phase.seen]
            held = np.bincount(phase.evaluation_y[:n], minlength=len(phase.seen))[phase.seen]
            assert (kept >= 1).all()
            assert (held >= 1).all()
            share = holdout * (kept + held)
            assert ((np.abs(held - share) <= 0.5) | (held == 1) | (kept == 1)).all()
        else:
            np.testing.assert_array_equal(phase.classes, np.arange(len(dataset.class_names)))
            assert set(train) == set(dataset.trainval)
            assert set(rows[:n]) == set(dataset.test_seen)
            assert set(rows[n:]) == set(dataset.test_unseen)


def test_a_fifth_of_each_training_class_is_held_out():
    """Class sizes 2, 3, 10, 14 less the test image of each: 0.2 of 1, 2, 9, 13 at least 1."""
    phase = phases(make([3, 3, 10, 14, 5, 5], unseen=[5], val=[4]), seed=0)["val"]
    held = np.bincount(phase.evaluation_y[: phase.n_seen_evaluation])
    assert held.tolist() == [1, 1, 2, 3]
    assert np.bincount(phase.y).tolist() == [1, 1, 7, 10]


def test_the_order_of_evaluation_images_tells_nothing(dataset):
    """Files list images class by class: in their order every row would follow a smaller one."""
    for phase in phases(dataset, seed=0).values():
        n = phase.n_seen_evaluation
        seen, unseen = phase.evaluation_rows[:n], phase.evaluation_rows[n:]
        for rows in (seen, unseen, phase.unlabeled_rows):
            assert 0.25 < (np.diff(rows) > 0).mean() < 0.75
        assert phase.unlabeled_rows.tolist() != unseen.tolist()


def test_phases_depend_on_the_seed_alone(dataset):
    a, b, c = (phases(dataset, seed) for seed in (0, 0, 1))
    for name in ("val", "test"):
        np.testing.assert_array_equal(a[name].train_rows, b[name].train_rows)
        np.testing.assert_array_equal(a[name].evaluation_rows, b[name].evaluation_rows)
        assert a[name].evaluation_rows.tolist() != c[name].evaluation_rows.tolist()
    assert set(a["val"].train_rows) != set(c["val"].train_rows)


def test_test_labels_reach_nothing_that_training_reads(dataset):
    """Shuffling the labels inside the test sets changes no training set and no row order."""
    y = dataset.y.copy()
    for rows in (dataset.test_seen, dataset.test_unseen):
        y[rows] = np.roll(y[rows], 3)
    before, after = phases(dataset, seed=0), phases(replace(dataset, y=y), seed=0)
    for name in before:
        for field in ("train_rows", "y", "seen", "evaluation_rows", "unlabeled_rows"):
            np.testing.assert_array_equal(getattr(before[name], field), getattr(after[name], field))
    np.testing.assert_array_equal(before["val"].evaluation_y, after["val"].evaluation_y)


def test_val_does_not_depend_on_the_test_images(dataset):
    fewer = replace(dataset, test_seen=dataset.test_seen[:12], test_unseen=dataset.test_unseen[:30])
    a, b = phases(dataset, seed=0)["val"], phases(fewer, seed=0)["val"]
    np.testing.assert_array_equal(a.evaluation_rows, b.evaluation_rows)


def test_a_class_with_one_image_cannot_be_divided():
    with pytest.raises(ValueError, match="class c1 has one training image"):
        phases(make([9, 2, 9, 9], unseen=[3], val=[0]), seed=0)


@pytest.mark.parametrize("holdout", [0.0, 1.0, -0.1])
def test_share_of_held_out_images(dataset, holdout):
    with pytest.raises(ValueError, match=f"{holdout}; allowed: between 0 and 1"):
        phases(dataset, 0, holdout)


def test_test_images_are_refused_in_a_validation_phase(dataset):
    naive = {
        "train_loc": np.concatenate((dataset.trainval[:9], dataset.test_seen[:5])),
        "val_loc": np.concatenate((dataset.trainval[9:], dataset.test_unseen[:2])),
        "fine": dataset.trainval,
    }
    with pytest.raises(ValueError, match=r"5 in train_loc, 2 in val_loc\. Use images of trainval"):
        refuse_leak(naive, dataset)
    refuse_leak({"fine": dataset.trainval}, dataset)


def changed(dataset, field, at, value):
    array = np.array(getattr(dataset, field))
    array[at] = value
    return replace(dataset, **{field: array})


BROKEN = {
    "label": (
        lambda d: changed(d, "y", 3, 8),
        "labels are to run from 0 to 7: they run from 0 to 8",
    ),
    "negative row": (lambda d: changed(d, "trainval", 0, -1), "trainval is to have rows from 0"),
    "row too far": (lambda d: changed(d, "test_seen", 0, 160), "test_seen .* run from .* to 160"),
    "twice": (lambda d: changed(d, "trainval", 0, d.trainval[1]), "trainval lists 1 rows more"),
    "empty": (lambda d: replace(d, test_seen=d.test_seen[:0]), "test_seen .* it is empty"),
    "overlap": (
        lambda d: changed(d, "test_unseen", [0, 1], d.trainval[:2]),
        "trainval and test_unseen share 2 images",
    ),
    "unseen in training": (
        lambda d: replace(
            d, trainval=np.append(d.trainval, d.test_unseen[0]), test_unseen=d.test_unseen[1:]
        ),
        "1 unseen classes with training images: c[25]",
    ),
    "test_seen of an unseen class": (
        lambda d: replace(
            d, test_seen=np.append(d.test_seen, d.test_unseen[0]), test_unseen=d.test_unseen[1:]
        ),
        "1 classes of test_seen without training images: c[25]",
    ),
    "class without images": (
        lambda d: replace(d, class_names=[*d.class_names, "gnu"], class_vectors=np.ones((9, 3))),
        "1 classes without an image in any set: gnu",
    ),
    "unseen val class": (
        lambda d: replace(d, val_classes=np.array([0, 5])),
        "1 validation classes that are not seen classes: c5",
    ),
    "no val class": (lambda d: replace(d, val_classes=np.array([], int)), "0 validation classes"),
    "all val classes": (
        lambda d: replace(d, val_classes=np.array([0, 1, 3, 4, 6, 7])),
        "6 validation classes of 6 seen ones; allowed: 1 to 5",
    ),
    "val class twice": (
        lambda d: replace(d, val_classes=np.array([7, 7])),
        "validation classes that occur more than once: c7",
    ),
    "class name twice": (
        lambda d: replace(d, class_names=["c1", *d.class_names[1:]]),
        "class names that occur more than once: c1",
    ),
    "class vectors": (
        lambda d: replace(d, class_vectors=d.class_vectors[1:]),
        r"class vectors have shape \(7, 3\) for 8 class names",
    ),
    "NaN class vector": (
        lambda d: changed(d, "class_vectors", (4, 1), np.nan),
        "class_vectors has NaN .* first row 4",
    ),
    "attribute vectors": (
        lambda d: replace(d, attribute_vectors=np.ones((2, 5))),
        "2 attribute vectors for 3 attributes",
    ),
    "features of other images": (
        lambda d: replace(d, features=np.ones((159, 4))),
        r"features have shape \(159, 4\) for 160 labels",
    ),
    "infinite feature": (
        lambda d: replace(d, features=np.where(np.arange(160)[:, None] == 70, np.inf, np.ones(4))),
        "features has NaN or infinite values in 1 rows, first row 70",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_datasets_have_no_phases(dataset, case):
    damage, message = BROKEN[case]
    check(dataset)
    with pytest.raises(ValueError, match=f"toy: .*{message}"):
        phases(damage(dataset), seed=0)
