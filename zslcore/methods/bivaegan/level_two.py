"""Level 2: the critics D and D^u, then the encoder and the generator, with R standing still.

Bi-VAEGAN eqs. 5 to 10.
"""

import torch
from torch import Tensor

from zslcore.methods.bivaegan.critic import Pairs, critic_step
from zslcore.methods.bivaegan.draws import Batches, draw
from zslcore.methods.bivaegan.generation import make
from zslcore.methods.bivaegan.networks import encode, judge, regress
from zslcore.methods.bivaegan.players import Players
from zslcore.methods.bivaegan.space import Sphere
from zslcore.methods.bivaegan.weights import descend, followed
from zslcore.nn.attribute_loss import attribute_loss
from zslcore.nn.terms import Terms

UP, DOWN, FACTOR = 1.05, 1.001, 1.1  # TF-VAEGAN's control of the penalties' weights


def level_two(p: Players) -> Terms:
    """The critics' steps, then one of the encoder and the generator on the last batch."""
    steps, size = p.cfg.critic_steps, p.cfg.batch_size
    batches = draw(p.data, p.streams, p.prior, steps, size, p.unseen_critic)
    return train_critics(p, batches) | train_generator(p, batches.at(-1))


def train_critics(p: Players, batches: Batches) -> Terms:
    """Eqs. 5 and 6; G stands still, so the fakes of all steps are made at once."""
    fake, fake_unseen = _fakes(p, batches)
    terms = _train_critic(p, "d", "seen", Pairs(batches.v, fake, _mixing(p), batches.a))
    if fake_unseen is not None and batches.v_unseen is not None:
        unseen = Pairs(batches.v_unseen, fake_unseen, _mixing(p))
        terms |= _train_critic(p, "du", "unseen", unseen)
    return terms


def _train_critic(p: Players, name: str, domain: str, pairs: Pairs) -> Terms:
    """All steps of one critic, on pairs (S, C, B, ..)."""
    seen = [
        critic_step(p.networks[name], pairs.at(step), p.data.space, p.penalty[name], p.mm)
        for step in range(p.cfg.critic_steps)
    ]
    estimate, raw = (torch.stack(values).mean(0) for values in zip(*seen, strict=True))
    if p.cfg.penalty.control == "adaptive":
        control(p.penalty[name], raw)
    return {f"wasserstein_{domain}": estimate, f"penalty_{domain}": raw}


def _mixing(p: Players) -> Tensor:
    """Where between real and fake each critic looks."""
    return p.streams.uniform(p.cfg.critic_steps, p.cfg.batch_size, 1)


def _fakes(p: Players, batches: Batches) -> tuple[Tensor, Tensor | None]:
    """Features (S, C, B, V) for D, and for D^u where it plays."""
    z = p.streams.normal(*batches.a.shape[1:3], noise_size(p))
    if p.cfg.encoded_noise:
        mean, logvar = encode(p["e"], batches.v, batches.a, p.mm)
        z = mean + z * (logvar / 2).exp()
    a = batches.a
    if p.unseen_critic:
        z = torch.cat((z, p.streams.normal(*z.shape[1:])), 1)
        a = torch.cat((a, batches.a_unseen), 1)
    flat = z.flatten(1, 2), a.flatten(1, 2)
    fakes = make(p.values, p.data.space, *flat, p.mm, p.feedback)[0].view(*z.shape[:3], -1)
    if not p.unseen_critic:
        return fakes, None
    seen, unseen = fakes.chunk(2, 1)
    return seen, unseen


def control(penalty: Tensor, raw: Tensor) -> None:
    """Raise a penalty's weight where the critic is too steep, lower it where it is not, (S,)."""
    factor = torch.where(raw > UP, FACTOR, torch.where(raw < DOWN, 1 / FACTOR, 1.0))
    penalty.mul_(factor)


def train_generator(p: Players, batch: Batches) -> Terms:
    """Eq. 9, or eq. 10 in an inductive phase, by one step of E and G (and of F, if it plays)."""
    trained = [p.networks[n] for n in ("e", "g", "f") if n in p.networks and _plays(p, n)]
    with followed(*trained):
        loss, terms = generator_loss(p, batch)
        descend(loss.sum(), *trained)
    return {name: term.detach() for name, term in terms.items()}


def generator_loss(p: Players, batch: Batches) -> tuple[Tensor, Terms]:
    """The loss of E and G, (S,), and its parts; all fakes are made in one pass."""
    cfg, size = p.cfg, batch.a.shape[1]
    inputs: dict[str, tuple[Tensor, Tensor]] = {}
    terms: Terms = {}
    if cfg.encoder:
        mean, logvar = encode(p["e"], batch.v, batch.a, p.mm)
        inputs["rebuilt"] = (mean + _noise(p, size) * (logvar / 2).exp(), batch.a)
        terms["kl"] = (mean.square() + logvar.exp() - 1 - logvar).sum(-1).mean(1) / 2
    if not cfg.encoded_noise:
        inputs["fake"] = (_noise(p, size), batch.a)
    if p.unseen_critic or p.unseen_regression:
        inputs["unseen"] = (_noise(p, size), batch.a_unseen)

    z, a = (torch.cat(parts, 1) for parts in zip(*inputs.values(), strict=True))
    features, output = make(p.values, p.data.space, z, a, p.mm, p.feedback)
    made = dict(zip(inputs, features.split(size, 1), strict=True))
    fake = made["rebuilt" if cfg.encoded_noise else "fake"]

    loss = -cfg.alpha * judge(p["d"], fake, p.mm, batch.a).mean(1)
    if cfg.encoder:
        terms["reconstruction"] = _reconstruction(p, output[:, :size], batch.v)
        loss = loss + terms["kl"] + terms["reconstruction"]
    if p.unseen_critic:
        loss = loss - cfg.gamma * judge(p["du"], made["unseen"], p.mm).mean(1)
    if p.unseen_regression:
        predicted, _ = regress(p["r"], made["unseen"], p.mm)
        terms["unseen_regression"] = attribute_loss(predicted, batch.a_unseen, cfg.attribute_loss)
        loss = loss + cfg.beta * terms["unseen_regression"]
    if cfg.seen_regression > 0 and cfg.regressor != "none":
        predicted, _ = regress(p["r"], fake, p.mm)
        terms["seen_regression"] = attribute_loss(predicted, batch.a, cfg.attribute_loss)
        loss = loss + cfg.seen_regression * terms["seen_regression"]
    return loss, terms | {"generator": loss}


def _reconstruction(p: Players, output: Tensor, v: Tensor) -> Tensor:
    """Eq. 8's second term; the published code divides the squared error by V B besides."""
    error = p.data.space.reconstruction(output, v).mean(1)
    as_coded = p.cfg.reconstruction == "code" and isinstance(p.data.space, Sphere)
    return error / (v.shape[1] * v.shape[2]) if as_coded else error


def _plays(p: Players, name: str) -> bool:
    return name != "f" or p.feedback > 0


def _noise(p: Players, size: int) -> Tensor:
    return p.streams.normal(size, noise_size(p))


def noise_size(p: Players) -> int:
    """Z."""
    return p["g"]["z"].shape[1]
