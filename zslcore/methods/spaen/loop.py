"""The loop that all trainings share: rounds of steps, logged and resumed round by round."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from torch import nn

from zslcore.methods.spaen.together import of_process
from zslcore.nn.resume import remaining
from zslcore.nn.state import State
from zslcore.nn.terms import Terms, log_terms, means
from zslcore.runtime.run import Run

Step = Callable[[float], Terms]
"""One update, given the share of the steps that are done; its terms, (S,) each."""


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


def train(state: State[nn.ModuleDict], plan: Plan, run: Run, begin: Callable[[int], Step]) -> None:
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
