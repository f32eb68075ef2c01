"""Train the chosen baselines on one problem.

Other methods have one model; here `fit` takes the setting of each baseline (what `tune` chose on
the validation phase) and returns a model for each.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from zslcore.data.problem import Problem
from zslcore.methods.baselines import closed_form, cmt, probabilistic, ranking
from zslcore.methods.baselines.config import Config
from zslcore.methods.baselines.model import Model, load
from zslcore.methods.baselines.prepared import Prepared
from zslcore.methods.baselines.scorers import Scorer
from zslcore.nn.streams import Diverged
from zslcore.runtime.run import Run

__all__ = ["BASELINES", "Setting", "fit", "fit_one", "load"]

Setting = Mapping[str, Any]
"""One value for each key of a baseline's section."""

BASELINES: dict[str, Callable[..., Scorer]] = {
    "eszsl": closed_form.eszsl,
    "ridge_vs": closed_form.ridge_vs,
    "ridge_sv": closed_form.ridge_sv,
    "sae_vs": closed_form.sae_vs,
    "sae_sv": closed_form.sae_sv,
    "sync": closed_form.sync,
    "devise": partial(ranking.fit, weigh=ranking.each),
    "ale": partial(ranking.fit, weigh=ranking.by_rank),
    "sje": partial(ranking.fit, weigh=ranking.worst),
    "latem": partial(ranking.fit, weigh=ranking.drawn),
    "dap": probabilistic.dap,
    "iap": probabilistic.iap,
    "conse": probabilistic.conse,
    "cmt": cmt.cmt,
    "cmt_star": cmt.cmt_star,
}


def fit(problem: Problem, cfg: Config, run: Run, chosen: Mapping[str, Setting]) -> dict[str, Model]:
    """The baselines of `cfg.names`, each with its chosen setting.

    Raises:
        Diverged: naming baseline and setting.
    """
    data = Prepared(problem, cfg, run)
    return {name: fit_one(name, data, chosen[name]) for name in cfg.names}


def fit_one(name: str, data: Prepared, setting: Setting) -> Model:
    """One baseline with one setting.

    Raises:
        Diverged: naming baseline and setting.
    """
    try:
        model = Model(BASELINES[name](data, **setting), data.normalize, data.lengths)
        model.check_finite()
    except Diverged as error:
        raise Diverged(f"{name} with {dict(setting)}: {error}") from None
    return model
