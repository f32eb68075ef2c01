"""Choose each baseline's setting on the validation phase, by trying its whole grid."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from zslcore.data.problem import Array, Problem
from zslcore.data.scores import Kind
from zslcore.methods.baselines.config import Config
from zslcore.methods.baselines.method import Setting, fit_one
from zslcore.methods.baselines.prepared import Prepared
from zslcore.nn.streams import Diverged
from zslcore.runtime.params import Params
from zslcore.runtime.run import Run

Judge = Callable[[Array, Kind], float]
Record = dict[str, Any]


def tune(
    problem: Problem, cfg: Config, run: Run, x_eval: Array, judge: Judge
) -> tuple[dict[str, Setting], list[Record]]:
    """The best setting of each baseline, and what each setting that was tried is worth.

    Args:
        problem: of the validation phase.
        cfg: the settings to choose from.
        run: device and seeds.
        x_eval: features of the phase's evaluation images, (N, D).
        judge: the criterion, from the scores (S, N, K) of those images and what they are; higher is
            better.

    Returns:
        The chosen settings by baseline, the first of the grid among equals; and a record
        {baseline, setting, criterion} of each, the criterion None where training diverged.

    Raises:
        Diverged: all settings of a baseline do.
    """
    data = Prepared(problem, cfg, run)
    chosen: dict[str, Setting] = {}
    records: list[Record] = []
    for name in cfg.names:
        tried = []
        for setting in grid(getattr(cfg, name)):
            try:
                model = fit_one(name, data, setting)
                value = judge(model.scores(x_eval), model.kind)
            except Diverged:
                value = None
            tried.append({"baseline": name, "setting": setting, "criterion": value})
        chosen[name] = best(tried)
        records += tried
    return chosen, records


def grid(section: Params) -> Iterator[Setting]:
    """Every combination of a section's values, the last key changing fastest."""
    values = section.model_dump()
    return (dict(zip(values, point, strict=True)) for point in product(*values.values()))


def best(tried: list[Record]) -> Setting:
    """The setting of the highest criterion, the first of equals.

    Raises:
        Diverged: there is none.
    """
    finite = [record for record in tried if record["criterion"] is not None]
    if not finite:
        name, count = tried[0]["baseline"], len(tried)
        raise Diverged(f"{name} diverges with each of its {count} settings; try a smaller lr")
    return max(finite, key=lambda record: record["criterion"])["setting"]
