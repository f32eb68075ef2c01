"""The second stage of the published code: E and D on features, F frozen, all seeds side by side.

A step is one of E and some of D, each on a batch of its own; E's dropout is on in both.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from zslcore.methods.spaen import keys
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.critic import Pairs, clamp, gradients, realness
from zslcore.methods.spaen.loop import Plan, Step, train
from zslcore.methods.spaen.networks import Head, Shape, masks, new_head
from zslcore.methods.spaen.ranking import ranking
from zslcore.methods.spaen.reconstruction import weighted
from zslcore.methods.spaen.task import Labelled
from zslcore.methods.spaen.together import adam, update
from zslcore.nn.state import State
from zslcore.nn.streams import Streams
from zslcore.nn.terms import Terms
from zslcore.runtime.run import Run


@dataclass
class Players:
    """E and D with their optimisers."""

    e: Head
    d: Head
    optimizers: dict[str, torch.optim.Adam]

    def modules(self) -> nn.ModuleDict:
        """Both, by name."""
        return nn.ModuleDict({"e": self.e, "d": self.d})


def train_e(labelled: Labelled, f: Tensor | None, cfg: Config, run: Run) -> Head:
    """E of every seed; the last step counts.

    Args:
        labelled: features, classes.
        f: F(x) of V crops of each image, (N, V, A); None trains E by classification only.
        cfg: settings.
        run: device, seeds, log, scratch.

    Raises:
        Diverged: a term is not finite.
    """
    players = enter((labelled.x.shape[1], labelled.classes.shape[1]), cfg, run)

    def begin(number: int) -> Step:
        streams = keys.streams_of(run, keys.E, number)
        if f is None:
            return lambda progress: embedder_step(players, labelled, streams, cfg, progress, False)
        of_critic, rows = keys.streams_of(run, keys.E, number, keys.CRITIC), f.flatten(0, 1)

        def step(progress: float) -> Terms:
            terms = embedder_step(players, labelled, streams, cfg, progress, True)
            return terms | critic_steps(players, labelled, rows, of_critic, cfg, progress)

        return step

    plan = Plan("e", cfg.steps.e, cfg.log_every)
    train(State(players.modules(), players.optimizers), plan, run, begin)
    return players.e.requires_grad_(False)


def enter(sizes: tuple[int, int], cfg: Config, run: Run) -> Players:
    """New ones, of features and attributes of these sizes."""
    features, a = sizes
    how = cfg.heads
    e = new_head(Shape(features, how.e, a, how.slope), keys.weights_of(run, keys.E))
    shape = Shape(a, how.d or a, 1, how.slope, active=False)
    d = new_head(shape, keys.weights_of(run, keys.D))
    adams = {"e": adam([e], cfg.optimizer), "d": adam([d], cfg.optimizer, decayed=False)}
    d.requires_grad_(False)  # its gradients are not autograd's
    return Players(e, d, adams)


def embedder_step(
    players: Players,
    labelled: Labelled,
    streams: Streams,
    cfg: Config,
    progress: float,
    fooling: bool,
) -> Terms:
    """One update of E; the unweighted terms, (S,) each."""
    rows = streams.below(len(labelled.y), cfg.batch)
    e = players.e(labelled.x[rows], masks(players.e, cfg.heads.dropout, cfg.batch, streams))
    u = streams.uniform(cfg.batch)
    terms = {"rank": ranking(e, labelled.classes, labelled.y[rows], u, cfg.rank).mean(1)}
    if fooling and cfg.adversarial.weight:
        terms["adversarial"] = -realness(players.d, e, cfg.adversarial).mean(1)
    players.optimizers["e"].zero_grad()
    weighted(terms, cfg).sum().backward()  # seeds share no weight
    update(players.optimizers["e"], cfg.optimizer, progress, stacked=True)
    return {name: term.detach() for name, term in terms.items()}


@torch.no_grad()
def critic_steps(
    players: Players,
    labelled: Labelled,
    f: Tensor,
    streams: Streams,
    cfg: Config,
    progress: float,
) -> Terms:
    """Updates of D; the means of its estimate and of its penalty.

    E stands still meanwhile: what it says of all these batches is computed at once.

    Args:
        f: F(x) of all crops, image by image, (N * V, A).
    """
    how = cfg.adversarial
    images = how.critic_steps * cfg.batch
    rows, crops = streams.below(len(labelled.y), images), len(f) // len(labelled.y)
    e = players.e(labelled.x[rows], masks(players.e, cfg.heads.dropout, images, streams))
    on_f = f[rows * crops + streams.below(crops, images)]
    u, found = streams.uniform(images, 1), []
    for of_f, of_e, where in zip(*(x.split(cfg.batch, 1) for x in (on_f, e, u)), strict=True):
        found.append(gradients(players.d, Pairs(of_f, of_e, where, cfg.batch), how))
        update(players.optimizers["d"], cfg.optimizer, progress, stacked=True)
        clamp(players.d, how)
    estimate, penalty = (torch.stack(each).mean(0) for each in zip(*found, strict=True))
    return {"estimate": estimate, "penalty": penalty}
