"""What the generator is trained to lower (PADing, eq. 7), and what the classifier is."""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear

from zslcore.methods.pading.batches import evenly
from zslcore.methods.pading.config import Config
from zslcore.methods.pading.heads import LinearHead
from zslcore.methods.pading.mmd import generator_loss
from zslcore.methods.pading.networks import Networks
from zslcore.methods.pading.regularisers import regularisers
from zslcore.methods.pading.task import Task
from zslcore.nn.terms import Terms


def generator_terms(networks: Networks, task: Task, real: Tensor, y: Tensor) -> Terms:
    """The terms of eq. 7 before they are weighted, (1,) each; one without weight is not computed.

    Args:
        networks: with a generator.
        task: class vectors, settings.
        real: matched embeddings, n of each of C classes, (C, n, d).
        y: their classes, (C, n).
    """
    cfg, labels = task.cfg, y.flatten()
    wanted = regularised(cfg)
    asked = torch.cat((labels, task.unseen)) if wanted else labels
    made = networks.fakes(task, asked)
    fake = made[: len(labels)]
    terms = {"mmd": generator_loss(real, fake.view_as(real), cfg.mmd)}
    if cfg.conditioning:
        assert isinstance(networks.head, LinearHead)  # a projection has no generator
        terms["conditioning"] = conditioning_loss(networks.head, fake, labels, task.seen)
    if wanted and cfg.inputs == "both":
        made, asked = torch.cat((real.flatten(0, 1), made)), torch.cat((labels, asked))
    if wanted:
        terms |= regularisers(networks, task, made, asked)
    return {name: term.view(1) for name, term in terms.items()}


def regularised(cfg: Config) -> bool:
    """Whether anything but the discrepancy shapes the generator."""
    return cfg.lam > 0 and (cfg.disentangle.use or cfg.align.weight > 0)


def total(terms: Terms, cfg: Config) -> Tensor:
    """L_G + lambda (L_D + L_A), and the code's conditioning; (1,)."""
    d = cfg.disentangle
    weight = {
        "mmd": 1.0,
        "conditioning": cfg.conditioning,
        "related": cfg.lam * d.weight_related,
        "unrelated": cfg.lam * d.weight_unrelated,
        "reconstruction": cfg.lam * d.weight_reconstruction,
        "alignment": cfg.lam * cfg.align.weight,
    }
    return torch.stack([weight[name] * term for name, term in terms.items()]).sum(0)


def conditioning_loss(head: LinearHead, fake: Tensor, y: Tensor, seen: Tensor) -> Tensor:
    """The code's cross-entropy of generated embeddings among the seen classes, ().

    The classifier is that of this step, and is not trained by it: until its own training begins,
    it is the segmenter's class layer.

    Args:
        head: with weight (K + 1, d) and bias (K + 1,).
        fake: (n, d).
        y: classes, (n,).
        seen: bool, (K,).
    """
    logits = linear(fake, head.weight.detach()[:-1], head.bias.detach()[:-1])
    return cross_entropy(logits.masked_fill(~seen, -torch.inf), y)


def classifier_terms(networks: Networks, task: Task) -> Terms:
    """Weighted cross-entropy of real embeddings and of generated ones of unseen classes, (1,).

    As in training, the generator draws noise and drops out.
    """
    cfg, k, device = task.cfg.classifier, len(task.seen), task.x.device
    matched = torch.randint(len(task.x), (cfg.real,), device=device)
    others = torch.randint(len(task.unmatched), (cfg.no_object,), device=device)
    y = [task.y[matched], torch.full_like(others, k)]
    x = [task.embeddings(task.x, matched), task.embeddings(task.unmatched, others)]
    if networks.generator is not None:
        y.append(evenly(task.unseen, cfg.fake))
        with torch.no_grad():
            x.append(networks.fakes(task, y[-1]))
    weight = torch.ones(k + 1, dtype=x[0].dtype, device=device)
    weight[task.unseen], weight[k] = cfg.unseen_weight, cfg.no_object_weight
    loss = cross_entropy(networks.head(torch.cat(x)), torch.cat(y), weight)
    return {"classification": loss.view(1)}
