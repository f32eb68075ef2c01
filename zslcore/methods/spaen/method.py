"""SP-AEN: a semantics-preserving adversarial embedding network.

Chen et al. 2018, https://arxiv.org/abs/1712.01928. Three steps, each of which can be kept: the
networks that the paper takes ready-made; F and G; E and D.

Departures from the published code: E has one view of each image, that of the pooled features,
where F has the crops; images of a batch are drawn with replacement; each seed has an E and a D of
its own, and under the two-stage schedule all share F and G.
"""

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import nn

from zslcore.data.problem import Problem
from zslcore.methods.spaen import caches, keys
from zslcore.methods.spaen.autoencoder import Autoencoder, new
from zslcore.methods.spaen.batches import Pictures, check_images
from zslcore.methods.spaen.coders import Mode
from zslcore.methods.spaen.config import Config, Images
from zslcore.methods.spaen.invert import invert
from zslcore.methods.spaen.joint import train_together
from zslcore.methods.spaen.model import Model, load
from zslcore.methods.spaen.networks import NAMES, Head
from zslcore.methods.spaen.perceive import perceive
from zslcore.methods.spaen.perceptual import Perceptual, sizes
from zslcore.methods.spaen.pretrained import Pretrained
from zslcore.methods.spaen.reconstruct import train_mode
from zslcore.methods.spaen.task import Labelled, prepare
from zslcore.methods.spaen.train_e import train_e
from zslcore.methods.spaen.train_f import embed_crops
from zslcore.runtime import processes
from zslcore.runtime.run import Run

__all__ = ["fit", "fit_e", "fit_f", "load", "pretrain"]


def fit(problem: Problem, cfg: Config, run: Run) -> Model:
    """All steps, one after the other.

    Args:
        problem: with features and images, squares of the settings' size.
        cfg: settings.
        run: device, seeds, log, scratch. E has a model per seed; F and G one of the first seed
            under the two-stage schedule, one per seed under the joint one.

    Raises:
        ValueError: images are missing or of another size, or weights cannot be had.
        Diverged: training left the finite numbers.
    """
    if cfg.objective == "classification":
        return fit_e(problem, cfg, run)
    if processes.count() > 1 and run.scratch is None:
        raise ValueError("SP-AEN under several processes needs a scratch folder that they share")
    with TemporaryDirectory() as folder:
        kept = Path(folder) if run.scratch is None else run.scratch / "caches"
        pretrained = pretrain(problem, cfg, run, kept)
        auto = fit_f(problem, pretrained, cfg, run, kept) if cfg.schedule == "two_stage" else None
        return fit_e(problem, cfg, run, (pretrained, auto, kept))


def pretrain(problem: Problem, cfg: Images, run: Run, folder: Path) -> Pretrained:
    """The perceptual network and the generator that inverts it.

    What the network says of fixed crops is written to the folder, for all that follows.
    """
    images = check_images(problem.images, cfg.crops)
    perceptual = perceive(images, problem.y, cfg, run)
    if cfg.crops.train != "random":
        caches.make(perceptual, images, cfg.crops, folder)
    generator = invert(_pictures(problem, perceptual, cfg, run, folder), cfg, run)
    return Pretrained(perceptual, generator)


def fit_f(
    problem: Problem,
    pretrained: Pretrained,
    cfg: Images,
    run: Run,
    folder: Path,
    mode: Mode = "spaen",
) -> Autoencoder:
    """F and G, of the run's first seed; or another architecture of the reconstruction study.

    Args:
        problem: as in `fit`.
        pretrained: of `pretrain`.
        cfg: settings; all of them for another architecture than "spaen".
        run: as in `fit`.
        folder: that `pretrain` wrote to.
        mode: architecture.
    """
    pictures = _pictures(problem, pretrained.perceptual, cfg, run, folder)
    return train_mode(mode, pretrained.generator, pictures, prepare(problem, run), cfg, run)


def fit_e(
    problem: Problem,
    cfg: Config,
    run: Run,
    given: tuple[Pretrained, Autoencoder | None, Path] | None = None,
) -> Model:
    """E of every seed, and with it the model.

    Args:
        problem: as in `fit`.
        cfg: settings.
        run: as in `fit`.
        given: what `pretrain` and `fit_f` made, and the folder of the former; nothing for the
            objective "classification", and no F and G for the joint schedule, which trains them.

    Raises:
        ValueError: something that the settings need is not given.
        Diverged: a term is not finite.
    """
    labelled = prepare(problem, run)
    if cfg.objective == "classification":
        return Model(train_e(labelled, None, cfg, run), problem.class_vectors, (), cfg)
    if given is None or (given[1] is None and cfg.schedule == "two_stage"):
        raise ValueError(
            f"E under objective full and schedule {cfg.schedule} needs what pretrain made"
            + " and F and G of fit_f" * (cfg.schedule == "two_stage")
        )
    pretrained, auto, folder = given
    pictures = _pictures(problem, pretrained.perceptual, cfg, run, folder)
    if auto is not None and cfg.schedule == "two_stage":
        f = embed_crops(auto, pictures)
        return Model(train_e(labelled, f, cfg, run), problem.class_vectors, (auto,), cfg)
    generator, runs = pretrained.generator, [keys.alone(run, [seed]) for seed in run.seeds]
    each = [_together(generator, pictures, labelled, cfg, own) for own in runs]
    heads, autos = [e for e, _ in each], [auto for _, auto in each]
    return Model(_stacked(heads), problem.class_vectors, autos, cfg)


def _together(
    generator: nn.Sequential, pictures: Pictures, labelled: Labelled, cfg: Config, run: Run
) -> tuple[Head, Autoencoder]:
    inputs, _ = sizes(pictures.perceptual, cfg.crops.size)
    widths = inputs, labelled.classes.shape[1]
    auto = new("spaen", widths, deepcopy(generator), cfg, run)
    return train_together(auto, pictures, labelled, cfg, run), auto.eval()


def _stacked(heads: list[Head]) -> Head:
    values = {name: torch.cat([getattr(head, name) for head in heads]) for name in NAMES}
    return Head(values, heads[0].slope).requires_grad_(False)


def _pictures(
    problem: Problem, perceptual: Perceptual, cfg: Images, run: Run, folder: Path
) -> Pictures:
    held = None if cfg.crops.train == "random" else caches.load(folder)
    images = check_images(problem.images, cfg.crops)
    return Pictures(images, perceptual, held, cfg.crops, run.device)
