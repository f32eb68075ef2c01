"""First estimates from networks that know the classes, on data with a skewed prior."""

import numpy as np
import pytest
import torch

from zslcore.methods.bivaegan.classifiers import fit_gzsl, fit_zsl, logits
from zslcore.methods.bivaegan.estimate import ESTIMATORS, estimate
from zslcore.methods.bivaegan.frozen import Frozen
from zslcore.methods.bivaegan.prepared import Prepared
from zslcore.methods.bivaegan.softmax import Descent, Softmax, fit
from zslcore.methods.bivaegan.space import Sphere
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

SEEDS = (0, 1)
TRUE = np.array([0.6, 0.3, 0.1])
KEY = (1, 2)


@pytest.fixture
def frozen(settings):
    """A generator that makes a class's own vector, blurred; the regressor gives it back."""

    def made(changes, blur=0.35):
        cfg = settings({"normalization": "l2", "r": 1.0, "jitter.synthesis": 0.0, **changes})
        eye = torch.eye(5).expand(2, -1, -1)
        none = torch.zeros(2, 1, 5)
        g = {"z": blur * eye, "a": 4 * eye, "b": none, "out": eye, "out_b": none}
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
    f = fit_zsl(some, run, 1)
    return estimate(some, f, images, logits(some, f, images), run, KEY)


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


@pytest.mark.parametrize("estimator", ["bbse", "mlls"])
def test_every_seed_draws_features_of_its_own(frozen, images, estimator):
    """Generator and classifier are the same for both, so that nothing else can differ."""
    some, run = frozen({"prior.estimator": estimator}, blur=3.0), Run(seeds=SEEDS)
    f = fit_zsl(some.of(slice(0, 1)), Run(seeds=SEEDS[:1]), 1)
    both = Softmax(f.weight.expand(2, -1, -1), f.bias.expand(2, -1, -1))
    prior = estimate(some, both, images, logits(some, both, images), run, KEY)
    assert not np.allclose(prior[0], prior[1], atol=1e-6)


def test_the_black_box_is_counted_on_features_that_it_was_not_trained_on(frozen, images):
    """By hand, with the same random numbers; it makes fewer mistakes on its own set."""
    how = {"prior.synthetic_per_class": 6, "prior.bbse.epochs": 60, "prior.bbse.lr": 0.1}
    how |= {"prior.bbse.solve": "ridge", "prior.floor": 0.0, "prior.estimator": "bbse"}
    some = frozen(how, blur=2.0).of(slice(0, 1))
    run = Run(seeds=SEEDS[:1])
    streams = Streams(run, *KEY)
    (v, y), (held, truth) = (some.synthesise(6, streams) for _ in range(2))
    descent = Descent(some.cfg.optimizer.model_copy(update={"lr": 0.1}), 60, 8)
    box = fit(some.augmented(v), y, 3, descent, streams)
    answers, known = (box.logits(some.augmented(x))[0].argmax(1) for x in (held, v))
    assert (known != y).sum() < (answers != truth).sum()
    joint = np.zeros((3, 3))
    for i, j in zip(answers, truth, strict=True):
        joint[i, j] += 1 / len(truth)
    said = logits(some, box, images)[0].argmax(1).numpy()
    mu = np.array([(said == c).mean() for c in range(3)])
    weights = np.linalg.inv(joint.T @ joint + np.eye(3) / 18) @ joint.T @ mu
    expected = np.maximum(weights, 0) / np.maximum(weights, 0).sum()
    prior = estimate(some, box, images, logits(some, box, images), run, KEY)
    np.testing.assert_allclose(prior[0], expected, atol=1e-6)


def test_classes_never_answered_start_from_their_features_and_only_for_them_some_are_made(
    frozen, images, monkeypatch
):
    """Images of the classes are far apart, so that any sensible start finds the true shares."""
    some, run = frozen({"jitter.synthesis": 0.0}), Run(seeds=SEEDS)
    f, made = fit_zsl(some, run, 1), []
    synthesise = Frozen.synthesise
    monkeypatch.setattr(
        Frozen, "synthesise", lambda *given: made.append(given) or synthesise(*given)
    )
    said = logits(some, f, images)
    estimate(some, f, images, said, run, KEY)
    assert made == []
    blind = torch.cat((said[..., :2], torch.full_like(said[..., 2:], -99.0)), -1)
    prior = estimate(some, f, images, blind, run, KEY)
    assert len(made) == len(SEEDS)
    assert (abs(prior - TRUE).sum(1) / 2 < 0.08).all()


def test_the_joint_classifier_knows_classes_by_their_ids(frozen):
    """Seen classes are 0 and 1; the generator's classes 2 to 4."""
    some, run = frozen({"classifier.gzsl_epochs": 40}), Run(seeds=SEEDS)
    eye = torch.eye(5)
    data = Prepared(
        some.space, eye[:2].repeat(9, 1), torch.tensor([0, 1] * 9), eye, some.unseen, eye[:0]
    )
    f = fit_gzsl(some, data, run, 1)
    assert (logits(some, f, eye).argmax(-1) == torch.arange(5)).all()


def test_the_nearest_class_is_that_of_the_largest_cosine(frozen):
    v = torch.tensor([[0.9, 0, 0.1, 0.2, 0.3], [0, 0, 0.5, 0.4, 0.1], [0.8, 0, 0, 0.2, 0.1]])
    assert frozen({}).nearest(v[None]).tolist() == [[2, 0, 1]] * 2  # not class 0: that is seen


def test_synthesised_class_vectors_have_the_jitter_of_synthesis(frozen, monkeypatch):
    """And feedback has its weight of synthesis."""
    given = []
    monkeypatch.setattr(
        "zslcore.methods.bivaegan.frozen.make",
        lambda nets, space, z, a, mm, feedback: given.append((a, feedback)) or (a, a),
    )
    changes = {"jitter.synthesis": 0.5, "jitter.critic": 0.0, "feedback.synthesis": 0.3}
    some = frozen({**changes, "feedback.training": 0.7})
    dense = torch.nn.functional.normalize(torch.rand(5, 5) + 0.5, dim=1)
    some = Frozen({**some.nets, "f": {}}, some.space, dense, some.unseen, some.cfg)
    _, y = some.synthesise(50, Streams(Run(seeds=SEEDS), 1))
    (a, feedback), plain = given[0], dense[some.unseen[y]]
    ratio = a / plain
    assert 1.3 < (ratio.amax(-1) / ratio.amin(-1)).max() <= 1.5
    assert feedback == 0.3


def test_classifiers_see_the_image_and_the_regressors_hidden_and_last_layer(frozen):
    some, v = frozen({}), torch.tensor([[0.6, -0.8, 0.0, 0.0, 0.0]])
    hidden = torch.tensor([[0.6, -0.16, 0.0, 0.0, 0.0]])  # LeakyReLU of the image itself
    expected = torch.cat((v, hidden, hidden / hidden.norm()), 1).expand(2, 1, -1)
    torch.testing.assert_close(some.augmented(v[None]), expected)
    assert torch.equal(frozen({"augment": False}).augmented(v[None]), v.expand(2, 1, -1))
