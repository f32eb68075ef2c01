"""From answers to scores, and answers on disk."""

import numpy as np
import pytest

from zslcore.methods.dedn import answers
from zslcore.methods.dedn.answers import class_scores

KEYS = [(e, b) for e in ("coarse", "fine") for b in ("region", "channel")]
SEEN = np.array([True, False, True])


@pytest.fixture(scope="module")
def four():
    rng = np.random.default_rng(0)
    return {key: rng.normal(size=(2, 5, 4)).astype(np.float32) for key in KEYS}


@pytest.fixture(scope="module")
def vectors():
    return 3 * np.random.default_rng(1).random((3, 4))


def test_scores_by_hand(inference):
    """Class vectors (3, 4) and (5, 0): lengths 5; margins -0.5 and 0.5.

    coarse 0.8 (1, 2) + 0.2 (3, 0) = (1.4, 1.6); fine 0.8 (0, 1) + 0.2 (5, 5) = (1, 1.8);
    0.4 of the one and 0.6 of the other: (1.16, 1.72).
    """
    values = ([1, 2], [3, 0], [0, 1], [5, 5])
    given = {key: np.array([[v]], np.float32) for key, v in zip(KEYS, values, strict=True)}
    found = class_scores(
        given, np.array([[3.0, 4], [5, 0]]), np.array([True, False]), inference({"margin": 0.5})
    )
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[[0.6 * 1.16 + 0.8 * 1.72 - 0.5, 1.16 + 0.5]]], rtol=1e-6)


@pytest.mark.parametrize(("weight", "expert"), [(1.0, "coarse"), (0.0, "fine")])
def test_the_extremes_of_lambda_e_are_single_experts(four, vectors, inference, weight, expert):
    alone = {k: v for k, v in four.items() if k[0] == expert}
    found = class_scores(four, vectors, SEEN, inference({"lambda_e": weight}))
    assert np.array_equal(found, class_scores(alone, vectors, SEEN, inference()))


@pytest.mark.parametrize(("weight", "branch"), [(1.0, "region"), (0.0, "channel")])
def test_the_extremes_of_lambda_rc_are_single_branches(four, vectors, inference, weight, branch):
    alone = {k: v for k, v in four.items() if k[1] == branch}
    found = class_scores(four, vectors, SEEN, inference({"lambda_rc": weight}))
    assert np.array_equal(found, class_scores(alone, vectors, SEEN, inference()))


def test_the_length_of_class_vectors_does_not_matter_and_a_zero_one_scores_its_margin(
    four, vectors, inference
):
    vectors = vectors.copy()
    vectors[1] = 0
    found = class_scores(four, vectors, SEEN, inference())
    longer = class_scores(four, vectors * [[2], [1], [0.1]], SEEN, inference())
    np.testing.assert_allclose(found, longer, rtol=1e-5)
    np.testing.assert_allclose(found[..., 1], 0.5)


@pytest.mark.parametrize("kept", [KEYS, KEYS[2:], KEYS[1:2]])
def test_files_hold_the_answers_there_are(four, kept, tmp_path):
    written = {key: four[key] for key in kept}
    answers.save(written, tmp_path / "answers")
    found = answers.load(tmp_path / "answers")
    assert set(found) == set(kept)
    assert all(np.array_equal(found[key], written[key]) for key in kept)
