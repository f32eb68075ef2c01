"""PADing: universal zero-shot segmentation by generated embeddings of unseen classes.

He, Ding, Jiang 2023, https://arxiv.org/abs/2306.11087. Steps 3 and 4 of Algorithm 1, on embeddings
that a trained segmenter has left; images are not looked at.
"""

from zslcore.data.problem import Array
from zslcore.data.segments import Segments
from zslcore.methods.pading.config import Config
from zslcore.methods.pading.heads import without_unseen
from zslcore.methods.pading.model import Model, load, of_networks, supervised
from zslcore.methods.pading.networks import Networks
from zslcore.methods.pading.task import Task, prepare
from zslcore.methods.pading.train import train
from zslcore.nn.seeding import seed_of, seeded
from zslcore.runtime.run import Run

__all__ = ["fit", "load"]

BUILDING = 0  # key of a seed's random numbers


def fit(segments: Segments, weight: Array, bias: Array, cfg: Config, run: Run) -> Model:
    """Train a generator on seen classes, then a classifier of all classes with what it generates.

    Args:
        segments: embeddings of training images, class vectors.
        weight: the segmenter's class layer, (K + 1, d), "no object" last; or (seen + 1, d). Its
            rows of unseen classes are not used.
        bias: likewise, (K + 1,) or (seen + 1,).
        cfg: settings; generator none returns that class layer, without unseen classes.
        run: device, seeds, log, scratch.

    Raises:
        ValueError: the class layer does not fit the embeddings, or no class is unseen.
        Diverged: training left the finite numbers.
    """
    task = prepare(segments, (weight, bias), cfg, run)
    if cfg.generator == "none":
        return supervised(without_unseen(task.layer, task.seen), len(run.seeds), task)
    return of_networks([_trained(task, seed, run) for seed in run.seeds], task)


def _trained(task: Task, seed: int, run: Run) -> Networks:
    with seeded(run.device, seed_of(seed, BUILDING)):
        networks = Networks(task).to(run.device)
    train(networks, task, seed, run)
    return networks
