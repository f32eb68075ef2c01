"""The training loop of both phases: epochs of iterations, and what happens between epochs."""

from math import ceil

import numpy as np
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.methods.bivaegan import classifiers
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.estimate import estimate
from zslcore.methods.bivaegan.frozen import Frozen
from zslcore.methods.bivaegan.level_one import level_one
from zslcore.methods.bivaegan.level_two import level_two
from zslcore.methods.bivaegan.players import Players
from zslcore.methods.bivaegan.prepared import Prepared
from zslcore.methods.bivaegan.state import State
from zslcore.nn.resume import remaining
from zslcore.nn.streams import Streams
from zslcore.nn.terms import Terms, means
from zslcore.runtime.run import Run

INDUCTIVE, TRANSDUCTIVE = 1, 2  # keys of random streams: of the phase,
TRAINING, JUDGING, ESTIMATING, JOINT = 0, 1, 2, 3  # and of what is drawn in it
CONSTANT = ("oracle", "uniform")  # priors that training does not refresh


def train_inductive(state: State, data: Prepared, cfg: Config, run: Run) -> None:
    """Algorithm 1, lines 1 to 4: eq. 10, without a look at unlabelled images."""
    for _ in remaining(state, cfg.epochs.inductive, run, "inductive"):
        state.finish("inductive", run_epoch(state, data, cfg, run, INDUCTIVE), run)


def train_transductive(
    state: State, data: Prepared, cfg: Config, run: Run, watched: Tensor
) -> None:
    """Algorithm 1, lines 5 to 14: eqs. 4 and 9, the prior refreshed between epochs.

    Args:
        state: with the first prior.
        data: of the phase.
        cfg: settings.
        run: device, seeds, log, scratch.
        watched: images (N, V), scaled, whose answers are kept; nothing else comes of them.
    """
    state.priors.append(_array(state.prior))
    for _ in remaining(state, cfg.epochs.transductive, run, "transductive"):
        terms = run_epoch(state, data, cfg, run, TRANSDUCTIVE)
        state.finish("transductive", terms | look_round(state, data, cfg, run, watched), run)


def run_epoch(state: State, data: Prepared, cfg: Config, run: Run, phase: int) -> Terms:
    """One epoch's iterations; the mean of each logged term, (S,).

    Raises:
        Diverged: a term is not finite; it names term, epoch and iteration.
    """
    epoch = state.epochs
    players = Players(
        state.networks,
        state.penalty,
        data,
        cfg,
        Streams(run, phase, TRAINING, epoch),
        state.prior,
        transductive=phase == TRANSDUCTIVE,
        feedback=cfg.feedback.training if epoch % 2 else 0.0,  # every second epoch, as TF-VAEGAN
    )
    iterations = cfg.epochs.iterations or ceil(len(data.x) / cfg.batch_size)
    steps: list[Terms] = []
    for i in range(iterations):
        terms: Terms = {}
        if cfg.regressor != "none" and (epoch * iterations + i) % cfg.level_one.every == 0:
            terms = level_one(players)
        steps.append(terms | level_two(players))
        state.follow(cfg.average)
    return means(steps, epoch + 1)


def look_round(state: State, data: Prepared, cfg: Config, run: Run, watched: Tensor) -> Terms:
    """After an epoch: refresh the prior, and see, without labels, how training goes."""
    epoch = state.epochs + 1
    last = epoch == cfg.epochs.transductive
    refreshed = cfg.prior.estimator not in CONSTANT and (epoch % cfg.prior.refresh == 0 or last)
    monitored = cfg.monitor > 0 and (epoch % cfg.monitor == 0 or last)
    terms: Terms = {}
    if refreshed or monitored:
        frozen = Frozen(state.nets(), data.space, data.vectors, data.unseen, cfg)
        f = classifiers.fit_zsl(frozen, run, TRANSDUCTIVE, JUDGING, epoch)
        said = classifiers.logits(frozen, f, data.x_unlabeled)
        state.judged = f if last else None
        if monitored:
            answers = classifiers.logits(frozen, f, watched).argmax(-1)
            state.answers.append(_array(data.unseen[answers]).astype(np.int16))
            state.watched.append(epoch)
            if cfg.regressor != "none":
                nearest = frozen.nearest(data.x_unlabeled[None])
                terms["agreement"] = (said.argmax(-1) == nearest).float().mean(1)
        if refreshed:
            key = (TRANSDUCTIVE, ESTIMATING, epoch)
            prior = estimate(frozen, f, data.x_unlabeled, said, run, key)
            found = run.tensor(prior).to(state.prior)
            terms["prior_change"] = (found - state.prior).abs().sum(1) / 2
            state.prior = found
    state.priors.append(_array(state.prior))
    return terms


def _array(tensor: Tensor) -> Array:
    return tensor.cpu().numpy()
