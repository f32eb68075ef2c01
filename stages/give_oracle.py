"""What the settings ask of evaluation labels: python -m stages.give_oracle DATASET PHASE.

Nothing, unless they ask for the known prior or for prototypes; neither is a zero-shot result.
"""

from stages import inputs, paths
from stages.entry import enter
from zslcore.data import oracle
from zslcore.data.store import load_truth
from zslcore.methods.bivaegan.config import Config
from zslcore.runtime import params


class Settings(params.Params):
    seed: int
    bivaegan: Config


def main(dataset: str, phase: str) -> None:
    settings = params.load(paths.config(dataset, "give_oracle"), Settings)
    asked = settings.bivaegan
    truth = load_truth(paths.prepared(dataset) / phase)

    prior = vectors = None
    if asked.prior.estimator == "oracle":
        prior = oracle.known_prior(truth.y, truth.seen)
    if asked.knowledge == "prototypes":
        problem, x = inputs.read(dataset, phase)
        rng = oracle.stream(settings.seed)
        vectors = oracle.prototypes(problem, x, truth.y, asked.shots, rng)
    oracle.save(oracle.Oracle(prior, vectors), paths.oracle("bivaegan", dataset, phase))


if __name__ == "__main__":
    enter(main)
