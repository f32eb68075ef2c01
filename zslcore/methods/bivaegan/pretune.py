"""Pre-tuning of features: a network trained on seen classes maps them before the method sees them.

Bi-VAEGAN does so on CUB (https://arxiv.org/abs/2303.08698, section 4.1.1); the network is that of
the authors' code. Departures from it: each image is held against its own class vector (there,
against that of the batch's first image), reconstruction is trained, of unlabelled images too, and
the epoch is chosen on held-out images of seen classes.

One network serves all seeds of a run, as one backbone does: the spread over seeds is that of the
method on given features.
"""

from copy import deepcopy

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from zslcore.data.problem import Problem
from zslcore.methods.bivaegan.pretune_config import Pretune
from zslcore.methods.bivaegan.pretune_images import Images, batches, companions, prepare
from zslcore.methods.bivaegan.pretune_networks import ROWS, Network, Tuner, load_tuner
from zslcore.nn.attribute_loss import AttributeLoss, attribute_loss
from zslcore.nn.streams import Diverged
from zslcore.runtime.progress import counting
from zslcore.runtime.run import Run

__all__ = ["Tuner", "load_tuner", "tune"]

TERMS = ("class_loss", "attribute_loss", "reconstruction_loss")


def tune(problem: Problem, cfg: Pretune, run: Run) -> Tuner:
    """Train the network on a problem, and keep its encoder.

    Features may have any length: the network sees them at unit length, here and in `Tuner.apply`.
    The encoder kept is that of the epoch with the best mean per-class accuracy on held-out images
    of seen classes, of equals the first. Unlabelled images are used if `reconstruction_weight` is
    above 0. All is drawn from the run's first seed.

    Raises:
        ValueError: no epochs are asked for, or no seen class has an image to hold out.
        Diverged: a loss is not finite.
    """
    if cfg.epochs == 0:
        raise ValueError("pretune.epochs is 0: there is nothing to train")
    rng = np.random.default_rng([run.seeds[0], *b"pretune"])
    images = prepare(problem, cfg, run, rng)
    network = build(images, cfg, run)
    adam = torch.optim.Adam(network.parameters(), lr=cfg.lr, betas=(cfg.beta1, cfg.beta2))
    best, kept, weights = -1.0, 0, network.encoder.state_dict()
    with counting("pre-tuning", cfg.epochs, "epochs") as advance:
        for epoch in range(1, cfg.epochs + 1):
            terms = means(train_epoch(network, adam, images, cfg, rng), epoch)
            accuracy = held_out_accuracy(network, images)
            run.log({"phase": "pretune", "epoch": epoch, **terms, "held_out": accuracy})
            if accuracy > best:
                best, kept = accuracy, epoch
                weights = deepcopy(network.encoder.state_dict())
            advance(1)
    network.encoder.load_state_dict(weights)
    about = {"seed": run.seeds[0], "epoch": kept, "held_out": best, "settings": cfg.model_dump()}
    return Tuner(network.encoder.eval(), about)


def build(images: Images, cfg: Pretune, run: Run) -> Network:
    """A network with torch's usual first weights, of the run's first seed."""
    classes, attributes = images.vectors.shape
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(run.seeds[0])
        network = Network(images.x.shape[1], cfg.hidden, cfg.heads, classes, attributes)
    return network.to(run.device)


def train_epoch(
    network: Network,
    adam: torch.optim.Optimizer,
    images: Images,
    cfg: Pretune,
    rng: np.random.Generator,
) -> Tensor:
    """Go through the training images once; the losses of every step, (steps, 3)."""
    own = batches(len(images.x), cfg.batch_size, rng)
    others = companions(len(images.extra), own, rng)
    place = images.x.device
    steps = zip(torch.as_tensor(own).to(place), torch.as_tensor(others).to(place), strict=True)
    weights = cfg.class_weight, cfg.attribute_weight, cfg.reconstruction_weight
    weight = torch.tensor(weights, device=place)
    network.train()
    done = []
    for rows, extra in steps:
        terms = losses(network, images, rows, extra, cfg.attribute_loss)
        adam.zero_grad()
        (weight * terms).sum().backward()
        adam.step()
        done.append(terms.detach())
    return torch.stack(done)


def losses(
    network: Network, images: Images, rows: Tensor, extra: Tensor, kind: AttributeLoss
) -> Tensor:
    """The unweighted losses of a batch, in the order of `TERMS`, (3,).

    Seen and unlabelled images go through the encoder together, so that batch norm treats them
    alike, as it will when the network is applied. The reconstruction error of an image is summed
    over its features, as in the method's eq. 8.

    Args:
        network: in training mode.
        images: all of them.
        rows: training images of the batch, (B,).
        extra: unlabelled images of the batch, (B,) or (0,).
        kind: of the attribute loss.
    """
    x, y = torch.cat((images.x[rows], images.extra[extra])), images.y[rows]
    v = network.encoder(x)
    own = v[: len(rows)]
    return torch.stack(
        (
            F.cross_entropy(network.class_head(own), y),
            attribute_loss(network.attributes(own), images.vectors[y], kind),
            (network.decoder(v) - x).square().sum(1).mean(),
        )
    )


@torch.no_grad()
def held_out_accuracy(network: Network, images: Images) -> float:
    """Share of held-out images that the class head recognises, averaged over their classes."""
    network.eval()
    hits = [
        network.class_head(network.encoder(x)).argmax(1) == y
        for x, y in zip(images.held_x.split(ROWS), images.held_y.split(ROWS), strict=True)
    ]
    hit, y = torch.cat(hits).cpu().numpy(), images.held_y.cpu().numpy()
    return float(np.mean([hit[y == c].mean() for c in np.unique(y)]))


def means(terms: Tensor, epoch: int) -> dict[str, float]:
    """The mean of each loss over an epoch's steps, (steps, 3).

    Raises:
        Diverged: a loss is not finite.
    """
    for name, column in zip(TERMS, terms.T, strict=True):
        if not column.isfinite().all():
            step = int(column.isfinite().long().argmin()) + 1
            raise Diverged(
                f"pre-tuning: {name} is not finite in epoch {epoch}, step {step}; "
                "lower pretune.lr or the losses' weights"
            )
    return dict(zip(TERMS, terms.mean(0).tolist(), strict=True))
