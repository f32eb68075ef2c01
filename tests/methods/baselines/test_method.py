"""Training what was chosen."""

from types import SimpleNamespace

import numpy as np
import pytest

from zslcore.methods.baselines.method import fit
from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Run

CMT = {"hidden": 3, "lr": 0.1, "decay": 0.0, "epochs": 2, "batch_size": 30}


def trained(problem, chosen):
    cfg = SimpleNamespace(names=tuple(chosen), normalize="l2", class_vectors="l2")
    return fit(problem, cfg, Run(seeds=(0, 1)), chosen)


def test_each_baseline_gets_its_own_setting(problem):
    models = trained(problem, {"sae_vs": {"lam": 1.0}, "cmt": CMT})
    assert list(models) == ["sae_vs", "cmt"]
    assert models["cmt"].tensors["w1"].shape == (2, 9, 3)


def test_divergence_names_baseline_setting_and_step(problem):
    message = r"cmt with .*'lr': 1e\+30.*: the loss is not finite at step 2 of 4"
    with pytest.raises(Diverged, match=message):
        trained(problem, {"cmt": CMT | {"lr": 1e30}})


def test_weights_that_overflow_in_the_last_step_are_found(problem):
    last = {"lr": 1e39, "margin": 1.0, "epochs": 1, "batch_size": 60}
    with pytest.raises(Diverged, match=r"sje with .*: weight and maps not finite"):
        trained(problem, {"sje": last})


def test_one_image_of_a_class_and_fewer_images_than_features_are_enough(problem):
    few = SimpleNamespace(**vars(problem))
    rows = [int(np.flatnonzero(problem.y == c)[0]) for c in np.flatnonzero(problem.seen)]
    few.x, few.y = problem.x[rows], problem.y[rows]
    chosen = {
        "eszsl": {"gamma": 1.0, "lam": 1.0, "targets": "zero_one"},
        "dap": {"decay": 0.1, "prior": "half"},
        "cmt_star": CMT | {"quantile": 0.5},
    }
    for model in trained(few, chosen).values():
        assert np.isfinite(model.scores(problem.x)).all()
