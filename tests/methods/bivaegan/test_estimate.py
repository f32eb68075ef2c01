"""First estimates from networks that know the classes, on data with a skewed prior."""

import numpy as np
import pytest
import torch

from zslcore.methods.bivaegan.classifiers import fit_zsl
from zslcore.methods.bivaegan.estimate import ESTIMATORS, estimate
from zslcore.methods.bivaegan.frozen import Frozen
from zslcore.methods.bivaegan.space import Sphere
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

SEEDS = (0, 1)
TRUE = np.array([0.6, 0.3, 0.1])


@pytest.fixture
def frozen(settings):
    """A generator that makes a class's own vector, blurred; the regressor gives it back."""

    def made(changes):
        cfg = settings({"normalization": "l2", "r": 1.0, "jitter.synthesis": 0.0, **changes})
        eye = torch.eye(5).expand(2, -1, -1)
        none = torch.zeros(2, 1, 5)
        g = {"z": 0.35 * eye, "a": 4 * eye, "b": none, "out": eye, "out_b": none}
        nets = {"g": g, "r": {"v": eye, "b": none, "out": eye, "out_b": none}}
        return Frozen(nets, Sphere(1.0), torch.eye(5), torch.tensor([2, 3, 4]), cfg)

    return made


@pytest.fixture
def images(frozen):
    """300 unlabelled features as the generator makes them, with the true prior."""
    one = frozen({}).of(slice(0, 1))
    v, y = one.synthesise(200, Streams(Run(seeds=(11,)), 1))
    rows = [torch.nonzero(y == c)[: round(300 * share), 0] for c, share in enumerate(TRUE)]
    return v[0, torch.cat(rows)]


def found(frozen, images, estimator, changes=()):
    some = frozen({"prior.estimator": estimator, "epochs.inductive": 1, **dict(changes)})
    run = Run(seeds=SEEDS)
    return estimate(some, fit_zsl(some, run, 1), images, run, (1, 2))


@pytest.mark.parametrize("estimator", ["classifier", "cpe", "bbse", "mlls"])
def test_a_skewed_prior_is_found(frozen, images, estimator):
    how = {"classifier.epochs": 40, "prior.bbse.epochs": 40, "prior.synthetic_per_class": 60}
    prior = found(frozen, images, estimator, how)
    assert prior.shape == (2, 3)
    np.testing.assert_allclose(prior.sum(1), 1)
    assert (abs(prior - TRUE).sum(1) / 2 < 0.08).all()  # uniform is 0.27 away


def test_uniform_is_uniform(frozen, images):
    np.testing.assert_allclose(found(frozen, images, "uniform"), 1 / 3)


def test_no_class_is_left_out(frozen, images):
    of_one_class = images[:180]
    prior = found(frozen, of_one_class, "classifier", {"prior.floor": 0.005})
    assert prior.min() == pytest.approx(0.005)


def test_every_estimator_of_the_settings_is_there(settings):
    for name in ESTIMATORS:
        settings({"prior.estimator": name})
    settings({"prior.estimator": "oracle"})  # the one that is given, not estimated
    assert len(ESTIMATORS) == 5


def test_clusters_are_of_the_augmented_space_or_of_the_images(frozen, images):
    """A regressor that gives every image the same hidden layer, but for noise, spoils the one."""

    def spoilt(changes):
        some = frozen({"classifier.epochs": 1, **changes})
        r = {**some.nets["r"], "b": torch.full((2, 1, 5), 50.0), "v": 300 * torch.ones(2, 5, 5)}
        return Frozen({**some.nets, "r": r}, some.space, some.vectors, some.unseen, some.cfg)

    spaces = ("visual", "augmented")
    visual, augmented = (found(spoilt, images, "cpe", {"prior.space": s}) for s in spaces)
    assert abs(visual - TRUE).sum() < abs(augmented - TRUE).sum()
