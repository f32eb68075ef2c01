"""What is given of the labels, and that nothing is unless it is asked for."""

import json
from pathlib import Path

import numpy as np
import pytest

from stages import give_oracle, paths
from stages.settings import resolved
from zslcore.data import oracle
from zslcore.data.dataset import Dataset
from zslcore.data.prepared import save_phase
from zslcore.data.problem import Problem
from zslcore.data.protocol import phases
from zslcore.features import store
from zslcore.runtime.files import write_json
from zslcore.runtime.params_file import read_yaml

PARAMS = Path(__file__).parents[2] / "params.yaml"
DEFAULTS = resolved(read_yaml(PARAMS))["shapes"].model_dump(mode="json")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def problem(rng):
    """Five classes; 1 and 4 are unseen."""
    y = np.repeat([0, 2, 3], 4)
    return Problem(
        x=rng.normal(size=(12, 6)).astype(np.float32) + 100,
        y=rng.permutation(y),
        class_vectors=rng.normal(size=(5, 3)).astype(np.float32),
        seen=np.array([True, False, True, True, False]),
        class_names=list("abcde"),
        attribute_names=list("pqr"),
        attribute_vectors=rng.normal(size=(3, 2)).astype(np.float32),
        x_unlabeled=rng.normal(size=(7, 6)).astype(np.float32),
    )


@pytest.fixture
def evaluation(rng):
    """Features and labels of evaluation images: 3 seen ones, 5 of class 1 and 2 of class 4."""
    y = np.concatenate(([0, 2, 3], rng.permutation([1, 1, 1, 1, 1, 4, 4])))
    return rng.normal(size=(10, 6)).astype(np.float32), y


def test_known_prior_by_hand():
    y = np.array([0, 0, 0, 3, 1, 3, 3])
    prior = oracle.known_prior(y, np.array([True, False, False, False]))
    assert prior.tolist() == [1 / 4, 0, 3 / 4]
    assert prior.dtype == np.float64


def test_there_is_no_prior_without_unseen_images():
    with pytest.raises(ValueError, match="no evaluation image is of an unseen class"):
        oracle.known_prior(np.array([0, 0]), np.array([True, False]))


def test_prototypes_are_means_of_training_images_or_of_labelled_unseen_ones(
    problem, evaluation, rng
):
    x, y = evaluation
    found = oracle.prototypes(problem, x, y, 0, rng)
    expected = [
        np.mean([image for image, c in zip(problem.x, problem.y, strict=True) if c == k], axis=0)
        if k in (0, 2, 3)
        else np.mean([image for image, c in zip(x, y, strict=True) if c == k], axis=0)
        for k in range(5)
    ]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_shots_are_images_of_the_class_drawn_without_replacement(problem, evaluation):
    """Of the 5 images of class 1, every pair is drawn, with equal chances; class 4 has just 2."""
    x, y = evaluation
    own = np.flatnonzero(y == 1).tolist()
    pairs = {(i, j): x[[i, j]].mean(axis=0) for i in own for j in own if i < j}
    drawn = []
    for seed in range(200):
        found = oracle.prototypes(problem, x, y, 2, np.random.default_rng(seed))
        np.testing.assert_allclose(found[4], x[y == 4].mean(axis=0), rtol=1e-5, atol=1e-6)
        drawn += [pair for pair, mean in pairs.items() if np.allclose(mean, found[1], atol=1e-6)]
    counts = [drawn.count(pair) for pair in pairs]
    assert len(drawn) == 200
    assert min(counts) >= 8  # 20 expected of each of the 10
    assert max(counts) <= 36


@pytest.mark.parametrize("shots", [0, 5, 6])
def test_no_number_of_shots_gives_more_than_there_are(problem, evaluation, shots):
    x, y = evaluation
    found = oracle.prototypes(problem, x, y, shots, np.random.default_rng(0))
    np.testing.assert_allclose(found[1], x[y == 1].mean(axis=0), rtol=1e-5, atol=1e-6)


def test_more_shots_are_the_same_and_others(problem, evaluation):
    x, y = evaluation
    first, second = (
        oracle.prototypes(problem, x, y, n, np.random.default_rng(3))[1].astype(float)
        for n in (1, 2)
    )
    other = 2 * second - first
    assert any(np.allclose(other, image, atol=1e-5) for image in x[y == 1])
    assert not np.allclose(other, first)


def test_seen_classes_do_not_depend_on_the_draw(problem, evaluation):
    one, other = (
        oracle.prototypes(problem, *evaluation, 1, np.random.default_rng(s)) for s in (0, 1)
    )
    np.testing.assert_array_equal(one[problem.seen], other[problem.seen])
    assert not np.array_equal(one, other)


def test_a_class_without_an_image_has_no_prototype(problem, evaluation, rng):
    x, y = evaluation
    with pytest.raises(ValueError, match="of the unseen class e: it can have no prototype"):
        oracle.prototypes(problem, x[y != 4], y[y != 4], 1, rng)


def test_applied_replaces_class_vectors_and_drops_their_attributes(problem):
    vectors = np.ones((5, 6), np.float32)
    changed = oracle.applied(problem, oracle.Oracle(class_vectors=vectors))
    assert changed.class_vectors is vectors
    assert (changed.attribute_names, changed.attribute_vectors) == ((), None)
    for name in ("x", "y", "seen", "class_names", "x_unlabeled"):
        assert getattr(changed, name) is getattr(problem, name)


def test_applied_leaves_a_problem_alone_that_gets_no_class_vectors(problem):
    assert oracle.applied(problem, oracle.Oracle(prior=np.array([0.5, 0.5]))) is problem


@pytest.mark.parametrize("with_prior", [False, True])
@pytest.mark.parametrize("with_vectors", [False, True])
def test_files_hold_what_is_given_and_no_more(tmp_path, with_prior, with_vectors):
    """Whatever an earlier run was given."""
    both = oracle.Oracle(np.array([0.25, 0.75]), np.ones((3, 2), np.float32))
    oracle.save(both, tmp_path / "new")
    given = oracle.Oracle(
        both.prior if with_prior else None, both.class_vectors if with_vectors else None
    )
    oracle.save(given, tmp_path / "new")
    names = ["class_vectors"] * with_vectors + ["prior"] * with_prior
    assert json.loads((tmp_path / "new" / "oracle.json").read_text()) == {"given": names}
    files = {path.name for path in (tmp_path / "new").iterdir()}
    assert files == {"oracle.json", *(f"{name}.npy" for name in names)}

    back = oracle.load(tmp_path / "new")
    assert back.given == tuple(names)
    for name in ("prior", "class_vectors"):
        kept, read = getattr(given, name), getattr(back, name)
        assert (kept is None and read is None) or (
            np.array_equal(kept, read) and kept.dtype == read.dtype
        )


@pytest.fixture
def prepared(tmp_path, monkeypatch, rng):
    """A dataset of 6 classes of 5 images, 4 and 5 unseen, as `prepare` and `features` leave it."""
    monkeypatch.chdir(tmp_path)
    rows = np.arange(30).reshape(6, 5)
    dataset = Dataset(
        name="tiny",
        y=np.repeat(np.arange(6), 5),
        class_names=list("abcdef"),
        class_vectors=rng.normal(size=(6, 3)).astype(np.float32),
        trainval=rows[:4, :4].ravel(),
        test_seen=rows[:4, 4],
        test_unseen=np.concatenate((rows[4], rows[5, :2])),
        val_classes=np.array([3]),
        features=rng.normal(size=(30, 7)).astype(np.float32),
    )
    save_phase(dataset, phases(dataset, seed=0)["test"], paths.prepared("tiny") / "test")
    store.from_array(dataset.features, paths.features("tiny"), {})
    return dataset


def ask(estimator="cpe", knowledge="class_vectors", shots=0, seed=0):
    """Run the stage with these settings, the others as in params.yaml; the files it wrote."""
    settings = {"knowledge": knowledge, "shots": shots}
    prior = {**DEFAULTS["bivaegan"]["prior"], "estimator": estimator}
    bivaegan = {**DEFAULTS["bivaegan"], **settings, "prior": prior}
    write_json({"seed": seed, "bivaegan": bivaegan}, paths.config("tiny", "give_oracle"))
    give_oracle.main("tiny", "test")
    return oracle.load(paths.oracle("bivaegan", "tiny", "test"))


def test_the_stage_gives_nothing_that_is_not_asked_for(prepared):
    assert ask().given == ()


def test_the_stage_gives_the_prior(prepared):
    found = ask(estimator="oracle")
    assert found.given == ("prior",)
    assert found.prior.tolist() == [5 / 7, 2 / 7]


def test_the_stage_gives_prototypes(prepared):
    found = ask(knowledge="prototypes")
    assert found.given == ("class_vectors",)
    images = [*(range(c * 5, c * 5 + 4) for c in range(4)), range(20, 25), range(25, 27)]
    expected = [prepared.features[list(rows)].mean(axis=0) for rows in images]
    np.testing.assert_allclose(found.class_vectors, expected, rtol=1e-5, atol=1e-6)


def test_the_stage_draws_as_many_shots_as_asked_for_with_the_seed(prepared):
    def shot(seed):
        found = ask(knowledge="prototypes", shots=1, seed=seed).class_vectors[4]
        (row,) = np.flatnonzero((prepared.features == found).all(axis=1)).tolist()
        return row

    assert {shot(seed) for seed in range(30)} == set(range(20, 25))
    assert shot(7) == shot(7)
