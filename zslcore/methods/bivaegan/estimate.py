"""The class prior of the unseen classes, estimated from what the generator makes of them.

Bi-VAEGAN section 3.3.3 and Algorithm 1; the estimators themselves are in `zslcore.priors`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import softmax
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.methods.bivaegan.classifiers import logits
from zslcore.methods.bivaegan.frozen import Frozen
from zslcore.methods.bivaegan.softmax import Descent, Softmax, fit
from zslcore.nn.streams import Streams
from zslcore.priors.bbse import bbse
from zslcore.priors.confusion import Confusion
from zslcore.priors.cpe import cpe
from zslcore.priors.floor import floored
from zslcore.priors.frequencies import frequencies
from zslcore.priors.mlls import mlls
from zslcore.priors.temperature import fit_temperature
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Evidence:
    """What there is of one seed.

    Attributes:
        frozen: its networks.
        classifier: among the unseen classes, trained on synthetic features.
        v: unlabelled images, (M, V).
        said: its logits of them, (M, U).
        streams: of random numbers.
    """

    frozen: Frozen
    classifier: Softmax
    v: Tensor
    said: Array
    streams: Streams

    @property
    def per_class(self) -> int:
        """Synthetic features of a class."""
        return self.frozen.cfg.prior.synthetic_per_class

    @property
    def answers(self) -> Array:
        """The classifier's, positions (M,)."""
        return self.said.argmax(1)


def estimate(
    frozen: Frozen, classifier: Softmax, v: Tensor, said: Tensor, run: Run, key: Sequence[int]
) -> Array:
    """The prior that the settings ask for, float64 (S, U), no class below the floor.

    Args:
        frozen: the networks of S seeds.
        classifier: among the unseen classes, trained on their synthetic features.
        v: unlabelled images of unseen classes, scaled, (M, V).
        said: its logits of them, (S, M, U).
        run: with the S seeds.
        key: of the random streams.
    """
    cfg = frozen.cfg.prior
    priors = []
    for place, seed in enumerate(run.seeds):
        one = slice(place, place + 1)
        own = Softmax(classifier.weight[one], classifier.bias[one])
        streams = Streams(Run(run.device, (seed,)), *key)
        evidence = Evidence(frozen.of(one), own, v, said[place].cpu().numpy(), streams)
        priors.append(floored(ESTIMATORS[cfg.estimator](evidence), cfg.floor))
    return np.stack(priors)


def uniform(seen: Evidence) -> Array:
    """The same share for every class."""
    classes = len(seen.frozen.unseen)
    return np.full(classes, 1 / classes)


def by_classifier(seen: Evidence) -> Array:
    """How often the classifier answers each class."""
    return frequencies(seen.answers, len(seen.frozen.unseen))


def by_clusters(seen: Evidence) -> Array:
    """CPE, Algorithm 1, lines 6 to 12. The paper clusters images, its code the augmented space."""
    classes, x = len(seen.frozen.unseen), _in_space(seen, seen.v[None])
    means = x.new_zeros(classes, x.shape[1])
    if len(np.unique(seen.answers)) < classes:  # only for a class never answered do they count
        v, y = seen.frozen.synthesise(seen.per_class, seen.streams)
        synthetic = _in_space(seen, v)
        means = torch.stack([synthetic[y == c].mean(0) for c in range(classes)])
    return cpe(x.cpu().numpy(), seen.answers, means.cpu().numpy())


def _in_space(seen: Evidence, v: Tensor) -> Tensor:
    """Features (1, N, V) where clusters are looked for, (N, D)."""
    return (seen.frozen.augmented(v) if seen.frozen.cfg.prior.space == "augmented" else v)[0]


def by_black_box(seen: Evidence) -> Array:
    """BBSE with a classifier of its own: one synthetic set to train it, another to count on."""
    frozen, how = seen.frozen, seen.frozen.cfg.prior.bbse
    sets = [frozen.synthesise(seen.per_class, seen.streams) for _ in range(2)]
    (x, y), (held, truth) = [(frozen.augmented(v), y) for v, y in sets]
    adam = frozen.cfg.optimizer.model_copy(update={"lr": how.lr, "weight_decay": 0.0})
    descent = Descent(adam, how.epochs, how.batch_size)
    box = fit(x, y, len(frozen.unseen), descent, seen.streams)
    labelled = box.logits(held).softmax(-1)[0].cpu().numpy()
    unlabelled = logits(frozen, box, seen.v).softmax(-1)[0].cpu().numpy()
    confusion = Confusion.of(labelled, truth.cpu().numpy(), unlabelled, how.answers)
    return bbse(confusion, how.solve)


def by_likelihood(seen: Evidence) -> Array:
    """MLLS: the prior under which the classifier's probabilities are likeliest.

    Its probabilities are calibrated before, on features that it was not trained on, or taken as
    they are: calibration on features that are easier than the images makes it too sure.
    """
    source = uniform(seen)
    if not seen.frozen.cfg.prior.calibrate:
        return mlls(softmax(seen.said, axis=1), source)
    v, y = seen.frozen.synthesise(seen.per_class, seen.streams)
    held = logits(seen.frozen, seen.classifier, v[0])[0].cpu().numpy()
    return mlls(fit_temperature(held, y.cpu().numpy()).probabilities(seen.said), source)


ESTIMATORS: dict[str, Callable[[Evidence], Array]] = {
    "uniform": uniform,
    "classifier": by_classifier,
    "cpe": by_clusters,
    "bbse": by_black_box,
    "mlls": by_likelihood,
}
