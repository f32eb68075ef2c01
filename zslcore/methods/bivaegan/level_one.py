"""Level 1: the regressor R learns class vectors, and D^a tells its own from true ones.

Bi-VAEGAN eqs. 2 to 4.
"""

import torch

from zslcore.methods.bivaegan.critic import Pairs, critic_step
from zslcore.methods.bivaegan.draws import Batches, draw, jittered
from zslcore.methods.bivaegan.networks import judge, regress
from zslcore.methods.bivaegan.players import Players
from zslcore.methods.bivaegan.space import Sphere, unit_box
from zslcore.methods.bivaegan.weights import descend, followed
from zslcore.nn.attribute_loss import attribute_loss
from zslcore.nn.terms import Terms


def level_one(p: Players) -> Terms:
    """Some steps of D^a, then some of R; the first only where R is trained adversarially."""
    how, size = p.cfg.level_one, p.cfg.batch_size
    terms: Terms = {}
    if p.attribute_critic:
        batches = draw(p.data, p.streams, p.prior, how.critic_steps, size, transductive=True)
        terms |= train_critic(p, batches)
    batches = draw(p.data, p.streams, p.prior, how.regressor_steps, size, p.attribute_critic)
    for step in range(how.regressor_steps):
        terms |= train_regressor(p, batches.at(step))
    return terms


def train_critic(p: Players, batches: Batches) -> Terms:
    """Eq. 3; R stands still, so it is asked about all batches at once."""
    assert batches.v_unseen is not None
    both = p.cfg.attribute_critic == "both"  # the paper's formula has the unseen domain only
    v = torch.cat((batches.v, batches.v_unseen), 2) if both else batches.v_unseen
    a = torch.cat((batches.a, batches.a_unseen), 2) if both else batches.a_unseen
    real = jittered(a, p.cfg.jitter.critic, p.streams)
    fake, _ = regress(p["r"], v.flatten(1, 2), p.mm)
    fake, t = fake.view(real.shape), p.streams.uniform(*real.shape[1:3], 1)
    # class vectors have length 1 whatever r is
    space = Sphere(1) if isinstance(p.data.space, Sphere) else unit_box(real)
    weight = 2.0 if both else 1.0  # the domains' terms are added, not averaged
    d, pairs, penalty = p.networks["da"], Pairs(real, fake, t), p.cfg.penalty.attribute
    estimates = [
        critic_step(d, pairs.at(step), space, penalty, p.mm, weight)[0]
        for step in range(p.cfg.level_one.critic_steps)
    ]
    return {"wasserstein_attribute": torch.stack(estimates).mean(0)}


def train_regressor(p: Players, batch: Batches) -> Terms:
    """Eq. 4: supervised on seen images, and fooling D^a."""
    images = batch.v.shape[1]
    v = batch.v if batch.v_unseen is None else torch.cat((batch.v, batch.v_unseen), 1)
    r = p.networks["r"]
    with followed(r):
        predicted, _ = regress(p["r"], v, p.mm)
        supervised = attribute_loss(predicted[:, :images], batch.a, p.cfg.attribute_loss)
        loss = supervised
        if batch.v_unseen is not None:
            realness = judge(p["da"], predicted, p.mm)
            fooled = realness[:, images:].mean(1)
            if p.cfg.attribute_critic == "both":
                fooled = fooled + realness[:, :images].mean(1)
            loss = supervised - p.cfg.lam * fooled
        descend(loss.sum(), r)
    return {"regression": supervised.detach()}
