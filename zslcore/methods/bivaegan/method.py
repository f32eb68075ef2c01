"""Bi-VAEGAN: transductive zero-shot learning by generation in two directions.

Wang et al. 2023, https://arxiv.org/abs/2303.08698. Its three steps are three stages of the
pipeline; `fit` does all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from zslcore.data.problem import Array, Problem
from zslcore.methods.bivaegan import classifiers, pretune
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.estimate import estimate
from zslcore.methods.bivaegan.frozen import Frozen
from zslcore.methods.bivaegan.model import Model, load
from zslcore.methods.bivaegan.networks import Networks, build
from zslcore.methods.bivaegan.prepared import Prepared, prepare
from zslcore.methods.bivaegan.state import State, start
from zslcore.methods.bivaegan.train import (
    ESTIMATING,
    INDUCTIVE,
    JOINT,
    JUDGING,
    TRANSDUCTIVE,
    train_inductive,
    train_transductive,
)
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

__all__ = ["Trained", "first_prior", "fit", "fit_inductive", "fit_transductive", "load"]


@dataclass(frozen=True)
class Trained:
    """A model and how it came about.

    Attributes:
        model: of all seeds.
        history: "prior" (E + 1, S, U), used in every transductive epoch, and the last estimate;
            "answers" (W, S, N), class ids of watched images among the unseen classes after the
            epochs "epochs" (W,).
    """

    model: Model
    history: Mapping[str, Array]


def fit(problem: Problem, cfg: Config, run: Run, known_prior: Array | None = None) -> Model:
    """All three steps.

    Raises:
        ValueError: there are no unlabelled images, or the settings ask for a known prior and none
            is given.
        Diverged: training left the finite numbers.
    """
    model = fit_inductive(problem, cfg, run)
    if not cfg.epochs.transductive:
        return model
    prior = first_prior(problem, model, run, known_prior)
    return fit_transductive(problem, cfg, run, model, prior).model


def fit_inductive(problem: Problem, cfg: Config, run: Run) -> Model:
    """Step 1: eq. 10 and classifiers, from seen images and all class vectors.

    Unlabelled images are used by the pre-tuning network alone, if there is one.
    """
    tuner = pretune.tune(problem, cfg.pretune, run) if cfg.pretune.epochs else None
    data = prepare(_tuned(problem, tuner), cfg, run)
    state = start(_networks(data, cfg, run, INDUCTIVE), _uniform(data, run), cfg)
    train_inductive(state, data, cfg, run)
    return _model(state, data, cfg, run, INDUCTIVE, tuner)


def first_prior(
    problem: Problem, model: Model, run: Run, known_prior: Array | None = None
) -> Array:
    """Step 2: the class prior of the unseen classes, (S, U), from the inductive generator.

    Args:
        problem: with unlabelled images.
        model: of step 1.
        run: with the seeds of the model.
        known_prior: (U,), for the estimator `oracle`.

    Raises:
        ValueError: there are no unlabelled images, or no known prior for `oracle`.
    """
    cfg = model.frozen.cfg
    if cfg.prior.estimator == "oracle":
        if known_prior is None:
            raise ValueError("prior.estimator oracle: no known prior is given")
        return np.tile(known_prior, (len(run.seeds), 1))
    v = model.scaled(_unlabelled(problem))
    said = classifiers.logits(model.frozen, model.zsl, v)
    return estimate(model.frozen, model.zsl, v, said, run, (INDUCTIVE, ESTIMATING))


def fit_transductive(
    problem: Problem,
    cfg: Config,
    run: Run,
    begin: Model,
    prior: Array,
    watched: Array | None = None,
) -> Trained:
    """Step 3: eqs. 4 and 9, a continuation of step 1's training; D^u and D^a are new.

    Args:
        problem: with unlabelled images.
        cfg, run: as in step 1.
        begin: the model of step 1.
        prior: of step 2, (S, U).
        watched: images (N, D) whose answers are kept during training, for a look at it
            afterwards; nothing is chosen by them.

    Raises:
        ValueError: there are no unlabelled images, or the model is not one of step 1.
        Diverged: training left the finite numbers.
    """
    _unlabelled(problem)
    if not begin.progress:
        raise ValueError(
            "this model's training has ended: it has no optimisers' state to go on with; give the "
            "model of the inductive step, trained with epochs.transductive above 0"
        )
    data = prepare(_tuned(problem, begin.tuner), cfg, run)
    networks = _networks(data, cfg, run, TRANSDUCTIVE)
    state = start(networks, run.tensor(prior, data.x.dtype), cfg)
    state.take_up(begin.frozen.nets, begin.progress)
    images = data.x[:0] if watched is None else begin.scaled(watched)
    train_transductive(state, data, cfg, run, images)
    return Trained(_model(state, data, cfg, run, TRANSDUCTIVE, begin.tuner), _history(state))


def _model(
    state: State, data: Prepared, cfg: Config, run: Run, phase: int, tuner: pretune.Tuner | None
) -> Model:
    frozen = Frozen(state.nets(), data.space, data.vectors, data.unseen, cfg)
    # the same streams as in training's last look: without one, and after a kill, the same result
    zsl = state.judged or classifiers.fit_zsl(frozen, run, phase, JUDGING, state.epochs)
    gzsl = classifiers.fit_gzsl(frozen, data, run, phase, JOINT)
    goes_on = phase == INDUCTIVE and cfg.epochs.transductive > 0
    return Model(frozen, zsl, gzsl, tuner, state.progress() if goes_on else {})


def _networks(data: Prepared, cfg: Config, run: Run, phase: int) -> Networks:
    sizes = data.x.shape[1], data.vectors.shape[1]
    return build(cfg, *sizes, Streams(run, phase), transductive=phase == TRANSDUCTIVE)


def _history(state: State) -> dict[str, Array]:
    found = {"prior": np.stack(state.priors)}
    if state.answers:
        found |= {"answers": np.stack(state.answers), "epochs": np.array(state.watched)}
    return found


def _uniform(data: Prepared, run: Run) -> torch.Tensor:
    classes = len(data.unseen)
    return torch.full((len(run.seeds), classes), 1 / classes, device=run.device)


def _tuned(problem: Problem, tuner: pretune.Tuner | None) -> Problem:
    if tuner is None:
        return problem
    unlabeled = problem.x_unlabeled
    return replace(
        problem,
        x=tuner.apply(problem.x),
        x_unlabeled=None if unlabeled is None else tuner.apply(unlabeled),
    )


def _unlabelled(problem: Problem) -> Array:
    if problem.x_unlabeled is None or not len(problem.x_unlabeled):
        raise ValueError(
            "Bi-VAEGAN is transductive: the problem has no unlabelled images of unseen classes; "
            "give it some, or set epochs.transductive to 0"
        )
    return problem.x_unlabeled
