"""First estimate of the unseen classes' prior: python -m stages.estimate_prior DATASET PHASE."""

import numpy as np

from stages import bivaegan, paths
from stages.entry import enter
from stages.training import left_out
from zslcore.methods.bivaegan.method import first_prior, load


def main(dataset: str, phase: str) -> None:
    out = paths.prior("bivaegan", dataset, phase)
    if left_out("bivaegan", dataset, (out,), ()):
        return
    given = bivaegan.read(dataset, phase)
    problem, _ = given.problem(transductive=True)
    model = load(paths.models("bivaegan_inductive", dataset, phase), given.device)
    prior = first_prior(problem, model, given.plain_run(), given.oracle.prior)
    out.parent.mkdir(parents=True, exist_ok=True)
    np.save(out, prior)


if __name__ == "__main__":
    enter(main)
