"""Images per second of CLAREL's training step at the paper's sizes: python -m benchmarks.clarel.

Against the textbook form of the same networks, which pads every caption to 30 words, and encodes
and projects a caption as often as it is drawn. Captions are as long as those of CUB: 10 to 18
words, some up to 30.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool1d

from stages.settings import of_dataset
from zslcore.data.problem import Array, Labels, Problem
from zslcore.methods.clarel.batches import Batches, Drawn
from zslcore.methods.clarel.config import Config
from zslcore.methods.clarel.encoders import CnnLstm, Networks
from zslcore.methods.clarel.masked import EPSILON, MOMENTUM, Block, MaskedNorm
from zslcore.methods.clarel.task import Task, prepare
from zslcore.methods.clarel.train import ALL, optimizer, step
from zslcore.nn.state import State
from zslcore.runtime.params import check
from zslcore.runtime.params_file import read_yaml
from zslcore.runtime.run import Run
from zslcore.text.vocabulary import Vocabulary

IMAGES, CLASSES, FEATURES, WORDS, SIZE = 1000, 150, 2048, 3000, 300


def settings() -> Config:
    """Those of the paper, from params.yaml."""
    tree = of_dataset(read_yaml(Path("params.yaml")), "cub")
    return check(Config, tree["clarel"], "clarel")


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


class Textbook(Networks):
    """The same networks: captions (U, C, L), all of one length, masked; each is projected."""

    def captions(self, ids: Array, lengths: Labels, times: Labels) -> Tensor:
        """Needs the encoder cnn_lstm."""
        encoder = cast(CnnLstm, self.encoder)
        sizes = torch.from_numpy(lengths)
        weight = _inside(sizes, ids.shape[1])[:, None] * torch.from_numpy(times)[:, None, None]
        x = self.words(torch.from_numpy(ids).long()).mT * (weight > 0)
        for block in encoder.blocks:
            x = _convolved(cast(Block, block), x, weight)
            x, weight = (max_pool1d(each.to(x), 2, ceil_mode=True) for each in (x, weight))
        x, mask = x.mT, (weight > 0).mT
        sizes = mask.sum((1, 2))
        order = _turned(sizes, x.shape[1])[..., None]
        onwards, _ = encoder.forwards(x)
        back, _ = encoder.backwards(x.gather(1, order.expand_as(x)))
        both = torch.cat((onwards, back.gather(1, order.expand_as(back))), 2)
        found: Tensor = (both * mask).sum(1) / sizes[:, None]
        return found

    def texts(self, encoded: Tensor, share: Tensor) -> Tensor:
        found: Tensor = (self.of_text(self.dropout(encoded)) * share[..., None]).sum(-2)
        return found


def _convolved(block: Block, x: Tensor, weight: Tensor) -> Tensor:
    """What a block pools."""
    mask = weight > 0
    around = _normed(block.shortcut_norm, block.shortcut(x), weight)
    for i, convolution in enumerate(block.convolutions):
        x = _normed(cast(MaskedNorm, block.norms[i]), convolution(x), weight)
        x = (x if i == 2 else x.relu()) * mask
    return (x + around).relu() * mask


def _normed(norm: MaskedNorm, x: Tensor, weight: Tensor) -> Tensor:
    total = weight.sum()
    mean = (x * weight).sum((0, 2)) / total
    variance = ((x - mean[:, None]).square() * weight).sum((0, 2)) / total
    norm.mean.lerp_(mean.detach(), MOMENTUM)
    norm.variance.lerp_(variance.detach(), MOMENTUM)
    factor = norm.scale * (variance + EPSILON).rsqrt()
    return x * factor[:, None] + (norm.shift - mean * factor)[:, None]


def _inside(lengths: Tensor, size: int) -> Tensor:
    """Which places have words, (U, size)."""
    return torch.arange(size) < lengths[:, None]


def _turned(lengths: Tensor, size: int) -> Tensor:
    """Places in reverse order, padding left where it is, (U, size)."""
    places = torch.arange(size)
    turned = lengths[:, None] - 1 - places
    return turned.where(turned >= 0, places)


def repeated(drawn: Drawn) -> Drawn:
    """The same batch, each caption as often as it was drawn."""
    rows = drawn.rows[drawn.places].ravel()
    places = np.arange(len(rows)).reshape(drawn.places.shape)
    return Drawn(drawn.images, rows, np.ones_like(rows), places, drawn.share)


def measured(
    at: Task, form: type[Networks], as_is: Callable[[Drawn], Drawn], size: int, times: int
) -> dict[str, float]:
    """Seconds per step and images per second, the first step aside."""
    torch.manual_seed(0)
    networks = form(FEATURES, torch.randn(size, SIZE), CLASSES, False, at.cfg)
    state = State(networks.train(), {ALL: optimizer(networks, at.cfg.optimizer)})
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
    at, vocabulary = task(cfg)
    size = len(vocabulary.words) + 2
    found = {
        "padded, each caption as drawn": measured(at, Textbook, repeated, size, given.times),
        "one line, each caption once": measured(at, Networks, lambda d: d, size, given.times),
    }
    if given.json:
        print(json.dumps(found))
        return
    for name, row in found.items():
        print(f"{name:<32}" + "".join(f"{key} {value:.3g}  " for key, value in row.items()))


if __name__ == "__main__":
    main()
