"""All networks in one loop over images, as the paper writes the objective (eqs. 5 and 6).

F, too, plays against D: it lowers E D(F(x)), as E raises E D(E(x)), until D cannot tell them apart.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from zslcore.methods.spaen import keys
from zslcore.methods.spaen.autoencoder import Autoencoder
from zslcore.methods.spaen.batches import Drawn, Pictures
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.critic import Pairs, clamp, gradients, realness
from zslcore.methods.spaen.loop import Plan, Step, train
from zslcore.methods.spaen.networks import Head, masks
from zslcore.methods.spaen.ranking import ranking
from zslcore.methods.spaen.reconstruction import image_terms, norm_error, weighted
from zslcore.methods.spaen.task import Labelled
from zslcore.methods.spaen.together import adam, totals, update
from zslcore.methods.spaen.train_e import Players, enter
from zslcore.methods.spaen.train_f import Chance
from zslcore.nn.state import State
from zslcore.nn.streams import Streams
from zslcore.nn.terms import Terms
from zslcore.runtime.run import Run


@dataclass
class Together:
    """One seed's networks and data."""

    players: Players
    auto: Autoencoder
    pictures: Pictures
    labelled: Labelled
    cfg: Config

    def e(self, drawn: Drawn, chance: Chance) -> tuple[Tensor, Tensor]:
        """E(x) with dropout (1, B, A), and the images' rows."""
        rows = torch.from_numpy(drawn.rows).to(self.labelled.x.device)
        return self.players.e(self.labelled.x[rows][None], chance.masks), rows


def train_together(
    auto: Autoencoder, pictures: Pictures, labelled: Labelled, cfg: Config, run: Run
) -> Head:
    """E of one seed; F and G are trained in place. The last step counts.

    Args:
        auto: of mode "spaen", not trained.
        pictures: training images.
        labelled: their features and classes.
        cfg: settings.
        run: of one seed.

    Raises:
        Diverged: a term is not finite.
    """
    players = enter((labelled.x.shape[1], labelled.classes.shape[1]), cfg, run)
    auto.generator.requires_grad_(not cfg.generator.freeze)
    players.optimizers["e"] = adam([players.e, auto], cfg.optimizer)
    all_of = Together(players, auto, pictures, labelled, cfg)

    def begin(number: int) -> Step:
        rngs = [keys.batches_of(run, keys.E, number, k) for k in (keys.IMAGES, keys.CRITIC)]
        streams = [keys.streams_of(run, keys.E, number, k) for k in (keys.IMAGES, keys.CRITIC)]

        def step(progress: float) -> Terms:
            terms = _embedders(all_of, rngs[0], streams[0], progress)
            found = [
                _critic(all_of, rngs[1], streams[1], progress)
                for _ in range(cfg.adversarial.critic_steps)
            ]
            return terms | {
                name: torch.stack([each[name] for each in found]).mean(0) for name in found[0]
            }

        return step

    modules = players.modules()
    modules["auto"] = auto
    plan = Plan("joint", cfg.steps.f, cfg.log_every)
    train(State(modules, players.optimizers), plan, run, begin)
    auto.requires_grad_(False)
    return players.e.requires_grad_(False)


def losses(a: Together, drawn: Drawn, chance: Chance) -> Terms:
    """The terms of E, F and G on a batch's part, divided by the whole batch, (1,) each."""
    cfg, terms = a.cfg, {}
    x = a.pictures.crops(drawn)
    seen = a.pictures.perceived(drawn, x)
    e, rows = a.e(drawn, chance)
    ranked = ranking(e, a.labelled.classes, a.labelled.y[rows][None], chance.u, cfg.rank)
    terms["rank"] = ranked.sum(1) / cfg.batch
    coded = a.auto.coder(seen.vector[None])
    image = a.auto.decode(coded.code)
    terms |= image_terms(image, x, seen.maps, a.pictures.perceptual.maps, cfg)
    if cfg.reconstruction.norm:
        terms["norm"] = norm_error(coded.semantic).sum(1) / cfg.batch
    if cfg.adversarial.weight:
        on_f, on_e = (realness(a.players.d, z, cfg.adversarial) for z in (coded.semantic, e))
        terms["adversarial"] = -on_e.sum(1) / cfg.batch
        terms["adversarial_f"] = on_f.sum(1) / cfg.batch
    return terms


def _embedders(a: Together, rng: np.random.Generator, streams: Streams, progress: float) -> Terms:
    """One update of E, F and G."""
    drawn, chance = a.pictures.draw(a.cfg.batch, rng), _chance(a, streams)
    terms = losses(a, drawn.own(), chance.own(a.cfg.batch))
    optimizer = a.players.optimizers["e"]
    optimizer.zero_grad()
    weighted(terms, a.cfg).sum().backward()
    update(optimizer, a.cfg.optimizer, progress)
    return totals(terms)


@torch.no_grad()
def _critic(a: Together, rng: np.random.Generator, streams: Streams, progress: float) -> Terms:
    """One update of D on a fresh batch."""
    cfg = a.cfg
    drawn, chance = a.pictures.draw(cfg.batch, rng).own(), _chance(a, streams).own(cfg.batch)
    f = a.auto.coder(a.pictures.vectors(drawn)[None]).semantic
    e, _ = a.e(drawn, chance)
    pairs = Pairs(f, e, chance.u[..., None], cfg.batch)
    estimate, penalty = gradients(a.players.d, pairs, cfg.adversarial)
    update(a.players.optimizers["d"], cfg.optimizer, progress)
    clamp(a.players.d, cfg.adversarial)
    return totals({"estimate": estimate, "penalty": penalty})


def _chance(a: Together, streams: Streams) -> Chance:
    drawn = masks(a.players.e, a.cfg.heads.dropout, a.cfg.batch, streams)
    return Chance(drawn, streams.uniform(a.cfg.batch))
