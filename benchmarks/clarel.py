"""Images per second of CLAREL's training step at the paper's sizes: python -m benchmarks.clarel.

Against a form that pads every caption to 30 words and encodes a caption as often as it is drawn,
the same networks otherwise. Captions are as long as those of CUB: 10 to 18 words, some up to 30.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zslcore.data.problem import Problem
from zslcore.methods.clarel.batches import Batches, Drawn
from zslcore.methods.clarel.config import Config
from zslcore.methods.clarel.encoders import Networks
from zslcore.methods.clarel.task import Task, prepare
from zslcore.methods.clarel.train import State, optimizer, step
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_yaml, resolve
from zslcore.runtime.run import Run
from zslcore.text.vocabulary import Vocabulary

IMAGES, CLASSES, FEATURES, WORDS, SIZE = 1000, 150, 2048, 3000, 300


def settings() -> Config:
    """Those of the paper, from params.yaml."""
    tree = read_yaml(Path("params.yaml"))
    return check(Config, resolve(tree, "cub", tree["dataset"])["clarel"], "clarel")


def task(cfg: Config) -> tuple[Task, Vocabulary]:
    """Made-up images with ten captions each."""
    rng = np.random.default_rng(0)
    words = [f"w{i}x" for i in range(WORDS)]
    often = 1 / np.arange(1, WORDS + 1)

    def caption() -> str:
        long = min(30, int(rng.integers(10, 19) + rng.geometric(0.3) - 1))
        return " ".join(rng.choice(words, long, p=often / often.sum()))

    captions = [[caption() for _ in range(10)] for _ in range(IMAGES)]
    y = np.arange(IMAGES) % CLASSES
    x = rng.random((IMAGES, FEATURES), np.float32)
    seen, vectors = np.ones(CLASSES, bool), np.ones((CLASSES, 1), np.float32)
    problem = Problem(x, y, vectors, seen, [str(c) for c in range(CLASSES)], captions=captions)
    vocabulary = Vocabulary.of(captions, cfg.text.vocabulary)
    return prepare(problem, vocabulary, cfg, Run()), vocabulary


class Untrimmed(Task):
    """The same task, captions padded to the length of the settings."""

    def words(self, rows: Any) -> tuple[torch.Tensor, torch.Tensor]:
        lengths = self.on_device(self.tokens.lengths[rows])
        return self.ids[self.on_device(rows)], lengths


def repeated(drawn: Drawn) -> Drawn:
    """The same batch, each caption as often as it was drawn."""
    rows = drawn.rows[drawn.places].ravel()
    places = np.arange(len(rows)).reshape(drawn.places.shape)
    return Drawn(drawn.images, rows, np.ones_like(rows), places, drawn.share)


def measured(at: Task, as_is: Callable[[Drawn], Drawn], size: int, times: int) -> dict[str, float]:
    """Seconds per step and images per second, the first step aside."""
    torch.manual_seed(0)
    networks = Networks(FEATURES, torch.randn(size, SIZE), CLASSES, False, at.cfg)
    state = State(networks.train(), optimizer(networks, at.cfg.optimizer))
    batches, rng = Batches(at.tokens, at.labels, at.cfg.batch), np.random.default_rng(1)
    drawn = [as_is(batches.draw(rng)) for _ in range(times + 1)]
    step(state, at, drawn[0], 0.0)
    began, cpu = time.perf_counter(), time.process_time()
    for each in drawn[1:]:
        step(state, at, each, 0.0)
    wall, cpu = (time.perf_counter() - began) / times, (time.process_time() - cpu) / times
    return {"seconds": wall, "cpu_seconds": cpu, "images_per_second": at.cfg.batch.images / wall}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=5, help="steps that are measured")
    parser.add_argument("--threads", type=int, default=0, help="0 = as the environment says")
    parser.add_argument("--json", action="store_true", help="numbers alone")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    cfg = settings()
    lean, vocabulary = task(cfg)
    plain = Untrimmed(**vars(lean))
    size = len(vocabulary.words) + 2
    found = {
        "padded, each caption as drawn": measured(plain, repeated, size, given.times),
        "trimmed, each caption once": measured(lean, lambda drawn: drawn, size, given.times),
    }
    if given.json:
        print(json.dumps(found))
        return
    for name, row in found.items():
        print(f"{name:<32}" + "".join(f"{key} {value:.3g}  " for key, value in row.items()))


if __name__ == "__main__":
    main()
