"""Classes that the experts were not trained with."""

import numpy as np

from tests.methods.dedn.conftest import CLUSTERS
from zslcore.methods.dedn.method import fit
from zslcore.runtime.run import Run


def test_a_new_class_scores_by_its_vector_and_as_an_unseen_one(tiny, settings, inference):
    problem, regions = tiny
    model, how = fit(problem, settings(), Run(seeds=(0, 1)), CLUSTERS), inference()
    vectors = np.concatenate([problem.class_vectors, problem.class_vectors[[2, 0]]])
    told = model.with_classes(vectors, np.append(problem.seen, [False, False]))
    scores = told.scores(regions, how)
    assert np.array_equal(scores[..., 9], scores[..., 2])
    np.testing.assert_allclose(scores[..., :9], model.scores(regions, how), rtol=1e-5, atol=1e-6)
    # class 0 is a seen one, and set back by the margin where its twin gets it added
    lead = scores[..., 10] - scores[..., 0]
    np.testing.assert_allclose(lead, 2 * how.margin, rtol=1e-4)
