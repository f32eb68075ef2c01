"""Training on images: features through an embedding to an image that is compared with the crop.

With F it is the first stage of the published code; with E in its place, an architecture of
Figure 6.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from zslcore.methods.spaen import keys
from zslcore.methods.spaen.autoencoder import IMAGES, Autoencoder
from zslcore.methods.spaen.batches import Drawn, Pictures
from zslcore.methods.spaen.config import Config, Images
from zslcore.methods.spaen.crops import views
from zslcore.methods.spaen.loop import Plan, Step, train
from zslcore.methods.spaen.networks import Masks, masks
from zslcore.methods.spaen.ranking import ranking
from zslcore.methods.spaen.reconstruction import image_terms, norm_error, weighted
from zslcore.methods.spaen.task import Labelled
from zslcore.methods.spaen.together import adam, totals, update
from zslcore.nn.state import State
from zslcore.nn.streams import Streams
from zslcore.nn.terms import Terms
from zslcore.runtime import processes
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Chance:
    """What chance decides of a step, beside the batch.

    Attributes:
        masks: of E's dropout, or None.
        u: what draws the ranking loss's other class, (1, B).
    """

    masks: Masks | None
    u: Tensor

    def own(self, size: int) -> "Chance":
        """This process's part of a batch of that size."""
        part = processes.share(size)
        kept = None if self.masks is None else (self.masks[0][:, part], self.masks[1][:, part])
        return Chance(kept, self.u[:, part])


def train_on_images(
    auto: Autoencoder, pictures: Pictures, labelled: Labelled | None, cfg: Images, run: Run
) -> None:
    """Train in place all of it that asks for gradients.

    Modes: with "spaen" the objective is L_rec and the norm term; with "directmap" L_rec, and E is
    as it comes; with "sae" and "splitbranch" L_rec and L_cls.

    Args:
        auto: its mode says what it is trained by.
        pictures: training images.
        labelled: what E is given; None for F.
        cfg: settings.
        run: of one seed.

    Raises:
        Diverged: a term is not finite.
    """
    auto.generator.requires_grad_(not cfg.generator.freeze)
    auto.coder.requires_grad_(auto.mode != "directmap")
    optimizer = adam([auto], cfg.optimizer)

    def begin(number: int) -> Step:
        rng = keys.batches_of(run, keys.F, number)
        streams = keys.streams_of(run, keys.F, number)

        def step(progress: float) -> Terms:
            drawn, chance = pictures.draw(cfg.batch, rng), _chance(auto, cfg, streams)
            terms = losses(auto, pictures, labelled, (drawn.own(), chance.own(cfg.batch)), cfg)
            optimizer.zero_grad()
            weighted(terms, cfg).sum().backward()
            update(optimizer, cfg.optimizer, progress)
            return totals(terms)

        return step

    name = "f" if auto.mode == "spaen" else auto.mode
    plan = Plan(name, cfg.steps.f, cfg.log_every)
    train(State(nn.ModuleDict({"auto": auto}), {"adam": optimizer}), plan, run, begin)
    auto.requires_grad_(False)


def losses(
    auto: Autoencoder,
    pictures: Pictures,
    labelled: Labelled | None,
    batch: tuple[Drawn, Chance],
    cfg: Images,
) -> Terms:
    """The terms of a batch's part, divided by the whole batch, (1,) each."""
    drawn, chance = batch
    x = pictures.crops(drawn)
    seen = pictures.perceived(drawn, x)
    if labelled is None:
        coded = auto.coder(seen.vector[None])
    else:
        rows = torch.from_numpy(drawn.rows).to(x.device)
        coded = auto.coder(labelled.x[rows][None], chance.masks)
    image = auto.decode(coded.code)
    terms = image_terms(image, x, seen.maps, pictures.perceptual.maps, cfg)
    if labelled is None and cfg.reconstruction.norm:
        terms["norm"] = norm_error(coded.semantic).sum(1) / cfg.batch
    if labelled is not None and auto.mode != "directmap":
        assert isinstance(cfg, Config)
        y = labelled.y[rows][None]
        ranked = ranking(coded.semantic, labelled.classes, y, chance.u, cfg.rank)
        terms["rank"] = ranked.sum(1) / cfg.batch
    return terms


def _chance(auto: Autoencoder, cfg: Images, streams: Streams) -> Chance:
    rate = cfg.heads.dropout if auto.mode in ("sae", "splitbranch") else 0.0
    drawn = masks(auto.coder.head, rate, cfg.batch, streams)
    return Chance(drawn, streams.uniform(cfg.batch))


@torch.no_grad()
def embed_crops(auto: Autoencoder, pictures: Pictures) -> Tensor:
    """F(x) of every fixed crop of every training image, (N, V, A)."""
    found = [
        auto.coder(pictures.vectors(drawn)[None]).semantic[0] for drawn in every_crop(pictures)
    ]
    embedded = torch.cat(found)
    return embedded.view(len(pictures.images), -1, embedded.shape[1])


def every_crop(pictures: Pictures) -> Iterator[Drawn]:
    """The fixed crops of all images, image by image, some images at a time."""
    fixed = views(pictures.cfg)
    for begin in range(0, len(pictures.images), IMAGES):
        rows = np.arange(begin, min(begin + IMAGES, len(pictures.images)))
        each = rows.repeat(len(fixed))
        which = np.tile(np.arange(len(fixed)), len(rows))
        yield Drawn(each, fixed[which], each * len(fixed) + which)
