"""CLAREL's tables and figures, variant by variant: python -m benchmarks.clarel_study STUDY DATASET.

clarel-losses and clarel-parts train every variant on the val and on the test phase, all seeds, with
the settings of params.yaml and its own changes; variants that the result file has are not run
again, so a stopped study goes on. clarel-alpha and clarel-prototypes train nothing: they look anew
at what `train_clarel` made, write their whole file and take seconds.

    python -m benchmarks.clarel_study clarel-losses shapes
    python -m benchmarks.clarel_study clarel-parts cub --root scratch/real/cub -S steps=20000
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import clarel_variants, command
from benchmarks.clarel_protocol import NUMBERS, Cell, cell
from benchmarks.clarel_variants import Changes
from benchmarks.command import Study
from benchmarks.options import changed
from benchmarks.protocol import NUMBERS as ACCURACIES
from benchmarks.protocol import PHASES, Line
from benchmarks.tables import fill, put, shown
from zslcore.methods.clarel.config import Config
from zslcore.methods.clarel.method import fit
from zslcore.runtime.params import check

COLUMNS = ("variant", *NUMBERS, "seeds", "seconds", "changes")
LOSSES = ("variant", "lam", "kappa", *COLUMNS[1:])
ALPHAS = ("phase", "alpha", *(f"{k}{c}" for k in ("u", "s", "h") for c in ("", "_ci95")), "seeds")
KNOWN = ("variant", *ACCURACIES, "seeds")


def settings(tree: Mapping[str, Any], changes: Changes) -> Config:
    """Section `clarel` of params.yaml, values at dotted keys changed."""
    return check(Config, changed(tree["clarel"], changes, "clarel"), "clarel")


def trained(at: Cell, cfg: Config) -> Line:
    """The numbers of a variant; each phase has models trained on it."""
    models = {name: fit(phase.problem, cfg, at.run) for name, phase in at.phases.items()}
    return at.numbers(models)


def losses(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Table 3, Figures 3 and 4; `given` are changes to every variant."""

    def point(changes: Changes) -> Line:
        cfg = settings(tree, changes)
        return {"lam": cfg.loss.lam, "kappa": cfg.loss.kappa, **trained(at, cfg)}

    loss = settings(tree, given).loss
    asked = clarel_variants.losses(loss.lam, loss.kappa)
    asked = {variant: {**given, **changes} for variant, changes in asked.items()}
    fill(asked, len(at.run.seeds), out, LOSSES, point)


def parts(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """What is paired with what, and other parts of the method; `given` are changes to each."""
    asked = {variant: {**changes, **given} for variant, changes in clarel_variants.PARTS.items()}

    def variant(changes: Changes) -> Line:
        cfg = settings(tree, changes)
        return trained(at.reading(cfg) if "features" in changes else at, cfg)

    fill(asked, len(at.run.seeds), out, COLUMNS, variant)


def alpha(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Figure 2: accuracies of both phases over alpha, with the models of `train_clarel`."""
    seeds, models = len(at.run.seeds), at.models()
    scores = {name: models[name].scores(at.phases[name].x)[:seeds] for name in PHASES}
    values = clarel_variants.alphas(at.handicap(scores))
    for name in PHASES:
        lines = [{"alpha": a, "seeds": seeds, **at.rescaled(scores[name], name, a)} for a in values]
        put(out, ALPHAS, {"phase": name}, lines)
        best = max(lines, key=lambda line: line["h"])
        print(f"{name:<5} H {lines[0]['h']:.3f} without, {best['h']:.3f} at {best['alpha']:.3f}")


def prototypes(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Which captions the classes are known by, with the models of `train_clarel`."""
    models = at.models()
    found = {
        variant: {name: at.described(models[name], name, cfg) for name in PHASES}
        for variant, cfg in clarel_variants.PROTOTYPES.items()
    }
    found["all but the image's own"] = {name: at.left_out(models[name], name) for name in PHASES}
    for variant, scores in found.items():
        line = at.line(scores, models["test"].kind)
        put(out, KNOWN, {"variant": variant}, [line | {"seeds": len(at.run.seeds)}])
        print(f"{variant:<28} {shown(line)}", flush=True)


STUDIES: dict[str, Study] = {
    "clarel-losses": losses,
    "clarel-parts": parts,
    "clarel-alpha": alpha,
    "clarel-prototypes": prototypes,
}


if __name__ == "__main__":
    command.main(__doc__, STUDIES, cell)
