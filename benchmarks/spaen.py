"""Seconds of a training step of SP-AEN, both stages: python -m benchmarks.spaen.

The plain form (modules, autograd's double backward, frozen networks asked anew at every step) and
the lean one in turn in the same process, on random data of the right shapes. E's stage: one step
of E and five of D at the size of CUB, 2048 -> 1024 -> 312 and 4096 -> 1024 -> 312, batches of 128;
the plain form once with F's vectors kept, once with AlexNet asked for them. F's stage: 64 pixels
and the small networks, batches of 64, or with --size real 256 pixels and AlexNet.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from benchmarks.spaen_textbook import Batch, EmbedderStage, ImageStage, Layers
from zslcore.data.problem import Rows
from zslcore.methods.spaen import perceptual
from zslcore.methods.spaen.autoencoder import new
from zslcore.methods.spaen.batches import Pictures
from zslcore.methods.spaen.caches import Caches
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.invert import new_generator
from zslcore.methods.spaen.reconstruction import weighted
from zslcore.methods.spaen.task import Labelled
from zslcore.methods.spaen.together import adam, update
from zslcore.methods.spaen.train_e import critic_steps, embedder_step, enter
from zslcore.methods.spaen.train_f import Chance, losses
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

IMAGES, CLASSES, ATTRIBUTES, FEATURES, VECTOR = 1000, 150, 312, 2048, 4096  # classes as CUB's
PLACE = torch.device("cpu")


@dataclass(frozen=True)
class Size:
    """Of the stage on images: pixels, images of a batch, images that there are."""

    stored: int
    crop: int
    batch: int
    images: int


SIZES = {"small": Size(64, 64, 64, 256), "real": Size(256, 224, 4, 8)}
SMALL = {"fc": (), "start": 64, "blocks": ((32,), (16,), (8,))}
REAL = {
    "fc": (4096, 4096),
    "start": 256,
    "blocks": ((256, 512), (256, 256), (128, 128), (64,), (32,)),
}


def settings(size: str, batch: int) -> Config:
    """The published code's, at one of the sizes."""
    real, at = size == "real", SIZES[size]
    generator = (REAL if real else SMALL) | {"weights": "none", "steps": 1, "freeze": True}
    look = {"kind": "alexnet" if real else "small", "width": 16, "vector": 512, "weights": "none"}
    game = {"critic": "sigmoid", "control": "penalty", "weight": 50.0, "gp": 10.0, "clip": 0.01}
    adam = {"lr": 1e-4, "beta1": 0.5, "beta2": 0.999, "clip": 10.0, "decay_at": 1.0, "decay": 0.1}
    return Config.model_validate(
        {
            "schedule": "two_stage",
            "objective": "full",
            "heads": {"e": 1024, "f": 1024, "g": 1024, "d": 0, "slope": 0.3, "dropout": 0.5},
            "generator": generator,
            "perceptual": {**look, "steps": 1, "lr": 1e-3},
            "rank": {"negative": "violating", "margin": 0.2, "weight": 1000.0},
            "adversarial": {**game, "critic_steps": 5},
            "reconstruction": {"weight": 1.0, "pixel": 488.0, "feature": 3.0, "norm": 2.0},
            "optimizer": {**adam, "weight_decay": 5e-6},
            "batch": batch,
            "steps": {"f": 1, "e": 1},
            "crops": {"resize": at.stored, "size": at.crop, "train": "centre"},
            "log_every": 1,
        }
    )


def labelled() -> Labelled:
    """Random features after a ReLU, random class vectors."""
    rng = np.random.default_rng(0)
    x = torch.from_numpy(np.maximum(rng.standard_normal((IMAGES, FEATURES), np.float32), 0))
    classes = torch.from_numpy(rng.random((CLASSES, ATTRIBUTES), np.float32))
    y = torch.arange(IMAGES) % CLASSES
    return Labelled(x / x.norm(dim=1, keepdim=True), y, classes / classes.norm(dim=1, keepdim=True))


def lean_embedders(given: Labelled, cfg: Config, seeds: int) -> Callable[[], object]:
    """Our form of E's stage: one step of E and those of D."""
    run = Run(PLACE, tuple(range(seeds)))
    players, f = enter((FEATURES, ATTRIBUTES), cfg, run), torch.rand(IMAGES, ATTRIBUTES) / 10
    streams = Streams(run, 1)

    def step() -> None:
        embedder_step(players, given, streams, cfg, 0.0, True)
        critic_steps(players, given, f, streams, cfg, 0.0)

    return step


def plain_embedders(given: Labelled, cfg: Config, from_images: bool) -> Callable[[], object]:
    """The textbook's form of it."""
    kept, size = torch.rand(IMAGES, VECTOR), SIZES["real"].crop
    e, f = Layers((FEATURES, 1024, ATTRIBUTES), 0.3), Layers((VECTOR, 1024, ATTRIBUTES), 0.3)
    d, images = (
        Layers((ATTRIBUTES, ATTRIBUTES, 1), 0.3, False),
        torch.rand(cfg.batch, 3, size, size),
    )
    alexnet = perceptual.build(settings("real", 1).perceptual, size, 0, PLACE)

    def look(shown: Tensor) -> Tensor:
        return alexnet(shown).vector.detach() if from_images else shown

    stage = EmbedderStage(e, d, f, look, cfg)

    def batch() -> Batch:
        rows = torch.randint(IMAGES, (cfg.batch,))
        return Batch(given.x[rows], given.y[rows], images if from_images else kept[rows])

    def step() -> None:
        stage.embedder_step(batch(), given.classes)
        for _ in range(cfg.adversarial.critic_steps):
            stage.critic_step(batch())

    return step


def pictures(cfg: Config) -> Pictures:
    """Random images; of the caches, the shapes and type that count."""
    at, rng = (
        SIZES["real" if cfg.perceptual.kind == "alexnet" else "small"],
        np.random.default_rng(0),
    )
    images = rng.integers(0, 256, (at.images, at.stored, at.stored, 3), np.uint8)
    network = perceptual.build(cfg.perceptual, at.crop, 0, PLACE).requires_grad_(False)
    vector, maps = perceptual.sizes(network, at.crop)
    shapes = (at.images, vector), (at.images, *maps)
    rows = [
        Rows(rng.random(each, np.float32).astype(np.float16), np.arange(at.images))
        for each in shapes
    ]
    return Pictures(images, network, Caches(*rows), cfg.crops, PLACE)


def lean_images(given: Pictures, cfg: Config) -> Callable[[], object]:
    """Our form of F's stage."""
    run, rng = Run(PLACE), np.random.default_rng(0)
    vector, _ = perceptual.sizes(given.perceptual, cfg.crops.size)
    generator = new_generator(vector, cfg, 0, PLACE).requires_grad_(False)
    auto = new("spaen", (vector, ATTRIBUTES), generator, cfg, run)
    optimizer = adam([auto], cfg.optimizer)
    chance = Chance(None, torch.zeros(1, cfg.batch))

    def step() -> None:
        terms = losses(auto, given, None, (given.draw(cfg.batch, rng), chance), cfg)
        optimizer.zero_grad()
        weighted(terms, cfg).sum().backward()
        update(optimizer, cfg.optimizer, 0.0)

    return step


def plain_images(given: Pictures, cfg: Config, followed: bool) -> Callable[[], object]:
    """The textbook's form of it; `followed`: autograd follows the frozen networks' weights, too."""
    rng, size = np.random.default_rng(0), cfg.crops.size
    phi = perceptual.build(cfg.perceptual, size, 0, PLACE).requires_grad_(followed)
    vector, _ = perceptual.sizes(phi, size)
    generator = new_generator(vector, cfg, 0, PLACE).requires_grad_(followed)
    for each in (phi, generator):
        each.to(memory_format=torch.contiguous_format)
    f, g = Layers((vector, 1024, ATTRIBUTES), 0.3), Layers((ATTRIBUTES, 1024, vector), 0.3)
    stage = ImageStage(f, g, generator, phi, cfg)
    return lambda: stage.step(given.crops(given.draw(cfg.batch, rng)).contiguous())


def measured(
    forms: Mapping[str, tuple[Callable[[], object], int]], times: int
) -> dict[str, dict[str, float]]:
    """Median seconds of a step of each form, after a first one; of one seed's part of it.

    The forms take turns, so that what else the machine does falls on all of them.
    """
    walls: dict[str, list[float]] = {name: [] for name in forms}
    processors: dict[str, list[float]] = {name: [] for name in forms}
    for call, _ in forms.values():
        call()
    for _ in range(times):
        for name, (call, seeds) in forms.items():
            wall, processor = time.perf_counter(), time.process_time()
            call()
            walls[name].append((time.perf_counter() - wall) / seeds)
            processors[name].append((time.process_time() - processor) / seeds)
    middle = statistics.median
    return {name: {"wall": middle(walls[name]), "cpu": middle(processors[name])} for name in forms}


def main(size: str, times: int, threads: int, as_json: bool) -> None:
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    at, given = settings("real", 128), labelled()
    asked = {"textbook, AlexNet asked": (plain_embedders(given, at, True), 1)}
    e_stage = measured(asked, 1) | measured(
        {
            "textbook, vectors kept": (plain_embedders(given, at, False), 1),
            "lean": (lean_embedders(given, at, 1), 1),
            "lean, 5 seeds, each": (lean_embedders(given, at, 5), 5),
        },
        times,
    )
    cfg = settings(size, SIZES[size].batch)
    seen = pictures(cfg)
    f_stage = measured(
        {
            "textbook, weights followed": (plain_images(seen, cfg, True), 1),
            "textbook": (plain_images(seen, cfg, False), 1),
            "lean": (lean_images(seen, cfg), 1),
        },
        times,
    )
    found = {"E": e_stage, f"F, {size}": f_stage}
    if as_json:
        print(json.dumps({"threads": threads, "seconds": found}))
        return
    for stage, rows in found.items():
        print(f"stage of {stage}; {threads} threads; seconds of a step")
        for name, row in rows.items():
            print(
                f"  {name:<28} cpu {row['cpu']:8.4f}   wall {row['wall']:8.4f}   "
                f"{row['cpu'] / rows['lean']['cpu']:6.2f} x lean"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="small", help="of the stage on images")
    parser.add_argument("--times", type=int, default=9, help="steps measured, after a first one")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", dest="as_json")
    main(**vars(parser.parse_args()))
