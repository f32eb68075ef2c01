"""Classes that E was not trained with."""

import numpy as np

from zslcore.methods.spaen.method import fit, load
from zslcore.runtime.run import Run


def test_a_new_class_scores_by_its_vector_alone(tiny, settings, tmp_path):
    problem, x = tiny.problem, tiny.x
    model = fit(problem, settings({"objective": "classification"}), Run(seeds=(0, 1)))
    new = np.array([[3.0, 0, 1, 0, 2]], np.float32)
    vectors = np.concatenate([problem.class_vectors, problem.class_vectors[[1]], new])
    told = model.with_classes(vectors, np.append(problem.seen, [False, False]))
    scores = told.scores(x)
    assert np.array_equal(scores[..., 6], scores[..., 1])
    np.testing.assert_allclose(scores[..., :6], model.scores(x), rtol=1e-5, atol=1e-6)
    expected = model.embed(x) @ (new[0] / np.linalg.norm(new))
    np.testing.assert_allclose(scores[..., 7], expected, rtol=1e-5, atol=1e-6)
    told.save(tmp_path)
    assert np.array_equal(load(tmp_path).scores(x), scores)
