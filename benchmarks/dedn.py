"""Seconds and memory of a training step of DEDN: python -m benchmarks.dedn.

The plain form (a module per sub-network, einsum, autograd) and the lean one, each in a process of
its own, on random maps of the right shapes: batches of 50, one seed, both experts and branches.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch

from benchmarks.dedn_textbook import Classes, Setting, Textbook
from zslcore.methods.dedn.batches import Batches
from zslcore.methods.dedn.config import Loss, Optimizer, Training
from zslcore.methods.dedn.layout import lay_out
from zslcore.methods.dedn.maps import Maps
from zslcore.methods.dedn.networks import build
from zslcore.methods.dedn.task import Task
from zslcore.methods.dedn.train import losses, optimizer, total
from zslcore.nn.streams import Streams
from zslcore.runtime import device
from zslcore.runtime.run import Run

IMAGES, BATCH, CHANNELS, WORDS = 100, 50, 2048, 300


@dataclass(frozen=True)
class Size:
    """Regions, classes and those unseen, attributes of each cluster."""

    regions: int
    classes: int
    unseen: int
    clusters: tuple[int, ...]


SIZES = {
    "cub": Size(196, 200, 50, (112, 87, 24, 40, 15, 34)),
    "awa2": Size(49, 50, 10, (18, 15, 38, 14)),
    "sun": Size(196, 717, 72, (38, 27, 17, 20)),
}
FORMS = ("textbook fp32", "lean fp32", "lean bf16")


@dataclass(frozen=True)
class Data:
    """Random numbers in place of a dataset."""

    maps: np.ndarray  # float16 (N, R, C), after a ReLU
    y: np.ndarray
    vectors: np.ndarray  # of attributes
    classes: np.ndarray  # class vectors of unit length
    seen: np.ndarray
    clusters: np.ndarray


def data(size: Size) -> Data:
    """As many images as two batches have: a step reads others than the one before."""
    rng = np.random.default_rng(0)
    shape = IMAGES, size.regions, CHANNELS
    maps = np.empty(shape, np.float16)
    for image in maps:
        image[:] = np.maximum(rng.standard_normal(shape[1:], np.float32), 0)
    seen = np.arange(size.classes) < size.classes - size.unseen
    attributes = sum(size.clusters)
    classes = rng.random((size.classes, attributes), np.float32)
    classes /= np.linalg.norm(classes, axis=1, keepdims=True)
    vectors = rng.standard_normal((attributes, WORDS)).astype(np.float32)
    y = np.arange(IMAGES) % int(seen.sum())
    return Data(
        maps, y, vectors, classes, seen, np.repeat(range(len(size.clusters)), size.clusters)
    )


def settings(precision: str) -> Training:
    """Those of the paper, for CUB."""
    loss = Loss(
        classification="mal",
        margin=1.0,
        true_margin=2.0,
        pair="code",
        align=0.001,
        distill=0.1,
        self_calibration=0.0,
    )
    return Training(
        experts="both",
        branches="both",
        attribute_vectors="names",
        train_vectors=True,
        rank=0,
        training_lambda_rc=None,
        loss=loss,
        sampler="uniform",
        batch_size=BATCH,
        epochs=1,
        optimizer=Optimizer(lr=1e-4, smoothing=0.99, momentum=0.9, weight_decay=1e-4),
        precision=precision,
    )


def lean(given: Data, precision: str, place: torch.device) -> Callable[[], None]:
    """A step of our form."""
    cfg, run = settings(precision), Run(place)
    layout = lay_out(given.clusters, cfg)
    maps = Maps(given.maps, place)
    signatures = run.tensor(given.classes[:, layout.order])
    task = Task(maps, run.tensor(given.y), signatures, run.tensor(given.seen), layout, cfg)
    weights = build(layout, run.tensor(given.vectors), maps.shape, 0, Streams(run))
    rms, draw = optimizer(weights, task), Batches(task.y, cfg, Streams(run, 1))

    def step() -> None:
        batch = draw()
        loss = total(losses(weights, task, maps[batch], task.y[batch]), task).sum()
        rms.zero_grad()
        loss.backward()
        rms.step()

    return step


def plain(given: Data, place: torch.device) -> Callable[[], None]:
    """A step of the textbook's form, on maps (N, C, R) as people store them."""
    cfg, run = settings("fp32"), Run(place)
    values = cfg.loss.model_dump() | cfg.model_dump(
        include={"experts", "branches", "rank", "train_vectors", "training_lambda_rc"}
    )
    maps, y = run.tensor(given.maps).transpose(1, 2).contiguous(), run.tensor(given.y)
    clusters = [torch.from_numpy(np.flatnonzero(given.clusters == c)) for c in set(given.clusters)]
    classes = Classes(run.tensor(given.classes), run.tensor(given.seen))
    shape = maps.shape[2], maps.shape[1]
    book = Textbook(torch.from_numpy(given.vectors), clusters, shape, classes, Setting(**values))
    book.to(place)
    how = cfg.optimizer
    rms = torch.optim.RMSprop(
        book.parameters(), how.lr, momentum=how.momentum, weight_decay=how.weight_decay
    )

    def step() -> None:
        batch = torch.randperm(IMAGES)[:BATCH].to(place)
        loss = book.loss(maps[batch].float(), y[batch])
        rms.zero_grad()
        loss.backward()
        rms.step()

    return step


def measured(form: str, size: str, times: int, threads: int) -> dict[str, float]:
    """Median seconds of a step, processor and wall, and GiB that the process came to occupy."""
    torch.set_num_threads(threads)
    place, given = device.pick("auto"), data(SIZES[size])
    kind, precision = form.split()
    step = plain(given, place) if kind == "textbook" else lean(given, precision, place)
    started = peak()
    walls, processors = [], []
    for _ in range(times + 1):
        wall, processor = time.perf_counter(), time.process_time()
        step()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    wall, cpu = (statistics.median(seconds[1:]) for seconds in (walls, processors))
    return {"cpu": cpu, "wall": wall, "peak": peak(), "before": started}


def peak() -> float:
    """GiB: the most of this process's memory that ever was in use at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def alone(*what: Any) -> dict[str, float]:
    """`measured` in a fresh process, whose memory no other form has touched."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measured, *what).result()


def main(size: str, forms: list[str], times: int, threads: int, as_json: bool) -> None:
    rows = {form: alone(form, size, times, threads) for form in forms}
    if as_json:
        print(json.dumps({"size": size, "threads": threads, "batch": BATCH, "forms": rows}))
        return
    print(f"{size}, batch {BATCH}, {threads} threads; per step: seconds; whole process: GiB")
    base = rows[forms[0]]
    for form, row in rows.items():
        print(
            f"{form:<14} cpu {row['cpu']:6.3f} ({base['cpu'] / row['cpu']:4.1f} x)   "
            f"wall {row['wall']:6.3f}   "
            f"memory {row['peak']:5.2f} ({row['peak'] / base['peak']:4.2f}), "
            f"{row['before']:5.2f} of it before the first step"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=SIZES, default="cub")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=list(FORMS))
    parser.add_argument("--times", type=int, default=5, help="steps measured, after a first one")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", action="store_true", dest="as_json")
    main(**vars(parser.parse_args()))
