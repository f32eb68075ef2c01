"""DEDN's tables and figures, variant by variant: python -m benchmarks.dedn_study STUDY DATASET.

dedn-ablation and dedn-clusters train every variant on the val and on the test phase, all seeds,
with the settings of params.yaml and its own changes; variants that the result file has are not run
again, so a stopped study goes on. dedn-mixture trains nothing: it weighs anew what `train_dedn`
kept, writes its whole file and takes seconds. `dvc repro` must have made what they read.

    python -m benchmarks.dedn_study dedn-ablation shapes
    python -m benchmarks.dedn_study dedn-clusters cub --root scratch/real/cub -S training.epochs=20
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import command, dedn_variants
from benchmarks.command import Study
from benchmarks.dedn_protocol import Cell, cell
from benchmarks.dedn_variants import Changes
from benchmarks.options import changed
from benchmarks.protocol import NUMBERS, PHASES, Line
from benchmarks.tables import LeftOut, fill, put, shown
from stages import paths
from zslcore.clusters.clusters import Clusters
from zslcore.clusters.config import Config as AttributeClusters
from zslcore.clusters.find import find
from zslcore.data.problem import Array
from zslcore.methods.dedn import answers
from zslcore.methods.dedn.config import Config
from zslcore.methods.dedn.method import fit
from zslcore.runtime.params import check

COLUMNS = ("variant", *NUMBERS, "seeds", "seconds", "changes")
SWEPT = ("parameter", "value", *NUMBERS, "seeds")


class Settings(Config):
    """Section `dedn`, and the clusters that its fine expert needs."""

    attribute_clusters: AttributeClusters


def settings(tree: Mapping[str, Any], changes: Changes) -> Settings:
    """Sections `dedn` and `attribute_clusters` of params.yaml, values at dotted keys changed."""
    section = {**tree["dedn"], "attribute_clusters": tree["attribute_clusters"]}
    return check(Settings, changed(section, changes, "dedn"), "dedn")


def divided(at: Cell, cfg: AttributeClusters) -> Clusters:
    """The clusters, as stage `attribute_clusters` finds them."""
    problem = at.phases["test"].problem
    rng = np.random.default_rng([at.seed, *b"attribute_clusters"])
    return find(problem.attribute_names, problem.attribute_vectors, cfg, rng)


def trained(at: Cell, cfg: Settings, clusters: Clusters) -> dict[str, Array]:
    """Scores (S, N, K) of both phases, each by models trained on it."""
    found = {}
    for name, phase in at.phases.items():
        model = fit(phase.problem, cfg.training, at.run, clusters.of)
        found[name] = model.scores(phase.regions, cfg.inference)
    return found


def ablation(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Table 3; `given` are changes to every variant."""
    train(dedn_variants.ablation(settings(tree, given).inference.lambda_rc), at, tree, given, out)


def clusters(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Figure 4 (c) and (d)."""
    count = len(divided(at, settings(tree, given).attribute_clusters).names)
    train(dedn_variants.clusters(count), at, tree, given, out)


def train(
    variants: Mapping[str, Changes], at: Cell, tree: Mapping[str, Any], given: Changes, out: Path
) -> None:
    """All variants that the file does not have yet."""

    def measure(changes: Changes) -> Line:
        cfg = settings(tree, changes)
        try:
            of_attributes = divided(at, cfg.attribute_clusters)
        except ValueError as error:  # no vectors for k-means, or nobody said how to halve these
            raise LeftOut(error) from None
        return at.line(trained(at, cfg, of_attributes))

    asked = {variant: {**changes, **given} for variant, changes in variants.items()}
    fill(asked, len(at.run.seeds), out, COLUMNS, measure)


def mixture(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Figure 4 (a) and (b): every weight swept by itself, the others as in params.yaml."""
    how, said = settings(tree, given).inference, kept(at)
    problems = {name: phase.problem for name, phase in at.phases.items()}
    for parameter, values in dedn_variants.MIXTURE.items():
        lines = []
        for value in values.round(6).tolist():
            mixed = how.model_copy(update={parameter: value})
            scores = {
                name: answers.class_scores(said[name], each.class_vectors, each.seen, mixed)
                for name, each in problems.items()
            }
            seeds = len(next(iter(scores.values())))
            lines.append({"value": value, "seeds": seeds, **at.line(scores)})
        put(out, SWEPT, {"parameter": parameter}, lines)
        print(f"{parameter:<10} lowest  {shown(min(lines, key=lambda line: line['h']))}")
        print(f"{'':<10} highest {shown(max(lines, key=lambda line: line['h']))}", flush=True)


def kept(at: Cell) -> dict[str, answers.Answers]:
    """What `train_dedn` kept of both phases, of as many seeds as are asked for.

    Raises:
        SystemExit: it kept nothing.
    """
    said = {name: answers.load(paths.answers("dedn", at.dataset, name)) for name in PHASES}
    if not all(said.values()):
        raise SystemExit(f"there are no answers of DEDN on {at.dataset}: run `dvc repro`")
    seeds = slice(len(at.run.seeds))
    return {name: {k: v[seeds] for k, v in of.items()} for name, of in said.items()}


STUDIES: dict[str, Study] = {
    **{"dedn-ablation": ablation, "dedn-clusters": clusters, "dedn-mixture": mixture}
}


if __name__ == "__main__":
    command.main(__doc__, STUDIES, cell)
