"""Classes that no training knew of: told by their vectors, scored by what was learnt."""

import numpy as np
import pytest

from tests.methods.test_conformance import SETTINGS, train
from zslcore.data.problem import Problem
from zslcore.methods.baselines.config import NAMES
from zslcore.methods.baselines.method import load

NEW = 0b0101  # an unseen class of the toy


@pytest.fixture(scope="module", params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name, toy):
    return train(name, toy)


def again(problem, *classes):
    """Vectors and mask of all classes, and of some once more, as unseen ones."""
    vectors = np.concatenate([problem.class_vectors, problem.class_vectors[list(classes)]])
    return vectors, np.concatenate([problem.seen, np.zeros(len(classes), bool)])


def test_an_unseen_class_told_again_has_exactly_its_scores(model, toy):
    scores = model.with_classes(*again(toy.problem, NEW, 0b1100)).scores(toy.x)
    assert np.array_equal(scores[..., 16], scores[..., NEW])
    assert np.array_equal(scores[..., 17], scores[..., 0b1100])


def test_the_others_keep_their_scores(model, toy):
    scores = model.with_classes(*again(toy.problem, NEW)).scores(toy.x)
    np.testing.assert_allclose(scores[..., :16], model.scores(toy.x), rtol=1e-5, atol=1e-4)


def test_a_class_left_out_of_training_scores_as_one_that_was_there(name, model, toy):
    """Seen images and vectors are all that any baseline learns from."""
    problem, keep = toy.problem, np.arange(16) != NEW
    to = np.cumsum(keep) - 1
    fewer = Problem(
        problem.x,
        to[problem.y],
        problem.class_vectors[keep],
        problem.seen[keep],
        [each for each, kept in zip(problem.class_names, keep, strict=True) if kept],
    )
    told = train(name, toy._replace(problem=fewer)).with_classes(*again(problem)).scores(toy.x)
    np.testing.assert_allclose(told, model.scores(toy.x), rtol=1e-4, atol=1e-4)


def test_what_is_told_survives_the_files(model, toy, tmp_path):
    told = again(toy.problem, NEW)
    model.save(tmp_path)
    scores = load(tmp_path).with_classes(*told).scores(toy.x)
    assert np.array_equal(scores, model.with_classes(*told).scores(toy.x))


def test_class_vectors_are_scaled_as_those_of_training(model, toy):
    vectors, seen = again(toy.problem, NEW)
    scores = model.with_classes(vectors, seen).scores(toy.x)
    longer = model.with_classes(3 * vectors, seen).scores(toy.x)
    np.testing.assert_allclose(longer, scores, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("length", ["l2", "none"])
def test_of_any_length_if_those_of_training_were(length, toy):
    model = train("eszsl", toy, SETTINGS["eszsl"], class_vectors=length)
    vectors, seen = again(toy.problem, NEW)
    vectors[16] *= 2
    scores = model.with_classes(vectors, seen).scores(toy.x)
    factor = 1 if length == "l2" else 2
    np.testing.assert_allclose(scores[..., 16], factor * scores[..., NEW], rtol=1e-4, atol=1e-6)


def test_the_gate_of_cmt_star_knows_which_classes_are_seen(toy):
    vectors, seen = again(toy.problem, NEW)
    told = train("cmt_star", toy).with_classes(vectors, seen)
    assert told.scorer.seen.tolist() == seen.tolist()
