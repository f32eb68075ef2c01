"""SP-AEN the plain way: one seed, modules, autograd for everything, frozen networks asked anew.

What the lean form of `zslcore.methods.spaen` must equal, and is measured against.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zslcore.methods.spaen.config import Config

Masks = tuple[Tensor, Tensor] | None
Look = Callable[[Tensor], Tensor]


class Layers(nn.Module):
    """Two layers, with dropout before both where masks are given or a rate is."""

    def __init__(self, sizes: tuple[int, int, int], slope: float, active: bool = True) -> None:
        super().__init__()
        inputs, hidden, outputs = sizes
        self.first, self.last = nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)
        self.slope, self.active = slope, active

    def forward(self, x: Tensor, masks: Masks = None, rate: float = 0.0) -> Tensor:
        x = x * masks[0] if masks is not None else F.dropout(x, rate)
        hidden = F.leaky_relu(self.first(x), self.slope)
        hidden = hidden * masks[1] if masks is not None else F.dropout(hidden, rate)
        out: Tensor = self.last(hidden)
        return F.leaky_relu(out, self.slope) if self.active else out


@dataclass(frozen=True)
class Batch:
    """Features, labels, and what F's frozen network is shown; masks and u where they are given."""

    x: Tensor
    y: Tensor
    shown: Tensor
    masks: Masks = None
    u: Tensor | None = None


class EmbedderStage:
    """E and D; F(x) is computed anew from whatever `look` makes vectors of."""

    def __init__(self, e: Layers, d: Layers, f: Layers, look: Look, cfg: Config) -> None:
        self.e, self.d, self.f, self.look, self.cfg = e, d, f, look, cfg
        self.adam_e, self.adam_d = _adam(e, cfg, True), _adam(d, cfg, False)

    def embedder_step(self, batch: Batch, classes: Tensor) -> None:
        """E: rank well, and look like F(x) to D."""
        e = self.e(batch.x, batch.masks, self.cfg.heads.dropout)
        real = self._real(self.d(e)).mean()
        rank = self.cfg.rank.weight * self._rank(e, batch.y, classes)
        loss = rank - self.cfg.adversarial.weight * real
        _step(loss, self.e, self.adam_e, self.cfg)

    def critic_step(self, batch: Batch) -> None:
        """D: tell F(x) from E(x), with a slope of 1 between them."""
        how = self.cfg.adversarial
        f = self.f(self.look(batch.shown)).detach()
        e = self.e(batch.x, batch.masks, self.cfg.heads.dropout).detach()
        u = torch.rand(len(e), 1) if batch.u is None else batch.u
        between = (f + u * (e - f)).requires_grad_()
        (g,) = torch.autograd.grad(self.d(between).sum(), between, create_graph=True)
        penalty = (g.norm(dim=1) - 1).square().mean()
        told = self._real(self.d(f)).mean() - self._real(self.d(e)).mean()
        _step(how.weight * (how.gp * penalty - told), self.d, self.adam_d, self.cfg)

    def _real(self, logit: Tensor) -> Tensor:
        return logit.sigmoid() if self.cfg.adversarial.critic == "sigmoid" else logit

    def _rank(self, e: Tensor, y: Tensor, classes: Tensor) -> Tensor:
        """Every other class as a tensor of its own (B, K - 1, A), as the published code has it."""
        images, k = len(e), len(classes)
        others = torch.arange(k).expand(images, k)[torch.arange(k) != y[:, None]]
        negatives = classes[others.view(images, k - 1)]
        own = (e * classes[y]).sum(1, keepdim=True)
        hinge = (self.cfg.rank.margin - own + (negatives * e[:, None]).sum(2)).clamp_min(0)
        if self.cfg.rank.negative == "mean":
            return hinge.mean()
        violates = (hinge > 0).to(e)
        violates[violates.sum(1) == 0] = 1  # their hinge is 0, whichever is drawn
        return hinge.gather(1, torch.multinomial(violates, 1)).mean()


class ImageStage:
    """F and G's head; the frozen networks are asked at every step for what never changes."""

    def __init__(
        self, f: Layers, g: Layers, generator: nn.Module, phi: nn.Module, cfg: Config
    ) -> None:
        self.heads = nn.ModuleList([f, g])
        self.f, self.g, self.generator, self.phi, self.cfg = f, g, generator, phi, cfg
        self.adam = _adam(self.heads, cfg, True)

    def step(self, x: Tensor) -> None:
        """Reconstruct crops x (B, 3, size, size)."""
        how, cfg = self.cfg.reconstruction, self.cfg
        maps, vector = self.phi(x)
        s = self.f(vector.detach())
        image = self.generator(self.g(s))
        begin = (image.shape[-1] - x.shape[-1]) // 2
        image = image[..., begin : begin + x.shape[-1], begin : begin + x.shape[-1]]
        feature = F.mse_loss(self.phi(image)[0], maps.detach())
        loss = how.weight * (how.pixel * F.mse_loss(image, x) + how.feature * feature)
        loss = loss + how.norm * (s.norm(dim=1) - 1).square().mean()
        self.generator.zero_grad()
        self.phi.zero_grad()
        _step(loss, self.heads, self.adam, cfg)


def _adam(module: nn.Module, cfg: Config, decayed: bool) -> torch.optim.Adam:
    how = cfg.optimizer
    decay = how.weight_decay if decayed else 0.0
    named = list(module.named_parameters())
    groups = [
        {"params": [p for n, p in named if not n.endswith("bias")], "weight_decay": decay},
        {"params": [p for n, p in named if n.endswith("bias")], "weight_decay": 0.0},
    ]
    return torch.optim.Adam(groups, lr=how.lr, betas=(how.beta1, how.beta2))


def _step(loss: Tensor, module: nn.Module, adam: torch.optim.Adam, cfg: Config) -> None:
    adam.zero_grad()
    loss.backward()
    for parameter in module.parameters():
        norm = parameter.grad.norm()
        parameter.grad *= cfg.optimizer.clip / norm.clamp_min(cfg.optimizer.clip)
    adam.step()
