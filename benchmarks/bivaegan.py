"""Seconds of a training iteration of Bi-VAEGAN at the size of AWA2: python -m benchmarks.bivaegan.

A full iteration: five steps of each visual critic, one of encoder and generator, and level 1 in
every fifth. The plain form (modules, autograd's double backward, unfused Adam) and the lean one
run in turn in the same process, on random data of the right shapes.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.bivaegan_textbook import Batch, Setting, Sizes, Textbook
from zslcore.data.problem import Problem
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.draws import draw
from zslcore.methods.bivaegan.networks import build
from zslcore.methods.bivaegan.prepared import Prepared, prepare
from zslcore.methods.bivaegan.state import start
from zslcore.methods.bivaegan.train import TRANSDUCTIVE, run_epoch
from zslcore.nn.streams import Streams
from zslcore.runtime import device, memory
from zslcore.runtime.params_file import read_yaml, resolve
from zslcore.runtime.run import Run

SEEN, UNSEEN, FEATURES, ATTRIBUTES = 23_527, 7_913, 2048, 85  # AWA2
CLASSES, UNSEEN_CLASSES = 50, 10
EVERY = 5  # iterations from one level 1 to the next, and of one measurement


def problem() -> Problem:
    """Random images after a ReLU, random class vectors."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, CLASSES - UNSEEN_CLASSES, SEEN)
    images, others = (
        np.maximum(rng.standard_normal((n, FEATURES), np.float32), 0) for n in (SEEN, UNSEEN)
    )
    vectors = rng.random((CLASSES, ATTRIBUTES), np.float32)
    seen = np.arange(CLASSES) < CLASSES - UNSEEN_CLASSES
    names = [str(c) for c in range(CLASSES)]
    return Problem(images, y, vectors, seen, names, x_unlabeled=others)


def settings(precision: str) -> Config:
    """Those of params.yaml for AWA2, with the paper's schedule."""
    tree = read_yaml(Path("params.yaml"))
    values = resolve(tree["bivaegan"], "awa2", tree["dataset"])
    values["precision"] = precision
    values["epochs"]["iterations"] = EVERY
    values["level_one"]["every"] = EVERY
    return Config.model_validate(values)


def lean(data: Problem, seeds: int, precision: str, place: torch.device) -> Callable[[], None]:
    """Our form: five iterations of so many seeds."""
    cfg, run = settings(precision), Run(place, tuple(range(seeds)))
    prepared = prepare(data, cfg, run)
    networks = build(cfg, FEATURES, ATTRIBUTES, Streams(run, 0), transductive=True)
    prior = torch.full((seeds, UNSEEN_CLASSES), 1 / UNSEEN_CLASSES, device=place)
    state = start(networks, prior, cfg)

    def iterate() -> None:
        run_epoch(state, prepared, cfg, run, TRANSDUCTIVE)

    return iterate


def plain(data: Problem, place: torch.device) -> Callable[[], None]:
    """The textbook's form: five iterations of one seed."""
    cfg, run = settings("fp32"), Run(place)
    prepared, streams = prepare(data, cfg, run), Streams(run, 1)
    sizes = Sizes(FEATURES, ATTRIBUTES, ATTRIBUTES, cfg.hidden, cfg.attribute_hidden)
    weights = cfg.alpha, cfg.beta, cfg.gamma, cfg.lam
    with torch.device(place):
        book = Textbook(sizes, Setting(cfg.r, *weights, cfg.optimizer.lr, cfg.penalty.attribute))

    def iterate() -> None:
        how = cfg.level_one
        book.level_one(
            [batch(prepared, streams, cfg) for _ in range(how.critic_steps)],
            [batch(prepared, streams, cfg) for _ in range(how.regressor_steps)],
        )
        for _ in range(EVERY):
            noise = tuple(streams.normal(cfg.batch_size, ATTRIBUTES)[0] for _ in range(3))
            book.level_two([batch(prepared, streams, cfg) for _ in range(cfg.critic_steps)], noise)

    return iterate


def batch(data: Prepared, streams: Streams, cfg: Config) -> Batch:
    """A random batch of one seed."""
    prior = torch.full((1, UNSEEN_CLASSES), 1 / UNSEEN_CLASSES, device=data.x.device)
    b, size = draw(data, streams, prior, 1, cfg.batch_size, transductive=True).at(0), cfg.batch_size
    z, z_unseen = streams.normal(2, size, ATTRIBUTES)[0]
    t, t_unseen = streams.uniform(2, size, 1)[0]
    assert b.v_unseen is not None
    return Batch(b.v[0], b.a[0], b.v_unseen[0], b.a_unseen[0], z, z_unseen, t, t_unseen)


def measured(call: Callable[[], None], times: int, seeds: int) -> dict[str, float]:
    """Median wall and processor seconds of an iteration, and of one seed's part of it."""
    call()  # the first one also pays for fresh memory
    walls, processors = [], []
    for _ in range(times):
        wall, processor = time.perf_counter(), time.process_time()
        call()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        walls.append((time.perf_counter() - wall) / EVERY)
        processors.append((time.process_time() - processor) / EVERY)
    wall, processor = statistics.median(walls), statistics.median(processors)
    return {"wall": wall, "cpu": processor, "wall_per_seed": wall / seeds}


def main(times: int, seeds: int, as_json: bool) -> None:
    memory.keep()  # as `device.start` does
    place, data = device.pick("auto"), problem()
    rows: dict[str, Any] = {"textbook fp32": measured(plain(data, place), times, 1)}
    for n in sorted({1, seeds}):  # one form at a time: a seed takes 0.7 GB
        for precision in ("fp32", "bf16"):
            name = f"lean {precision}" + (f", {n} seeds" if n > 1 else "")
            rows[name] = measured(lean(data, n, precision, place), times, n)
    base = rows["textbook fp32"]["wall"]
    about = {"threads": torch.get_num_threads(), "device": str(place)}
    if as_json:
        print(json.dumps({**about, "seconds": rows}))
        return
    print(f"{about['device']}, {about['threads']} threads; seconds per iteration")
    for name, row in rows.items():
        print(
            f"{name:<20} wall {row['wall']:7.3f}   cpu {row['cpu']:7.3f}   "
            f"per seed {row['wall_per_seed']:7.3f}   {base / row['wall_per_seed']:5.1f} x"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=3, help="measurements of five iterations each")
    parser.add_argument("--seeds", type=int, default=5, help="trained side by side")
    parser.add_argument("--json", action="store_true", dest="as_json")
    main(**vars(parser.parse_args()))
