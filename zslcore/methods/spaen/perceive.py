"""The perceptual network, ready for use: read, or trained on the seen classes of the phase."""

import numpy as np
from torch import nn
from torch.nn.functional import cross_entropy

from zslcore.data.problem import Array, Labels, Rows
from zslcore.methods.spaen import keys, perceptual
from zslcore.methods.spaen.batches import Drawn, crops_of, draw
from zslcore.methods.spaen.config import Images
from zslcore.methods.spaen.initial import made
from zslcore.methods.spaen.loop import Plan, Step, train
from zslcore.methods.spaen.perceptual import Perceptual
from zslcore.methods.spaen.together import adam, totals, update
from zslcore.nn.state import State
from zslcore.nn.terms import Terms
from zslcore.runtime.run import Run


def perceive(images: Rows | Array, y: Labels, cfg: Images, run: Run) -> Perceptual:
    """The network of these settings; a small one is trained to tell the classes apart.

    Args:
        images: of the seen classes, uint8 (N, resize, resize, 3).
        y: their classes, (N,).
        cfg: settings.
        run: its first seed counts.

    Raises:
        ValueError: weights do not fit or cannot be had.
        Diverged: the loss is not finite.
    """
    how, seed = cfg.perceptual, keys.module_seed(run, keys.PERCEPTUAL)
    network = perceptual.build(how, cfg.crops.size, seed, run.device)
    if how.kind == "small":
        _learn(network, images, np.unique(y, return_inverse=True)[1], cfg, keys.alone(run))
    return network.requires_grad_(False).eval()


def _learn(network: Perceptual, images: Rows | Array, y: Labels, cfg: Images, run: Run) -> None:
    how = cfg.optimizer.model_copy(update={"lr": cfg.perceptual.lr})
    sizes, seed = (cfg.perceptual.vector, int(y.max()) + 1), keys.module_seed(run, keys.CLASSIFIER)
    classifier = made(lambda: nn.Linear(*sizes), seed, run.device)
    optimizer = adam([network, classifier], how)
    modules = nn.ModuleDict({"network": network, "classifier": classifier})

    def step(drawn: Drawn, progress: float) -> Terms:
        x = crops_of(images, drawn, cfg.crops.size, run.device)
        logits, targets = classifier(network(x).vector), run.tensor(y[drawn.rows])
        loss = cross_entropy(logits, targets, reduction="sum") / cfg.batch
        optimizer.zero_grad()
        loss.backward()
        update(optimizer, how, progress)
        right = (logits.argmax(1) == targets).sum() / cfg.batch
        return totals({"loss": loss[None], "accuracy": right[None].to(loss)})

    def begin(number: int) -> Step:
        rng = keys.batches_of(run, keys.PERCEPTUAL, number)
        return lambda progress: step(draw(len(y), cfg.batch, cfg.crops, rng).own(), progress)

    plan = Plan("perceptual", cfg.perceptual.steps, cfg.log_every)
    train(State(modules, {"adam": optimizer}), plan, run, begin)
