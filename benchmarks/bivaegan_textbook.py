"""Bi-VAEGAN the plain way: one seed, modules, autograd for everything, one optimiser per network.

What the lean form of `zslcore.methods.bivaegan` must equal, and is measured against. Only the full
method is here: all six networks, no feedback, class vectors shown to D^a as they are.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SLOPE = 0.2
UP, DOWN, FACTOR = 1.05, 1.001, 1.1


@dataclass(frozen=True)
class Sizes:
    """V visual features, A attributes, Z noise, H hidden units, and those of D^a."""

    features: int
    attributes: int
    noise: int
    hidden: int
    attribute_hidden: int


@dataclass(frozen=True)
class Setting:
    """The weights of the losses, named as in params.yaml."""

    r: float
    alpha: float
    beta: float
    gamma: float
    lam: float
    lr: float
    attribute_penalty: float


@dataclass(frozen=True)
class Batch:
    """What one step is given: images and class vectors of both domains, noise, mixing weights."""

    v: Tensor
    a: Tensor
    v_unseen: Tensor
    a_unseen: Tensor
    z: Tensor
    z_unseen: Tensor
    t: Tensor
    t_unseen: Tensor


class Encoder(nn.Module):
    """(v, a) -> mean and log-variance of the noise."""

    def __init__(self, s: Sizes) -> None:
        super().__init__()
        self.first = nn.Linear(s.features + s.attributes, s.hidden)
        self.norm = nn.BatchNorm1d(s.hidden)
        self.mean, self.logvar = nn.Linear(s.hidden, s.noise), nn.Linear(s.hidden, s.noise)

    def forward(self, v: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
        hidden = F.leaky_relu(self.norm(self.first(torch.cat((v, a), 1))), SLOPE)
        return self.mean(hidden), self.logvar(hidden)


class Layers(nn.Module):
    """Any number of inputs, concatenated, through one hidden layer."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)

    def forward(self, *parts: Tensor) -> Tensor:
        out: Tensor = self.last(F.leaky_relu(self.first(torch.cat(parts, 1)), SLOPE))
        return out


class Textbook:
    """One seed's networks, optimisers and steps."""

    def __init__(self, sizes: Sizes, setting: Setting) -> None:
        s = sizes
        self.setting = setting
        self.e = Encoder(s)
        self.g = Layers(s.noise + s.attributes, s.hidden, s.features)
        self.d = Layers(s.features + s.attributes, s.hidden, 1)
        self.du = Layers(s.features, s.hidden, 1)
        self.r = Layers(s.features, s.hidden, s.attributes)
        self.da = Layers(s.attributes, s.attribute_hidden, 1)
        self.penalty = {"d": 10.0, "du": 10.0}
        self.adam = {
            name: torch.optim.Adam(net.parameters(), setting.lr, betas=(0.5, 0.999), foreach=False)
            for name, net in self.networks().items()
        }

    def networks(self) -> dict[str, nn.Module]:
        return {name: getattr(self, name) for name in ("e", "g", "d", "du", "r", "da")}

    def generated(self, z: Tensor, a: Tensor) -> Tensor:
        return self.setting.r * F.normalize(self.g(z, a), dim=1)

    def regressed(self, v: Tensor) -> Tensor:
        return F.normalize(self.r(v), dim=1)

    def level_two(self, batches: list[Batch], noise: tuple[Tensor, Tensor, Tensor]) -> None:
        """The critics' steps, then one of encoder and generator with noise of its own."""
        raw: dict[str, list[Tensor]] = {"d": [], "du": []}
        for b in batches:
            fake = self.generated(b.z, b.a).detach()
            raw["d"].append(self.critic_step("d", b.v, fake, b.t, self.penalty["d"], b.a))
            fake = self.generated(b.z_unseen, b.a_unseen).detach()
            raw["du"].append(
                self.critic_step("du", b.v_unseen, fake, b.t_unseen, self.penalty["du"])
            )
        for name, seen in raw.items():
            mean = torch.stack(seen).mean().item()
            self.penalty[name] *= FACTOR if mean > UP else 1 / FACTOR if mean < DOWN else 1.0
        self._step(self.generator_loss(batches[-1], noise), "e", "g")

    def critic_step(
        self, name: str, real: Tensor, fake: Tensor, t: Tensor, penalty: float, *given: Tensor
    ) -> Tensor:
        """One step of a critic; the raw penalty before it."""
        critic = self.networks()[name]
        # class vectors have length 1, and D^a's terms are a sum over two domains
        r, weight = (1.0, 2.0) if name == "da" else (self.setting.r, 1.0)
        loss = weight * (critic(fake, *given).mean() - critic(real, *given).mean())
        between = (r * F.normalize(t * real + (1 - t) * fake, dim=1)).requires_grad_()
        (g,) = torch.autograd.grad(critic(between, *given).sum(), between, create_graph=True)
        raw = (g.norm(dim=1) - 1).square().mean()
        self._step(loss + penalty * raw, name)
        return raw.detach()

    def generator_loss(self, b: Batch, noise: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Eq. 9, with eq. 8 as printed: summed over the features."""
        s, (eps, z, z_unseen) = self.setting, noise
        mean, logvar = self.e(b.v, b.a)
        rebuilt = self.generated(mean + eps * (0.5 * logvar).exp(), b.a)
        kl = -0.5 * (1 + logvar - mean**2 - logvar.exp()).sum(1).mean()
        unseen = self.generated(z_unseen, b.a_unseen)
        return (
            kl
            + ((rebuilt - b.v) ** 2).sum(1).mean()
            - s.alpha * self.d(self.generated(z, b.a), b.a).mean()
            - s.gamma * self.du(unseen).mean()
            + s.beta * weighted_l1(self.regressed(unseen), b.a_unseen)
        )

    def level_one(self, critic_batches: list[Batch], batches: list[Batch]) -> None:
        """D^a's steps, then R's."""
        for b in critic_batches:
            real = torch.cat((b.a, b.a_unseen))
            fake = self.regressed(torch.cat((b.v, b.v_unseen))).detach()
            t = torch.cat((b.t, b.t_unseen))
            self.critic_step("da", real, fake, t, self.setting.attribute_penalty)
        for b in batches:
            predicted, predicted_unseen = self.regressed(b.v), self.regressed(b.v_unseen)
            fooled = self.da(predicted).mean() + self.da(predicted_unseen).mean()
            self._step(weighted_l1(predicted, b.a) - self.setting.lam * fooled, "r")

    def _step(self, loss: Tensor, *names: str) -> None:
        for name in names:
            self.adam[name].zero_grad()
        loss.backward()
        for name in names:
            self.adam[name].step()


def weighted_l1(predicted: Tensor, target: Tensor) -> Tensor:
    """Absolute errors weighted by their square over the error's length."""
    error = predicted - target
    weight = error**2 / error.norm(dim=1, keepdim=True)
    return (weight * error.abs()).sum(1).mean()
