"""A training between two epochs: what it is now, and what it has been."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from zslcore.data.problem import Array
from zslcore.methods.bivaegan.config import Config
from zslcore.methods.bivaegan.networks import Networks, Values
from zslcore.methods.bivaegan.softmax import Softmax
from zslcore.nn.terms import log_terms
from zslcore.runtime.run import Record, Run


@dataclass
class State:
    """Changed in place by training.

    Attributes:
        networks: trained.
        penalty: weights of the gradient penalties of D and D^u, (S,) each.
        prior: of the unseen classes, (S, U).
        averaged: exponential average of the generator; the generator itself without one.
        epochs: how many are done.
        records: of every epoch and seed, as logged.
        priors: used in every epoch, (S, U) each, and the one estimated after the last.
        answers: of watched images after some epochs, (S, N) each.
        watched: those epochs, from 1.
        judged: the classifier of the look at them after the last epoch, if there was one.
    """

    networks: Networks
    penalty: dict[str, Tensor]
    prior: Tensor
    averaged: dict[str, Tensor]
    epochs: int = 0
    records: list[Record] = field(default_factory=list)
    priors: list[Array] = field(default_factory=list)
    answers: list[Array] = field(default_factory=list)
    watched: list[int] = field(default_factory=list)
    judged: Softmax | None = None

    def nets(self) -> dict[str, Values]:
        """The parameters to use: the averaged generator's, and the others' as they are."""
        values = {name: each.value for name, each in self.networks.items()}
        return {**values, "g": self.averaged}

    def finish(self, phase: str, terms: Mapping[str, Tensor], run: Run) -> None:
        """An epoch is done: log its terms, (S,) each."""
        self.epochs += 1
        terms = {**terms, **{f"penalty_weight_{n}": w for n, w in self.penalty.items()}}
        self.records += log_terms(terms, run, {"phase": phase, "epoch": self.epochs})

    def packed(self) -> dict[str, Any]:
        """What `zslcore.nn.resume` writes, beside epochs and records."""
        return {
            "flat": {name: each.flat.detach() for name, each in self.networks.items()},
            "adam": {name: each.moments for name, each in self.networks.items()},
            "averaged": self.averaged,
            "penalty": self.penalty,
            "prior": self.prior,
            "priors": [torch.from_numpy(prior) for prior in self.priors],
            "answers": [torch.from_numpy(answers) for answers in self.answers],
            "watched": self.watched,
        }

    def unpack(self, packed: dict[str, Any]) -> None:
        """Set all that as it was."""
        for name, each in self.networks.items():
            each.flat.data.copy_(packed["flat"][name])
            each.moments = packed["adam"][name]
        for name, value in self.averaged.items():
            value.copy_(packed["averaged"][name])
        for name, value in self.penalty.items():
            value.copy_(packed["penalty"][name])
        self.prior, self.watched = packed["prior"].to(self.prior), packed["watched"]
        self.priors, self.answers = (
            [np.asarray(each) for each in packed[key]] for key in ("priors", "answers")
        )

    def progress(self) -> dict[str, Tensor]:
        """What `take_up` needs beside `nets`: it makes the next phase a part of the same training.

        The penalties' weights, what the optimisers remember, and the generator itself, of which
        `nets` may have the average.
        """
        found = {f"penalty.{name}": weight for name, weight in self.penalty.items()}
        for name, each in self.networks.items():
            found |= {f"adam.{name}.{key}": value for key, value in each.moments.items()}
        return found | {f"g.{key}": value for key, value in self.networks["g"].value.items()}

    def take_up(self, nets: Mapping[str, Values], progress: Mapping[str, Tensor]) -> None:
        """Go on where an earlier phase ended; networks that it did not have start afresh."""
        for name, values in nets.items():
            own, adam = self.networks[name], f"adam.{name}."
            for key, value in values.items():
                own[key].copy_(progress.get(f"{name}.{key}", value))
            own.moments = {k[len(adam) :]: v for k, v in progress.items() if k.startswith(adam)}
        for key, value in self.averaged.items():
            value.copy_(nets["g"][key])
        for name, weight in self.penalty.items():
            weight.copy_(progress.get(f"penalty.{name}", weight))

    def follow(self, average: float) -> None:
        """Move the average on by one iteration: average * old + (1 - average) * new."""
        if average:
            new = self.networks["g"].value
            for name, value in self.averaged.items():
                value.lerp_(new[name], 1 - average)


def start(networks: Networks, prior: Tensor, cfg: Config) -> State:
    """A training that has not begun, with a prior (S, U)."""
    g, begin = networks["g"].value, torch.full_like(prior[:, 0], cfg.penalty.start)
    averaged = {name: value.clone() if cfg.average else value for name, value in g.items()}
    penalty = {name: begin.clone() for name in networks if name in ("d", "du")}
    return State(networks, penalty, prior, averaged)
