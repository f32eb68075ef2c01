"""The loop that all trainings share: rounds of steps, logged and resumed round by round."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from torch import nn
from torch.optim import Optimizer

from zslcore.methods.spaen.together import of_process
from zslcore.nn.resume import remaining
from zslcore.nn.terms import Terms, log_terms, means
from zslcore.runtime.run import Record, Run

Step = Callable[[float], Terms]
"""One update, given the share of the steps that are done; its terms, (S,) each."""


@dataclass
class State:
    """What training changes; see `zslcore.nn.resume`. An epoch is a round of steps."""

    modules: nn.ModuleDict
    optimizers: Mapping[str, Optimizer]
    epochs: int = 0
    records: list[Record] = field(default_factory=list)

    def packed(self) -> dict[str, Any]:
        """Weights and optimisers."""
        adam = {name: each.state_dict() for name, each in self.optimizers.items()}
        return {"modules": self.modules.state_dict(), "optimizers": adam}

    def unpack(self, packed: dict[str, Any]) -> None:
        """Set both as they were."""
        self.modules.load_state_dict(packed["modules"])
        for name, each in self.optimizers.items():
            each.load_state_dict(packed["optimizers"][name])


@dataclass(frozen=True)
class Plan:
    """How long a training is.

    Attributes:
        name: in the log, and of the checkpoint.
        steps: of the whole training.
        log_every: steps of a round.
    """

    name: str
    steps: int
    log_every: int


def train(state: State, plan: Plan, run: Run, begin: Callable[[int], Step]) -> None:
    """Train in place; the last step counts.

    Args:
        state: not begun.
        plan: how long.
        run: of the seeds trained side by side.
        begin: a round's step, given the number of the round from 0; all random numbers are its.

    Raises:
        Diverged: a term is not finite; it names term, round and step.
    """
    own, name = of_process(run), f"spaen {plan.name}, seed {run.seeds[0]}"
    for number in remaining(state, ceil(plan.steps / plan.log_every), own, name):
        step, done = begin(number), number * plan.log_every
        last = min(done + plan.log_every, plan.steps)
        terms = means([step(k / plan.steps) for k in range(done, last)], number + 1)
        state.epochs += 1
        state.records += log_terms(terms, own, {"phase": plan.name, "epoch": number + 1})
