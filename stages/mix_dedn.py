"""From what experts and branches say to scores: python -m stages.mix_dedn DATASET PHASE."""

import numpy as np

from stages import paths
from stages.entry import enter
from zslcore.data import scores
from zslcore.data.scores import Scores
from zslcore.methods.dedn import answers
from zslcore.methods.dedn.config import Inference, Training
from zslcore.runtime import params


class Settings(params.Params):
    inference: Inference


class Trained(params.Params):
    listed: bool
    seeds: tuple[int, ...]
    training: Training


def main(dataset: str, phase: str) -> None:
    how = params.load(paths.config(dataset, "mix_dedn"), Settings).inference
    trained = params.load(paths.config(dataset, "dedn"), Trained)
    said = answers.load(paths.answers("dedn", dataset, phase))
    rows = {}
    if said:  # nothing, where the method was left out
        problem = paths.prepared(dataset) / phase / "problem"
        vectors, seen = (np.load(problem / f"{name}.npy") for name in ("class_vectors", "seen"))
        values = answers.class_scores(said, vectors, seen, how)
        settings = {"training": trained.training, "inference": how}
        about = {name: each.model_dump(mode="json") for name, each in settings.items()}
        rows = {"dedn": Scores(values, "similarity", about, trained.seeds)}
    scores.save(rows, paths.scores("dedn", dataset, phase))


if __name__ == "__main__":
    enter(main)
