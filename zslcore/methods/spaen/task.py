"""What E is given: features, labels, class vectors."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from zslcore.data.problem import Array, Problem
from zslcore.runtime.run import Run


@dataclass(frozen=True)
class Labelled:
    """Training images of the seen classes, on the device.

    Attributes:
        x: features of unit length, (N, V).
        y: classes counted among the seen ones, (N,).
        classes: class vectors of the seen classes, of unit length, (K, A).
    """

    x: Tensor
    y: Tensor
    classes: Tensor


def prepare(problem: Problem, run: Run) -> Labelled:
    """What of a problem E learns from."""
    y = np.searchsorted(np.flatnonzero(problem.seen), problem.y)
    dtype = torch.get_default_dtype()
    x = run.tensor(unit(problem.x)).to(dtype)
    classes = run.tensor(unit(problem.class_vectors[problem.seen])).to(dtype)
    return Labelled(x, run.tensor(y), classes)


def unit(rows: Array) -> Array:
    """Each row (.., D) with length 1; one of zeros stays as it is."""
    found: Array = normalize(torch.from_numpy(np.ascontiguousarray(rows)), dim=-1).numpy()
    return found
