"""The final classifiers: among the unseen classes, and among all.

Bi-VAEGAN section 3.3.4; sizes and schedules as in the published code.
"""

import torch
from torch import Tensor

from zslcore.methods.bivaegan.config import Optimizer
from zslcore.methods.bivaegan.frozen import CHUNK, Frozen, groups
from zslcore.methods.bivaegan.prepared import Prepared
from zslcore.methods.bivaegan.softmax import Descent, Softmax, fit
from zslcore.nn.streams import Streams
from zslcore.runtime.run import Run

MEMORY = 2**31  # bytes of the training features of one group of seeds


def fit_zsl(frozen: Frozen, run: Run, *key: int) -> Softmax:
    """Among the unseen classes, on synthetic features of all in equal numbers."""
    cfg, unseen = frozen.cfg.classifier, len(frozen.unseen)
    found = []
    for part in _groups(frozen, unseen * cfg.synthetic_per_class):
        some, streams = frozen.of(part), Streams(_only(run, part), *key)
        v, y = some.synthesise(cfg.synthetic_per_class, streams)
        x = some.augmented(v)
        how = Descent(_adam(frozen, cfg.lr), cfg.epochs, cfg.synthetic_per_class)
        found.append(fit(x, y, unseen, how, streams))
    return Softmax.join(found)


def fit_gzsl(frozen: Frozen, data: Prepared, run: Run, *key: int) -> Softmax:
    """Among all classes, on all seen training images and synthetic features of the others."""
    cfg = frozen.cfg.classifier
    images = len(frozen.unseen) * cfg.synthetic_per_class + len(data.x)
    found = []
    for part in _groups(frozen, images):
        some, streams = frozen.of(part), Streams(_only(run, part), *key)
        v, position = some.synthesise(cfg.synthetic_per_class, streams)
        x = torch.cat((some.augmented(data.x[None]), some.augmented(v)), 1)
        y = torch.cat((data.y, frozen.unseen[position]))
        how = Descent(_adam(frozen, cfg.gzsl_lr), cfg.gzsl_epochs, cfg.synthetic_per_class)
        found.append(fit(x, y, len(frozen.vectors), how, streams))
    return Softmax.join(found)


def logits(frozen: Frozen, classifier: Softmax, v: Tensor) -> Tensor:
    """Of features (N, V): (S, N, C)."""
    chunks = (classifier.logits(frozen.augmented(part[None])) for part in v.split(CHUNK))
    return torch.cat(list(chunks), 1)


def _groups(frozen: Frozen, images: int) -> list[slice]:
    width = frozen.vectors.shape[1] + 2 * frozen.nets["g"]["out"].shape[1]
    width += frozen.nets["g"]["out"].shape[2]
    return list(groups(frozen.seeds, 4 * images * width, MEMORY))


def _only(run: Run, part: slice) -> Run:
    return Run(run.device, run.seeds[part])


def _adam(frozen: Frozen, lr: float) -> Optimizer:
    return frozen.cfg.optimizer.model_copy(update={"lr": lr, "weight_decay": 0.0})
