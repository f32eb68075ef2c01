"""The image generator, trained to invert the perceptual network's vector.

It stands in for the one that the paper takes ready-made from Dosovitskiy & Brox 2016. Where a file
of weights is given, it goes on from these; with no steps, it is left as it is read.
"""

from pathlib import Path

import torch
from torch import nn

from zslcore.features import weights
from zslcore.methods.spaen import keys, perceptual
from zslcore.methods.spaen.batches import Drawn, Pictures
from zslcore.methods.spaen.config import Images
from zslcore.methods.spaen.generator import layers
from zslcore.methods.spaen.initial import made
from zslcore.methods.spaen.loop import Plan, Step, train
from zslcore.methods.spaen.reconstruction import image_terms, weighted
from zslcore.methods.spaen.together import adam, totals, update
from zslcore.nn.state import State
from zslcore.nn.terms import Terms
from zslcore.runtime.run import Run


def invert(pictures: Pictures, cfg: Images, run: Run) -> nn.Sequential:
    """The generator, by the losses of eq. 3 between crops and what it makes of their vectors.

    Args:
        pictures: training images.
        cfg: settings.
        run: its first seed counts.

    Raises:
        ValueError: the file of weights does not fit.
        Diverged: a loss is not finite.
    """
    run, phi = keys.alone(run), pictures.perceptual.maps
    inputs, _ = perceptual.sizes(pictures.perceptual, cfg.crops.size)
    generator = new_generator(inputs, cfg, keys.module_seed(run, keys.GENERATOR), run.device)
    if cfg.generator.weights != "none":
        weights.load(generator, Path(cfg.generator.weights))
    optimizer = adam([generator], cfg.optimizer)

    def step(drawn: Drawn, progress: float) -> Terms:
        x = pictures.crops(drawn)
        seen = pictures.perceived(drawn, x)
        terms = image_terms(generator(seen.vector), x, seen.maps, phi, cfg)
        optimizer.zero_grad()
        weighted(terms, cfg).sum().backward()
        update(optimizer, cfg.optimizer, progress)
        return totals(terms)

    def begin(number: int) -> Step:
        rng = keys.batches_of(run, keys.GENERATOR, number)
        return lambda progress: step(pictures.draw(cfg.batch, rng).own(), progress)

    state = State(nn.ModuleDict({"generator": generator}), {"adam": optimizer})
    train(state, Plan("generator", cfg.generator.steps, cfg.log_every), run, begin)
    return generator


def new_generator(inputs: int, cfg: Images, seed: int, device: torch.device) -> nn.Sequential:
    """One that has learnt nothing."""
    return made(lambda: layers(inputs, cfg.generator, cfg.heads.slope), seed, device)
