"""SP-AEN's tables and figures, variant by variant: python -m benchmarks.spaen_study STUDY DATASET.

Every variant is trained on the val and on the test phase, all seeds, with the settings of
params.yaml and its own changes; variants that the result file has are not run again, so a stopped
study goes on. The networks that the method takes ready-made are those of `dvc repro`.

    python -m benchmarks.spaen_study spaen-parts shapes
    python -m benchmarks.spaen_study spaen-alpha shapes --seeds 3
    python -m benchmarks.spaen_study spaen-modes shapes --seeds 3
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import command, spaen_modes, spaen_pictures, spaen_variants
from benchmarks.command import Study
from benchmarks.options import changed
from benchmarks.protocol import Line
from benchmarks.spaen_modes import compared
from benchmarks.spaen_pictures import made
from benchmarks.spaen_protocol import NUMBERS, Cell, cell
from benchmarks.spaen_variants import Changes
from benchmarks.tables import fill
from zslcore.methods.spaen.config import Config
from zslcore.methods.spaen.model import Model
from zslcore.runtime.params import check

COLUMNS = ("variant", *NUMBERS, "seeds", "seconds", "changes")
ALPHAS = ("variant", "alpha", *COLUMNS[1:])
LENGTHS = ("variant", "steps", *spaen_modes.NUMBERS, "seeds", "seconds", "changes")


def settings(tree: Mapping[str, Any], changes: Changes) -> Config:
    """Section `spaen` of params.yaml, values at dotted keys changed.

    Raises:
        SystemExit: a change would need other networks than those of `dvc repro`.
    """
    if keys := spaen_variants.unchangeable(changes):
        raise SystemExit(
            f"-S {keys[0]}: the networks taken ready-made are those of `dvc repro`; change it in "
            "params.yaml and run that first"
        )
    return check(Config, changed(tree["spaen"], changes, "spaen"), "spaen")


def trained(at: Cell, cfg: Config) -> dict[str, Model]:
    """A variant: each phase has models trained on it."""
    return {name: at.model(name, cfg) for name in at.phases}


def parts(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Table 2 and switches; `given` are changes to every variant."""
    beta = settings(tree, given).adversarial.weight
    asked = {name: {**given, **own} for name, own in spaen_variants.parts(beta).items()}

    def point(changes: Changes) -> Line:
        return at.line(trained(at, settings(tree, changes)))

    fill(asked, len(at.run.seeds), out, COLUMNS, point)


def alpha(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Figure 5; `given` are changes to every variant."""

    def point(changes: Changes) -> Line:
        cfg = settings(tree, changes)
        models, weight = trained(at, cfg), cfg.reconstruction.weight
        tested = at.tested(at.ready["test"], cfg.crops.size)
        pictures = made(tested, models["test"].autoencoders[0])
        spaen_pictures.keep(pictures, spaen_variants.over_alpha(weight), out)
        return {"alpha": weight, **at.line(models)}

    asked = {name: {**given, **own} for name, own in spaen_variants.alphas().items()}
    fill(asked, len(at.run.seeds), out, ALPHAS, point)


def modes(at: Cell, tree: Mapping[str, Any], given: Changes, out: Path) -> None:
    """Table 3; `given` are changes to every variant, and may be of any network."""

    def point(changes: Changes) -> Line:
        cfg = check(Config, changed(tree["spaen"], changes, "spaen"), "spaen")
        line, pictures = compared(at, cfg)
        spaen_pictures.keep(pictures, spaen_variants.over_steps(cfg.steps.f), out)
        return {"steps": cfg.steps.f, **line}

    steps = changed(tree["spaen"], given, "spaen")["steps"]["f"]
    asked = {name: {**given, **own} for name, own in spaen_variants.lengths(steps).items()}
    fill(asked, len(at.run.seeds), out, LENGTHS, point, {"SP-AEN": "spaen", "SAE": "sae"})


STUDIES: dict[str, Study] = {"spaen-parts": parts, "spaen-alpha": alpha, "spaen-modes": modes}


if __name__ == "__main__":
    command.main(__doc__, STUDIES, cell)
